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
import numpy.typing as npt

from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.occurrences import is_unguessable
from ingest.domain.finding import Category, Confidence, Finding
from ingest.domain.secret import HmacKey

DETECTOR_ID: Final = "shardgate"
RULE_ID: Final = "known-value"
MIN_BYTES: Final = 8
MAX_BYTES: Final = 512
_MAX_CLEAN: Final = 1_000_000
_JOINTS: Final = b"=:/@&?#.!%+*$~^-"
_JOINT: Final = re.compile(rb"[" + re.escape(_JOINTS) + rb"]")
_BREAKS: Final = bytes(range(0x20)) + b" \"'`<>()[]{},;|\\"
_DIGITS: Final = b"0123456789"
_BREAK, _DIGIT, _JOINING = 1, 2, 3
_ROLES: Final = {_BREAK: _BREAKS, _DIGIT: _DIGITS, _JOINING: _JOINTS}
_ROLE_OF: Final = bytes(
    next((role for role, members in _ROLES.items() if byte in members), 0) for byte in range(0x100)
)
"""What each byte is for a run."""
_Places = npt.NDArray[np.int64]


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
        self._is_length = np.zeros(self._longest + 1, np.bool_)
        self._is_length[list(self._by_length)] = True
        self._clean: set[int] = set()
        """Pieces that are not known: most stand in many files. Only their hashes are kept, under
        the interpreter's own key of 64 bits, since one may be a secret that is not known yet."""

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
        runs = _Runs.of(data, self._shortest)
        held = sorted(set(self._runs_with_any(data, runs)))
        return [match for number in held for match in self._of_run(data, *runs.span(number))]

    def _runs_with_any(self, data: bytes, runs: _Runs) -> Iterator[int]:
        """Yield the numbers of runs that hold a known value."""
        for start, length, number in runs.pieces(self._is_length):
            piece = data[start : start + length]
            seen = hash(piece)
            if seen in self._clean:
                continue
            if self._known(piece, self._by_length[length]):
                yield number
            elif len(self._clean) < _MAX_CLEAN:
                self._clean.add(seen)

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runs:
    """The runs of a text that can hold a value, laid out one behind the other with their ends."""

    starts: _Places
    ends: _Places
    numbers: _Places
    """Number of the run at each place of the layout."""
    shifts: _Places
    """What leads from a place of a run in the layout to that in the text, by run."""
    is_edge: npt.NDArray[np.bool_]
    digits: _Places
    """How many digits stand before each place of the layout."""

    @classmethod
    def of(cls, data: bytes, least: int) -> _Runs:
        """Find the runs of at least so many bytes, and with a digit."""
        roles = np.frombuffer(data.translate(_ROLE_OF) + bytes([_BREAK]), np.uint8)
        breaks = np.flatnonzero(roles == _BREAK)
        # Few runs have a digit: which ones is asked first.
        runs = np.searchsorted(breaks, np.flatnonzero(roles == _DIGIT))
        runs = runs[np.append(True, runs[1:] != runs[:-1])[: len(runs)]]
        starts, ends = breaks[runs - 1] + 1, breaks[runs]
        starts[runs == 0] = 0
        is_long = ends - starts >= least
        return cls._laid_out(roles, starts[is_long], ends[is_long])

    @classmethod
    def _laid_out(cls, roles: npt.NDArray[np.uint8], starts: _Places, ends: _Places) -> _Runs:
        sizes = ends - starts + 1
        firsts = np.cumsum(sizes) - sizes
        numbers = np.repeat(np.arange(len(sizes)), sizes)
        shifts = starts - firsts
        own = roles[np.arange(len(numbers)) + shifts[numbers]]
        is_joint = own == _JOINING
        is_edge = is_joint | (own == _BREAK)
        is_edge[1:] |= is_joint[:-1]
        is_edge[firsts] = True
        digits = np.cumsum(own == _DIGIT) - (own == _DIGIT)
        return cls(
            starts=starts,
            ends=ends,
            numbers=numbers,
            shifts=shifts,
            is_edge=is_edge,
            digits=digits,
        )

    def span(self, number: int) -> tuple[int, int]:
        """Return where a run stands in the text."""
        return int(self.starts[number]), int(self.ends[number])

    def pieces(self, is_length: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
        """Yield start, length and run of each piece with a digit that is between two edges.

        `is_length` tells of each length whether it is asked for. Each edge is paired with the next
        one, then with the one after that, as long as both are in one run and near enough.
        """
        edges = np.flatnonzero(self.is_edge)
        runs, digits = self.numbers[edges], self.digits[edges]
        lefts, step = np.arange(len(edges)), 1
        while len(lefts):
            lefts = lefts[: np.searchsorted(lefts, len(edges) - step)]
            rights = lefts + step
            sizes = edges[rights] - edges[lefts]
            is_near = (runs[lefts] == runs[rights]) & (sizes < len(is_length))
            lefts, rights, sizes = lefts[is_near], rights[is_near], sizes[is_near]
            is_piece = is_length[sizes] & (digits[rights] > digits[lefts])
            numbers = runs[lefts[is_piece]]
            starts = edges[lefts[is_piece]] + self.shifts[numbers]
            yield from zip(starts.tolist(), sizes[is_piece].tolist(), numbers.tolist(), strict=True)
            step += 1


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
