"""Acceptance of people's names and logins."""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.place import Place, Verdict, drop, first_reason
from ingest.domain.finding import Confidence


def judge_marked_person(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept: the recognizer has asked the lists already."""
    del exclusions  # the recognizer asked them already
    return place.accept(confidence=Confidence.HIGH, evidence="authorship")


def judge_listed_person(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept a listed name, unless the file uses its words as words or it begins a company."""
    words = [word for word in place.value.split() if len(word) > 2]  # noqa: PLR2004 - initials
    if any(
        place.is_written_elsewhere(word.lower(), not_after=b".</(+")
        for word in (words[0], words[-1])
    ):
        # a name that the file also writes small is a word there; addresses and logins do not count
        return drop("word_of_the_file")
    following = re.match(r"[ \t]+([A-Za-z.&]+)", place.after(32))
    if following and exclusions.has("person", "organisation_word", following.group(1).lower()):
        return drop("organisation")
    return place.accept(confidence=Confidence.MEDIUM, evidence="gazetteer")


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
    return place.is_written_elsewhere(place.value, not_after=b"(/\\.")


def judge_home(place: Place, exclusions: Exclusions) -> Verdict:
    """Accept the owner of a home directory, unless the name is generic."""
    if exclusions.has("username", "not_a_login", place.value.lower()):
        return drop("not_a_login")
    return place.accept(confidence=Confidence.MEDIUM, evidence="home_path")


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
