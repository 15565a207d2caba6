"""Identifiers: how rows are named, and the check that parameters carry nothing else."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ID: Final = re.compile(r"[A-Za-z0-9_.:@/+=-]{0,256}")
_ID_HEX_CHARS: Final = 24


def derived_id(prefix: str, *parts: object) -> str:
    """Return ``prefix_`` and 24 hex characters of SHA-256 over the parts."""
    text = "\0".join(str(part) for part in parts)
    return f"{prefix}_{hashlib.sha256(text.encode()).hexdigest()[:_ID_HEX_CHARS]}"


def fresh_id(prefix: str) -> str:
    """Return an id that nobody had before; for rows that no content names."""
    return f"{prefix}_{uuid.uuid4().hex[:_ID_HEX_CHARS]}"


def checked_ids(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plain copy, sorted by name, if it holds nothing but identifiers and numbers.

    Raises:
        ValueError: a name or a value is free text, or nested deeper than a list.
    """
    for name, value in values.items():
        members = value if isinstance(value, (list, tuple)) else [value]
        if not _NAME.fullmatch(name) or not all(_is_plain(member) for member in members):
            msg = f"only identifiers and numbers are kept, {name[:64]!r} is something else"
            raise ValueError(msg)
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in sorted(values.items())
    }


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return _ID.fullmatch(value) is not None
    return value is None or isinstance(value, (bool, int))
