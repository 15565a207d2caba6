"""Acceptance of people's names and logins."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.place import Place, Verdict, drop, first_reason
from ingest.domain.finding import Confidence


def judge_marked_person(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a name at a mark of authorship, unless it begins a company."""
    reason = first_reason(
        ("placeholder", exclusions.has("person", "placeholder", place.value.lower())),
        ("organisation", _begins_a_company(place, exclusions)),
    )
    if reason:
        return drop(reason)
    return place.accept(confidence=Confidence.HIGH, evidence="authorship")


def judge_listed_person(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a listed name, unless the file uses its words as words or it begins a company."""
    value = place.value
    words = [word.rstrip(".,") for word in value.split() if len(word) > 2]  # noqa: PLR2004
    reason = first_reason(
        ("placeholder", exclusions.has("person", "placeholder", value.lower())),
        ("brand", exclusions.has("person", "brand", value.lower())),
        ("method_or_place", exclusions.has("person", "method_or_place", value.lower())),
        ("organisation", _begins_a_company(place, exclusions)),
        ("identifier", _is_code_around(place)),
        # a name that the file also writes small is a word there; addresses and logins do not count
        (
            "word_of_the_file",
            words
            and any(
                place.words.has(word.lower(), not_after=b".</(+\"'=:,")
                for word in (words[0], words[-1])
            ),
        ),
    )
    if reason:
        return drop(reason)
    return place.accept(confidence=Confidence.MEDIUM, evidence=_EVIDENCE[place.hit.rule])


def judge_model_person(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept what only a language model found with low confidence, but for what is listed."""
    verdict = judge_listed_person(place, exclusions)
    return replace(verdict, confidence=Confidence.LOW) if verdict.is_accepted else verdict


_EVIDENCE: Final = {
    "person.ner": "ner",
    "person.listed": "gazetteer",
    "person.hinted": "hint",
    "person.field": "field",
    "person.column": "column",
    "person.roster": "roster",
}
_COMPANY_AFTER: Final = re.compile(r"[ \t]+&?[ \t]?([A-Za-z.&]+)")


def _begins_a_company(place: Place, exclusions: Exclusions) -> bool:
    after = place.after(32)
    following = _COMPANY_AFTER.match(after)
    if following is None:
        return False
    word = following.group(1).lower()
    if exclusions.has("person", "organisation_word", word.rstrip(".")):
        # "Emily Johnson Team" is one, "Emily Johnson as reviewer" is not
        return following.group(1)[0].isupper() or word in {"inc", "inc.", "llc", "gmbh", "ltd"}
    return exclusions.has("person", "thing_word", word)


def _is_code_around(place: Place) -> bool:
    """Tell whether a bracket or a dot ties the words to code: ``Rose Hill(``, ``x.Mira Heller``."""
    return place.before(1) in {".", "$", "@", "/", "#"} or place.after(1) in {"(", "="}


def judge_field_person(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept the name in a field for names, unless it begins a company or is a brand."""
    reason = first_reason(
        ("brand", exclusions.has("person", "brand", place.value.lower())),
        ("placeholder", exclusions.has("person", "placeholder", place.value.lower())),
        ("organisation", _begins_a_company(place, exclusions)),
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
    if value.startswith("_") or re.search(r"[A-Z]", value[1:]) or _is_identifier(place):
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
    return place.accept(confidence=Confidence.MEDIUM, evidence="column")


_MENTION_CUE: Final = re.compile(
    r"(?:(?i:thank|credit|kudos|props|\bcc\b|\bby\b|author|ping|\bask\b|report|review|contribut"
    r"|patch|suggest|courtesy|assign|owner|maintain|todo|fixme|hat tip|h/t|from|see|\bper\b)"
    r"|[-*]\s.{0,60}|[A-Z]\w+ [A-Z]\w+ |[(\[,])[^@]{0,24}@$"
)
_NO_MENTION_AFTER: Final = re.compile(r"[/({=%\w<@]|:\S|\.\w|-\w")
_DECORATOR_WORD: Final = re.compile(r"decorat|annotat|macro|directive|pragma", re.IGNORECASE)
_COMMENT_OPENER: Final = re.compile(r"(?:#|//|/\*|--|;)\s*@$")


def judge_mention(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept ``@login`` with a cue of a person before it; decorators, tags and scopes are none."""
    value, before, after = place.value, place.before(), place.after(32)
    small = value.lower()
    reason = first_reason(
        ("tag", exclusions.has("username", "tag", small)),
        ("not_a_login", exclusions.has("username", "not_a_login", small)),
        ("scope_or_call", _NO_MENTION_AFTER.match(after)),
        ("template", "_" in value or value.isupper()),
        ("decorator", _DECORATOR_WORD.search(before + after)),
        ("pragma", _COMMENT_OPENER.search(before)),
        ("no_context", not _MENTION_CUE.search(before)),
    )
    if reason or _is_identifier(place):
        return drop(reason or "identifier")
    return place.accept(confidence=Confidence.MEDIUM, evidence="mention")
