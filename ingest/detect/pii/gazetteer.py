"""First names and surnames of 80 locales, as Faker's providers list them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

_MIN_LENGTH: Final = 3
"""Two letters are initials, units and keywords more often than names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """Names in lower case, without those that are ordinary words."""

    first: frozenset[str]
    last: frozenset[str]

    @classmethod
    def load(cls, words: frozenset[str]) -> Self:
        """Read the lists of every locale, leaving out `words` (lower case). Takes 0.3 s."""
        first: set[str] = set()
        last: set[str] = set()
        for provider in _providers():
            first |= _listed_names(provider, "first_name")
            last |= _listed_names(provider, "last_name")
        return cls(first=frozenset(first - words), last=frozenset(last - words))

    def is_first(self, word: str) -> bool:
        """Tell whether a word in any case is a first name; of ``Anna-Lena`` each part may be."""
        return _is_listed(word, self.first)

    def is_last(self, word: str) -> bool:
        """Tell whether a word in any case is a surname; of ``Smith-Jones`` each part may be."""
        return _is_listed(word, self.last)


def _is_listed(word: str, names: frozenset[str]) -> bool:
    word = word.lower()
    return word in names or any(part in names for part in word.split("-") if part != word)


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


def _is_plain_name(name: str) -> bool:
    return len(name) >= _MIN_LENGTH and " " not in name and name[0].isupper()
