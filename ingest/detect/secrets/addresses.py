"""Pieces of addresses: a path, a port and a path, the digest of a revision within one.

A path of words and numbers looks as random as a short token to a rule that counts bits, and most
lines that link somewhere speak of the subject of the link: tokens, logins, passwords.
"""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.secrets.matches import Match

_BREAKS: Final = re.compile(rb"[\s\"'`<>{}|\\]")
"""What ends an address on its left (RFC 3986, appendix C, and quotes)."""
_ASSIGNED: Final = re.compile(rb"(?:=|:[ \t]?)[\"'`]?$")
_SECRET: Final = re.compile(rb"(?i)token|secret|passw|key|hook|credential|auth")
_RUN: Final = re.compile(rb"[A-Za-z0-9]{12,}")
_REVISION: Final = re.compile(rb"[0-9a-f]{40}")
_HOST: Final = re.compile(rb"[\w-]+\.[A-Za-z][\w.-]*:$|://[\w.-]+:$")
_PORT: Final = re.compile(rb"[0-9]{2,5}(?:[/?#].*)?")
_MIXED: Final = re.compile(rb"[0-9][A-Za-z]+[0-9]|[A-Za-z][0-9]+[A-Za-z]")
_REACH_BYTES: Final = 256


def is_piece_of_address(data: bytes, match: Match, value: bytes) -> bool:
    """Say whether a value is part of where something is, and no secret that an address carries.

    An address that is assigned to a name, or that speaks of secrets itself, may carry one.
    """
    if b"@" in value:
        return False
    start = max(0, match.start - _REACH_BYTES)
    before = data[start : match.start]
    if _HOST.search(before) and _PORT.fullmatch(value):
        return True
    scheme = before.rfind(b"://")
    within = before[scheme:]
    if scheme < 0 or _BREAKS.search(within) or re.search(rb"[?=&#@]", within):
        return _is_behind_login(within) and not any(map(_is_drawn, _RUN.findall(value)))
    segments = [run for run in _RUN.findall(value) if _is_drawn(run)]
    if all(map(_REVISION.fullmatch, segments)):
        return b"/" in value or within.endswith(b"/")
    name = before[:scheme].rstrip(b"abcdefghijklmnopqrstuvwxyz")
    return b"/" in value and not (_ASSIGNED.search(name) or _SECRET.search(within + value))


def _is_drawn(run: bytes) -> bool:
    """Say whether letters and digits stand mixed in a run, as in no word."""
    return not run.isalpha() and _MIXED.search(run) is not None


def _is_behind_login(within: bytes) -> bool:
    """Say whether what follows a scheme is a login and a host, and all that follows its port."""
    return re.fullmatch(rb"://[^\s/@\"']*@[\w.-]+:", within) is not None
