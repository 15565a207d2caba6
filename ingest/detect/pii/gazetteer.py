"""First names and surnames: the locales of Faker, and the census of the United States."""

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Final, Self

import yaml

from ingest.detect.pii.rules import read_names

_MIN_LENGTH: Final = 3
"""Two letters are initials, units and keywords more often than names."""
_MIN_SHORT: Final = 2
_CENSUS_SURNAMES: Final = 20_000
"""Of 88,799: each of the rest is borne by fewer than one in 100,000, and many are words."""
_CENSUS_FILES: Final = ("dist.male.first", "dist.female.first")
_MIN_FOLDED: Final = 5
"""A shorter name without its accents is too often a word: ``Tomé``, ``Čech``."""
_UNMARKED: Final = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """Names in lower case, without those that are ordinary words."""

    first: frozenset[str]
    last: frozenset[str]
    caseless_first: frozenset[str] = frozenset()
    """Names in scripts without capitals, such as Chinese, Japanese, Korean and Arabic."""
    caseless_last: frozenset[str] = frozenset()
    ordinary: frozenset[str] = frozenset()
    """Common English words, some of which are names too: ``mark``, ``young``."""
    terms: frozenset[str] = frozenset()
    """Words of trades and products, as in ``Software Engineer`` and ``Open Architecture``."""

    @classmethod
    def load(cls, words: frozenset[str]) -> Self:
        """Read every list, leaving out `words` (lower case). Takes half a second."""
        first = set(_census(_CENSUS_FILES, None))
        last = set(_census(("dist.all.last",), _CENSUS_SURNAMES))
        caseless_first: set[str] = set()
        caseless_last: set[str] = set()
        for provider in _providers():
            for name in _listed_names(provider, "first_name"):
                (first if _has_case(name) else caseless_first).add(name)
            for name in _listed_names(provider, "last_name"):
                (last if _has_case(name) else caseless_last).add(name)
        more = read_more_names()
        first |= more["first"]
        last |= more["last"]
        ordinary = _ordinary_words()
        terms = _terms()
        return cls(
            first=_with_folded(first - words, words | ordinary | terms),
            last=_with_folded(last - words, words | ordinary | terms),
            caseless_first=frozenset(caseless_first),
            caseless_last=frozenset(caseless_last),
            ordinary=ordinary,
            terms=terms,
        )

    def is_first(self, word: str) -> bool:
        """Tell whether a word in any case is a first name; of ``Anna-Lena`` each part may be."""
        return _is_listed(word, self.first)

    def is_last(self, word: str) -> bool:
        """Tell whether a word in any case is a surname; of ``Smith-Jones`` each part may be."""
        return _is_listed(word, self.last)

    def is_name(self, word: str) -> bool:
        """Tell whether a word is either."""
        return self.is_first(word) or self.is_last(word)

    def is_word(self, word: str) -> bool:
        """Tell whether a word in any case is a common English word or one of trades."""
        return word.lower() in self.ordinary or word.lower() in self.terms

    def is_ordinary(self, word: str) -> bool:
        """Tell whether a word in any case is a common English word."""
        return word.lower() in self.ordinary

    def is_caseless_name(self, text: str) -> bool:
        """Tell whether a run without capitals is surname and first name, in either order."""
        head, gap, tail = text.partition(" ")
        if gap:
            return self._are_caseless(head, tail) or self._are_caseless(tail, head)
        return any(self._are_caseless(text[:cut], text[cut:]) for cut in range(1, len(text)))

    def _are_caseless(self, last: str, first: str) -> bool:
        return last in self.caseless_last and first in self.caseless_first


def read_more_names() -> dict[str, frozenset[str]]:
    """Return the packaged names that the other lists lack: ``first`` and ``last``."""
    raw = yaml.load(read_names(), Loader=yaml.BaseLoader)  # noqa: S506 - builds strings
    return {part: frozenset(raw[part]) for part in ("first", "last")}


def _is_listed(word: str, names: frozenset[str]) -> bool:
    word = word.lower().replace("\u2019", "'")
    if word in names or ("-" in word and any(part in names for part in word.split("-"))):
        return True
    return not word.isascii() and fold(word) in names


def fold(word: str) -> str:
    """Return a lower-case word without accents: lists and people write them or leave them out."""
    apart = unicodedata.normalize("NFKD", word.translate(_UNMARKED))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _with_folded(names: set[str], words: frozenset[str]) -> frozenset[str]:
    """Return names, and those with accents also without them where that is no other word."""
    folded = {fold(name) for name in names if not name.isascii()}
    return frozenset(names) | {
        name for name in folded if name.isascii() and len(name) >= _MIN_FOLDED and name not in words
    }


def _census(files: tuple[str, ...], limit: int | None) -> Iterator[str]:
    """Yield lower-case names, most frequent first; lines are ``NAME share sum rank``."""
    for file in files:
        text = resources.files("names").joinpath(file).read_text("ascii")
        for line in text.splitlines()[:limit]:
            name = line.split(None, 1)[0].lower()
            if len(name) >= _MIN_LENGTH:
                yield name


def _ordinary_words() -> frozenset[str]:
    module = importlib.import_module("faker.providers.lorem.en_US")
    return frozenset(word.lower() for word in module.Provider.word_list)


def _terms() -> frozenset[str]:
    """Return the words of Faker's trades, slogans and colours, as far as they are long ones."""
    company = importlib.import_module("faker.providers.company").Provider
    texts = [
        *importlib.import_module("faker.providers.job").Provider.jobs,
        *(word for words in company.catch_phrase_words for word in words),
        *(word for words in company.bsWords for word in words),
    ]
    words = {word for text in texts for word in re.findall(r"[a-z]{3,}", text.lower())}
    return frozenset(words)


def _providers() -> Iterator[type]:
    package = importlib.import_module("faker.providers.person")
    for module in pkgutil.iter_modules(package.__path__):
        yield importlib.import_module(f"{package.__name__}.{module.name}").Provider


def _listed_names(provider: type, prefix: str) -> set[str]:
    """Return the names in attributes such as ``first_names_female``: tuples, or weighted maps."""
    names: set[str] = set()
    for attribute in dir(provider):
        value = getattr(provider, attribute)
        if attribute.startswith(prefix) and isinstance(value, (tuple, list, dict)):
            names |= {
                name.lower() for name in value if isinstance(name, str) and _is_plain_name(name)
            }
    return names


def _has_case(name: str) -> bool:
    return name[0].upper() != name[0]


def _is_plain_name(name: str) -> bool:
    """Tell whether an entry is one capitalised word, or one word of a script without capitals."""
    if not name or any(c.isspace() or c in "|/()[]" for c in name):
        return False
    if name[0].isupper():
        return len(name) >= _MIN_LENGTH or (len(name) >= _MIN_SHORT and not name.isascii())
    return not name.isascii() and name[0].isalpha() and name[0].lower() == name[0].upper()
