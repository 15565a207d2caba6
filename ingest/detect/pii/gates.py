"""Where personal data could stand: one Hyperscan pass, then windows for Presidio."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.detect.funnel import CASELESS, MULTILINE, ONCE, Funnel, Pattern
from ingest.detect.pii.fields import FIELD_GATE
from ingest.detect.pii.identities import SCHEMES, Scheme
from ingest.detect.pii.names import PARTICLE
from ingest.detect.pii.numbers import IBAN_LENGTHS
from ingest.detect.pii.phones import PHONE_GATE
from ingest.detect.pii.rosters import HEADING
from ingest.detect.syntax import Span
from ingest.domain.finding import NATIONAL_IDS, Category

TARGET_WINDOW_BYTES: Final = 2048
"""Neighbouring candidates share a window up to this length; half of what the engine refuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A cheap pattern, and the window around the end of its match that Presidio must see."""

    category: Category
    expression: str
    before: int
    """Bytes of the window before the match's end: the longest value and its context."""
    after: int
    flags: int = 0
    needs_name: bool = False
    """The word before the match's end must be listed, as a first name or a surname."""


_CAPITAL: Final = r"[A-Z\x80-\xff]"
_GAP: Final = r"(?:[ ()./-]|\xc2\xa0|\xe2\x80[\x90\x91]){0,3}"
_CASELESS: Final = r"(?:[\xd7-\xdb][\x80-\xbf]|[\xe0-\xed][\x80-\xbf][\x80-\xbf])"
_MARKS: Final = (
    r"(?i:copyright|copr\.|\xc2\xa9|\(c\))(?:[^A-Za-z]|(?i:by|\(c\)|copyright|present|now|text)){0,80}",
    r"(?i:author|maintainer|contributor|assignee|reviewer)[sS]?(?i:_?names?)?_{0,2}[^A-Za-z0-9\n]{1,6}",
    r"(?i:-by:)[ \t]{0,3}",
    r"(?i:n|ed|h|k|e|a|r|d)[ \t\n]{1,2}(?i:by)[ \t\n:]{1,3}",
    r"(?i:thanks|thank you|kudos|props|credits?|thx)(?:\s(?i:goes |go )?(?i:to|for)|,|:)\s{1,2}",
    r"(?i:courtesy of|hat tip to|h/t)[ \t\n]{1,2}",
    r"(?:Mr|Mrs|Ms|Mx|Dr|Prof|Miss|Professor)\.?[ \t]{1,2}",
    r"(?:Herr|Frau|Herrn|Monsieur|Madame|Mme|Dhr|Mevr|Pani?|Dear)\.?[ \t]{1,2}",
    r"(?:Se\xc3\xb1ora?|Signora?)[ \t]{1,2}",
    r"(?i:todo|fixme|xxx|hack)[ \t]?\([ \t]?",
)


def _identity_gate(scheme: Scheme) -> str:
    """Return the form of a number behind a border, or behind a word for it."""
    if scheme.is_distinct:
        return rf"(?:^|[^0-9A-Za-z_.+-])(?:{scheme.form})"
    return rf"(?:{scheme.words})[^\n]{{0,60}}(?:{scheme.form})"


