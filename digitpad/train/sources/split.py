"""Who is in training, validation and test: a split of UNIPEN's writers, the same every time."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from digitpad.train.sources.unipen import Sample

# Of the first 4,000 the one whose held-out digits come from the most even mix of sources and
# writers: eleven people gave over 400 digits each, half gave under 30. No network was asked.
SPLIT_SEED = 322


def writers_by_source(drawings: Iterable[Sample]) -> dict[str, set[str]]:
    """Group the writers of some drawings by the source that their name begins with."""
    writers: dict[str, set[str]] = defaultdict(set)
    for drawing in drawings:
        writers[drawing.writer.partition("/")[0]].add(drawing.writer)
    return dict(writers)


def split_writers(writers: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """Split writers into 'train', 'validation' and 'test', 70 : 15 : 15, evenly in every source.

    `writers` maps a source to its writers. Give it those of all categories at once: a writer's
    split depends on which others the source has, and on nothing else, the order included.
    """
    splits: dict[str, set[str]] = {"train": set(), "validation": set(), "test": set()}
    for source, names in writers.items():
        ranked = sorted(set(names), key=_digest)
        start = _digest(source) % 20  # so that small sources do not all give to the same split
        for place, name in enumerate(ranked, start=start):
            turn = place % 20  # three in 20 each for test and validation, spread out
            split = "test" if turn in (0, 7, 13) else "validation" if turn in (3, 10, 17) else ""
            splits[split or "train"].add(name)
    return {split: frozenset(names) for split, names in splits.items()}


def count_drawings(drawings: Sequence[Sample]) -> list[tuple[str, str, int, int, int]]:
    """Return (source, split, writers, digits, other characters) for all that were kept."""
    split_of = {
        writer: split
        for split, names in split_writers(writers_by_source(drawings)).items()
        for writer in names
    }
    groups: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for drawing in drawings:
        groups[drawing.source, split_of[drawing.writer]].append(drawing)
        groups["all", split_of[drawing.writer]].append(drawing)
    rows = []
    for (source, split), group in sorted(groups.items(), key=lambda g: (g[0][0] == "all", g[0])):
        digits = sum(d.category == "1a" for d in group)
        writers = len({d.writer for d in group})
        rows.append((source, split, writers, digits, len(group) - digits))
    return rows


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{SPLIT_SEED} {text}".encode()).digest()[:8], "big")
