"""Where personal data could stand: one Hyperscan pass, then windows for Presidio."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.detect.funnel import CASELESS, Funnel, Pattern
from ingest.detect.syntax import Span
from ingest.domain.finding import Category

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
    needs_first_name: bool = False
    """The word before the match's end must be a listed first name."""


_IBAN_COUNTRIES: Final = (
    "A[DELTZ]|B[AEGHRY]|C[HRYZ]|D[EKO]|E[EGS]|F[IOR]|G[BEILRT]|H[RU]|I[ELQST]|JO|K[WZ]|L[BCITUVY]|"
    "M[CDEKRTU]|N[LO]|P[KLST]|QA|R[OSU]|S[ACEIKMTV]|T[LNR]|UA|V[AG]|XK"
)
_CAPITAL: Final = r"[A-Z\x80-\xff]"
_MARKS: Final = (
    r"(?i:copyright|copr\.|\xc2\xa9|\(c\))(?:[^A-Za-z]|(?i:by|\(c\)|copyright|present|now|text)){0,80}",
    r"(?i:author|maintainer|contributor|assignee|reviewer)[sS]?(?i:_?names?)?_{0,2}[^A-Za-z0-9\n]{1,6}",
    r"(?i:-by:)[ \t]{0,3}",
    r"(?i:n|ed|h|k|e|a|r)[ \t\n](?i:by)[ \t\n:]{1,3}",
    r"(?i:thanks|kudos|props|credits?)[ \t\n](?i:goes |go )?(?i:to|for)[ \t\n]{1,2}",
    r"(?i:courtesy of)[ \t\n]{1,2}",
    r"(?i:todo|fixme|xxx|hack)[ \t]?\([ \t]?",
)

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
        category=Category.IP_ADDRESS,
        expression=r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
        before=64,
        after=64,
    ),
    Gate(
        category=Category.IP_ADDRESS,
        expression=r"(?:^|[^0-9A-Za-z_:])[23][0-9A-Fa-f]{3}:[0-9A-Fa-f]{0,4}:",
        before=64,
        after=64,
    ),
    Gate(
        category=Category.CREDIT_CARD,
        expression=r"(?:^|[^0-9A-Za-z_.+-])[1-6](?:[0-9]{11}|[0-9]{3}[ -][0-9]{4}[ -]?[0-9]{2})",
        before=32,
        after=40,
    ),
    Gate(
        category=Category.IBAN_CODE,
        expression=rf"(?:^|[^A-Z0-9])(?:{_IBAN_COUNTRIES})[0-9]{{2}}[ -]?[A-Z0-9]{{4}}[ -]?"
        r"[A-Z0-9]{4}[ -]?[A-Z0-9]{3}",
        before=32,
        after=48,
    ),
    Gate(
        category=Category.US_SSN,
        expression=r"(?:^|[^0-9A-Za-z_-])[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}",
        before=24,
        after=12,
    ),
    Gate(
        category=Category.PHONE_NUMBER,
        expression=r"\+\(?[1-9][0-9 ()./-]{5,8}[0-9]",
        before=24,
        after=32,
    ),
    Gate(
        category=Category.PHONE_NUMBER,
        expression=r"(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-. ])[2-9][0-9]{2}[-. ][0-9]{4}",
        before=32,
        after=24,
    ),
    Gate(
        category=Category.PHONE_NUMBER,
        expression=r"(?:phone|mobile|\btel|\bfax|\bcell|whatsapp|hotline)[^\n]{0,40}"
        r"[0-9][0-9 ()./-]{4,7}[0-9]",
        before=80,
        after=40,
        flags=CASELESS,
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
        expression=r"(?:[A-Z][a-z\x80-\xff]|[\xc3\xc4\xc5\xce\xd0][\x80-\xbf])[a-z\x80-\xff'-]{1,24}"
        r" [A-Z\xc3\xc4\xc5\xce\xd0]",
        before=64,
        after=96,
        needs_first_name=True,
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
        expression=r"[A-Za-z0-9,.:;)\]>/#-][ \t]{0,2}[ \t(\[]@[A-Za-z]",
        before=24,
        after=64,
    ),
)
"""Looser than every recognizer they guard: a gate may cost time, never a finding."""

_WORD_BYTES: Final = bytes(
    byte if byte >= 0x80 or chr(byte).isalpha() or byte in b"'-" else 0x20  # noqa: PLR2004 - ASCII
    for byte in range(256)
)


class Prefilter:
    """The compiled gates."""

    def __init__(self, is_first_name: Callable[[str], bool], cache_dir: Path) -> None:
        """Compile the gates, or load them from the cache; `is_first_name` asks the gazetteer."""
        self._is_first_name = is_first_name
        self._funnel = Funnel(
            [
                Pattern(id=number, expression=gate.expression.encode(), flags=gate.flags)
                for number, gate in enumerate(GATES)
            ],
            cache_dir=cache_dir,
        )

    def candidates(self, data: bytes) -> dict[Gate, list[int]]:
        """Return the match ends of every gate that fired, ascending."""
        found: dict[Gate, list[int]] = {}
        for number, ends in sorted(self._funnel.hits(data).items()):
            gate = GATES[number]
            kept = [
                end
                for end in ends
                if not gate.needs_first_name or self._is_first_name(_word_before(data, end))
            ]
            if kept:
                found[gate] = kept
        return found


def _word_before(data: bytes, end: int) -> str:
    """Return the word before the space before the byte at which the match ended."""
    head = data[max(0, end - 40) : end - 2].translate(_WORD_BYTES)
    return head.rpartition(b" ")[2].decode("utf-8", "ignore").lstrip("'-")


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
