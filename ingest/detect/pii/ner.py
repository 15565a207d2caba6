"""A language model as a second opinion on names: off by default, and never a reason to redact.

A model that was trained on news finds "String" and "NOTE" in code, and spaCy gives no score to
sort by. So it reads only lines in which a listed name stands before a capital, and what it alone
finds has low confidence and the evidence ``ner``, which redaction passes over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any, Final

from ingest.detect.funnel import lines_at
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.model import MODEL, model_version
from ingest.detect.pii.names import NameJudge, read_name
from ingest.domain.finding import Category

RULE: Final = "person.ner"
_UNUSED: Final = ["tagger", "parser", "attribute_ruler", "lemmatizer", "senter"]
_MAX_LINE_BYTES: Final = 1000


class NameModel:
    """A loaded spaCy model that is asked about single lines."""

    def __init__(self, judge: NameJudge) -> None:
        """Load the model from its installed package; nothing is downloaded.

        Raises:
            ConfigurationError: the model is not installed.
        """
        model_version()
        self._judge = judge
        # the package's own loader takes a path inside it; a name would be looked up by spaCy
        self._nlp: Any = import_module(MODEL.replace("-", "_")).load(exclude=_UNUSED)

    def hits(self, data: bytes, ends: Iterable[int]) -> Iterator[Hit]:
        """Yield names of two or more words in the lines that hold the offsets; spans in bytes."""
        for start, stop in lines_at(data, ends):
            if stop - start > _MAX_LINE_BYTES:
                continue
            text = data[start:stop].decode("utf-8", "ignore")
            if len(text.encode()) != stop - start:
                continue
            for first, last in self._people(text):
                begin = start + len(text[:first].encode())
                yield Hit(Category.PERSON, RULE, begin, begin + len(text[first:last].encode()))

    def _people(self, text: str) -> list[tuple[int, int]]:
        # the store of strings grows with every new token, and code is all new tokens
        with self._nlp.memory_zone():
            spans = [
                (entity.start_char, entity.end_char)
                for entity in self._nlp(text).ents
                if entity.label_ == "PERSON"
            ]
        found = []
        for start, _ in spans:
            run = read_name(text, start)
            if run and not self._judge.reason_against(run.words):
                found.append((run.start, run.end))
        return found
