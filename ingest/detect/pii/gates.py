"""Where personal data could stand, by Hyperscan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ingest.detect.funnel import CASELESS
from ingest.detect.pii.fields import FIELD_ENDS
from ingest.detect.pii.identities import SCHEMES, WHOLE_WORDS, Scheme
from ingest.detect.pii.names import JOINED, PARTICLE
from ingest.detect.pii.narrowing import Look
from ingest.detect.pii.numbers import IBAN_LENGTHS
from ingest.detect.pii.people import WRAP
from ingest.detect.pii.phones import PHONE_GATE
from ingest.domain.finding import Category


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gate:
    """A cheap pattern, and the window around the end of its match that Presidio must see."""

    category: Category
    expression: str
    before: int
    """Bytes of the window before the match's end: the longest value and its context."""
    after: int
    flags: int = 0
    look: Look | None = None
    """What is asked of each match before Presidio must see it."""
    has_at_sign: bool = False
    """Whether every match has an at sign, behind what a mail address or a name may end in."""
    heads: tuple[str, ...] = ("",)
    """What may stand before `expression`, each a pattern of its own: Hyperscan finds words by
    their letters, but not those of a long alternation before something else."""


_CAPITAL: Final = r"[A-Z\x80-\xff]"
_GAP: Final = r"(?:[ ()./-]|\xc2\xa0|\xe2\x80[\x90\x91]){0,3}"
_CASELESS: Final = r"(?:[\xd7-\xdb][\x80-\xbf]|[\xe0-\xed][\x80-\xbf][\x80-\xbf])"
_LETTER: Final = r"[A-Za-z'\x80-\xff-]"
_APART: Final = r"[^A-Za-z'\x80-\xff\n-]"
_MARK: Final = (
    r"(?:[^0-9A-Za-z_\x80-\xff]|\xe3(?:\x80[\x80-\xbf]|\x82[\x9b\x9c\xa0]|\x83\xbb)"
    r"|\xef[\xbc\xbd][\x80-\xbf]|\xe2[\x80-\xbf]{2}|\xc2[\x80-\xbf])"
)
"""What no word of a script without capitals goes on with: ASCII marks, and wide ones."""
_BLANK: Final = r"[\t-\r\x1c- \x80-\xff]"
"""What a blank of a text begins with or goes on with; the widest has three bytes."""
_MARKS: Final = (
    (
        r"(?i:copyright|copr\.|\xc2\xa9|\(c\)|&copy;)"
        r"(?:[^A-Za-z]|(?i:by|\(c\)|copy(?:right)?|present|now|text)){0,80}"
    ),
    (
        r"(?i:author|maintainer|contributor|assignee|reviewer)[sS]?(?i:_?names?)?_{0,2}"
        r"[^A-Za-z0-9\n]{1,6}(?:[uU][\"'])?"
    ),
    r"(?i:-by:)[ \t]{0,3}",
    # of ``contributed to … by`` any letter, blank or full stop may stand before the last word
    rf"[A-Za-z .]{_BLANK}{{1,6}}(?i:by)(?:{WRAP}|(?:{_BLANK}|:){{1,9}})[*_\[]{{0,2}}",
    (
        rf"(?i:thanks|thank you|kudos|props|credits?|thx)(?:{_BLANK}{{1,3}}(?i:goes|go))?"
        rf"(?:(?:{WRAP}|{_BLANK}{{1,3}})(?i:to|for)|,|:)(?:{WRAP}|{_BLANK}{{1,6}})[*_\[]{{0,2}}"
    ),
    rf"(?i:courtesy(?: of)?|hat tip to|h/t)(?:{WRAP}|{_BLANK}{{1,6}})",
    r"(?:Mr|Mrs|Ms|Mx|Dr|Prof|Miss|Professor)\.?[ \t]{1,2}",
    r"(?:Herr|Frau|Herrn|Monsieur|Madame|Mme|Dhr|Mevr|Pani?|Dear)\.?[ \t]{1,2}",
    r"(?:Se\xc3\xb1ora?|Signora?)\.?[ \t]{1,2}",
    rf"(?i:todo|fixme|xxx|hack){_BLANK}{{0,3}}\({_BLANK}{{0,3}}",
)
"""What a name follows, as the recognizers of people read it."""


