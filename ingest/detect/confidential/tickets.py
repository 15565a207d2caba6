"""Ticket ids with a configured prefix, such as ``PAY-1234``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ingest.detect.confidential.matches import Match
from ingest.domain.finding import Category, Confidence

_MAX_DIGITS: Final = 7


def ticket_expressions(prefixes: Iterable[str]) -> list[bytes]:
    """Return funnel expressions; each match ends at the first digit of a ticket's number."""
    return [re.escape(prefix.encode()) + b"-[1-9]" for prefix in _cased(prefixes)]


class Tickets:
    """The exact rule behind the funnel."""

    def __init__(self, prefixes: Iterable[str]) -> None:
        """Take the prefixes; upper and lower case as in issue keys and branch names."""
        ordered = sorted(_cased(prefixes), key=lambda prefix: (-len(prefix), prefix))
        names = b"|".join(re.escape(prefix.encode()) for prefix in ordered)
        self._ticket = re.compile(
            rb"(?<![A-Za-z0-9.-])(?:" + names + rb")-[1-9][0-9]{0,6}(?![A-Za-z0-9]|\.[0-9])"
        )
        self._reach = max((len(prefix.encode()) for prefix in ordered), default=0) + 2

    def matches(self, data: bytes, ends: Sequence[int]) -> Iterator[Match]:
        """Yield the tickets whose number begins at the ascending hit ends."""
        for end in ends:
            limit = min(len(data), end + _MAX_DIGITS + 2)
            for found in self._ticket.finditer(data, max(0, end - self._reach), limit):
                if found.start() < end <= found.end():
                    yield Match(
                        start=found.start(),
                        end=found.end(),
                        rule_id="ticket",
                        category=Category.TICKET_ID,
                        confidence=Confidence.HIGH,
                        evidence="prefix",
                    )


def _cased(prefixes: Iterable[str]) -> set[str]:
    return {form for prefix in prefixes if prefix for form in (prefix, prefix.lower())}
