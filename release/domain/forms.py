"""Forms that signed documents share: ids, digests, times, and exactly the fields they have."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final

DIGEST: Final = re.compile(r"[0-9a-f]{64}")
RELEASE_ID: Final = re.compile(r"rel_[0-9a-f]{20}")
RECALL_ID: Final = re.compile(r"rcl_[0-9a-f]{24}")
TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_TIME_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"


def time_text(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC; what is less than a second is cut off.

    Raises:
        ValueError: the moment is not in UTC.
    """
    if moment.utcoffset() != timedelta(0):
        msg = "a document tells times in UTC"
        raise ValueError(msg)
    return moment.strftime(_TIME_FORMAT)


def moment_of(text: str) -> datetime:
    """Return the moment that `time_text` wrote.

    Raises:
        ValueError: the text has another form.
    """
    if not TIME.fullmatch(text):
        msg = "a time is RFC 3339, UTC, in whole seconds"
        raise ValueError(msg)
    return datetime.strptime(text, _TIME_FORMAT).replace(tzinfo=UTC)


def check_release_ids(*ids: str | None) -> None:
    """Refuse what is no id of a release; none at all is well-formed.

    Raises:
        ValueError: an id has another form.
    """
    if not all(name is None or RELEASE_ID.fullmatch(name) for name in ids):
        msg = "the id of a release is malformed"
        raise ValueError(msg)


def fields_of(data: bytes, kind: type) -> dict[str, Any]:
    """Return the members of a JSON object that has exactly the fields of a dataclass.

    Raises:
        ValueError: no JSON, a member is named twice, or the fields differ.
    """
    raw = json.loads(data, object_pairs_hook=_without_twins)
    if not isinstance(raw, dict) or set(raw) != {f.name for f in fields(kind)}:
        msg = "unknown or missing fields"
        raise ValueError(msg)
    return raw


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        msg = "a member is named twice"
        raise ValueError(msg)
    return members
