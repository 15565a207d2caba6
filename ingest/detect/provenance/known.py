"""A list of contents that are known to belong to published packages.

One line a content: its git object id (SHA-1 or SHA-256, as in ``git hash-object``) or its SWHID
(``swh:1:cnt:…``), white space, the name of the package. Empty lines and ``#`` lines are skipped.
The list is data of the installation; none comes with the product.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from ingest.errors import ConfigurationError

_LINE = re.compile(r"(?:swh:1:cnt:)?([0-9a-f]{40}|[0-9a-f]{64})(?:;\S*)?\s+(\S[^\n]{0,200})")
MAX_LINES: Final = 20_000_000


def read_known_content(text: str) -> dict[str, str]:
    """Return blob id to package of a list.

    Raises:
        ConfigurationError: a line is none of the form above; its number is named.
    """
    known: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.fullmatch(stripped)
        if match is None or number > MAX_LINES:
            raise ConfigurationError(
                f"Line {number} of the list of known content cannot be read.",
                hint="Each line is a git object id or SWHID, then the name of a package.",
            )
        known[match[1]] = match[2].strip()
    return known


def digest_known_content(known: dict[str, str]) -> str:
    """Return SHA-256 hex over the contents listed; names of packages change no fact."""
    return hashlib.sha256("\n".join(sorted(known)).encode()).hexdigest()
