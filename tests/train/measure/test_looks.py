"""The looks of pictures: each kind as it is called, and all of the ink in the picture."""

import numpy as np
import pytest

from digitpad.train.measure.looks import KINDS, PENS, THINNEST, plain_look


@pytest.mark.parametrize("name", KINDS)
def test_looks_are_of_pictures_that_hold_all_of_the_ink(name: str) -> None:
    change, kind = KINDS[name]
    rng = np.random.default_rng(1)
    looks = [change(plain_look(rng), rng) for _ in range(300)]
    assert kind in ("PNG", "JPEG")
    assert {look.ink for look in looks} == {0.0, 1.0}  # both polarities
    for look in looks:
        assert look.paper == 1 - look.ink
        assert look.length >= 28
        assert look.pen >= THINNEST - 1e-9
        assert PENS[0] - 1e-9 <= look.pen / look.length <= PENS[1] + 1e-9
        for start, side in zip(look.margin, look.size, strict=True):
            assert start > 0.05 * look.length
            assert start + look.length < side
    changed = {
        "noise": {look.noise for look in looks} == {0.1},
        "blur": all(look.blur == pytest.approx(0.04 * look.length) for look in looks),
        "light": {look.shade for look in looks} == {0.5},
        "perspective": {look.tilt for look in looks} == {15.0},
    }
    wanted = set(changed) if name == "all four" else {name} & set(changed)
    assert {what for what, done in changed.items() if done} == wanted
