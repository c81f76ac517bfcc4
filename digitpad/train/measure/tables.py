"""The tables of an evaluation, for the terminal and for the model card."""

from typing import Any

BESIDE = ("drawings", "n", "ink: right", "unsure", "wrong and sure",
          "pictures: right", "unsure", "wrong and sure")  # fmt: skip

FORMATS = ("drawings", "n", "format: right", "unsure", "wrong and sure",
           "without: right", "unsure", "wrong and sure")  # fmt: skip

HANDS = ("digits in rare hands, as ink", "n", "right", "unsure", "wrong and sure")

PAPERS = ("numbers on paper", "n", "right", "unsure", "blank", "wrong and sure")

Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]  # title, header, rows


def tables(metrics: dict[str, Any], learned_from: bool = False) -> list[Table]:
    """Lay the metrics out for reading.

    `learned_from` says that the model learned from the split, as released ones do from validation.
    """
    header = ("drawings", "n", "right, 95% interval", "drop", "unsure", "right of the read", "NLL",
              "ECE (if perfect)")  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for name, row in metrics["rows"].items():
        low, high = row["interval_95"]
        rows.append(
            (
                name,
                f"{row['drawings']:,}",
                f"{row['accuracy']:.2%} ({low:.2%} to {high:.2%})",
                f"{100 * row['drop']:+.2f}" if "drop" in row else "",
                f"{row['unsure']:.2%}",
                f"{row['accuracy_of_read']:.2%}" if row["unsure"] < 1 else "none is read",
                f"{row['nll']:.4f}",
                f"{row['ece']:.2%} ({row['ece_if_perfect']:.2%})",
            )
        )
    whose = "Writers the network LEARNED FROM" if learned_from else "Writers the network never saw"
    title = f"{whose}: the {metrics['split']} split"
    numbers = _number_tables(metrics["numbers"]) if "numbers" in metrics else []
    if "hands" in metrics:
        found = [hand_row(row) for row in metrics["hands"]]
        numbers.append(("In hands that the data nearly lacks", HANDS, found))
    if "beside" in metrics:
        found = [beside_row(row) for row in metrics["beside"]]
        numbers.append(("With more than digits", BESIDE, found))
    if "papers" in metrics:
        found = [paper_row(row) for row in metrics["papers"]]
        numbers.append(("On made paper, crops, blur and noise included", PAPERS, found))
    if "formats" in metrics:
        found = [format_row(row) for row in metrics["formats"]]
        numbers.append(
            ("With what a form expects; what does not fit shall be unsure", FORMATS, found)
        )
    if "negatives" not in metrics:
        return [(title, header, rows), *numbers]
    negatives, writers = metrics["negatives"], metrics["writers"]
    changed = metrics["changed decisions"]
    others: list[tuple[str, ...]] = [
        ("not a digit: drawings", f"{negatives['drawings']:,}"),
        ("not a digit: AUROC", f"{negatives['auroc']:.4f}"),
        ("not a digit: read at 95% of the digits read", f"{negatives['fpr_at_95_tpr']:.2%}"),
        ("not a digit: refused", f"{negatives['refused']:.2%}"),
        ("writers of ink", f"{writers['number']}"),
        ("mean writer", f"{writers['mean']:.2%}"),
        ("5th percentile of writers", f"{writers['percentile_5']:.2%}"),
        ("worst writer", f"{writers['worst']:.2%}"),
        *((f"decisions changed by another {k}", f"{v}") for k, v in changed.items()),
    ]
    return [(title, header, rows), ("", ("figure", "value"), others), *numbers]


def beside_row(row: dict[str, Any]) -> tuple[str, ...]:
    """Lay out what became of one kind of drawings, under BESIDE."""
    return _fates(row, "ink", "picture")


def format_row(row: dict[str, Any]) -> tuple[str, ...]:
    """Lay out what became of one kind of drawings, under FORMATS."""
    return _fates(row, "format", "free")


def hand_row(row: dict[str, Any]) -> tuple[str, ...]:
    """Lay out what became of digits in one kind of hand, under HANDS."""
    shares = [row[share] for share in ("right", "unsure", "wrong_and_sure")]
    return (row["what"], f"{row['drawings']:,}", *(f"{share:.1%}" for share in shares))


def paper_row(row: dict[str, Any]) -> tuple[str, ...]:
    """Lay out what became of pictures of one kind, under PAPERS."""
    shares = [row[share] for share in ("right", "unsure", "blank", "wrong_and_sure")]
    return (row["what"], f"{row['pictures']:,}", *(f"{share:.1%}" for share in shares))


def _fates(row: dict[str, Any], *ways: str) -> tuple[str, ...]:
    """Lay out what became of drawings that were read in these ways."""
    shares = [row[way][share] for way in ways for share in ("right", "unsure", "wrong_and_sure")]
    return (row["what"], f"{row['drawings']:,}", *(f"{share:.1%}" for share in shares))


def _number_tables(metrics: dict[str, Any]) -> list[Table]:
    """Lay the metrics out for reading, as those of digits are."""
    header = ("numbers", "spacing", "digits", "n", "right, 95% interval", "unsure",
              "right of the read", "ECE (if perfect)")  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for row in metrics["rows"]:
        low, high = row["interval_95"]
        read = row["right_of_read"]
        rows.append(
            (
                row["kind"],
                row["spacing"],
                f"{row['length']}",
                f"{row['numbers']:,}",
                f"{row['right']:.1%} ({low:z.1%} to {high:.1%})",
                f"{row['unsure']:.1%}",
                "none is read" if read is None else f"{read:.1%}",
                f"{row['ece']:.1%} ({row['ece_if_perfect']:.1%})",
            )
        )
    columns = ("single digits", "n", "not read as one digit", "read otherwise than as a digit")
    single: list[tuple[str, ...]] = [
        (
            kind,
            f"{figures['drawings']:,}",
            f"{figures['split_merged_or_lost']:.2%}",
            f"{figures['changed']:.2%}",
        )
        for kind in ("ink", "pictures", "scans")
        if (figures := metrics["single"].get(kind))
    ]
    return [("Numbers made of these writers' digits", header, rows), ("", columns, single)]
