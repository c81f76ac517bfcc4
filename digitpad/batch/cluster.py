"""Actors of a Ray cluster, each with a reader of its own: chunks of items in, rows out, in order.

One plain actor a core, which Ray never starts again by itself; nothing is written by them. Whoever
reads from here keeps the parts, as with processes of one machine, so a row is there once, whatever
dies. An actor that dies with its node gives its chunks back; one that dies alone died of an item.
"""

import logging
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import ray
from ray.exceptions import ActorUnavailableError, RayError

from digitpad.batch.processes import AHEAD, Chunk
from digitpad.batch.sources import Item
from digitpad.batch.work import Rows, Work, identity, of_death
from digitpad.errors import DigitpadError, RunError
from digitpad.reader import Expect

QUEUED = 2  # chunks that an actor has: the next is there when one is read
DEATHS = 2  # of a chunk, until its items are read one by one
STARTS = 3  # that may fail, one after the other: nodes may go while an actor starts there
EVERY = 5.0  # s after which new nodes are looked for


class Reading:
    """What an actor does."""

    def __init__(self, model: Path | None, expect: Expect, reviewed: bool) -> None:
        self._work = Work(model, expect, reviewed)
        self._model = model

    def begin(self) -> tuple[str, dict[str, Any]]:
        """Return the id of the node, and who reads there."""
        return ray.get_runtime_context().get_node_id(), identity(self._model)

    def read(self, chunk: Chunk) -> Rows:
        """Return the rows of a chunk."""
        return self._work(chunk)


@dataclass(eq=False)
class _Job:
    chunk: Chunk
    deaths: int = 0
    rows: Rows | None = None


@dataclass(eq=False)
class _Actor:
    handle: Any
    begun: Any  # what `begin` will return
    node: str | None = None  # until it has begun
    jobs: deque[tuple[Any, _Job]] = field(default_factory=deque)  # after what will be their rows


class Cluster:
    """Actors that read, as many as the cluster has cores; used as a context."""

    def __init__(self, model: Path | None, expect: Expect, reviewed: bool = False) -> None:
        self._told = (model, expect, reviewed)
        self._identity = identity(model)
        self._actors: list[_Actor] = []
        self._window = deque[_Job]()  # in order, from the first whose rows are not yielded
        self._waiting = deque[_Job]()  # of them, for an actor
        self._failed = 0  # starts
        self._looked = float("-inf")

    def __enter__(self) -> Self:
        self._is_own = not ray.is_initialized()
        if self._is_own:
            try:
                ray.init("auto", log_to_driver=False, logging_level=logging.ERROR)
            except ConnectionError as error:
                raise RunError(
                    "expected a Ray cluster, found none: ray start --head, or set RAY_ADDRESS"
                ) from error
        return self

    def __exit__(self, *_: object) -> None:
        for actor in self._actors:
            ray.kill(actor.handle)
        if self._is_own:
            ray.shutdown()

    def read(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, Rows]]:
        """Yield the rows of all chunks, in order; a chunk may come in pieces."""
        left = iter(chunks)
        while True:
            self._look_for_nodes()
            while len(self._window) < AHEAD * len(self._actors) and (chunk := next(left, None)):
                self._window.append(_Job(chunk))
                self._waiting.append(self._window[-1])
            if not self._window:
                return
            self._hand_out()
            self._wait()
            while self._window and (rows := self._window[0].rows) is not None:
                yield self._window.popleft().chunk, rows

    def _look_for_nodes(self) -> None:
        """Have an actor for each core; those for which there is no place yet wait for one."""
        if time.monotonic() - self._looked < EVERY:
            return
        self._looked = time.monotonic()
        actor: Any = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(Reading)
        while len(self._actors) < max(1, int(ray.cluster_resources().get("CPU", 0))):
            handle = actor.remote(*self._told)
            self._actors.append(_Actor(handle, handle.begin.remote()))

    def _hand_out(self) -> None:
        """Give jobs to actors, first to those that have none.

        One of which an actor died is its actor's only one: when that dies with rows it has not
        sent yet, it shall be known of what.
        """
        for queued in range(QUEUED):
            for actor in self._actors:
                if self._waiting and actor.node and len(actor.jobs) == queued:
                    both = [*(job for _, job in actor.jobs), self._waiting[0]]
                    if queued and any(job.deaths for job in both):
                        continue
                    job = self._waiting.popleft()
                    chunk = [_carried(item) for item in job.chunk]
                    actor.jobs.append((actor.handle.read.remote(chunk), job))

    def _wait(self) -> None:
        """Take what is ready first: rows, or the begin of an actor, or their end."""
        refs = {
            actor.jobs[0][0] if actor.node else actor.begun: actor
            for actor in self._actors
            if actor.jobs or not actor.node
        }
        for ref in ray.wait(list(refs), num_returns=1, timeout=EVERY)[0]:
            actor = refs[ref]
            try:
                found = ray.get(ref)
            except RayError as error:
                self._lose(actor, error)
                continue
            if actor.node:
                actor.jobs.popleft()[1].rows = found
            else:
                self._begin(actor, *found)

    def _begin(self, actor: _Actor, node: str, found: dict[str, Any]) -> None:
        if found != self._identity:
            raise RunError(
                f"node {node} has another Digitpad or model: "
                f"expected {self._identity}, found {found}"
            )
        actor.node = node
        self._failed = 0

    def _lose(self, actor: _Actor, error: RayError) -> None:
        """Give the jobs of an actor back; what it was at counts a death, unless its node died."""
        self._actors.remove(actor)
        ray.kill(actor.handle)
        self._looked = float("-inf")
        if not actor.node:
            self._failed += 1
            if self._failed == STARTS:
                raise RunError(f"an actor cannot start: {' '.join(str(error).split())}") from error
        jobs = [job for _, job in actor.jobs]
        nodes = {node["NodeID"] for node in ray.nodes() if node["Alive"]}
        if jobs and actor.node in nodes and not isinstance(error, ActorUnavailableError):
            jobs[:1] = self._die(jobs[0])
        self._waiting.extendleft(reversed(jobs))

    def _die(self, job: _Job) -> list[_Job]:
        """Return what is left of a job of which an actor died."""
        job.deaths += 1
        if job.deaths < DEATHS:
            return [job]
        if len(job.chunk) == 1:
            job.rows = of_death(job.chunk[0])
            return []
        alone = [_Job([item], DEATHS - 1) for item in job.chunk]
        place = self._window.index(job)
        self._window.remove(job)
        for number, one in enumerate(alone, start=place):
            self._window.insert(number, one)
        return alone


def _carried(item: Item) -> Item:
    """Return an item with the bytes of a file, which other machines need not have."""
    if item.path is None or "://" in item.path:
        return item
    try:
        return Item(item.id, item.load())
    except DigitpadError as error:
        return Item(item.id, error=str(error))
