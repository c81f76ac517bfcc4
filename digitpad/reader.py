"""Ink or a picture in, a reading out."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from digitpad.beside import (
    Parted,
    Way,
    other_ways,
    part_ink,
    part_picture,
    see_ink,
    see_picture,
    take,
    weigh_pieces,
)
from digitpad.errors import DigitpadError, InvalidInput
from digitpad.expect import EXPECTED, NAMED, Expect, Format, Mode, named
from digitpad.form import FormReading, in_picture
from digitpad.geometry import Box
from digitpad.ink import Ink
from digitpad.lattice.decode import Lattice
from digitpad.lattice.pictures import Found, found_in, look, look_at_plain, picture_of_one_digit
from digitpad.lattice.strokes import MOST_STROKES, one_digit, segment_ink
from digitpad.layout import Layout
from digitpad.layout.cutting import cut
from digitpad.layout.proposing import propose
from digitpad.layout.registration import register
from digitpad.network.inputs import Inputs, Rasters, see_inks, see_rasters
from digitpad.network.manifest import FEATURES, PAPER_MANIFEST, SHIPPED, STROKES_MANIFEST
from digitpad.network.posteriors import Logits, Probabilities
from digitpad.network.runtime import BATCH, PaperNetwork, Recognizer, StrokesNetwork
from digitpad.picture.cost import PAGE_SIDE
from digitpad.picture.decode import Source, load_scaled
from digitpad.picture.pieces import Pieces
from digitpad.printed import Printed, Sheet, with_printed
from digitpad.reading import BLANK, Reading
from digitpad.style import Style
from digitpad.telling import Seen, tell
from digitpad.timing import stage

__all__ = ["EXPECTED", "Expect", "Mode", "Reader"]

Readable = Ink | Sheet | Source
MOST_POINTS = 4_000  # what twenty slow digits have; denser ink is thinned, each point costs time
NOTHING_TO_WRITE_ON = "no boxes, combs or lines to write on were found"
PLAIN = 0.9  # trust in pieces on plain paper from which on the paper network is not asked
NOTHING = Parted()  # beside the digits


class _Asked(NamedTuple):
    """What to read, and what is expected there."""

    source: Readable
    expect: Expect
    expected: Format | None


class _Segmented(NamedTuple):
    """The lattice of one source's digits, and what else there is, in one way to part it."""

    lattice: Lattice
    rasters: Rasters | None = None  # (candidates, 28, 28) of a picture; ink is drawn in batches
    parted: Parted = NOTHING
    share: float = 1.0  # how likely it is, of all ways
    times: int = 1  # px of the picture, across and down, in the unit of the boxes


Ways = Sequence[_Segmented]  # the likeliest first; none where nothing is drawn


class _Found(NamedTuple):
    """What may be in a source, or why that is not known; and what is expected there."""

    ways: Ways | DigitpadError
    expected: Format | None