GATES: Final = (
    Gate(
        category=Category.EMAIL_ADDRESS,
        expression=r"[A-Za-z0-9_.%+'\x80-\xff\-]@[A-Za-z0-9_\x80-\xff][A-Za-z0-9_\x80-\xff-]{0,62}"
        r"\.[A-Za-z\x80-\xff]",
        before=200,
        after=260,
    ),
    Gate(
        category=Category.EMAIL_ADDRESS,
        expression=r"[A-Za-z0-9] ?[\[({<] ?at ?[\])}>]|[A-Za-z0-9] at [A-Za-z0-9-]{1,40} dot "
        r"|<[A-Za-z0-9_.+-]{1,40} at [A-Za-z0-9-]{1,40}\.",
        before=200,
        after=260,
        flags=CASELESS,
    ),
    Gate(
        category=Category.EMAIL_ADDRESS,
        expression=r"[A-Za-z0-9_.%+'\x80-\xff\-]@(?:\[[0-9A-Fa-fI]|[0-9]{1,3}\.[0-9])",
        before=200,
        after=260,
    ),
    Gate(
        category=Category.EMAIL_ADDRESS,
        expression=r"[A-Za-z0-9_] at (?:gmail|googlemail|yahoo|hotmail|outlook|protonmail|icloud)\."
        r"|[A-Za-z0-9_] at (?:aol|gmx|live|msn|fastmail|yandex|zoho)\."
        r"|[._0-9][A-Za-z0-9_.+-]{0,40} at [A-Za-z0-9_-]{1,63}\.[A-Za-z0-9_]"
        r"|\([A-Za-z0-9_.+-]{1,64} at [A-Za-z0-9_-]{1,63}\.|mail: [A-Za-z0-9_.+-]{1,64} at ",
        before=200,
        after=260,
        flags=CASELESS,
    ),
    Gate(
        category=Category.IP_ADDRESS,
        expression=r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
        before=32,
        after=32,
    ),
    Gate(
        category=Category.IP_ADDRESS,
        expression=r"[23][0-9A-Fa-f]{3}:[0-9A-Fa-f]{0,4}:",
        before=64,
        after=64,
    ),
    Gate(
        category=Category.IP_ADDRESS,
        expression=r"(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]",
        before=64,
        after=64,
    ),
    Gate(
        category=Category.CREDIT_CARD,
        expression=r"(?:^|[^0-9A-Za-z_.+-])[1-9](?:[0-9]{11}|[0-9]{3}(?:[ ._-]|\xc2\xa0)[0-9]{4}"
        r"(?:[ ._-]|\xc2\xa0)?[0-9]{2})",
        before=32,
        after=40,
    ),
    Gate(
        category=Category.IBAN_CODE,
        expression=r"(?:^|[^A-Za-z0-9])(?:"
        + "|".join(IBAN_LENGTHS)
        + r")[0-9]{2}(?:[ -]|\xc2\xa0)?[A-Z0-9]{4}(?:[ -]|\xc2\xa0)?[A-Z0-9]{3}",
        before=32,
        after=64,
    ),
    Gate(
        category=Category.US_SSN,
        expression=r"(?:^|[^0-9A-Za-z_-])[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}",
        before=24,
        after=12,
    ),
    Gate(
        category=Category.US_SSN,
        expression=r"(?:ssn|soc(?:ial)?[ _-]?sec|social)[^\n]{0,72}"
        r"[0-8][0-9]{2}[ .]?[0-9]{2}[ .]?[0-9]{4}",
        before=24,
        after=12,
        flags=CASELESS,
    ),
    Gate(
        category=Category.PHONE_NUMBER,
        expression=rf"\+ ?\(?[1-9](?:{_GAP}[0-9]){{6}}",
        before=48,
        after=64,
    ),
    Gate(
        category=Category.PHONE_NUMBER,
        expression=rf"(?:^|[^0-9A-Za-z_.,:/+-])00[1-9](?:{_GAP}[0-9]){{6}}",
        before=48,
        after=64,
    ),
    Gate(
        category=Category.PHONE_NUMBER,
        expression=r"(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-. ])[2-9][0-9]{2}[-. ][0-9]{4}",
        before=40,
        after=32,
    ),
    Gate(
        category=Category.PHONE_NUMBER,
        expression=rf"(?:{PHONE_GATE})[^\n]{{0,48}}[0-9](?:{_GAP}[0-9]){{5}}",
        before=96,
        after=64,
        flags=CASELESS,
    ),
    *(
        Gate(
            category=scheme.category,
            expression=_identity_gate(scheme),
            before=80,
            after=16,
            flags=0 if scheme.is_distinct else CASELESS,
        )
        for scheme in SCHEMES
    ),
    *(
        Gate(category=Category.PERSON, expression=mark + _CAPITAL, before=160, after=320)
        for mark in _MARKS
    ),
    Gate(
        category=Category.PERSON,
        expression=r"[A-Za-z\x80-\xff.\"'] ?<[A-Za-z0-9_.+-]{1,64}(?:@| at |\[at\])",
        before=200,
        after=48,
    ),
    Gate(
        category=Category.PERSON,
        expression=r"[A-Za-z\x80-\xff.\"'] (?:\([A-Za-z0-9_.+-]{1,64}@|\(?@[A-Za-z])",
        before=200,
        after=48,
    ),
    Gate(
        category=Category.PERSON,
        expression=rf"(?i:{FIELD_GATE})[\"'`]?\]?[ \t]{{0,8}}(?::=|=>|->|[:=>])[ \t]{{0,8}}"
        rf"[\"'`]{{0,3}}u?[\"']?{_CAPITAL}",
        before=80,
        after=128,
    ),
    Gate(
        category=Category.PERSON,
        expression=r"[a-z\x80-\xff] [A-Z\xc3\xc4\xc5\xce\xd0]",
        before=64,
        after=96,
        needs_name=True,
    ),
    Gate(
        category=Category.PERSON,
        expression=rf"[\"'>:=,(\[ \n\t\x80\x8c]{_CASELESS}{{2,8}}"
        rf"(?:(?: |\xe3\x80\x80){_CASELESS}{{1,12}})?[\"'<:,)\] \n\t.;\xe3\xef]",
        before=96,
        after=48,
    ),
    Gate(
        category=Category.USERNAME,
        expression=r"(?:TODO|FIXME|XXX|HACK|BUG|NOTE) ?[(\[] ?@?[A-Za-z_]",
        before=24,
        after=48,
    ),
    Gate(
        category=Category.USERNAME,
        expression=r"/home/[A-Za-z_]|/Users/[A-Za-z_]"
        r"|[A-Za-z]:[\\/]{1,2}(?:Users|Documents and Settings)[\\/]{1,2}[A-Za-z_]",
        before=48,
        after=64,
    ),
    Gate(
        category=Category.USERNAME,
        expression=r"[^\n \t][ \t]{0,15}[^\nA-Za-z0-9_@/.:%$&+=~-]@[A-Za-z]",
        before=24,
        after=64,
    ),
)
"""Looser than every recognizer they guard: a gate may cost time, never a finding."""

