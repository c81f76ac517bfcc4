"""The corpus: parts that share no writer."""

from pathlib import Path

import numpy as np

from digitpad.train.samples import corpus
from digitpad.train.samples.corpus import Part, join, load_corpus, to_ink
from digitpad.train.sources.split import split_writers, writers_by_source
from digitpad.train.sources.unipen import DIGIT_LIKE
from tests.train import small

NOWHERE = Path("nowhere")  # the small set is made, not read
PARTS = ("train", "validation", "test")


def test_no_two_parts_share_a_writer(parts: dict[str, Part]) -> None:
    assert set(parts) == set(PARTS)
    splits = split_writers(writers_by_source(small.drawings()))
    for name, part in parts.items():
        assert {d.writer for d in part.inks} == splits[name]
        assert {d.writer for d in part.negatives} == splits[name]
        assert len(part.inks) == 10 * len(splits[name]) > 0
    train, _ = small.load_mnist(NOWHERE, "train")
    held_out = small.load_mnist_writers(NOWHERE, "train") % corpus.MNIST_HELD_OUT == 0
    assert 0 < held_out.sum() < 100
    for name, wanted in (
        ("train", train[~held_out]),
        ("validation", train[held_out]),
        ("test", small.load_mnist(NOWHERE, "test")[0]),
    ):
        scans = parts[name].scans
        assert scans.dtype == np.float32
        np.testing.assert_array_equal(np.rint(scans * 255), wanted)
        assert len(parts[name].scan_labels) == len(scans)


def test_digits_are_digits_and_negatives_are_not_like_them(parts: dict[str, Part]) -> None:
    assert "O" in DIGIT_LIKE
    assert "O" in small.LETTERS
    for part in parts.values():
        assert {d.category for d in part.inks} == {"1a"}
        np.testing.assert_array_equal(part.ink_labels, [int(d.label) for d in part.inks])
        assert {d.label for d in part.negatives} == set(small.LETTERS) - DIGIT_LIKE


def test_no_ink_is_no_ink(small_scans: None) -> None:
    for part in load_corpus(NOWHERE, None).values():
        assert len(part.scans)
        assert part.inks == part.negatives == []
        assert part.ink_labels.shape == (0,)


def test_join_has_all_of_both(parts: dict[str, Part]) -> None:
    first, second = parts["train"], parts["validation"]
    both = join(first, second)
    np.testing.assert_array_equal(both.scans, np.concatenate([first.scans, second.scans]))
    np.testing.assert_array_equal(
        both.scan_labels, np.concatenate([first.scan_labels, second.scan_labels])
    )
    assert both.inks == [*first.inks, *second.inks]
    assert both.negatives == [*first.negatives, *second.negatives]


def test_ink_of_a_drawing_is_in_double_precision() -> None:
    drawing = small.drawings()[0]
    ink = to_ink(drawing)
    for stroke, expected in zip(ink.strokes, drawing.strokes, strict=True):
        assert stroke.dtype == np.float64
        np.testing.assert_array_equal(stroke, expected)
