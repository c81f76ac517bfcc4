"""The split of UNIPEN's writers: disjoint, complete, the same every time."""

import numpy as np
import pytest

from digitpad.train.sources.split import count_drawings, split_writers, writers_by_source
from tests.train import small


def writers(count: int) -> dict[str, set[str]]:
    sources = [f"s{i}" for i in range(count)]
    return {s: {f"{s}/{n}" for n in range(1 + 7 * i % 40)} for i, s in enumerate(sources)}


def test_the_split_is_disjoint_complete_and_about_15_percent() -> None:
    everyone = writers(30)
    splits = split_writers(everyone)
    assert set(splits) == {"train", "validation", "test"}
    total = sum(len(names) for names in everyone.values())
    assert sum(len(names) for names in splits.values()) == total
    assert frozenset().union(*splits.values()) == frozenset().union(*everyone.values())
    for name in ("validation", "test"):
        assert len(splits[name]) / total == pytest.approx(0.15, abs=0.04)
        for names in everyone.values():  # in every source
            assert abs(len(splits[name] & names) - 0.15 * len(names)) <= 1.2


def test_the_split_depends_on_who_is_in_a_source_alone() -> None:
    everyone = writers(30)
    splits = split_writers(everyone)
    assert split_writers(dict(reversed(everyone.items()))) == splits
    assert split_writers({s: sorted(names, reverse=True) for s, names in everyone.items()}) == (
        splits
    )
    for source, names in everyone.items():
        for split, part in split_writers({source: [*names, *names]}).items():
            assert part == splits[split] & names
    assert split_writers({}) == {"train": set(), "validation": set(), "test": set()}


def test_the_counts_add_up() -> None:
    drawings = small.drawings()
    rows = count_drawings(drawings)
    assert sum(row[2] for row in rows if row[0] != "all") == sum(small.WRITERS.values())
    assert {row[0] for row in rows} == {*small.WRITERS, "all"}
    assert [row[0] for row in rows[-3:]] == ["all"] * 3
    sums = [np.sum([row[2:] for row in part], axis=0).tolist() for part in (rows[:-3], rows[-3:])]
    assert sums[0] == sums[1]
    assert sum(row[3] for row in rows[-3:]) == 10 * sum(small.WRITERS.values())
    assert writers_by_source(drawings)["tos"] == {f"tos/{i}" for i in range(small.WRITERS["tos"])}
