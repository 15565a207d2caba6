"""Values already known to be secret, found wherever else they stand, without keeping one.

What is known of a value is its length and its keyed identity. A text is cut into runs at white
space, quotes, brackets and the like; a piece of a run that begins and ends at a run's end or at a
joint (``=``, ``:``, ``/`` …) and has a known length is hashed and looked up. Only these pieces
cost an HMAC, so a sweep reads tens of megabytes a second.

Limits, by construction: a value with white space, a quote, a bracket or a comma inside is never
found; nor is one that is glued to letters or digits on either side, or encoded (decoded views are
swept like any text). A value that could stand for something else, as ``administrator`` or
``20240101``, is left to the rules that read its surroundings.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from ingest.detect.detector import KnownValue
from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.occurrences import is_unguessable
from ingest.domain.finding import Category, Confidence, Finding
from ingest.domain.secret import HmacKey

DETECTOR_ID: Final = "shardgate"
RULE_ID: Final = "known-value"
MIN_BYTES: Final = 8
MAX_BYTES: Final = 512
_RUN: Final = re.compile(rb"""[^\s"'`<>()\[\]{},;|\\\x00-\x1f]{8,}""")
_DIGIT: Final = re.compile(rb"[0-9]")
_JOINT: Final = re.compile(rb"[=:/@&?#.!%+*$~^-]")


class KnownValues:
    """A keyed lookup of values, by their length and identity."""

    def __init__(self, values: Iterable[KnownValue], *, key: HmacKey) -> None:
        """Take what is known; `key` must be the key the identities were made with."""
        self._key = key
        self._by_length: dict[int, dict[str, KnownValue]] = {}
        for value in sorted(values, key=lambda v: (v.hmac, v.category)):
            if MIN_BYTES <= value.length <= MAX_BYTES:
                self._by_length.setdefault(value.length, {}).setdefault(value.hmac, value)
        self._longest = max(self._by_length, default=0)

    def __len__(self) -> int:
        """Return how many values can be found."""
        return sum(map(len, self._by_length.values()))

    def matches(self, data: bytes) -> list[Match]:
        """Return every place of a known value in a text, sorted, none inside another."""
        if not self._by_length:
            return []
        runs = (run.span() for run in _RUN.finditer(data))
        return [match for start, end in runs for match in self._of_run(data, start, end)]

    def _of_run(self, data: bytes, start: int, end: int) -> Iterator[Match]:
        if not _DIGIT.search(data, start, end):
            return
        joints = [joint.start() for joint in _JOINT.finditer(data, start, end)]
        edges = sorted({start, end, *joints, *(joint + 1 for joint in joints)})
        done = start
        for n, begin in enumerate(edges):
            if begin < done:
                continue
            reach = bisect_right(edges, begin + self._longest, n)
            # Longest first: a value that is the beginning of another does not hide it.
            for stop in reversed(edges[n + 1 : reach]):
                known = self._known(data, begin, stop)
                if known is not None:
                    yield _match(begin, stop, known)
                    done = stop
                    break

    def _known(self, data: bytes, begin: int, end: int) -> KnownValue | None:
        by_hmac = self._by_length.get(end - begin)
        if by_hmac is None or not is_unguessable(piece := data[begin:end]):
            return None
        return by_hmac.get(self._key.digest("value", piece))


def known_of(findings: Iterable[Finding]) -> frozenset[KnownValue]:
    """Return what findings of the secrets family make known.

    A finding through a view spans the encoded form, whose length is not the value's: left out. So
    are private keys, which no run can hold.
    """
    return frozenset(
        KnownValue(category=finding.category, length=finding.end - finding.start, hmac=finding.hmac)
        for finding in findings
        if not finding.views and finding.category != Category.PRIVATE_KEY
    )


def _match(start: int, end: int, known: KnownValue) -> Match:
    return Match(
        start=start,
        end=end,
        detector_id=DETECTOR_ID,
        rule_id=RULE_ID,
        category=Category(known.category),
        confidence=Confidence.HIGH,
        evidence="known",
    )
