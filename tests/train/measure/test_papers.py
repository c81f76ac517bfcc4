"""Each kind of paper has a row, and its shares are of what was read."""

from digitpad import Reader
from digitpad.train.measure.papers import evaluate_papers, kinds
from digitpad.train.measure.tables import PAPERS, paper_row
from digitpad.train.samples.marks import MARKS
from digitpad.train.samples.paper import PAPERS as KINDS
from tests.train.people import people


def test_every_paper_and_mark_has_a_row() -> None:
    rows = list(evaluate_papers(Reader(), people(), 1))
    assert [row["what"] for row in rows] == [what for what, _ in kinds()]
    assert len(rows) == 1 + len(KINDS) + len(MARKS) - 1
    for row in rows:
        assert row["unsure"] + row["blank"] + row["wrong_and_sure"] <= 1
        assert row["right"] in (0, 1)
        assert len(paper_row(row)) == len(PAPERS)
    assert sum(row["right"] for row in rows) > 0