class Reader:
    """Reads digits with one model. Safe to share between threads, not across a fork."""

    def __init__(self, model: str | Path = SHIPPED) -> None:
        """Load the model in folder `model`; raises ModelError when it is damaged or missing.

        One without the further networks, as retraining makes them, goes with the shipped ones.
        """
        self._recognizer = Recognizer(Path(model))
        self.manifest = self._recognizer.manifest
        self._strokes = StrokesNetwork(_home(Path(model), STROKES_MANIFEST))
        self._paper = PaperNetwork(_home(Path(model), PAPER_MANIFEST))
        self._weights = {
            kind: [weights[name] for name in FEATURES]
            for kind, weights in self.manifest.segmentation.items()
        }

    def read(
        self, source: Readable, expect: Expect = "number", style: Style | None = None
    ) -> Reading:
        """Read ink, on a Sheet if its paper has printed signs, or a picture.

        A picture is given as path, bytes, PIL image or array.

        `expect` is "number" for one digit or up to 20 side by side, "digit" for exactly one, and
        "decimal" for a number that may have a minus before it and one point or comma, told as ".";
        `style` is how the person writes, if that is known. Raises InvalidInput, TooLarge or
        UnsupportedPicture. A reading is `unsure` when its confidence is below the model's
        threshold, when something was written or struck out that was not asked for, and always for
        a dot.
        """
        return self.read_many([source], expect, style)[0]

    def read_many(
        self,
        sources: Iterable[Readable],
        expect: Expect = "number",
        style: Style | None = None,
    ) -> list[Reading]:
        """Read each source as `read` does, all in batches through the network."""
        readings = []
        for found in self.read_each(sources, expect, style):
            if isinstance(found, DigitpadError):
                raise found
            readings.append(found)
        return readings

    def read_each(
        self,
        sources: Iterable[Readable],
        expect: Expect = "number",
        style: Style | None = None,
    ) -> Iterator[Reading | DigitpadError]:
        """Yield what `read` returns of each source, or the error that it raises, in their order.

        Sources are taken as they are needed: the next ones after a batch of BATCH candidates, which
        go through the network together. Larger batches gain nothing, nor do strokes of several
        sources (`python -m bench.batch`).
        """
        expected = _expected(expect)
        return self._read_asked((_Asked(s, expect, expected) for s in sources), style)

    def read_form(
        self, source: Source, layout: Layout | None = None, style: Style | None = None
    ) -> FormReading:
        """Read each field of a form on a picture, given as `read` takes it, as its format says.

        The form may be shifted, scaled, turned by some degrees, in perspective and in a shadow.
        Where not all that the layout has printed is found, nothing is read, and the reason says so.
        Without a layout, the fields are the boxes, combs and lines to write on that are found.
        Raises what `read` does.
        """
        with stage("picture"):
            grey, factor = load_scaled(source, PAGE_SIDE)
            if layout is None:
                if (proposal := propose(grey)) is None:
                    return FormReading((), NOTHING_TO_WRITE_ON)
                layout, page = proposal
            elif (found := register(grey, layout)).matrix is None:
                return FormReading((), found.reason)
            else:
                page = found.matrix
            crops = [cut(grey, page, field.box, layout.lines) for field in layout.fields]
        asked = (
            _Asked(crop.grey, field.expect, _expected(field.expect))
            for field, crop in zip(layout.fields, crops, strict=True)
        )
        fields = []
        for field, crop, reading in zip(
            layout.fields, crops, self._read_asked(asked, style), strict=True
        ):
            if isinstance(reading, DigitpadError):
                raise reading
            fields.append(in_picture(field, crop, reading, factor))
        return FormReading(tuple(fields))

    def recognize(self, inputs: Inputs) -> tuple[Logits, npt.NDArray[np.float32]]:
        """Return the network's calibrated logits (n, 11) and features (n, d), as a Style needs.

        `inputs` (n, 28, 28, CHANNELS) are from `see_inks` or `see_rasters`.
        """
        return self._recognizer(inputs)

    def _read_asked(
        self, asked: Iterable[_Asked], style: Style | None
    ) -> Iterator[Reading | DigitpadError]:
        for batch in _batches(map(self._find, asked)):
            yield from self._read_batch(batch, style)

    def _find(self, asked: _Asked) -> _Found:
        try:
            return _Found(self._segment(*asked), asked.expected)
        except DigitpadError as error:
            return _Found(error, asked.expected)

    def _segment(self, source: Readable, expect: Expect, expected: Format | None) -> Ways:
        """Find what may be digits, or the one digit."""
        if isinstance(source, Ink):
            source = Sheet(source)
        if isinstance(source, Sheet):
            if not source.ink.strokes:
                return []
            ink = source.ink.thinned(MOST_POINTS)
            if expect == "digit":
                return [_Segmented(one_digit(ink))]
            return self._part_ink(ink, expected, source.printed)
        with stage("picture"):
            grey, times = load_scaled(source)
            found: Pieces | Found | None
            if expect == "digit":
                found = picture_of_one_digit(grey, self._paper, self._recognizer)
            else:
                found = look_at_plain(grey, self._recognizer)
                if found and (ways := self._part_picture(found, times, expected, PLAIN)):
                    return ways
                found = look(grey, self._paper, self._recognizer)
        if isinstance(found, Pieces):
            return self._part_picture(found, times, expected)
        return [] if found is None else [_Segmented(*found, times=times)]

    def _part_ink(self, ink: Ink, expected: Format | None, printed: Sequence[Printed]) -> Ways:
        """Part ink, and find the candidates of its digits.

        Nothing stands beside a stroke that is alone, so one that can only be one digit is left to
        the digits' network; and so is what has too many strokes to be a number.
        """
        if len(ink.strokes) > MOST_STROKES:
            return [_Segmented(one_digit(ink))]
        if len(ink.strokes) == 1:
            lattice = segment_ink(ink)
            if len(lattice.candidates) == 1:
                return [_Segmented(lattice)]

        def segment(parted: Parted, share: float) -> _Segmented:
            digits = take(ink, parted.digits)
            assert digits is not None
            if printed:
                parted = with_printed(parted, Box.around_each(ink.strokes), printed)
            return _Segmented(segment_ink(digits), None, parted, share)

        likely = self._strokes(see_ink(ink))
        parted = part_ink(ink, likely)
        others = _other_ways(likely, parted, expected)
        return [
            segment(parted, parted.trust),
            *(segment(part_ink(ink, way.likely), way.share) for way in others),
        ]

    def _part_picture(
        self, pieces: Pieces, times: int, expected: Format | None, least: float = 0
    ) -> Ways:
        """Part pieces of a picture that was shrunk, and find the candidates of its digits.

        Nothing is returned if these are less certain than `least`, or not alone there.
        """

        def segment(parted: Parted, share: float) -> _Segmented:
            components = [pieces.components[number] for number in parted.digits]
            with stage("lattice"):
                return _Segmented(*found_in(components), parted, share, times * pieces.times)

        likely = self._strokes(see_picture(pieces))
        parted = part_picture(pieces, likely)
        if least and (parted.signs or parted.marks or parted.trust < least):
            return []
        others = _other_ways(weigh_pieces(pieces, likely), parted, expected)
        return [
            segment(parted, parted.trust),
            *(segment(part_picture(pieces, way.likely), way.share) for way in others),
        ]

    def _read_batch(
        self, batch: Sequence[_Found], style: Style | None
    ) -> Iterator[Reading | DigitpadError]:
        found = [one for ways, _ in batch if not isinstance(ways, DigitpadError) for one in ways]
        if found:
            inputs = _see(found)
            logits, features = self.recognize(inputs)
            if style is not None:
                logits = style.adjust(self, inputs, logits, features)
        start = 0
        for ways, expected in batch:
            if isinstance(ways, DigitpadError) or not ways:
                yield ways if isinstance(ways, DigitpadError) else BLANK
                continue
            seen = []
            for lattice, _, parted, share, _ in ways:
                own = slice(start, start + len(lattice.candidates))
                seen.append(Seen(lattice, parted, share, logits[own], inputs[own, ..., 0]))
                start = own.stop
            weights = self._weights["ink" if ways[0].rasters is None else "picture"]
            with stage("lattice"):
                reading = tell(seen, weights, self.manifest.threshold, expected)
            times = ways[0].times
            if times > 1:
                reading = reading.moved(partial(_enlarge, times))
            yield reading


