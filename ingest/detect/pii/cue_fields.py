"""Readers of names in records: in two halves, in calls, and under a bare ``name``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.pii.cue_names import is_given_name
from ingest.detect.pii.cue_reading import Reading
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import read_name

_SPLIT_CARD: Final = re.compile(r"N(?:;[^:\n]*)?:([^;\n]+);$")
_TWO_WORDS: Final = re.compile(
    r"([^\W\d_][\w'\u2019 -]{1,24})[\"'],?\s*,\s*(?:family\s*=\s*)?"
    r"[\"']([^\W\d_][\w'\u2019 -]{1,24})[\"']"
)
_PAIR_AND_LOCAL: Final = re.compile(
    r"[\"']([^\W\d_][\w'\u2019-]{1,24})[\"'] ?, ?[\"']([^\W\d_][\w'\u2019-]{1,24})[\"'] ?, ?"
    r"[\"']([\w.+-]{1,64})@$"
)
_MIN_IN_LOCAL: Final = 2
_PART_OF_PERSON: Final = re.compile(
    r"\"?((?:[^\W\d_a-z]|v[ao]n|de|la)[\w'\u2019 -]{0,24}\.?)\""
    r"(?:\)?,\s*(?:family\s*=\s*)?(?=\")|(?=[,)]))"
)
"""One of the strings that R's ``person`` puts together, up to the last of them."""
_MIN_PARTS: Final = 2
_OF_PEOPLE: Final = re.compile(
    r"(?:person|employee|student|patient|teacher|personname|customer|mitarbeiter|kunde|patiente?)"
    r"\([ \t]{0,2}(?:given[ \t]{0,2}=[ \t]{0,2})?[\"']$",
    re.IGNORECASE,
)
"""Of calls those that make nothing but people."""
_FILLS: Final = re.compile(r"[ \t]*(?:[\"'`<,;)}\]]|$|\n|\r|#|//)")
_PERSONAL: Final = re.compile(
    r"[\"'<{, \t\n_-](?:e?-?mail|e_?mail_?address|phone|mobile|tel|telefon|birth\w*|born|dob|age"
    r"|gender|sex|role|job_?title|position|nationality|salary|avatar|username|login|github|twitter"
    r"|linkedin|affiliation|orcid|bio|spouse|pesel|ssn|dni|nie|nif|bsn|cpf|first_?name|last_?name"
    r"|screen_?name|followers|avatar_?url|hireable|iban|geburts\w*|telefonnummer|employee_?id|passport\w*|sn|given_?name|uid)"
    r"[\"'`]?[ \t]{0,4}[:=>]",
    re.IGNORECASE,
)
"""The name of a field that only people have."""
_RESIDENT: Final = re.compile(
    r"[\"'<{(, \t\n_-](?:city|town|address|department|team|title|cidade|ciudad|ville|stadt|ort"
    r"|miasto|comune|citt\u00e0|adres|adresse|direcci[o\u00f3]n|endere[c\u00e7]o|job|hobby|company)"
    r"[\"'`]?[ \t]{0,4}[:=>]",
    re.IGNORECASE,
)
"""The name of a field that people have, and firms too."""
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
_AMONG_PEOPLE: Final = re.compile(
    r"(?:authors?|contributors?|maintainers?|creators?|assignees?|reviewers?|employees|patients"
    r"|students|teachers|speakers|attendees|persons?|people|staff|customers|contacts?|members|users"
    r"|owners?|managers?)[\"']?\s{0,4}(?:[:=]|=>)\s{0,8}(?:\[\s{0,12})?"
    r"(?:\{[^{}]{0,120}\}\s{0,4},\s{0,12}){0,2}[-{][^{}]{0,40}$"
    r"|<(?:developer|contributor|author|person|employee|contact)>\s{0,12}(?:<id>[^<>\n]{0,40}</id>\s{0,12})?<name>$",
    re.IGNORECASE,
)
"""What goes before the name in a list of people, or in one of them."""
_MAIL: Final = re.compile(r"([\w.+-]{3,64})@[\w-]+\.")
_PROFILE: Final = re.compile(
    r"(?:github|gitlab|twitter|linkedin|launchpad|facebook|medium|\bx)\.(?:com|net)/(?:in/|[@~])?([\w-]{3,39})\b"
)
_NEAR: Final = 150


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
    # behind a whole name stands a town or a firm
    if pair and " " not in pair.group(1):
        known = reading.judge.gazetteer
        words = (pair.group(1), pair.group(2))
        full_name = " ".join(words).lower()
        if reading.judge.exclusions.has("person", "placeholder", full_name):
            return
        is_person = _OF_PEOPLE.search(reading.line_behind) is not None
        is_known = is_person or known.is_first(words[0]) or known.is_last(words[1])
        if is_known and all(_is_plain(reading, word) for word in words):
            yield reading.hit("person.field", pair.span(1))
            yield reading.hit("person.field", pair.span(2))
        return
    run = reading.run()
    is_whole = run is not None and reading.ahead[run.end : run.end + 1] in {'"', "'"}
    if run and is_whole and reading.judge.is_half_listed(run.words):
        yield reading.hit("person.field", (0, run.end))


