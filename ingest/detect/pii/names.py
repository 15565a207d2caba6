"""How a person's name is written: reading a run of capitalised words, with or without a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.gazetteer import Gazetteer

_MAX_WORDS: Final = 5
_MAX_ABBREVIATION: Final = 4
"""A longer word with a full stop ends a sentence, and the name with it."""
PARTICLE: Final = re.compile(
    r"van|von|den?|der|del|della|d[aiou]|dos|l[ae]|[ae]l|bin|ibn|ben|te[nr]|zur?|a[fv]|y|e|mac|st"
)
WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*\.?")
_CAPITALISED: Final = re.compile(
    r"(?:[A-Z]|[^\x00-\x7f\W\d])(?<![^\W\d_].)[^\W\d_]*(?:['\u2019-][^\W\d_]+)*\.?"
)
"""A word that begins with a capital, or with a letter outside ASCII."""
JOINED: Final = r"a[ldrszn]|e[ld]|as[hs]|abd|bin|ben|ibn|dell|d|l"
_JOINED: Final = re.compile(rf"(?:{JOINED})['-][^\W\d_a-z]")
"""A particle that is written as one word with the name behind it: ``al-Hashimi``, ``d'Arc``."""
_GAP: Final = re.compile(r"[ \t]{1,3}")
_BREAK: Final = r"[ \t]{0,3}\r?\n[ \t]{0,32}(?:(?:[*#/;%!|>]{1,3}|--|dnl)[ \t]{1,8})?"
BROKEN_GAP: Final = re.compile(rf"[ \t]{{1,3}}(?!\r?\n)|{_BREAK}")
"""Between the words of a name in running text, whose lines may be those of a comment."""
_LINE_BREAK: Final = re.compile(_BREAK)
_POSSESSIVE: Final = re.compile(r"(?<=\w{3})['\u2019]s$")
ENGLISH_ENDING: Final = re.compile(r"(?:ing|tion|ment|ness|able|ity|ies|ware|ology|ers)s?$")
"""What ends English words far more often than names."""
_INNER_CAPITAL: Final = re.compile(r"[^\W\d_a-z][a-z]+[A-Z]")
_INITIAL: Final = 2
_BEHIND_NO_NAME: Final = frozenset(
    (
        "st",
        "ave",
        "rd",
        "blvd",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "oct",
        "nov",
    )
)
"""What stands behind the words of a street, or of a day of the week."""
_SHORT_TEAMS: Final = frozenset(("CI", "CD", "QA", "IT", "HR", "PR", "UX", "UI", "AI", "ML", "BI"))
"""What a team or a robot is called behind a word that may be a name."""
_PATRONYMIC: Final = ("Mc", "Mac", "De", "Di", "Da", "La", "Le", "Van", "Von", "Fitz", "O'", "D'")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRun:
    """A run of words shaped like a name; offsets in characters."""

    start: int
    end: int
    words: tuple[str, ...]
    """With particles and initials, without the last word's full stop."""


def read_name(text: str, start: int, between: re.Pattern[str] = _GAP) -> NameRun | None:
    """Return the name-shaped run that begins at an offset, or None if no name begins there.

    Two to five words: capitalised, initials, or particles such as ``van``; the last is a
    capitalised word. `between`: what may stand between two words.
    """
    words: list[re.Match[str]] = []
    position = start
    while len(words) < _MAX_WORDS and (match := WORD.match(text, position)):
        if not _is_name_shaped(match.group(), is_first=not words):
            break
        words.append(match)
        if match.group().endswith(".") and len(match.group()) > _MAX_ABBREVIATION:
            break
        if len(words) > 1 and _POSSESSIVE.search(match.group()):
            break
        gap = between.match(text, match.end())
        if gap is None:
            break
        position = gap.end()
    while words and not _is_surname_shaped(words[-1].group()):
        words.pop()
    if len(words) < 2:  # noqa: PLR2004 - a single word is a login or a brand
        return None
    texts = [match.group() for match in words]
    texts[-1] = _POSSESSIVE.sub("", texts[-1].rstrip("."))
    end = words[-1].start() + len(texts[-1])
    return NameRun(start=start, end=end, words=tuple(texts))