def _identity_gate(scheme: Scheme) -> str:
    """Return the form of a number behind a border, or behind a word for it."""
    if scheme.is_distinct:
        return rf"(?:^|[^0-9A-Za-z_.+-])(?:{scheme.form})"
    # a word counts as a part of a compound too, so its borders are left to the recognizer
    is_whole = scheme.category in WHOLE_WORDS
    words = scheme.words if is_whole else scheme.words.replace(r"\b", "")
    return rf"(?:{words})[^\n]{{0,60}}(?:{scheme.form})"


WHOLE_IPV6: Final = Gate(
    category=Category.IP_ADDRESS,
    expression=r"(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]",
    before=64,
    after=64,
)
GATES: Final = (
    Gate(
        category=Category.EMAIL_ADDRESS,
        expression=r"[A-Za-z0-9_.%+'\x80-\xff\-]@[A-Za-z0-9_\x80-\xff][A-Za-z0-9_\x80-\xff-]{0,62}"
        r"\.[A-Za-z\x80-\xff]",
        before=200,
        after=260,
        has_at_sign=True,
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
        has_at_sign=True,
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
    WHOLE_IPV6,
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
        expression=r"[A-Za-z\x80-\xff.\"'] ?<[A-Za-z0-9_.+-]{1,64}@",
        before=200,
        after=48,
        has_at_sign=True,
    ),
    Gate(
        category=Category.PERSON,
        expression=r"[A-Za-z\x80-\xff.\"'] ?<[A-Za-z0-9_.+-]{1,64}(?: at |[\[(<]at[\])>])",
        before=200,
        after=48,
    ),
    Gate(
        category=Category.PERSON,
        expression=r"[A-Za-z\x80-\xff.\"'*_] (?:\([A-Za-z0-9_.+-]{1,64}@|[(`\[]{0,2}@[A-Za-z])",
        before=200,
        after=48,
        has_at_sign=True,
    ),
    Gate(
        category=Category.PERSON,
        heads=tuple(f"(?i:{end})" for end in FIELD_ENDS),
        expression=r"[\"'`]?\]?[ \t]{0,8}(?::=|=>|->|[:=>])[ \t]{0,8}"
        rf"[\"'`]{{0,3}}u?[\"']?{_CAPITAL}",
        before=80,
        after=128,
        look=Look.FIELD_VALUE,
    ),
    Gate(
        category=Category.PERSON,
        expression=rf"[A-Z\x80-\xff]{_LETTER}*(?:[a-z\x80-\xff]|(?:{_APART}['-]{{0,2}}"
        rf"(?:{PARTICLE.pattern})){{1,3}}) (?:(?:{JOINED})['-])?[A-Z\xc3\xc4\xc5\xce\xd0]",
        before=64,
        after=96,
        look=Look.NAME_BEFORE,
    ),
    Gate(
        category=Category.PERSON,
        expression=rf"(?:^|{_MARK}){_CASELESS}(?:{_CASELESS}{{1,7}}"
        rf"|{_CASELESS}{{0,7}}(?: |\xe3\x80\x80){_CASELESS}{{1,12}})(?:{_MARK}|\z)",
        before=96,
        after=48,
        look=Look.CASELESS_NAME,
    ),
    Gate(
        category=Category.USERNAME,
        expression=r"(?:TODO|FIXME|XXX|HACK|BUG|NOTE)\s?[(\[]\s?@?[A-Za-z_]",
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
        has_at_sign=True,
        look=Look.LOGIN_AFTER,
    ),
)
"""Looser than every recognizer they guard: a gate may cost time, never a finding."""
