"""What a file is that no decoder here takes, by its first bytes: for a refusal that helps."""

HEAD = 1_000  # bytes that are looked at; an SVG may begin with a comment
BRANDS = {  # of ISO 14496-12's first box, major or compatible; what has both is the first
    b"avif": "an AVIF picture",
    b"avis": "an AVIF picture",
    b"heic": "a HEIC picture",
    b"heix": "a HEIC picture",
    b"hevc": "a HEIC picture",
    b"mif1": "a HEIF picture",
    b"msf1": "a HEIF picture",
}
STARTS = {
    b"II*\0": "a TIFF picture",
    b"MM\0*": "a TIFF picture",
    b"II+\0": "a TIFF picture",
    b"MM\0+": "a TIFF picture",
    b"GIF8": "a GIF picture",
    b"BM": "a BMP picture",
    b"\xff\x0a": "a JPEG XL picture",
    b"\0\0\0\x0cJXL ": "a JPEG XL picture",
    b"\0\0\0\x0cjP  ": "a JPEG 2000 picture",
    b"%PDF": "a PDF document",
}


def kind_of(data: bytes) -> str | None:
    """Return what a file is, with its article; None for what is nothing that is known."""
    head = data[:HEAD]
    if head[4:8] == b"ftyp":
        box = head[8 : int.from_bytes(head[:4], "big")]
        brands = {box[at : at + 4] for at in (0, *range(8, len(box), 4))}
        return next((kind for brand, kind in BRANDS.items() if brand in brands), "a video")
    if b"<svg" in head:
        return "an SVG drawing"
    return next((kind for start, kind in STARTS.items() if head.startswith(start)), None)
