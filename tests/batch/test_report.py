"""What a report counts."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from digitpad.batch.page import of_report
from digitpad.batch.report import LEAST, drift, report
from digitpad.batch.table import Row
from digitpad.batch.work import of_error
from tests.batch.test_table import BLANK, READ
from tests.cli.running import one_line, run


def sure(confidence: float, text: str = "7") -> Row:
    return READ | {
        "id": f"{confidence:.4f}.png", "text": text, "status": "read", "reason": None,
        "confidence": confidence, "signs": [], "boxes": [[0.0, 0.0, 5.0, 10.0]],
    }  # fmt: skip


def test_a_report_counts_rows() -> None:
    found = report([sure(0.96), sure(1.0), READ, BLANK, of_error("a.png", "cannot read a.png")])
    assert found.rows == 5
    assert found.statuses == {"read": 2, "unsure": 1, "blank": 1, "error": 1}
    assert found.reasons == {"a minus stands before it": 1}
    assert found.errors == {"cannot read it": 1}
    assert sum(found.bars) == 3
    assert (found.bars[6], found.bars[19]) == (1, 2)
    assert found.mixes["digits"] == {"7": 2, "3": 1, "5": 1}
    assert found.mixes["signs"] == {"none": 2, "-": 2}
    assert found.mixes["aspect"] == {"0.4 to 0.55": 2, "0.7 to 0.85": 2, "1 and more": 2}


def test_surer_rows_are_fewer_and_expected_to_be_right() -> None:
    found = report([sure(0.4), sure(0.9), sure(0.92), sure(0.999)])
    levels = {level.confidence: level for level in found.levels}
    assert [levels[at].coverage for at in (0, 0.5, 0.8, 0.9, 0.999)] == [1, 0.75, 0.75, 0.75, 0.25]
    assert levels[0].accuracy == pytest.approx((0.4 + 0.9 + 0.92 + 0.999) / 4)
    assert levels[0.9].accuracy == pytest.approx((0.9 + 0.92 + 0.999) / 3)
    assert levels[0.999].accuracy == pytest.approx(0.999)


def test_the_least_sure_are_few_and_in_order() -> None:
    found = report(sure(n / 1000) for n in range(100, 900, 7))
    shown = [row["confidence"] for row in found.least_sure]
    assert shown == [(100 + 7 * n) / 1000 for n in range(LEAST)]


def test_drift_is_between_two_tables() -> None:
    before, now = (report([sure(0.9, text)] * 300) for text in ("12", "77"))
    shifts = {shift.mix: shift for shift in drift(before, now)}
    assert set(shifts) == {"answers", "signs", "digits", "aspect"}
    assert (shifts["digits"].verdict, shifts["digits"].most[0]) == ("much", "7")
    assert shifts["answers"].verdict == "as before"


def test_the_page_is_whole_and_names_are_text(scans: Path) -> None:
    found = report([sure(0.6) | {"id": "<script>"}, sure(0.9) | {"id": str(scans / "7.png")}])
    page = of_report("a&b.csv", found, drift(found, found))
    assert "<script" not in page
    assert "http" not in page
    assert "a&amp;b.csv" in page
    assert page.count('<img alt="" src="data:image/jpeg;base64,') == 1
    for svg in page.split("<svg")[1:]:
        ElementTree.fromstring("<svg" + svg.partition("</svg>")[0] + "</svg>")


def test_the_command_reads_and_reports(here: None, scans: Path, tmp_path: Path) -> None:
    out, packed, html = tmp_path / "table.csv", tmp_path / "packed", tmp_path / "report.html"
    result = run("pack", str(scans), "--out", str(packed))
    assert (result.exit_code, result.stderr) == (0, f"{packed}: 1 Parquet files\n")
    result = run("read", str(packed), f"{scans}/0.png", "--expect", "digit", "--out", str(out))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        f"{out}: 1 error, 11 read",
        f"1 ids are there more than once: {scans}/0.png",
    ]
    said = run("report", str(out), str(out), "--html", str(html)).stdout
    assert "11\t91.67%\tread\n1\t8.33%\terror\n" in said
    assert "\ndigits\t11\t0.000\ttoo few\t" in said
    assert html.read_text("utf-8").startswith("<!doctype html>")
    line = one_line(run("read", str(scans), "--strict", "--out", str(tmp_path / "strict.csv")))
    assert "more/text.png: expected a PNG, JPEG or WebP picture" in line
    assert "is there already" in one_line(run("read", str(scans), "--out", str(out)))
    assert run("read", "--strict", "7.png").exit_code == 2
    assert run("read", "--json", "7.png", "--out", str(out)).exit_code == 2
