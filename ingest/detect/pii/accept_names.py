"""Acceptance of people's names and logins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.place import Place, Verdict, drop, first_reason
from ingest.detect.pii.words import Cues
from ingest.domain.finding import Confidence


def judge_marked_person(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a name at a mark of authorship, unless it begins a company."""
    reason = first_reason(
        (
            ("placeholder", exclusions.has("person", "placeholder", place.value.lower())),
            ("organisation", _begins_a_company(place, exclusions)),
        )
    )
    if reason:
        return drop(reason)
    return place.accept(confidence=Confidence.HIGH, evidence="authorship")


def judge_listed_person(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a listed name, unless the file uses its words as words or it begins a company."""
    reason = first_reason(_doubts_of_listed(place, exclusions))
    if reason:
        return drop(reason)
    return place.accept(confidence=Confidence.MEDIUM, evidence=_EVIDENCE[place.hit.rule])


def _doubts_of_listed(place: Place, exclusions: Exclusions) -> Iterator[tuple[str, object]]:
    value = place.value
    yield "placeholder", exclusions.has("person", "placeholder", value.lower())
    yield "placeholder", _is_half_of_placeholder(place, exclusions)
    yield "placeholder", _is_stand_in(place)
    yield "language", all(exclusions.has("person", "language", w.lower()) for w in value.split())
    yield "place", _SAINT_BEFORE.search(place.before())
    yield "brand", exclusions.has("person", "brand", value.lower())
    yield "method_or_place", exclusions.has("person", "method_or_place", value.lower())
    yield "organisation", _begins_a_company(place, exclusions)
    yield "identifier", _is_code_around(place)
    yield "versioned", _VERSION_AFTER.match(place.after(12))
    yield "thing_beside", _is_of_a_thing(place)
    yield "colour", _COLOUR_BEFORE.search(place.before())
    # tests call variables like the people whose names they hold
    if place.before(1) in _QUOTES and place.before(1) == place.after(1):
        return
    words = [word.rstrip(".,") for word in value.split() if len(word) > 2]  # noqa: PLR2004
    # a name that the file also writes small is a word there; addresses and logins do not count
    for word in {words[0], words[-1]} if words else ():
        yield "word_of_the_file", place.words.has(word.lower(), not_after=b".</(+\"'=:,")


def _is_stand_in(place: Place) -> bool:
    """Tell whether a value in quotes only shows how to fill a form: ``placeholder="Jane Quux"``."""
    before = place.before()
    return before[-1:] == place.after(1) and _STAND_IN_BEFORE.search(before) is not None


def _is_of_a_thing(place: Place) -> bool:
    """Tell whether a bare name stands beside a field that only places and goods have."""
    if _BARE_NAME.search(place.before(12)) is None:
        return False
    return _OF_A_THING.search(f"{place.before()} {place.after()}") is not None


def judge_model_person(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept what only a language model found with low confidence, but for what is listed."""
    verdict = judge_listed_person(place, exclusions)
    return replace(verdict, confidence=Confidence.LOW) if verdict.is_accepted else verdict


_EVIDENCE: Final = {
    "person.ner": "ner",
    "person.listed": "gazetteer",
    "person.hinted": "hint",
    "person.given": "hint",
    "person.echo": "echo",
    "person.field": "field",
    "person.column": "column",
    "person.roster": "roster",
}
_NEAR_HALF: Final = 120
_QUOTES: Final = frozenset("\"'")
_VERSION_AFTER: Final = re.compile(r"[ \t]v?\d+\.\d+(?!\d|\.\d{4})")
_BARE_NAME: Final = re.compile(r"(?i:name)[\"']?\s?[:=]\s?[\"']$")
_OF_A_THING: Final = re.compile(
    r"[\"'<{, ](?:population|density|iso\w*|latitude|longitude|lat|lng|sku|price|ean|isbn|currency"
    r"|capital)[\"'`]?\s?[:=]",
    re.IGNORECASE,
)
"""A field that only places and goods have."""
_COLOUR_BEFORE: Final = re.compile(r"colou?rs?\w{0,12}[\"']?\s*[:=(\[]", re.IGNORECASE)
_STAND_IN_BEFORE: Final = re.compile(
    r"(?:placeholder|e\.g\.|z\. ?b\.|p\. ?ex\.)[\"'}]{0,2}[ \t]{0,2}[:=(,]?[ \t]{0,2}\{?[\"'`]$",
    re.IGNORECASE,
)
"""What stands before a name that only shows how to fill a form."""
# what stands around a hit is read as Latin-1
_BEHIND_COMPANY: Final = re.compile(r"(?:^|[ ,:;(>|])[A-Z][A-Za-z]+/$")
"""A company and whom it sends, as minutes have it: ``Acme Security/Jane Quux``."""
_PATH_GOES_ON: Final = re.compile(r"[/\\]|\.\w")
_SAINT_BEFORE: Final = re.compile(
    r"\b(?:S\u00c3\u00a3o|Sao|Santa|Santo|Sankt|Saint|Sainte|Sint)[ -]$"
)
"""What a town that is called after somebody begins with."""
_COMPANY_AFTER: Final = re.compile(r"[ \t]+&?[ \t]?([A-Za-z.&]+)")
_FIRM_AFTER: Final = re.compile(
    r"[ \t]+(?:&|and|und|et|y|e|en)[ \t]+(?:Sons?|Co|Cie|Company|Brothers|Bros|Partners?|Associates"
    r"|S\u00c3\u00b6hne|Sohn|Fils|Hijos|Figli|Zonen|Filhos|Daughters)\b"
)


def _begins_a_company(place: Place, exclusions: Exclusions) -> bool:
    after = place.after(32)
    following = _COMPANY_AFTER.match(after)
    if _FIRM_AFTER.match(after):
        return True
    if following is None:
        return False
    word = following.group(1).lower()
    if exclusions.has("person", "organisation_word", word.rstrip(".")):
        # "Emily Johnson Team" is one, "Emily Johnson as reviewer" is not
        return following.group(1)[0].isupper() or word in {"inc", "inc.", "llc", "gmbh", "ltd"}
    return exclusions.has("person", "thing_word", word)


def _is_half_of_placeholder(place: Place, exclusions: Exclusions) -> bool:
    """Tell whether a word is the surname of nobody, or a first name close to one."""
    words = [word.strip(".,").lower() for word in place.value.split()]
    if exclusions.has("person", "placeholder_half", words[-1 if "," not in place.value else 0]):
        return True
    if len(words) > 1 or not exclusions.has("person", "placeholder_first", words[0]):
        return False
    start, end = place.hit.start, place.hit.end
    near = place.data[max(0, start - _NEAR_HALF) : end + _NEAR_HALF].decode("latin-1").lower()
    others = exclusions.lists["person"]["placeholder_half"]
    return not others.isdisjoint(re.findall(r"[a-z]+", near))


def _is_code_around(place: Place) -> bool:
    """Tell whether a bracket or a dot ties the words to code: ``Rose Hill(``, ``x.Mira Heller``."""
    if _BEHIND_COMPANY.search(place.before()) and not _PATH_GOES_ON.match(place.after(2)):
        return False
    return place.before(1) in {".", "$", "@", "/", "#"} or place.after(1) in {"(", "="}


def judge_field_person(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept the name in a field for names, unless it begins a company or is a brand."""
    reason = first_reason(
        (
            ("brand", exclusions.has("person", "brand", place.value.lower())),
            ("method_or_place", exclusions.has("person", "method_or_place", place.value.lower())),
            ("placeholder", exclusions.has("person", "placeholder", place.value.lower())),
            ("placeholder", _is_half_of_placeholder(place, exclusions)),
            ("organisation", _begins_a_company(place, exclusions)),
        )
    )
    if reason:
        return drop(reason)
    return place.accept(confidence=Confidence.HIGH, evidence=_EVIDENCE[place.hit.rule])


def judge_note(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a login in a note such as ``TODO(login)``, unless it is a topic or a reference."""
    value = place.value
    if exclusions.has("username", "not_a_login", value.lower()):
        return drop("not_a_login")
    if re.search(r"\d{3}|issue|bug|ticket|\.(?:com|org|io|py|js)$|-\d+$", value.lower()):
        return drop("reference")
    if value.startswith("_") or re.search(r"[A-Z]", value[1:]):
        return drop("identifier")
    # a login in quotes elsewhere, as in ``user="jquux"``, is one more sign of a person
    if place.words.has(value, not_after=b"(/\\.[\"'"):
        return drop("identifier")
    return place.accept(confidence=Confidence.MEDIUM, evidence="note")


def _is_identifier(place: Place) -> bool:
    """Tell whether the file writes the word elsewhere too, outside notes, mentions and paths."""
    return place.words.has(place.value, not_after=b"(/\\.[")


def judge_home(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept the owner of a home directory, unless the name is generic."""
    if exclusions.has("username", "not_a_login", place.value.lower()):
        return drop("not_a_login")
    return place.accept(confidence=Confidence.MEDIUM, evidence="home_path")


def judge_login_column(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept the login in a column for logins, unless it is generic or an address."""
    if exclusions.has("username", "not_a_login", place.value.lower()):
        return drop("not_a_login")
    evidence = place.hit.rule.partition(".")[2]
    return place.accept(confidence=Confidence.MEDIUM, evidence=evidence)


_MENTION_CUE: Final = re.compile(
    r"(?:(?i:thank|credit|kudos|props|\bcc\b|\bby\b|author|ping|\bask\b|report|review|contribut"
    r"|patch|suggest|courtesy|assign|owner|maintain|todo|fixme|hat tip|h/t|from|see|\bper\b)"
    r"|[-*]\s.{0,60}|[A-Z]\w+ [A-Z]\w+ |[(\[,])[^@]{0,24}@$"
)
_NO_MENTION_AFTER: Final = re.compile(r"[/({=%\w<@]|:\S|\.\w|-\w")
_DECORATOR_WORDS: Final = Cues("decorat annotat macro directive pragma")
_ASKED: Final = re.compile(
    r"\b(?:ask|ping|cc|by|thanks(?: to)?|thank|thx|kudos|assigned to)[: ]{1,2}@$", re.IGNORECASE
)
"""What a decorator or a variable never follows."""
_COMMENT_OPENER: Final = re.compile(r"(?:#|//|/\*|--|;)\s*@$")


def judge_mention(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept ``@login`` with a cue of a person before it; decorators, tags and scopes are none."""
    reason = first_reason(_doubts_of_mention(place, exclusions))
    if reason:
        return drop(reason)
    return place.accept(confidence=Confidence.MEDIUM, evidence="mention")


def _doubts_of_mention(place: Place, exclusions: Exclusions) -> Iterator[tuple[str, object]]:
    value, after = place.value, place.after(32)
    # tags of documentation are nearly all: what reads the line comes after them
    yield "tag", exclusions.has("username", "tag", value.lower())
    yield "not_a_login", exclusions.has("username", "not_a_login", value.lower())
    yield "scope_or_call", _NO_MENTION_AFTER.match(after)
    before = place.before()
    is_asked = value.islower() and _ASKED.search(before) is not None
    yield "template", value.isupper() or ("_" in value and not is_asked)
    yield "decorator", _DECORATOR_WORDS.are_in(before + after)
    yield "pragma", _COMMENT_OPENER.search(before)
    yield "no_context", not _MENTION_CUE.search(before)
    yield "identifier", _is_identifier(place)
