"""Requests that arrive at times fixed beforehand, whatever became of those before (an open loop).

A closed loop, where a client sends its next request once it has its answer, stops asking while the
server stands still, and so leaves out of its percentiles all those whom the stop would have met:
"coordinated omission" (Gil Tene, "How NOT to Measure Latency", and the README of his
``giltene/wrk2``; Schroeder, Wierman, Harchol-Balter, "Open Versus Closed: A Cautionary Tale",
NSDI 2006). Here a latency counts from the moment at which a request was due, so one that had to
queue, in the server or in this program, shows it.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from benchmarks.wire import Wire

_TIMEOUT_SECONDS = 30.0
_SEED = 20_261_126


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request."""

    url: str
    headers: Mapping[str, str]
    method: str = "GET"
    status: int = 200
    """What its answer has to be; anything else is an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of request with its share of all."""

    name: str
    share: float
    asks: Sequence[Ask]
    """One of them each time, by chance."""


@dataclass(kw_only=True)
class Outcome:
    """What became of all requests."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    """Kind to latencies, from when each was due until its last byte; of right answers only."""
    errors: Counter[str] = field(default_factory=Counter)
    """Status or exception, and kind."""
    late: list[float] = field(default_factory=list)
    """How long after it was due each was sent: this program's own part of the latencies."""
    lasted: float = 0.0

    @property
    def all_seconds(self) -> list[float]:
        """Latencies of all kinds."""
        return [s for found in self.seconds.values() for s in found]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that a share of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


async def arrive(
    base: str, kinds: Sequence[Kind], *, rate: float, seconds: float, watch: Callable[[float], None]
) -> Outcome:
    """Send requests at even distances and return what became of them.

    Args:
        base: where the server is.
        kinds: what is asked for.
        rate: requests a second.
        seconds: for how long.
        watch: called about once a second with the seconds since the beginning.
    """
    # Which request comes when is the same in every run.
    chance = random.Random(_SEED)
    order = chance.choices(kinds, [kind.share for kind in kinds], k=round(rate * seconds))
    outcome = Outcome(seconds={kind.name: [] for kind in kinds})
    with closing(Wire(base)) as wire:
        started, running, second = time.perf_counter(), set[asyncio.Task[None]](), 0
        for number, kind in enumerate(order):
            due = started + number / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            task = asyncio.create_task(_send(wire, outcome, kind, chance.choice(kind.asks), due))
            running.add(task)
            task.add_done_callback(running.discard)
            if number / rate >= second:
                watch(number / rate)
                second += 1
        if running:
            await asyncio.wait(running)
        outcome.lasted = time.perf_counter() - started
    return outcome


async def _send(wire: Wire, outcome: Outcome, kind: Kind, ask: Ask, due: float) -> None:
    outcome.late.append(time.perf_counter() - due)
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            status = await wire.ask(ask.method, ask.url, ask.headers)
    except (OSError, EOFError, TimeoutError) as error:
        outcome.errors[f"{type(error).__name__}, {kind.name}"] += 1
        return
    if status != ask.status:
        outcome.errors[f"{status}, {kind.name}"] += 1
        return
    outcome.seconds[kind.name].append(time.perf_counter() - due)
