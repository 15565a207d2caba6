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

_NOT_ALONE: Final = frozenset(
    split_words(
        "watson victor oscar mike juliet robin chad austin angel art bill mark drew grant rob pat "
        "sue frank max rich van don bo al ed"
    )
)
"""First names that are also code words and verbs: alone they say nothing."""
MIN_ALONE: Final = 4
"""Characters of a name that may stand alone."""
_TELLING: Final = frozenset(
    {
        "person.marked",
        "person.roster",
        "person.column",
        "person.hinted",
        "person.field",
        "person.listed",
    }
)
"""Rules that tell whole names, or of a table both columns."""
_ALONE: Final = frozenset({"person.column", "person.roster"})
"""Those that tell first names alone."""
_STRANGE: Final = frozenset({"person.column", "person.roster"})
"""Those that tell first names that no list knows."""
_MAX_NAMES: Final = 200
_FEW_NAMES: Final = 16
_NOT_BEFORE: Final = re.compile(rb"[A-Za-z0-9_\x80-\xff.@/\\$%#&=-]")
_NOT_BEHIND: Final = re.compile(
    rb"[A-Za-z0-9_\x80-\xff@/(=\[\\$<]|[.:][A-Za-z0-9_:/=]|-[A-Za-z]|(?:'s)? [A-Z\xc3]"
)
_ANY_NAME: Final = re.compile(
    rb"(?<![A-Za-z0-9_\x80-\xff.@/\\$%#&=-])[A-Z\xc3-\xd5][A-Za-z\x80-\xff]+"
    rb"(?:-[A-Z\xc3-\xd5][A-Za-z\x80-\xff]+)*"
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
        and word.lower() not in _NOT_ALONE
        and word.lower() not in judge.exclusions.lists["person"]["thing_first"]
        and not judge.reason_against((word,))
    )


def _is_strange(judge: NameJudge, word: str) -> bool:
    """Tell whether a word of a column for names is on no list, of names or of anything else."""
    known = judge.gazetteer
    is_unknown = not (known.is_name(word) or known.is_word(word) or judge.reason_against((word,)))
    return is_unknown and len(word) > MIN_ALONE and word.istitle()


def _ends_listed(judge: NameJudge, name: bytes) -> bool:
    """Tell whether the last word of a name is a listed surname."""
    return judge.gazetteer.is_last(name.decode("utf-8", "replace").rpartition(" ")[2])


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
        if b"," in name or (b" " not in name and rule not in _ALONE):
            continue
        word = WORD.match(name.decode("utf-8", "replace"))
        is_strange = (
            word
            and (rule in _STRANGE or (rule == "person.field" and _ends_listed(judge, name)))
            and _is_strange(judge, word.group())
        )
        if word and (is_given(judge, word.group()) or is_strange):
            firsts[word.group().encode()] = None
    for name, starts in _all_places(data, list(firsts)):
        for start in starts:
            before = _WORD_BEFORE.search(data[max(0, start - 26) : start])
            if before is None or not judge.gazetteer.is_name(before[1].decode()):
                yield Hit(Category.PERSON, "person.given", start, start + len(name))


def _all_places(data: bytes, names: list[bytes]) -> Iterator[tuple[bytes, Iterable[int]]]:
    """Yield each name with where it stands; of many names all are looked for in one pass."""
    if len(names) <= _FEW_NAMES:
        yield from ((name, _places(data, name)) for name in names)
        return
    wanted = set(names)
    for word in _ANY_NAME.finditer(data):
        if word[0] in wanted and not _NOT_BEHIND.match(data, word.end()):
            yield word[0], (word.start(),)


def _places(data: bytes, name: bytes) -> Iterator[int]:
    """Yield where a name stands that nothing beside it makes a part of code."""
    start = data.find(name)
    while start >= 0:
        end = start + len(name)
        if not _NOT_BEFORE.match(data[start - 1 : start]) and not _NOT_BEHIND.match(data, end):
            yield start
        start = data.find(name, end)
