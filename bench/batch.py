"""What reading 128 at once takes, beside 128 requests: `python -m bench.batch`.

The site with one process on loopback, and a client that asks again at once over one connection.
Then what the networks take for each of their inputs, by how many go through together: strokes do so
item by item, and more would gain nothing. About a minute; `bench.bounds` has the costliest batches.
"""

import base64
import http.client
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from itertools import cycle, islice
from typing import Any

import numpy as np

from bench.read import NUMBERS, beside, per_digit, png
from bench.start import JSON, READ, READ_MANY, ROOT, running, web_line
from digitpad import Ink
from digitpad.beside import see_ink
from digitpad.network.inputs import see_inks
from digitpad.network.runtime import Recognizer, StrokesNetwork
from digitpad.train.release.golden import golden_inks
from digitpad.web.schemas import MOST_ITEMS

ROUNDS = 3  # the median of them is printed
TOGETHER = (1, 4, 16, 128, 512)  # inputs in one run of the network

Item = dict[str, Any]


def main() -> None:
    """Measure, and print the tables."""
    inks = golden_inks()
    numbers = [beside([inks[int(digit)] for digit in text]) for text in NUMBERS]
    kinds: dict[str, tuple[str, Sequence[Item]]] = {
        "digits": ("digit", [of_ink(ink) for ink in inks]),
        "digits, as numbers": ("number", [of_ink(ink) for ink in inks]),
        "numbers of 5 digits": ("number", [of_ink(ink) for ink in numbers]),
    }
    print(f"{MOST_ITEMS} by themselves and at once; 1 process\n"
          f"{'':24} {'s':>6} {'s':>6} {'ratio':>6}")  # fmt: skip
    with (
        tempfile.TemporaryDirectory() as folder,
        running(web_line(ROOT), ROOT, f"sqlite:///{folder}/digitpad.db", workers=1) as site,
    ):
        for name, (expect, some) in kinds.items():
            items = list(islice(cycle(some), MOST_ITEMS))
            alone = [(encoded(item | {"expect": expect}), JSON) for item in items]
            compare(site.port, name, alone, {"items": items, "expect": expect})
        files = [png(inks[number % len(inks)]) for number in range(MOST_ITEMS)]
        alone = [(file, "image/png") for file in files]
        compare(
            site.port, "pictures of 280 x 280", alone, {"items": [of_file(file) for file in files]}
        )
    networks(inks, numbers)


def compare(port: int, name: str, alone: Sequence[tuple[bytes, str]], batch: Item) -> None:
    """Print a line: what both take, in turn."""
    body, pairs = encoded(batch), []
    client = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for one, kind in alone:
            send(client, READ, one, kind)
        between = time.perf_counter()
        send(client, READ_MANY, body)
        pairs.append((between - begin, time.perf_counter() - between))
    client.close()
    by_itself, together = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"{name:24} {by_itself:6.3f} {together:6.3f} {by_itself / together:6.1f}", flush=True)


def networks(inks: Sequence[Ink], numbers: Sequence[Ink]) -> None:
    """Print what the networks take for an input, by how many they take at once."""
    recognizer, strokes = Recognizer(), StrokesNetwork()
    digits, windows = (
        np.concatenate([one] * (max(TOGETHER) // len(one) + 1))
        for one in (see_inks(inks), np.concatenate([see_ink(ink) for ink in numbers]))
    )
    print(f"\n{'':6} {'a digit':>8} {'a stroke':>9}\n{'at once':6} {'ms':>7} {'ms':>9}")
    for count in TOGETHER:
        each = [
            1000 * per_digit(partial(run, inputs[:count]), count)
            for run, inputs in ((recognizer, digits), (strokes, windows))
        ]
        print(f"{count:6} {each[0]:8.3f} {each[1]:9.3f}")


def send(client: http.client.HTTPConnection, path: str, body: bytes, kind: str = JSON) -> None:
    """Send a request and take the answer, again for as long as the site is busy; all is read."""
    while True:
        client.request("POST", path, body, {"Content-Type": kind})
        answer = client.getresponse()
        said = answer.read()
        if answer.status == 200:
            assert b"/problems/" not in said
            return
        assert answer.status == 503, answer.status


def encoded(body: Item) -> bytes:
    return json.dumps(body).encode()


def of_ink(ink: Ink) -> Item:
    return {"ink": {"strokes": ink.to_lists()}}


def of_file(file: bytes) -> Item:
    return {"picture": f"data:image/png;base64,{base64.b64encode(file).decode()}"}


if __name__ == "__main__":
    main()
