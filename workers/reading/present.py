"""Which decisions are shown: those over the present corpus, or the last ones until they are made.

After an approval or a new snapshot the decisions are made anew by workers. Until then people see
the last ones, and that they are about to change.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from ingest.errors import InputError
from workers.context import Context
from workers.corpus import CorpusKeys, corpus_keys

_KEPT_SECONDS: Final = 1.0
_KNOWN: dict[str, tuple[float, Present]] = {}
"""By catalog: when it was looked up, and what was found; of the last catalog only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Decisions that are shown."""

    key: str
    """Of the artefact ``decisions``."""
    is_stale: bool
    """They are not about the present corpus, policy and reviews; new ones are on their way."""


def present_decisions(context: Context) -> Present | None:
    """Return the decisions to show, as they were a second ago at most; None where there are none.

    What is there is asked for with every page, and takes long where there are many repositories.
    """
    mark = context.settings.catalog_url
    known = _KNOWN.get(mark)
    now = time.monotonic()
    if known is not None and now - known[0] < _KEPT_SECONDS and not known[1].is_stale:
        return known[1]
    found = latest_decisions(context, corpus_keys(context))
    if found is not None:
        _KNOWN.clear()
        _KNOWN[mark] = (now, found)
    return found


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
