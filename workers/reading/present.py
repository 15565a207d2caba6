"""Which decisions are shown: those over the present corpus, or the last ones until they are made.

After an approval or a new snapshot the decisions are made anew by workers. Until then people see
the last ones, and that they are about to change.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Final

from ingest.errors import InputError
from workers.context import Context
from workers.corpus import CorpusKeys, corpus_keys

_KEPT_SECONDS: Final = 1.0
_MOST_KEPT_SECONDS: Final = 10.0
_SHARE: Final = 10.0
"""What took a second to find out stands for ten: while workers scan, every batch of facts makes it
worth asking again, and all pages together spend no more on it than a tenth of a processor."""
_LOOKING: Final = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Decisions that are shown."""

    key: str
    """Of the artefact ``decisions``."""
    is_stale: bool
    """They are not about the present corpus, policy and reviews; new ones are on their way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    mark: tuple[str, int]
    """Catalog, and when decisions were last written."""
    until: float
    present: Present

    def holds(self, mark: tuple[str, int]) -> bool:
        """Tell whether it may be shown without looking again."""
        return self.mark == mark and time.monotonic() < self.until


_KNOWN: dict[str, _Known] = {}
"""By catalog; of the last one only."""


def present_decisions(context: Context) -> Present | None:
    """Return the decisions to show; None where there are none.

    What is there is asked for with every page, and takes long where there are many repositories:
    decisions are those of a second ago at most. That last ones, which others are about to replace,
    are the present ones after all may be seen ten seconds late; that others were written is seen
    at once.
    """
    mark = context.settings.catalog_url, _changed(context)
    known = _KNOWN.get(mark[0])
    if known is not None and known.holds(mark):
        return known.present
    # One thread looks, as each would find the same; who comes meanwhile sees what was there before.
    if not _LOOKING.acquire(blocking=known is None) and known is not None:
        return known.present
    try:
        known = _KNOWN.get(mark[0])
        return known.present if known is not None and known.holds(mark) else _look(context, mark)
    finally:
        _LOOKING.release()


def _look(context: Context, mark: tuple[str, int]) -> Present | None:
    started = time.monotonic()
    found = latest_decisions(context, corpus_keys(context))
    if found is not None:
        now = time.monotonic()
        kept = max(_KEPT_SECONDS, _SHARE * (now - started) if found.is_stale else 0.0)
        _KNOWN.clear()
        _KNOWN[mark[0]] = _Known(
            mark=mark, until=now + min(kept, _MOST_KEPT_SECONDS), present=found
        )
    return found


def _changed(context: Context) -> int:
    """Return when an artefact of decisions was last added, in nanoseconds; 0: never."""
    folder = context.lake.path("decisions", "any").parent
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def latest_decisions(context: Context, keys: CorpusKeys) -> Present | None:
    """Return the decisions over a corpus, else the last ones; None where there are none."""
    wanted = keys.decisions
    lake = context.lake
    if lake.exists("decisions", wanted):
        return Present(key=wanted, is_stale=False)
    written = [
        (lake.path("decisions", key).stat().st_mtime_ns, key) for key in lake.keys("decisions")
    ]
    return Present(key=max(written)[1], is_stale=True) if written else None


def shown_decisions(context: Context) -> Present:
    """Return the decisions to show.

    Raises:
        InputError: nothing was ever decided.
    """
    found = present_decisions(context)
    if found is None:
        raise InputError("Nothing was decided yet.", hint="Register a repository and sync it.")
    return found


def is_deciding(context: Context) -> bool:
    """Tell whether decisions are older than what they are to be made from."""
    found = latest_decisions(context, corpus_keys(context))
    return found is not None and found.is_stale
