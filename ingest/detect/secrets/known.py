"""Values already known to be secret, found wherever else they stand, without keeping one.

What is known of a value is its length and its keyed identity. A text is cut into runs at white
space, quotes, brackets and the like; a piece of a run that begins and ends at a run's end or at a
joint (``=``, ``:``, ``/`` …) and has a known length is hashed and looked up. Only pieces with a
digit cost an HMAC, so a sweep reads tens of megabytes a second.

Limits, by construction: a value with white space, a quote, a bracket or a comma inside is never
found; nor is one that is glued to letters or digits on either side, or encoded. A value that
could stand for something else, as ``administrator`` or ``20240101``, is left to the rules that
read its surroundings.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.occurrences import is_unguessable
from ingest.domain.finding import Category, Confidence, Finding
from ingest.domain.secret import HmacKey

DETECTOR_ID: Final = "shardgate"
RULE_ID: Final = "known-value"
MIN_BYTES: Final = 8
MAX_BYTES: Final = 512
_MAX_CLEAN: Final = 1_000_000
_JOINT: Final = re.compile(rb"[=:/@&?#.!%+*$~^-]")
_BREAKS: Final = bytes(range(0x20)) + b" \"'`<>()[]{},;|\\"
_DIGITS: Final = b"0123456789"
_BREAK, _DIGIT = 1, 2
_ROLE_OF: Final = bytes(
    _BREAK if byte in _BREAKS else _DIGIT if byte in _DIGITS else 0 for byte in range(0x100)
)
"""What each byte is for a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownValue:
    """A value known to be secret, by all that is kept of it."""

    category: str
    length: int
    """Bytes."""
    hmac: str
    """Keyed identity, as a finding carries it."""


class KnownValues:
    """A keyed lookup of values, by their length and identity."""

    def __init__(self, values: Iterable[KnownValue], *, key: HmacKey) -> None:
        """Take what is known; `key` must be the key the identities were made with."""
        self._key = key
        self._by_length: dict[int, dict[str, KnownValue]] = {}
        """Identities by length."""
        for value in sorted(values, key=lambda v: (-v.length, v.hmac, v.category)):
            if MIN_BYTES <= value.length <= MAX_BYTES:
                self._by_length.setdefault(value.length, {}).setdefault(value.hmac, value)
        self._shortest = min(self._by_length, default=0)
        self._longest = max(self._by_length, default=0)
        self._clean: set[int] = set()
        """Runs that hold nothing: most stand in many files. Only their hashes are kept, under the
        interpreter's own key of 64 bits, since a run may hold a secret that is not known yet."""

    def __len__(self) -> int:
        """Return how many values can be found."""
        return sum(map(len, self._by_length.values()))

    @property
    def digest(self) -> str:
        """SHA-256 hex of the set of values, by what is kept of them."""
        kept = (v for values in self._by_length.values() for v in values.values())
        rows = sorted(f"{value.category}\0{value.length}\0{value.hmac}" for value in kept)
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()

    def matches(self, data: bytes) -> list[Match]:
        """Return every place of a known value in a text, sorted, none inside another."""
        if not self._by_length:
            return []
        found: list[Match] = []
        for start, end in _runs_with_a_digit(data, self._shortest):
            seen = hash(data[start:end])
            if seen in self._clean:
                continue
            matches = list(self._of_run(data, start, end))
            found += matches
            if not matches and len(self._clean) < _MAX_CLEAN:
                self._clean.add(seen)
        return found

    def matches_all(self, texts: Sequence[bytes]) -> list[list[Match]]:
        """Return what `matches` returns of each text, in their order.

        Few texts hold anything, so all are read as one, and one by one only if that does.
        """
        if not self.matches(b"\n".join(texts)):
            return [[] for _ in texts]
        return [self.matches(text) for text in texts]

    def _of_run(self, data: bytes, start: int, end: int) -> Iterator[Match]:
        joints = [joint.start() for joint in _JOINT.finditer(data, start, end)]
        edges = sorted({start, end, *joints, *(joint + 1 for joint in joints)})
        done = start
        for index, begin in enumerate(edges):
            if begin < done:
                continue
            first = bisect_left(edges, begin + self._shortest, index)
            last = bisect_right(edges, begin + self._longest, first)
            # Longest first: a value that is the beginning of another does not hide it.
            for stop in reversed(edges[first:last]):
                by_hmac = self._by_length.get(stop - begin)
                if by_hmac and (known := self._known(data[begin:stop], by_hmac)):
                    yield _match(begin, stop, known)
                    done = stop
                    break

    def _known(self, piece: bytes, by_hmac: Mapping[str, KnownValue]) -> KnownValue | None:
        if not is_unguessable(piece):
            return None
        return by_hmac.get(self._key.digest("value", piece))


def _runs_with_a_digit(data: bytes, least: int) -> Iterator[tuple[int, int]]:
    """Yield the runs that can hold a value: of at least so many bytes, and with a digit."""
    kinds = np.frombuffer(data.translate(_ROLE_OF), np.uint8)
    breaks = np.flatnonzero(kinds == _BREAK)
    digits = np.flatnonzero(kinds == _DIGIT)
    runs = np.searchsorted(breaks, digits)
    runs = runs[np.append(True, runs[1:] != runs[:-1])[: len(runs)]]
    starts = np.concatenate(([0], breaks + 1))[runs]
    ends = np.append(breaks, len(data))[runs]
    long = ends - starts >= least
    yield from zip(starts[long].tolist(), ends[long].tolist(), strict=True)


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
