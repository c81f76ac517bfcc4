"""One reader of another project, in an environment of its own: `peer.py NAME PICTURE...`.

`bench.peers` installs what it needs and runs it. It prints a line of JSON for each picture: the
text and the processor's seconds; then one with the memory that it held at most, in bytes.
"""

import base64
import contextlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

Read = Callable[[str], str]


def digitpad() -> Read:
    from digitpad import Reader

    reader = Reader()
    return lambda path: reader.read(path).text


def digit_recognizer() -> Read:
    from digit_recognizer import DigitRecognizer

    recognizer = DigitRecognizer()
    return lambda path: str(recognizer.predict(path))


def reference() -> Read:
    from bench.demo import app

    client = app.test_client()

    def read(path: str) -> str:
        with open(path, "rb") as file:
            data = base64.b64encode(file.read()).decode()
        answer = client.post("/predict", json={"image": f"data:image/png;base64,{data}"})
        return str(answer.get_json()["digit"])

    return read


def tesseract() -> Read:
    return _tesseract()


def tesseract_whitelist() -> Read:
    return _tesseract("-c", "tessedit_char_whitelist=0123456789")


def _tesseract(*options: str) -> Read:
    command = ("tesseract", "--psm", "7", *options)  # one line of text
    return lambda path: (
        subprocess.run(
            [command[0], path, "-", *command[1:]],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
            text=True,
        ).stdout
    )


def rapidocr() -> Read:
    return _rapidocr(use_det=False, use_cls=False, use_rec=True)


def rapidocr_detector() -> Read:
    return _rapidocr(use_det=True, use_cls=False, use_rec=True)


def _rapidocr(**options: bool) -> Read:
    """One engine each: what a call asks for holds for later calls, too."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error"})
    return lambda path: "".join(engine(path, **options).txts or ())


def easyocr() -> Read:
    import easyocr
    from easyocr_en_models import model_dir

    reader = easyocr.Reader(
        ["en"], gpu=False, model_storage_directory=model_dir(), download_enabled=False
    )
    return lambda path: "".join(reader.readtext(path, detail=0, allowlist="0123456789"))


READERS = {
    function.__name__: function
    for function in (
        digitpad,
        digit_recognizer,
        reference,
        tesseract,
        tesseract_whitelist,
        rapidocr,
        rapidocr_detector,
        easyocr,
    )
}


def main() -> None:
    name, *pictures = sys.argv[1:]
    read = READERS[name]()
    with contextlib.redirect_stdout(sys.stderr):
        read(pictures[0])  # what is loaded at first
    for path in pictures:
        begin = _spent()
        with contextlib.redirect_stdout(sys.stderr):
            text = read(path)
        print(json.dumps({"text": text, "seconds": _spent() - begin}))
    print(json.dumps({"memory": max(_held(), 1024 * _children().ru_maxrss)}))


def _held() -> int:
    """Return the most memory that this process had; `getrusage` would count its parent's."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM"))
    return 1024 * int(line.split()[1])


def _children() -> resource.struct_rusage:
    return resource.getrusage(resource.RUSAGE_CHILDREN)


def _spent() -> float:
    taken = os.times()
    return taken.user + taken.system + taken.children_user + taken.children_system


if __name__ == "__main__":
    main()