_WORD_BYTES: Final = bytes(
    byte if byte >= 0x80 or chr(byte).isalpha() or byte in b"'-" else 0x20  # noqa: PLR2004 - ASCII
    for byte in range(256)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Where something personal could stand, by one pass over a text."""

    gates: Mapping[Gate, list[int]]
    """The match ends of every gate that fired, ascending."""
    headings: list[int]
    """Ends of the lines that head a list of people, ascending."""


_NUMBERS: Final = (
    r"[0-9](?:[ ()./_\xc2\xa0\xe2\x80\x90\x91-]{0,9}[0-9]){5}|[A-Z]{5}[0-9]{2}"
    r"|[A-Z]{2}[0-9]{2}[ \xc2\xa0-]{0,2}[A-Z]{4}"
)
"""What every text has in which a gate of `_BY_NUMBER` fires: so many digits, or such a code."""
_BY_NUMBER: Final = frozenset(
    {
        Category.CREDIT_CARD,
        Category.IBAN_CODE,
        Category.US_SSN,
        Category.PHONE_NUMBER,
        *NATIONAL_IDS,
    }
)
_MAX_PARTICLES: Final = 4
_LONGEST_PARTICLE: Final = 5
_TAIL: Final = 24
_HEADING_ID: Final = len(GATES)
_NUMBERS_ID: Final = len(GATES) + 1


class Prefilter:
    """The compiled gates: those of numbers are asked only where there are digits enough."""

    def __init__(self, is_name: Callable[[str], bool], cache_dir: Path) -> None:
        """Compile the gates, or load them from the cache; `is_name` asks the gazetteer."""
        self._is_name = is_name
        patterns = [
            (gate, Pattern(id=number, expression=gate.expression.encode(), flags=gate.flags))
            for number, gate in enumerate(GATES)
        ]
        self._funnel = Funnel(
            [
                *(pattern for gate, pattern in patterns if gate.category not in _BY_NUMBER),
                Pattern(id=_HEADING_ID, expression=HEADING.encode(), flags=CASELESS | MULTILINE),
                Pattern(id=_NUMBERS_ID, expression=_NUMBERS.encode(), flags=ONCE),
            ],
            cache_dir=cache_dir,
        )
        self._numbers = Funnel(
            [pattern for gate, pattern in patterns if gate.category in _BY_NUMBER],
            cache_dir=cache_dir,
        )

    def candidates(self, data: bytes) -> Candidates:
        """Return what the gates find."""
        hits = self._funnel.hits(data)
        headings = hits.pop(_HEADING_ID, [])
        if hits.pop(_NUMBERS_ID, None):
            hits |= self._numbers.hits(data)
        found: dict[Gate, list[int]] = {}
        for number, ends in sorted(hits.items()):
            gate = GATES[number]
            kept = (
                [end for end in ends if self._follows_name(data, end)] if gate.needs_name else ends
            )
            if kept:
                found[gate] = kept
        return Candidates(gates=found, headings=headings)

    def _follows_name(self, data: bytes, end: int) -> bool:
        """Tell whether a listed name stands before the space before a match's end.

        Particles between do not count: before ``Fuente`` in ``Micaela de la Fuente`` it is the
        first word.
        """
        last = data[max(0, end - 2 - _TAIL) : end - 2].rpartition(b" ")[2]
        if _LONGEST_PARTICLE < len(last) < _TAIL and last.islower() and last.isalpha():
            return False  # nearly all: an ordinary word, and a capital that begins a sentence
        words = data[max(0, end - 64) : end - 2].rpartition(b"\n")[2].translate(_WORD_BYTES)
        for word in reversed(words.decode("utf-8", "ignore").split(" ")[-_MAX_PARTICLES:]):
            name = word.lstrip("'-")
            if name[:1].isupper():
                return self._is_name(name)
            if PARTICLE.fullmatch(name) is None:
                return False
        return False


def windows(data: bytes, wanted: Iterable[tuple[Gate, list[int]]]) -> Iterator[Span]:
    """Yield windows that together hold every candidate with its margins, sorted, few and short."""
    size = len(data)
    spans = sorted(
        (max(0, end - gate.before), min(size, end + gate.after))
        for gate, ends in wanted
        for end in ends
    )
    start, stop = -1, -1
    for begin, finish in spans:
        if start >= 0 and begin <= stop and max(finish, stop) - start <= TARGET_WINDOW_BYTES:
            stop = max(stop, finish)
            continue
        if start >= 0:
            yield start, stop
        start, stop = begin, finish
    if start >= 0:
        yield start, stop
