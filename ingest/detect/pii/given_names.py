"""First names that stand alone: which are nothing else, and where a text means one it has told.

Who is told once by first name and surname is called by the first name from there on, in minutes
and in notes. A list alone would take every ``Travis`` and ``Jenkins`` for a colleague; a text that
has told the person says which of them is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ingest.detect.pii.engine import Hit
from ingest.detect.pii.names import WORD, NameJudge
from ingest.detect.pii.words import split_words
from ingest.domain.finding import Category

_TOOLS: Final = frozenset(
    split_words(
        "ruby julia jade crystal elm ada pascal ember travis jenkins alexa siri cortana maven "
        "hudson celery salt chef apollo athena hermes phoenix sinatra mocha karma cypress luna "
        "claude gemini basil sage octave maya jasmine django jersey jackson gatsby astro nova "
        "clippy watson delta sierra echo bravo victor oscar mike lima quebec romeo juliet papa "
        "angular dart flutter robin iris aurora atlas titan orion kafka pandora mercury venus "
        "jordan chad china georgia asia america virginia victoria austin dallas madison houston "
        "python perl java angel art bill mark drew grant rob pat sue may june april august will "
        "frank max min hash case page key rich van don bo al ed jan mar sun vi"
    )
)
"""First names that are also tools, code words, places, months and verbs: alone they say nothing."""
MIN_ALONE: Final = 4
"""Characters of a name that may stand alone."""
_TELLING: Final = frozenset({"person.marked", "person.roster", "person.column", "person.hinted"})
"""Rules that tell whole names, or of a table both columns."""
_MAX_NAMES: Final = 200
_MAX_BYTES_READ: Final = 100_000_000
"""Of a long text with many names only the first names are looked for again."""
_NOT_BEFORE: Final = re.compile(rb"[A-Za-z0-9_\x80-\xff.@/\\$%#&=-]")
_NOT_BEHIND: Final = re.compile(
    rb"[A-Za-z0-9_\x80-\xff@/(=\[\\$<]|[.:][A-Za-z0-9_:/=]|-[A-Za-z]|(?:'s)? [A-Z\xc3]"
)
_WORD_BEFORE: Final = re.compile(rb"([A-Z][A-Za-z'-]{1,24}) $")


def is_given(judge: NameJudge, word: str) -> bool:
    """Tell whether one word is a listed first name and is called nothing else."""
    known = judge.gazetteer
    return (
        len(word) >= MIN_ALONE
        and word[0].isupper()
        and not word.isupper()
        and known.is_first(word)
        and not known.is_ordinary(word)
        and word.lower() not in _TOOLS
        and not judge.reason_against((word,))
    )


def _is_strange(judge: NameJudge, word: str) -> bool:
    """Tell whether a word of a column for names is on no list, of names or of anything else."""
    known = judge.gazetteer
    is_unknown = not (known.is_name(word) or known.is_word(word) or judge.reason_against((word,)))
    return is_unknown and len(word) > MIN_ALONE and word.istitle()


def given_hits(
    data: bytes, people: Iterable[tuple[str, int, int]], judge: NameJudge
) -> Iterator[Hit]:
    """Yield where the first name of somebody stands alone; `people` are rule and span in bytes."""
    firsts: dict[bytes, None] = {}
    for rule, start, end in people:
        if rule not in _TELLING or len(firsts) >= _MAX_NAMES:
            continue
        name = data[start:end]
        # what goes before a comma is the surname, which methods and theorems are called after
        if b"," in name or (b" " not in name and rule != "person.column"):
            continue
        word = WORD.match(name.decode("utf-8", "replace"))
        is_strange = word and rule == "person.column" and _is_strange(judge, word.group())
        if word and (is_given(judge, word.group()) or is_strange):
            firsts[word.group().encode()] = None
    for name in list(firsts)[: _MAX_BYTES_READ // (len(data) + 1) + 1]:
        for start in _places(data, name):
            before = _WORD_BEFORE.search(data[max(0, start - 26) : start])
            if before is None or not judge.gazetteer.is_name(before[1].decode()):
                yield Hit(Category.PERSON, "person.given", start, start + len(name))


def _places(data: bytes, name: bytes) -> Iterator[int]:
    """Yield where a name stands that nothing beside it makes a part of code."""
    start = data.find(name)
    while start >= 0:
        end = start + len(name)
        if not _NOT_BEFORE.match(data[start - 1 : start]) and not _NOT_BEHIND.match(data, end):
            yield start
        start = data.find(name, end)