def _home(model: Path, manifest: str) -> Path:
    """Return the folder of a further network: the model's, or the shipped one's if it has none."""
    return model if (model / manifest).exists() else SHIPPED


def _enlarge(times: int, box: Box) -> Box:
    """Return a box in the px of a picture that was averaged down."""
    return Box(*(times * edge for edge in box))


def _expected(expect: Expect) -> Format | None:
    """Return the format that is asked for, None for any number and for one digit."""
    if isinstance(expect, Format):
        return expect
    if expect not in EXPECTED:
        wanted = ", ".join(f'"{known}"' for known in EXPECTED)
        raise InvalidInput(f"expect must be a Format or one of {wanted}, found {expect!r}")
    return named(expect) if expect in NAMED else None


def _other_ways(likely: Probabilities, parted: Parted, expected: Format | None) -> list[Way]:
    """Return the ways to part a source that are worth a look where a format is expected."""
    if expected is None:
        return []
    return other_ways(likely, parted.trust, expected.automaton.symbols)


def _batches(sources: Iterable[_Found]) -> Iterator[list[_Found]]:
    """Yield them in batches of about BATCH candidates, since drawing one takes 150 kB."""
    batch: list[_Found] = []
    candidates = 0
    for found in sources:
        batch.append(found)
        if not isinstance(found.ways, DigitpadError):
            candidates += sum(len(segmented.lattice.candidates) for segmented in found.ways)
        if candidates >= BATCH:
            yield batch
            batch, candidates = [], 0
    yield batch


def _see(found: Sequence[_Segmented]) -> Inputs:
    """Return what the network sees of all candidates, in order; ink is drawn together."""
    drawn = see_inks([ink for one in found if one.rasters is None for ink in one.lattice.inks])
    if all(one.rasters is None for one in found):
        return drawn
    parts, start = [], 0
    for lattice, rasters, *_ in found:
        if rasters is None:
            parts.append(drawn[start : start + len(lattice.candidates)])
            start += len(lattice.candidates)
        else:
            parts.append(see_rasters(rasters))
    return np.concatenate(parts)
