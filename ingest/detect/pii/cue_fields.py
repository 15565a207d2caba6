"""Readers of names in records: in two halves, in calls, and under a bare ``name``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import WORD, read_name
from ingest.detect.pii.words import split_words

_SPLIT_CARD: Final = re.compile(r"N(?:;[^:\n]*)?:([^;\n]+);$")
_TWO_WORDS: Final = re.compile(
    r"([^\W\d_][\w'\u2019 -]{1,24})[\"'],?\s*,\s*(?:family\s*=\s*)?"
    r"[\"']([^\W\d_][\w'\u2019 -]{1,24})[\"']"
)
_FILLS: Final = re.compile(r"[ \t]*(?:[\"'`<,;)}\]]|$|\n|\r|#|//)")
_PERSONAL: Final = re.compile(
    r"[\"'<{, \t\n_-](?:e?-?mail|e_?mail_?address|phone|mobile|tel|telefon|birth\w*|born|dob|age"
    r"|gender|sex|role|job_?title|position|nationality|salary|avatar|username|login|github|twitter"
    r"|linkedin|affiliation|orcid|bio|spouse|pesel|ssn|dni|nie|nif|bsn|cpf|first_?name|last_?name"
    r"|iban|geburts\w*|telefonnummer|employee_?id|passport\w*|sn|given_?name|uid)"
    r"[\"'`]?[ \t]{0,4}[:=>]",
    re.IGNORECASE,
)
"""The name of a field that only people have."""
_NEVER_PERSONAL: Final = re.compile(
    r"[\"'<{, \t\n_-](?:population|iso\w*|geometry|coordinates|latitude|longitude|lat|lng|sku|price"
    r"|ean|isbn|currency|capital|version|license|dependencies|homepage|namespace)"
    r"[\"'`]?[ \t]{0,4}[:=>]",
    re.IGNORECASE,
)
_BORN: Final = re.compile(
    r"[\"'<{, \t\n_-](?:birth\w*|born|dob|gender|nationality|geburts\w*|(?:first|last)_?name)"
    r"[\"'`]?[ \t]{0,4}[:=>]",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(r"([\w.+-]{3,64})@[\w-]+\.")
_NEAR: Final = 150
_DATA: Final = frozenset(
    split_words(
        "json jsonl ndjson ipynb yaml yml toml ini properties xml html htm ldif vcf csv txt md "
        "conf cfg"
    )
)
_HALF: Final = {
    True: re.compile(
        r"(?:nachname|last_?-?name|family_?-?name|surname|apellidos?|cognome|achternaam|sn)[\"'`]?\s*"
        r"(?::|=|>|=>)\s*[\"'`]?((?-i:[^\W\d_a-z])[\w'\u2019-]+)",
        re.IGNORECASE,
    ),
    False: re.compile(
        r"(?:vorname|first_?-?name|given_?-?name|forename|prenom|voornaam|\bcn)[\"'`]?\s*"
        r"(?::|=|>|=>)\s*[\"'`]?((?-i:[^\W\d_a-z])[\w'\u2019-]+)",
        re.IGNORECASE,
    ),
}
"""By whether it is a surname's: the name of a field and the word in it."""
_IS_LAST: Final = re.compile(
    r"(?:nachname|last_?-?name|family_?-?name|surname|apellidos?|cognome|achternaam|\bsn)\W*$",
    re.IGNORECASE,
)


def split_card(reading: Reading) -> Iterator[Hit]:
    """Read ``N:Quux;Jane;;;`` of a vCard."""
    card = _SPLIT_CARD.search(reading.line_behind)
    given = re.match(r"[^;\n\r]{2,40}", reading.ahead)
    if card and given and reading.suffix in {"vcf", "vcard", "txt", ""}:
        at = len(reading.behind) - len(reading.line_behind)
        yield reading.hit_behind("person.column", (at + card.start(1), at + card.end(1)))
        yield reading.hit("person.column", given.span())


def in_call(reading: Reading) -> Iterator[Hit]:
    """Read ``new Person("Jane", "Quux")`` where one of the two is listed, and one whole name."""
    pair = _TWO_WORDS.match(reading.ahead)
    if pair:
        known = reading.judge.gazetteer
        words = (pair.group(1), pair.group(2))
        full_name = " ".join(words).lower()
        if reading.judge.exclusions.has("person", "placeholder", full_name):
            return
        is_known = known.is_first(words[0]) or known.is_last(words[1])
        if is_known and all(_is_plain(reading, word) for word in words):
            yield reading.hit("person.field", pair.span(1))
            yield reading.hit("person.field", pair.span(2))
        return
    run = reading.run()
    is_whole = run is not None and reading.ahead[run.end : run.end + 1] in {'"', "'"}
    if run and is_whole and reading.judge.is_half_listed(run.words):
        yield reading.hit("person.field", (0, run.end))


