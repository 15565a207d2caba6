"""Secrets told by the words before them: options of commands, directives, constructs of code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.phrase import Phrase, Reader
from ingest.detect.secrets.phrases_code import CODE
from ingest.detect.secrets.phrases_commands import COMMANDS
from ingest.detect.secrets.phrases_directives import DIRECTIVES
from ingest.detect.secrets.phrases_told import TOLD
from ingest.detect.secrets.plausible import is_spelled_out
from ingest.domain.finding import Confidence

DETECTOR_ID: Final = "shardgate"
RULE_ID: Final = "phrase"
PHRASES: Final = (*COMMANDS, *DIRECTIVES, *CODE, *TOLD)
"""Every phrase, in the order of the funnel's ids."""
_REACH_BYTES: Final = 640
"""How far behind a head its value is looked for, and how far before it its line is read."""
_NUMBER: Final = re.compile(rb"\d{1,5}")
"""A port, a count, a length."""


class Phrases:
    """The table, ready to read what the funnel saw."""

    def __init__(self) -> None:
        self._readers = [Reader.of(phrase) for phrase in PHRASES]

    def matches(self, data: bytes, hits: Mapping[int, Iterable[int]]) -> Iterator[Match]:
        """Yield the values behind the heads that end at `hits`, by the row's number."""
        for index, ends in hits.items():
            reader = self._readers[index]
            for end in ends:
                span = _value_span(data, reader, end)
                if span is not None:
                    yield _match(reader.phrase, *span)


def _value_span(data: bytes, reader: Reader, end: int) -> tuple[int, int] | None:
    found = reader.tail.match(data, end, end + _REACH_BYTES)
    if found is None:
        return None
    if reader.before is not None:
        line = data.rfind(b"\n", max(0, end - _REACH_BYTES), end - 1) + 1
        before = reader.before.search(data, max(line, end - _REACH_BYTES), end)
        if before is None:
            return None
        found = before if before.re.groups else found
    name = next((name for name, text in found.groupdict().items() if text is not None), None)
    if name is None or not _is_fine(found[name], reader.phrase):
        return None
    return found.span(name)


def _is_fine(value: bytes, phrase: Phrase) -> bool:
    if len(value) < phrase.fewest or _NUMBER.fullmatch(value):
        return False
    if value.lstrip().startswith(b","):
        # Between the quotes of two arguments of a list.
        return False
    return is_spelled_out(value)


def _match(phrase: Phrase, start: int, end: int) -> Match:
    return Match(
        start=start,
        end=end,
        detector_id=DETECTOR_ID,
        rule_id=RULE_ID,
        category=phrase.category,
        confidence=Confidence.LOW,
        evidence=phrase.name,
    )
