"""Recognizers of people's names for Presidio: after an author's mark, and from lists.

Language models are the wrong tool for names in code: almost all they report are identifiers and
product names. A mark of authorship (``Copyright``, ``@author``, ``Name <mail>``) lets any
name-shaped run through; elsewhere first name and surname must both be listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from presidio_analyzer import LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from ingest.detect.pii.names import NameJudge, NameRun, read_name

_ENTITY: Final = "PERSON"
_MARKED: Final = "person.marked"
_LISTED: Final = "person.listed"
_SCORES: Final = {_MARKED: 0.85, _LISTED: 0.6}
"""Different, so that Presidio keeps one of two hits on a name, and always the same one."""

_YEARS: Final = r"(?:\d{4}(?:\s?[-\u2013/]\s?(?:\d{2,4}|present|now))?[\s,;:]*){0,8}"
_MARKS: Final = re.compile(
    r"(?:copyright(?:text)?|\bcopr\.|\u00a9|\(c\))(?:\s|:|,|\u00a9|\(c\)|copyright){0,6}"
    + _YEARS
    + r"(?:by[\s:]{1,3})?"
    r"|(?:authors?|maintainers?|contributors?|assignee|reviewers?)(?:_?names?)?(?![^\W_])"
    r"_{0,2}[^\w\n]{1,6}"
    r"|(?:signed-off|co-authored|co-developed|reviewed|acked|tested|reported|suggested|helped)"
    r"-by:[ \t]{0,3}"
    r"|\b(?:written|contributed|maintained|created|developed|implemented|designed|ported|patch"
    r"|patched|reported|suggested|authored|modified|reviewed|fixed|translated|coded|adapted|added"
    r"|rewritten|provided|submitted|work|code|idea)\s{1,2}by[\s:]{1,3}"
    r"|\b(?:thanks|kudos|props|credits?)(?:\s(?:goes|go))?\s(?:to|for)\s{1,2}"
    r"|\bcourtesy of\s{1,2}"
    r"|\b(?:todo|fixme|xxx|hack)\s?\(\s?",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(
    r"\s*(?:<[^<>\n]{0,128}>|\([^()\n]{0,128}\)|\[[^\[\]\n]{0,128}\])?"
    r"[\"']?(?:\s*[,;&/][\"'\s]*(?:and\s+)?|\s+(?:and|und|et)\s+)" + _YEARS
)
_AFTER_NAME: Final = re.compile(
    r"\s*(?:$|\n|[<(\[,;:.\"'*\-\u2013/)}\]&|#!?@\\]"
    r"|(?:and|at|for|from|on|in|to|all|who|under|via|with|und|et|as|is|has|was|the|\d))",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(
    r"[\"']?[ \t]?(?:<[^<>\s@]{1,64}(?:@| at |\[at\])|\([\w.+-]{1,64}@[\w.-]{3,255}\)"
    r"|(?P<login>\(?@[A-Za-z][\w-]{1,38}\b(?![/(.])))"
)
_WORD_START: Final = re.compile(r"(?<![^\W_])(?=[^\W\d_])")
_MAX_NAME_CHARS: Final = 96
_MAX_LISTED: Final = 20


class MarkedPersonRecognizer(LocalRecognizer):
    """Finds names that a mark of authorship introduces or a mail address follows."""

    def __init__(self, judge: NameJudge) -> None:
        """Take the judge of name-shaped runs."""
        self._judge = judge
        super().__init__(supported_entities=[_ENTITY], name=_MARKED)

    def load(self) -> None:
        """Do nothing: everything is in the constructor."""

    def analyze(
        self,
        text: str,
        entities: list[str],  # noqa: ARG002 - Presidio's interface
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002 - Presidio's interface
    ) -> list[RecognizerResult]:
        """Return names with their offsets in characters."""
        spans = {*self._after_marks(text), *self._before_mails(text)}
        return [_result(self, _MARKED, start, end) for start, end in sorted(spans)]

    def _after_marks(self, text: str) -> Iterator[tuple[int, int]]:
        for mark in _MARKS.finditer(text):
            position = mark.end()
            for _ in range(_MAX_LISTED):
                run = read_name(text, position)
                if run is None:
                    break
                if _AFTER_NAME.match(text, run.end) and not self._judge.reason_against(run.words):
                    yield run.start, run.end
                separator = _SEPARATOR.match(text, run.end)
                if separator is None:
                    break
                position = separator.end()

    def _before_mails(self, text: str) -> Iterator[tuple[int, int]]:
        for mail in _MAIL.finditer(text):
            run = self._name_up_to(text, mail.start())
            # a login says less than an address: then the name must be a listed one
            if run and (mail.group("login") is None or self._judge.is_listed(run.words)):
                yield run.start, run.end

    def _name_up_to(self, text: str, stop: int) -> NameRun | None:
        """Return the longest run that reaches `stop`; earlier words of the line are no part."""
        line_start = max(stop - _MAX_NAME_CHARS, text.rfind("\n", 0, stop) + 1)
        for word in _WORD_START.finditer(text, line_start, stop):
            run = read_name(text, word.end())
            if run and run.end >= stop:
                return None if self._judge.reason_against(run.words) else run
        return None


class ListedPersonRecognizer(LocalRecognizer):
    """Finds first name and surname that both stand in the gazetteer."""

    def __init__(self, judge: NameJudge) -> None:
        """Take the judge of name-shaped runs."""
        self._judge = judge
        super().__init__(supported_entities=[_ENTITY], name=_LISTED)

    def load(self) -> None:
        """Do nothing: everything is in the constructor."""

    def analyze(
        self,
        text: str,
        entities: list[str],  # noqa: ARG002 - Presidio's interface
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002 - Presidio's interface
    ) -> list[RecognizerResult]:
        """Return names with their offsets in characters."""
        return [_result(self, _LISTED, run.start, run.end) for run in self._judge.names_in(text)]


def _result(recognizer: LocalRecognizer, name: str, start: int, end: int) -> RecognizerResult:
    return RecognizerResult(
        entity_type=_ENTITY,
        start=start,
        end=end,
        score=_SCORES[name],
        recognition_metadata={
            RecognizerResult.RECOGNIZER_NAME_KEY: name,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: recognizer.id,
        },
    )
