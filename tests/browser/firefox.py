"""Drives the system's Firefox over WebDriver BiDi, which it speaks itself.

Playwright drives a Firefox of its own only, and Selenium needs geckodriver, which Debian has not.
The commands: https://w3c.github.io/webdriver-bidi/
"""

import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from digitpad import Ink

BROWSERS = ("firefox-esr", "firefox")
START, ANSWER = 60, 20  # s
PREFERENCES = {  # of a browser that talks to nobody on its own
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.no_proxies_on": "127.0.0.1",
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.type": 1,
    "remote.active-protocols": 1,
    "services.settings.server": "http://127.0.0.1:9",
}
PAD = "document.querySelector('digit-pad')"
SHADOW = f"{PAD}.shadowRoot"
# What Firefox says where the page is left while a service worker still fetches a file of it.
BROKEN_OFF = "A ServiceWorker intercepted the request and encountered an unexpected error"


def find_firefox() -> str | None:
    """Return the path of the system's Firefox."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


class Firefox:
    """One tab."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._count = 0
        self.complaints: list[str] = []
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded"])
        (tab,) = self.call("browsingContext.getTree")["contexts"]
        self._tab = tab["context"]

    def call(self, method: str, **params: Any) -> Any:
        """Return the result of a command; raises RuntimeError when the browser refuses it."""
        self._count += 1
        self._socket.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=ANSWER))
            if message.get("method") == "log.entryAdded":
                text = message["params"]["text"]
                if BROKEN_OFF not in text:
                    self.complaints.append(text)
            if message.get("id") != self._count:
                continue
            if message["type"] == "error":
                raise RuntimeError(f"{method}: {message['message']}")
            return message["result"]

    def open(self, address: str) -> None:
        """Load a page."""
        self.call("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def reload(self) -> None:
        """Load the page again."""
        self.call("browsingContext.reload", context=self._tab, wait="complete")

    def back(self) -> None:
        """Go back one page."""
        self.call("browsingContext.traverseHistory", context=self._tab, delta=-1)

    def run(self, script: str) -> Any:
        """Return the value of an expression in the page, as JSON has it."""
        target = {"context": self._tab}
        answer = self.call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({script})))()",
            target=target,
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(f"{script}: {answer['exceptionDetails']['text']}")
        text = answer["result"].get("value")
        return None if text is None else json.loads(text)

    def expect(self, script: str, value: Any) -> None:
        """Wait until an expression has this value."""
        late = time.monotonic() + ANSWER
        while (found := self._try(script)) != value:
            assert time.monotonic() < late, f"{script}: expected {value!r}, found {found!r}"
            time.sleep(0.05)

    def expect_read(self, text: str) -> None:
        """Wait until the pad says this, and that it is settled."""
        self.expect(f"[{PAD}.value, {PAD}.validationMessage]", [text, ""])

    def box(self, selector: str, number: int = 0) -> tuple[float, float, float, float]:
        """Return left, top, width and height of an element of the pad in the window."""
        element = f"{SHADOW}.querySelectorAll({json.dumps(selector)})[{number}]"
        read = "(({x, y, width, height}) => [x, y, width, height])"
        left, top, width, height = self.run(f"{read}({element}.getBoundingClientRect())")
        return left, top, width, height

    def click(self, selector: str, number: int = 0) -> None:
        """Click on an element of the pad with the mouse."""
        left, top, width, height = self.box(selector, number)
        self.draw([[(left + width / 2, top + height / 2)]])

    def draw(self, strokes: Sequence[Sequence[tuple[float, float]]], kind: str = "mouse") -> None:
        """Draw strokes of points in CSS px of the window: a stroke of one point is a click."""
        actions: list[dict[str, Any]] = []
        for first, *others in strokes:
            actions += [move(*first), {"type": "pointerDown", "button": 0}]
            actions += [move(*point) for point in others]
            actions += [{"type": "pointerUp", "button": 0}]
        source = {
            "type": "pointer",
            "id": kind,
            "parameters": {"pointerType": kind},
            "actions": actions,
        }
        self.call("input.performActions", context=self._tab, actions=[source])

    def place(self, inks: Sequence[Ink], size: float) -> list[list[tuple[float, float]]]:
        """Lay inks side by side across the pad, each so many CSS px high."""
        left, top, width, height = self.box("#pad")
        placed = []
        for number, ink in enumerate(inks):
            assert ink.box is not None
            x, y, _, bottom = ink.box
            scale = size / (bottom - y)
            start = left + width * (number + 0.25) / len(inks)
            placed += [
                [
                    (start + scale * (at - x), top + (height - size) / 2 + scale * (down - y))
                    for at, down in stroke.tolist()
                ]
                for stroke in ink.strokes
            ]
        return placed

    def _try(self, script: str) -> Any:
        try:
            return self.run(script)
        except RuntimeError as error:  # the page is on its way
            return str(error)


def move(x: float, y: float) -> dict[str, Any]:
    return {"type": "pointerMove", "x": round(x), "y": round(y)}


@contextmanager
def firefox(executable: str) -> Iterator[Firefox]:
    """Start Firefox without a window; yields its tab."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        profile, log = Path(folder), Path(folder) / "log"
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines), "utf-8")
        command = [executable, "--headless", "--no-remote", "--profile", folder]
        with log.open("w") as stream:
            process = subprocess.Popen(
                [*command, "--remote-debugging-port", "0", "about:blank"],
                stdout=stream,
                stderr=stream,
            )
        try:
            with connect(f"{wait_for_address(log)}/session", max_size=None) as socket:
                yield Firefox(socket)
        finally:
            process.terminate()
            process.wait(ANSWER)


def wait_for_address(log: Path) -> str:
    """Return where the browser listens, as it says in its log."""
    late = time.monotonic() + START
    while not (found := re.search(r"BiDi listening on (ws://\S+)\n", log.read_text("utf-8"))):
        assert time.monotonic() < late, f"Firefox does not listen:\n{log.read_text('utf-8')}"
        time.sleep(0.05)
    return found[1]
