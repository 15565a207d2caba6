"""The reader of first names and surnames in fields of their own, listed or not.

A field that is called after half of a name says more than any list: what fills it is a name,
unless it is the field's own label, a type, or a word that stands for any value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import PARTICLE
from ingest.detect.pii.words import split_words

_LAST: Final = (
    r"nachname|familienname|last_?-?name|\blname|family_?-?names?|surname|apellidos?(?:_?[pm]aterno)?"
    r"|cognome|achternaam|sobrenome|nazwisko|p\u0159\u00edjmen\u00ed|prijmeni|priezvisko|soyad\u0131?|soyisim"
    r"|etternavn|efternavn|efternamn|sukunimi|vezet[e\u00e9]kn[e\u00e9]v|prezime|priimek|\bsn"
    r"|nom_?de_?famille|nama_?belakang|\u0444\u0430\u043c\u0438\u043b\u0438\u044f"
    r"|\u043f\u0440\u0456\u0437\u0432\u0438\u0449\u0435"
)
_FIRST: Final = (
    r"vorname|first_?-?names?|\bfname|given_?-?names?|forename|pr[e\u00e9]nom|voornaam|primeiro_?nome"
    r"|\bimi[e\u0119]|\bjm[e\u00e9]no|krstn[e\u00e9]_?meno|fornavn|f\u00f6rnamn|etunimi|keresztn[e\u00e9]v"
    r"|nama_?depan|middle_?-?name|preferred_?-?name|\u0438\u043c\u044f|\u0456\u043c'\u044f"
)
_WEAK: Final = {
    "nom": r"pr[e\u00e9]nom",
    "nombre": r"apellidos?",
    "nombres": r"apellidos?",
    "nome": r"cognome|sobrenome",
    "first": r"\blast",
    "last": r"\bfirst",
    "given": r"\bfamily",
    "family": r"\bgiven",
    "ad": r"soyad",
    "ime": r"prezime|priimek",
    "name": r"surname|nachname|apellidos?|vorname",
}
"""Names of fields that hold half of a name only beside the field of the other half."""
_WEAKEST: Final = frozenset({"first", "last"})
_SEPARATOR: Final = r"[\"'`]?\]?[ \t]{0,4}(?:={1,3}>?|:=?|->|[>(,])[ \t]{0,4}"


def _bytes_of(expression: str) -> str:
    """Return an expression over characters as one over bytes, for Hyperscan."""
    text = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), expression)
    # a class of bytes would hold halves of characters
    return re.sub(
        r"\[([^\]]*[^\x00-\x7f][^\]]*)\]", lambda found: f"(?:{'|'.join(found[1])})", text
    )


_MATCHERS: Final = (
    r"(?:,[ \t]{0,2}(?:is|eq|equalTo|equals|Is\.EqualTo)"
    r"|\.(?:toBe|toEqual|toStrictEqual|isEqualTo|Should\(\)\.Be|eq|equals|equalTo))\([ \t]{0,2}"
)
"""What tests put between what they look at and the value that it should have."""
_OPENS: Final = (
    rf"(?:[:=>][ \t]{{0,4}}[\"'`]?|[(,][ \t]{{0,4}}[\"'`]|(?:\(\))?\)?{_MATCHERS}[\"'`])"
)
HALF: Final = (
    (
        rf"(?i:{_bytes_of(_LAST)}|{_bytes_of(_FIRST)})[\"'`]?\]?[ \t]{{0,4}}(?:[:=-]{{1,2}})?"
        rf"{_OPENS}[A-Za-z\xc3-\xed]"
    ),
    rf"\b(?i:{'|'.join(_WEAK)})[\"'`]?[ \t]{{0,4}}=?[:=>][ \t]{{0,4}}[\"'`]?[A-Z\xc3-\xed]",
)
"""What `half` reads from, for Hyperscan; the value may begin with a particle."""
COMPARED: Final = (
    r"[\"'][A-Z\xc3-\xd5][A-Za-z\x80-\xff' -]{1,30}[\"'],[ ]?[A-Za-z_$.\[\]\"'()>:-]{0,40}"
    r"(?i:last_?name|first_?name|surname|given_?name|family_?name|forename)\b"
)
"""What `compared` reads from: the wanted value goes before the field, as in JUnit."""
_COMPARED: Final = re.compile(
    r"(?i:assert|equal|expect)[^\"'\n]{0,40}([\"'])(?P<value>[^\"'\n]{2,31})\1,"
    r" ?[\w$.\[\]\"'()>:-]{0,60}$"
)
_MATCHER: Final = re.compile(rf"(?:\(\))?\)?{_MATCHERS}(?=[\"'`]$)")
_BEGINS: Final = re.compile(r"[^\W\d_a-z]|(?:v[ao]n|de[rln]?|d[aiou]|l[ae]|al|el|bin|ten?|af|o)\b")
_KEY_BACK: Final = re.compile(r"[\"'`]?[ \t]*[:=>(,-]{1,3}[ \t]*\]?[\"'`]?(?P<key>[\w'-]{2,40})")
"""The name of the field, in text that is read from its end."""
_KEY: Final = re.compile(rf"(?:{_LAST}|{_FIRST})$", re.IGNORECASE)
_WORD: Final = r"[^\W\d_](?:[^\W\d_]|['\u2019\u2010-](?=[^\W\d_])){0,29}\.?"
_VALUE: Final = re.compile(rf"{_WORD}(?: {_WORD}){{0,3}}")
_FILLS: Final = re.compile(r"[ \t]*(?:[\"'`<,;)}\]]|$|\n|\r|#|//)")
_INNER_CAPITAL: Final = re.compile(r"[^\W\d_A-Z]\w*[A-Z]")
_BEFORE_CAPITAL: Final = re.compile(
    r"^(?:Mc|Mac|De|Di|Da|Du|La|Le|Van|Von|Fitz|O|D|L)['\u2019]?(?=[A-Z])"
)
_DATA: Final = frozenset(
    split_words(
        "json jsonl ndjson json5 ipynb yaml yml toml ini properties xml html htm ldif vcf csv txt "
        "md conf cfg env log feature cff"
    )
)
_QUOTES: Final = frozenset({b'"', b"'", b"`"})
_MAX_KEY: Final = 48
_NEAR: Final = 160
_MIN: Final = 2


def half(reading: Reading) -> Iterator[Hit]:
    """Read the first name or surname in its own field."""
    quote = reading.data[reading.start - 1 : reading.start]
    # code is full of ``name(value`` and ``last = value``: what needs no text is asked first
    if quote not in _QUOTES and reading.suffix not in _DATA:
        return
    value = _VALUE.match(reading.ahead)
    if value is None or not _BEGINS.match(value.group()) or not _is_filled(reading, value.end()):
        return
    line = _MATCHER.sub("(", reading.line_behind[-2 * _MAX_KEY :])
    key = _KEY_BACK.match(line[: -_MAX_KEY - 1 : -1])
    # an apostrophe is a letter of some keys, and the quote around others
    name = key["key"][::-1].lower().strip("'") if key else ""
    is_half = name in _WEAK and _has_other_half(reading, name, value.group())
    if not (is_half or _KEY.search(name)):
        return
    words = value.group().rstrip(".").split(" ")
    if _is_half(reading, words):
        yield reading.hit("person.field", (0, len(value.group().rstrip("."))))


def compared(reading: Reading) -> Iterator[Hit]:
    """Read ``assertEquals("Quux", person.getLastName())``."""
    line = reading.line_behind + reading.ahead[:1]
    match = _COMPARED.search(line)
    if match is None or not _BEGINS.match(match["value"]):
        return
    value = _VALUE.fullmatch(match["value"])
    if value and _is_half(reading, value.group().rstrip(".").split(" ")):
        start, end = match.span("value")
        at = len(reading.behind) - len(reading.line_behind)
        yield reading.hit_behind("person.field", (at + start, at + end))


def _is_filled(reading: Reading, end: int) -> bool:
    """Tell whether the value is a whole literal, or stands in a format that needs no quotes."""
    quote = reading.behind[-1:]
    if quote.encode() in _QUOTES:
        return reading.ahead[end : end + 1] == quote
    is_data = reading.suffix in _DATA and not reading.line_behind.rstrip().endswith(("(", ","))
    return is_data and _FILLS.match(reading.ahead, end) is not None


def _has_other_half(reading: Reading, name: str, value: str) -> bool:
    """Tell whether the other half stands near; for words such as ``first`` one must be listed."""
    around = reading.around(_NEAR, _NEAR)
    other = re.search(rf"(?:{_WEAK[name]}){_SEPARATOR}[\"'`]?([^\W\d_]+)", around, re.IGNORECASE)
    if other is None:
        return False
    is_name = reading.judge.gazetteer.is_name
    return name not in _WEAKEST or is_name(value) or is_name(other.group(1))


def _is_half(reading: Reading, words: list[str]) -> bool:
    judge = reading.judge
    lists = judge.exclusions.lists["person"]
    main = [word for word in words if not PARTICLE.fullmatch(word)]
    if not main or any(len(word) < _MIN for word in main[-1:]):
        return False
    if any(word.lower() in lists["field_word"] for word in words):
        return False
    if not all(_is_cased(word) for word in main) or judge.reason_against(tuple(main)):
        return False
    return not any(judge.gazetteer.is_ordinary(word) for word in main) or (
        len(main) == 1 and judge.gazetteer.is_name(main[0])
    )


def _is_cased(word: str) -> bool:
    """Tell whether a word is written as a name is: one capital, or a script without capitals."""
    if word[0].lower() == word[0].upper():
        return True
    is_title = word[0].isupper() or re.match(
        r"(?:al|el|d|l|bin|ibn|abd)['\u2019-][^\W\d_a-z]", word
    )
    return bool(is_title) and _INNER_CAPITAL.search(_BEFORE_CAPITAL.sub("", _parts(word))) is None


def _parts(word: str) -> str:
    """Return a word whose parts at hyphens and apostrophes are written small but for the first."""
    head, *rest = re.split(r"['\u2019-]", word)
    return head + "".join(part.lower() for part in rest)
