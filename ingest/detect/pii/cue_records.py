"""Readers of names in records of their own grammar: directories, bibliographies, headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.pii.cue_names import wide_run
from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import PARTICLE, NameRun, read_name

_CAPITAL: Final = r"[A-Z\xc3-\xd5]"
_WIDE: Final = r"[\xd7-\xdb\xe0-\xed]"
_WORD: Final = r"[^\W\d_a-z](?:[^\W\d_]|['\u2019.-](?=[^\W\d_])){0,29}\.?"
_REVERSED: Final = re.compile(
    rf"(?P<last>(?:(?:{PARTICLE.pattern}) ){{0,2}}{_WORD}(?: {_WORD}){{0,2}})"
    rf"\\?, ?(?P<first>{_WORD}(?: {_WORD}){{0,2}})"
)
"""Surname first; directories escape the comma."""
_AND: Final = re.compile(r"[}\"]?\s+and\s+[{\"]?(?=[^\W\d_])")
_BIB_END: Final = re.compile(r"\s*(?:[}\"]|\s+and\s)")
_DN_PEOPLE: Final = re.compile(
    r",[ ]?(?:ou|cn)=(?:people|users?|persons?|staff|employees|accounts|mitarbeiter|benutzer"
    r"|personal|utilisateurs|personnes|usuarios|personas|utenti|medewerkers|gebruikers)\b",
    re.IGNORECASE,
)
_DN_END: Final = re.compile(r",[ ]?(?:ou|cn|dc|o|uid|l)=", re.IGNORECASE)
_MAIL_BACK: Final = re.compile(r"[\"'] ?<[\w.+-]{1,64}@$")
_CREDIT: Final = re.compile(r"(?:[ \t]*<[^<>\n]{0,80}>)?(?:\\n|\"\s*\n\s*\")+(?=[^\W\d_])")
_CREDIT_END: Final = re.compile(r"[ \t]*(?:<|\(|\\n|\"|$)")
_CELL_END: Final = re.compile(r"\s*<")
_MAX_NAMES: Final = 20

RECORDS: Final = {
    "bib": rf"(?i:\b(?:author|editor)s?)[ \t]{{0,20}}=[ \t]{{0,8}}[{{\"]{{1,2}}{_CAPITAL}",
    "dn": rf"(?i:\bcn)=[\"']?{_CAPITAL}",
    "mail": r", ?[A-Z\xc3-\xd5][^\"',;<>@\n]{1,40}[\"'] ?<[A-Za-z0-9_.+-]{1,64}@",
    "credits": rf"translator-credits\"\s{{1,4}}msgstr \"{_CAPITAL}",
    "cell": r"(?i:(?:class|itemprop|data-field)=[\"'][a-z _-]{0,24}"
    rf"(?:name|author|employee|customer|member|person|contact)[\"'][^<>\n]{{0,40}}>)\s{{0,8}}{_CAPITAL}",
    "cite": rf"<cite>[ \t]{{0,4}}{_CAPITAL}",
    "block": r"\b(?:full_name|display_name|name|author|owner|contact|contact_name|customer_name)"
    rf" \{{ ?[\"']{_CAPITAL}",
    "wide": rf"\b(?i:name|full_?name|display_?name|nickname)[\"']?"
    rf"[ \t]{{0,4}}[:=][ \t\"']{{0,4}}{_WIDE}",
}
"""What the readers below read from, for Hyperscan."""


def bibliography(reading: Reading) -> Iterator[Hit]:
    """Read ``author = {Quux, Jane and Joe Bar}``; surnames first are told by their comma."""
    at = 0
    for _ in range(_MAX_NAMES):
        span = _reversed(reading, at) or _span(_plain_run(reading, at, is_sure=False))
        if span is None or not _BIB_END.match(reading.ahead, span[1]):
            return
        yield reading.hit("person.field", span)
        follows = _AND.match(reading.ahead, span[1])
        if follows is None:
            return
        at = follows.end()


def distinguished_name(reading: Reading) -> Iterator[Hit]:
    """Read ``cn=Jane Quux,ou=people``; elsewhere in a directory one word must be listed."""
    rest = reading.ahead.splitlines()[0] if reading.ahead else ""
    is_sure = _DN_PEOPLE.search(rest) is not None
    span = _reversed(reading, 0) if is_sure else None
    span = span or _span(_plain_run(reading, 0, is_sure=is_sure))
    if span and _DN_END.match(rest, span[1]):
        yield reading.hit("person.field", span)


def reversed_before_mail(reading: Reading) -> Iterator[Hit]:
    """Read ``"Quux, Jane" <jane@…>``."""
    line = reading.line_behind + reading.ahead[:1]
    mail = _MAIL_BACK.search(line)
    if mail is None:
        return
    opener = line.rfind(line[mail.start()], 0, mail.start())
    match = _REVERSED.fullmatch(line, opener + 1, mail.start()) if opener >= 0 else None
    if match and _is_person(reading, match):
        base = len(reading.behind) - len(reading.line_behind)
        yield reading.hit_behind("person.marked", (base + match.start(), base + match.end()))


def translator_credits(reading: Reading) -> Iterator[Hit]:
    r"""Read ``msgstr "Jane Quux\nJoe Bar <…>"`` below the identifier for it."""
    at = 0
    for _ in range(_MAX_NAMES):
        run = _plain_run(reading, at, is_sure=True)
        if run is None or not _CREDIT_END.match(reading.ahead, run.end):
            return
        yield reading.hit("person.field", (run.start, run.end))
        follows = _CREDIT.match(reading.ahead, run.end)
        if follows is None:
            return
        at = follows.end()


def in_cell(reading: Reading) -> Iterator[Hit]:
    """Read ``<td class="name">Jane Quux</td>`` where one word is listed; cites need none."""
    run = _plain_run(reading, 0, is_sure=reading.behind.rstrip().endswith("<cite>"))
    if run and _CELL_END.match(reading.ahead, run.end):
        yield reading.hit("person.field", (run.start, run.end))


def in_block(reading: Reading) -> Iterator[Hit]:
    """Read ``full_name { "Jane Quux" }``, as factories of records have it."""
    is_full = reading.line_behind.rstrip("\"' {").endswith(("full_name", "contact_name"))
    run = _plain_run(reading, 0, is_sure=is_full)
    if run and re.match(r"[\"'] ?\}", reading.ahead[run.end :]):
        yield reading.hit("person.field", (run.start, run.end))


def wide_in_field(reading: Reading) -> Iterator[Hit]:
    """Read the value of ``name`` in a script without capitals, where a list knows a word of it."""
    run = wide_run(reading.ahead, 0)
    known = reading.judge.gazetteer
    words = run.group().split(" ") if run else []
    is_known = len(words) > 1 and any(
        word in known.caseless_first or word in known.caseless_last for word in words
    )
    if run and is_known and re.match(r"[ \t]*(?:[\"'<,;]|$|\n|\r)", reading.ahead[run.end() :]):
        yield reading.hit("person.field", run.span())


def _reversed(reading: Reading, at: int) -> tuple[int, int] | None:
    match = _REVERSED.match(reading.ahead, at)
    return match.span() if match and _is_person(reading, match) else None


def _is_person(reading: Reading, match: re.Match[str]) -> bool:
    """Tell whether two halves around a comma are a name: half listed, or no words at all."""
    words = (*match["first"].split(" "), *match["last"].split(" "))
    run = read_name(" ".join(words), 0)
    if run is None or len(run.words) != len(words):
        return False
    judge = reading.judge
    labels = judge.exclusions.lists["person"]["field_word"]
    if any(word.lower() in labels for word in words):
        return False
    is_name = judge.is_likely_person(run.words) or judge.is_plain(run.words)
    return is_name and not judge.reason_against(run.words)


def _plain_run(reading: Reading, at: int, *, is_sure: bool) -> NameRun | None:
    """Return the run at an offset where a list knows half of it, or where it is sure, no word."""
    run = reading.run(at)
    judge = reading.judge
    if run is None or not (
        judge.is_likely_person(run.words) or (is_sure and judge.is_plain(run.words))
    ):
        return None
    return run


def _span(run: NameRun | None) -> tuple[int, int] | None:
    return (run.start, run.end) if run else None