def in_person(reading: Reading) -> Iterator[Hit]:
    """Read ``person(c("Jane", "de"), "Quux", role = "ctb")``: each part that is no initial."""
    parts: list[tuple[int, int]] = []
    at = 0
    while part := _PART_OF_PERSON.match(reading.ahead, at):
        parts.append(part.span(1))
        at = part.end()
    words = [reading.ahead[start:end].rstrip(".") for start, end in parts]
    is_placeholder = reading.judge.exclusions.has("person", "placeholder", " ".join(words).lower())
    if len(parts) < _MIN_PARTS or is_placeholder:
        return
    if not any(reading.judge.reason_against((word,)) for word in words):
        yield from (reading.hit("person.field", (s, e)) for s, e in parts if e - s >= _MIN_PARTS)


def before_pair_mail(reading: Reading) -> Iterator[Hit]:
    """Read ``("Jane", "Quux", "jane@quux.at")`` where the address is made of one of the two."""
    line = reading.line_behind
    pair = _PAIR_AND_LOCAL.search(line)
    if pair is None:
        return
    words = (pair.group(1), pair.group(2))
    local = pair.group(3).lower()
    is_owner = any(len(word) > _MIN_IN_LOCAL and word.lower() in local for word in words)
    if (is_owner or reading.judge.is_half_listed(words)) and all(
        _is_plain(reading, word) for word in words
    ):
        at = len(reading.behind) - len(line)
        for group in (1, 2):
            start, end = pair.span(group)
            yield reading.hit_behind("person.field", (at + start, at + end))


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
    if _AMONG_PEOPLE.search(reading.behind) and reading.judge.is_plain(run.words):
        yield reading.hit("person.field", (0, run.end))
        return
    text = reading.around(_NEAR, _NEAR)
    profile = _PROFILE.search(text)
    if (
        profile
        and reading.judge.is_plain(run.words)
        and _names_owner(reading, run.words, profile[1])
    ):
        yield reading.hit("person.field", (0, run.end))
        return
    if _NEVER_PERSONAL.search(text):
        return
    if not _PERSONAL.search(text):
        if _RESIDENT.search(text) and _is_called(reading, run.words):
            yield reading.hit("person.field", (0, run.end))
        return
    if reading.judge.is_half_listed(run.words) or _is_born(reading, run.words, text):
        yield reading.hit("person.field", (0, run.end))


def _is_called(reading: Reading, words: tuple[str, ...]) -> bool:
    """Tell whether a first name is listed and called nothing else, and the rest is no word."""
    return is_given_name(reading, words[0]) and reading.judge.is_plain(words)


def _is_born(reading: Reading, words: tuple[str, ...], text: str) -> bool:
    """Tell whether a name that no list knows stands beside a birth, or an address made of it."""
    if any(map(reading.judge.gazetteer.is_ordinary, words)):
        return False
    mail = _MAIL.search(text)
    return _BORN.search(text) is not None or (
        mail is not None and _names_owner(reading, words, mail.group(1))
    )