def _is_plain(reading: Reading, word: str) -> bool:
    """Tell whether a word is capitalised, no plain word and on no list of things."""
    return (
        word[0].isupper()
        and not word.isupper()
        and re.search(r"[a-z][A-Z]", word.removeprefix("Mc").removeprefix("Mac")) is None
        and not reading.judge.gazetteer.is_ordinary(word)
        and not reading.judge.reason_against((word,))
    )


def after_mail_literal(reading: Reading) -> Iterator[Hit]:
    """Read ``("jane@quux.at", "Jane Quux")``; a first name with an initial counts too."""
    run = reading.run()
    initial = re.match(r"([^\W\d_]+) [A-Z]\.(?=[\"'])", reading.ahead)
    if run and reading.ahead[run.end : run.end + 1] in {'"', "'"}:
        local = reading.line_behind.rpartition("@")[0].rpartition('"')[2].rpartition("'")[2]
        if _names_owner(reading, run.words, local):
            yield reading.hit("person.field", (0, run.end))
    elif initial and reading.judge.gazetteer.is_first(initial.group(1)):
        yield reading.hit("person.field", initial.span())


def before_mail_literal(reading: Reading) -> Iterator[Hit]:
    """Read ``("Jane Quux", "jane@quux.at")``."""
    line = reading.line_behind
    pair = re.search(r"[\"']([^\"'\n]{3,60})[\"'] {0,2}, {0,2}[\"']([\w.+-]{1,64})@$", line)
    run = read_name(pair.group(1), 0) if pair else None
    if pair is None or run is None or run.end != len(pair.group(1)):
        return
    if not reading.judge.reason_against(run.words) and _names_owner(
        reading, run.words, pair.group(2)
    ):
        at = len(reading.behind) - len(line)
        yield reading.hit_behind("person.field", (at + pair.start(1), at + pair.end(1)))


def _names_owner(reading: Reading, words: tuple[str, ...], local: str) -> bool:
    """Tell whether a name is half listed, or a word of it stands in the address."""
    local = local.lower()
    return reading.judge.is_half_listed(words) or any(
        word.lower() in local
        for word in words
        if len(word) > 3  # noqa: PLR2004 - "Van" says little
    )


def bare_name(reading: Reading) -> Iterator[Hit]:
    """Read the value of a bare ``name`` that stands beside a field that only people have."""
    run = reading.run()
    if run is None or not _FILLS.match(reading.ahead, run.end):
        return
    text = reading.around(_NEAR, _NEAR)
    if not _PERSONAL.search(text) or _NEVER_PERSONAL.search(text):
        return
    if reading.judge.is_half_listed(run.words) or _is_born(reading, run.words, text):
        yield reading.hit("person.field", (0, run.end))


def _is_born(reading: Reading, words: tuple[str, ...], text: str) -> bool:
    """Tell whether a name that no list knows stands beside a birth, or an address made of it."""
    if any(map(reading.judge.gazetteer.is_ordinary, words)):
        return False
    mail = _MAIL.search(text)
    return _BORN.search(text) is not None or (
        mail is not None and _names_owner(reading, words, mail.group(1))
    )


def half_of_name(reading: Reading) -> Iterator[Hit]:
    """Read a first name or surname that no list knows beside the field of the other half."""
    word = WORD.match(reading.ahead)
    is_quoted = reading.behind[-1:] in {'"', "'", "`"}
    if word is None or not (is_quoted or reading.suffix in _DATA):
        return
    name = word.group().rstrip(".")
    if not _FILLS.match(reading.ahead, len(name)) or not _is_plain(reading, name):
        return
    is_last = _IS_LAST.search(reading.line_behind) is not None
    others = _HALF[not is_last].findall(reading.around(_NEAR, _NEAR))
    known = reading.judge.gazetteer
    if any(
        (known.is_first(o) if is_last else known.is_last(o)) or known.is_name(name) for o in others
    ):
        yield reading.hit("person.field", (0, len(name)))
