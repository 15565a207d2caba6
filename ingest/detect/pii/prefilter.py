"""The gates, compiled: one pass after the other, each only over what it could match in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from ingest.detect.funnel import CASELESS, MULTILINE, Funnel, Pattern, lines_at, merge_spans
from ingest.detect.pii.cues import CUES, FLAGS
from ingest.detect.pii.gates import GATES, WHOLE_IPV6, Gate
from ingest.detect.pii.narrowing import Look, Narrowing
from ingest.detect.pii.rosters import HEADING
from ingest.detect.syntax import Span
from ingest.domain.finding import NATIONAL_IDS, Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Where something personal could stand, by one pass over a text."""

    gates: Mapping[Gate, list[int]]
    """The match ends of every gate that fired, ascending."""
    headings: list[int]
    """Ends of the lines that head a list of people, ascending."""
    cues: Mapping[int, list[int]]
    """By the place of the cue in `CUES`, its match ends, ascending."""


_NUMBERS: Final = (
    r"(?:[0-9](?:[ ()./_\xc2\xa0\xe2\x80\x90\x91-]*[0-9]){5}|[A-Z]{2}[0-9]{2})[^\n]*(?:\n|\z)"
)
"""A line with so many digits, or such a code: all matches of `Group.NUMBERS` have one of them."""
_BEFORE_LINE: Final = 4
"""How far before its line a match of `Group.NUMBERS` may begin: a word for a phone of two letters
may stand at the end of the line before, between two other bytes."""
_AT: Final = re.compile(
    rb"@(?:(?<=[A-Za-z0-9_.%+'\x80-\xff-]@)|(?<=[A-Za-z\x80-\xff.\"'] @)"
    rb"|(?<=[A-Za-z\x80-\xff.\"'*_] [(`]@)|(?<=[A-Za-z\x80-\xff.\"'*_] \([`\[]@))"
)
"""An at sign of a mail address, or behind a name. It comes first, for that is what is searched for
quickly."""
_BY_NUMBER: Final = frozenset(
    {
        Category.CREDIT_CARD,
        Category.IBAN_CODE,
        Category.US_SSN,
        Category.PHONE_NUMBER,
        *NATIONAL_IDS,
    }
)
_HEADING_ID: Final = len(GATES)
_NUMBERS_ID: Final = len(GATES) + 1


class Group(Enum):
    """Gates that are asked together, of a whole text or of the lines that have what all want.

    What begins with no literal slows Hyperscan for all that is compiled with it, most of all two
    such gates of different make, and few lines have digits enough or an at sign.
    The order is that of asking: `FIELDS` tells where `NUMBERS` is asked.
    """

    ANY = "any"
    FIELDS = "fields"
    """Fields of people, whose short words stand everywhere; whole IPv6 addresses; `_NUMBERS`."""
    CAPITALS = "capitals"
    """Names: they begin with a class of characters."""
    AT = "at"
    """What has an at sign."""
    WIDE = "wide"
    """Characters outside ASCII."""
    NUMBERS = "numbers"
    """So many digits, or such a code, as `_NUMBERS` describes."""

    @classmethod
    def of(cls, gate: Gate) -> Group:
        """Return the group of a gate."""
        if gate.category in _BY_NUMBER:
            return cls.NUMBERS
        if gate is WHOLE_IPV6:
            return cls.FIELDS
        if gate.has_at_sign:
            return cls.AT
        groups = {
            Look.FIELD_VALUE: cls.FIELDS,
            Look.NAME_BEFORE: cls.CAPITALS,
            Look.CASELESS_NAME: cls.WIDE,
        }
        return groups[gate.look] if gate.look else cls.ANY


class Prefilter:
    """The compiled gates."""

    def __init__(self, narrowing: Narrowing, cache_dir: Path) -> None:
        """Compile the gates, or load them from the cache."""
        self._narrowing = narrowing
        patterns: dict[Group, list[Pattern]] = {group: [] for group in Group}
        for number, gate in enumerate(GATES):
            patterns[Group.of(gate)] += [
                Pattern(id=number, expression=(head + gate.expression).encode(), flags=gate.flags)
                for head in gate.heads
            ]
        patterns[Group.ANY].append(
            Pattern(id=_HEADING_ID, expression=HEADING.encode(), flags=CASELESS | MULTILINE)
        )
        patterns[Group.FIELDS].append(Pattern(id=_NUMBERS_ID, expression=_NUMBERS.encode()))
        self._funnels = {
            group: Funnel(members, cache_dir=cache_dir) for group, members in patterns.items()
        }
        # apart from the gates: together both take longer than one after the other
        self._cues = Funnel(
            [
                Pattern(id=number, expression=cue.expression.encode(), flags=FLAGS)
                for number, cue in enumerate(CUES)
            ],
            cache_dir=cache_dir,
        )

    def candidates(self, data: bytes) -> Candidates:
        """Return what the gates find in one text."""
        return self.candidates_in([data])[0]

    def candidates_in(self, texts: Sequence[bytes]) -> list[Candidates]:
        """Return what the gates find in each text, one group of gates after the other over all.

        The tables of a group are larger than a processor's near caches: taking turns on each text
        would load them again for each.
        """
        found: list[dict[int, list[int]]] = [{} for _ in texts]
        for group, funnel in self._funnels.items():
            for data, hits in zip(texts, found, strict=True):
                if group is Group.NUMBERS:
                    hits.update(
                        funnel.hits_in(data, _number_lines(data, hits.get(_NUMBERS_ID, ())))
                    )
                elif group is Group.AT:
                    hits.update(funnel.hits_in(data, self._at_lines(data)))
                elif group is not Group.WIDE or not data.isascii():
                    hits.update(funnel.hits(data))
        cues = [self._cues.hits(data) for data in texts]
        return [self._narrowed(*each) for each in zip(texts, found, cues, strict=True)]

    def _at_lines(self, data: bytes) -> list[Span]:
        """Return the lines in which an at sign could belong to an address or begin a login."""
        if b"@" not in data:
            return []
        ends = [found.start() + 1 for found in _AT.finditer(data)]
        return lines_at(data, sorted((*ends, *self._narrowing.login_ends(data))))

    def _narrowed(
        self, data: bytes, hits: dict[int, list[int]], cues: dict[int, list[int]]
    ) -> Candidates:
        headings = hits.pop(_HEADING_ID, [])
        hits.pop(_NUMBERS_ID, None)
        gates: dict[Gate, list[int]] = {}
        for number, ends in sorted(hits.items()):
            gate = GATES[number]
            kept = self._narrowing.kept(gate.look, data, ends) if gate.look else ends
            if kept:
                gates[gate] = kept
        return Candidates(gates=gates, headings=headings, cues=cues)


def _number_lines(data: bytes, ends: Sequence[int]) -> list[Span]:
    """Return the lines that end there, with the few bytes before that a match may begin in."""
    lines = lines_at(data, ends)
    return merge_spans((max(0, start - _BEFORE_LINE), end) for start, end in lines)