def read_broken_name(text: str, start: int) -> NameRun | None:
    """Return the run that begins at an offset and may go on in the next line, or None."""
    return read_name(text, start, BROKEN_GAP)


def parts_of_lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what of a span stands on each line, without what begins a line of a comment.

    A finding never reaches over the end of a line: what takes its place would join two lines.
    """
    for gap in _LINE_BREAK.finditer(text, start, end):
        yield start, gap.start()
        start = gap.end()
    yield start, end


def _is_name_shaped(word: str, *, is_first: bool) -> bool:
    if word[0].isupper():
        return _INNER_CAPITAL.match(word) is None or word.startswith(_PATRONYMIC)
    if is_first:
        return False
    return PARTICLE.fullmatch(word) is not None or _JOINED.match(word) is not None


def _is_surname_shaped(word: str) -> bool:
    if _JOINED.match(word):
        return True
    return word[0].isupper() and len(word.rstrip(".")) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NameJudge:
    """Decides whether a name-shaped run names a person."""

    gazetteer: Gazetteer
    exclusions: Exclusions

    def reason_against(self, words: tuple[str, ...]) -> str:
        """Return why words that an author mark precedes name no person, or nothing."""
        lists = self.exclusions.lists["person"]
        organisation, other = lists["organisation_word"], lists["not_a_name_word"]
        # "A." is an initial, whatever "a" is
        plain = [w.lower().rstrip(".") for w in words if not (len(w) == _INITIAL and w[-1] == ".")]
        if not organisation.isdisjoint(plain):
            return "organisation"
        if not other.isdisjoint(plain):
            doubtful = [word for word in plain if word in other]
            if len(doubtful) > 1 or doubtful[0] not in lists["also_a_name"]:
                return "not_a_name"
        shouted = [word for word in words if _is_shouted(word)]
        if shouted and not (self.is_listed(words) or self._is_shouted_surname(words, shouted)):
            return "not_a_name"
        return ""

    def _is_shouted_surname(self, words: tuple[str, ...], shouted: list[str]) -> bool:
        """Tell whether one word in capitals is the surname: ``Jean DUPONT``, ``TANAKA Ken``."""
        known = self.gazetteer
        others = [word for word in (words[0], words[-1]) if word not in shouted]
        return (
            len(shouted) == len(others) == 1
            and len(shouted[0]) > _MAX_ABBREVIATION - 1
            and not known.is_word(shouted[0])
            and (known.is_last(shouted[0]) or known.is_first(others[0]))
        )

    def is_likely_person(self, words: tuple[str, ...]) -> bool:
        """Tell whether half of a name is listed, and none of its words is one of trades."""
        if self.is_listed(words):
            return True
        trade = self.exclusions.lists["person"]["trade_word"]
        return self.is_half_listed(words) and not any(word.lower() in trade for word in words)

    def is_a_thing(self, words: tuple[str, ...]) -> bool:
        """Tell whether words at a mark of authorship name no person: a firm, a team or a robot."""
        lists = self.exclusions.lists["person"]
        if self.reason_against(words) or words[-1] in _SHORT_TEAMS:
            return True
        return not self.is_listed(words) and any(w.lower() in lists["trade_word"] for w in words)

    def is_plain(self, words: tuple[str, ...]) -> bool:
        """Tell whether two to four words could be a name that no list knows.

        None is a word of English, of trades or in capitals, and no initial stands for more.
        """
        trade = self.exclusions.lists["person"]["trade_word"]
        if words[-1].lower() in _BEHIND_NO_NAME:
            return False
        return len(words) < _MAX_WORDS and not any(
            self.gazetteer.is_word(word)
            or word.lower() in trade
            or (word[:2].isupper() and word[1:2].isalpha())
            or ENGLISH_ENDING.search(word)
            for word in words
        )

    def is_led(self, words: tuple[str, ...]) -> bool:
        """Tell whether a first name that is called nothing else leads words that are none.

        Lists know most first names and half of all surnames.
        """
        head = words[0].lower()
        return (
            len(head) > _INITIAL
            # of a double first name the first must be one: ``Wal-Mart``
            and self.gazetteer.is_first(head.partition("-")[0])
            and head not in self.exclusions.lists["person"]["thing_first"]
            and self.is_plain(words[1:])
        )

    def is_listed(self, words: tuple[str, ...]) -> bool:
        """Tell whether a first name and a surname are listed, in either order.

        Two common words, such as ``Will Read``, are none, although both are listed; the surname
        comes first only where neither is a common word.
        """
        head, tail = words[0], words[-1]
        known = self.gazetteer
        ordinary = known.is_ordinary(head) + known.is_ordinary(tail)
        if known.is_first(head) and known.is_last(tail):
            return ordinary < 2  # noqa: PLR2004 - both
        return not ordinary and known.is_last(head) and known.is_first(tail)

    def is_half_listed(self, words: tuple[str, ...]) -> bool:
        """Tell whether one of first name and surname is listed and neither is a common word."""
        if any(self.gazetteer.is_ordinary(word) for word in (words[0], words[-1])):
            return self.is_listed(words)
        return self.gazetteer.is_first(words[0]) or self.gazetteer.is_last(words[-1])

    def names_in(self, text: str) -> Iterator[NameRun]:
        """Yield the runs that lists know: all words, or a first name and no word behind it."""
        position = 0
        while match := _CAPITALISED.search(text, position):
            position = match.end()
            if not (match.group()[0].isupper() and self.gazetteer.is_name(match.group())):
                continue
            run = read_name(text, match.start())
            if run is None or not self._is_plain_listed(run, text):
                continue
            yield run
            position = run.end

    def half_listed_at(self, text: str, start: int) -> NameRun | None:
        """Return the run that begins here if first name or surname is listed, or None."""
        run = read_name(text, start)
        if run and self.is_half_listed(run.words) and not self.reason_against(run.words):
            return run
        return None

    def single_name(
        self, text: str, start: int, *, allow_ordinary: bool = False
    ) -> tuple[int, int] | None:
        """Return the span of one listed name, or None; common words only if allowed."""
        match = WORD.match(text, start)
        if match is None or not match.group()[0].isupper():
            return None
        word = match.group().rstrip(".")
        known = self.gazetteer
        if (
            (known.is_ordinary(word) and not allow_ordinary)
            or self.reason_against((word,))
            or not known.is_name(word)
        ):
            return None
        return start, start + len(word)

    def _is_plain_listed(self, run: NameRun, text: str) -> bool:
        """Tell whether the run is a listed name and no part of a longer capitalised phrase."""
        is_known = self.is_listed(run.words) and all(
            PARTICLE.fullmatch(word)
            or len(word.rstrip(".")) == 1
            or self.gazetteer.is_first(word)
            or self.gazetteer.is_last(word)
            for word in run.words[1:-1]
        )
        return (
            (is_known or self.is_led(run.words))
            and run.words[0] != run.words[-1]
            and not self.reason_against(run.words)
            and not _continues_a_phrase(text, run.start)
        )


def _is_shouted(word: str) -> bool:
    return len(word) > 2 and word.isupper()  # noqa: PLR2004 - "JR", "II" and "D." are no shouting


def capitalised(text: str) -> Iterator[int]:
    """Yield where words begin that start with a capital or a letter outside ASCII."""
    return (match.start() for match in _CAPITALISED.finditer(text))


_WORD_BEFORE: Final = re.compile(r"(?P<lead>.{0,4}?)(?P<word>[A-Z][\w'-]{0,23}) $", re.DOTALL)
_OPENS_SENTENCE: Final = re.compile(r"(?:^|[\n.!?:;,(#*/>\"'|-] ?)$")
_TITLES: Final = frozenset(
    [
        "Dr",
        "Prof",
        "Mr",
        "Mrs",
        "Ms",
        "Sir",
        "By",
        "From",
        "To",
        "And",
        "Thanks",
        "Author",
        "Hi",
        "Dear",
    ]
)
_LOOK_BACK: Final = 30


def _continues_a_phrase(text: str, start: int) -> bool:
    """Tell whether the word before is a capitalised part of the same phrase.

    A capital that only opens a sentence, as in ``Ask`` or ``Tell``, says nothing of what follows.
    """
    before = text[max(0, start - _LOOK_BACK) : start]
    match = _WORD_BEFORE.search(before)
    if match is None or match["word"] in _TITLES:
        return False
    return _OPENS_SENTENCE.search(before[: match.start("word")]) is None
