"""As much of SPDX expressions as provenance needs: their ids, their ORs, and the worst category.

The licensing family wrote the expressions in normal form (ids canonical, operators upper case,
parentheses only around the other operator), so reading them here takes no license index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

RANKS: Final = ("none", "permissive", "weak_copyleft", "copyleft", "unknown", "proprietary")
"""Categories from free to restricted, in the order of the licensing family."""
OWN_IDS: Final = frozenset(
    {
        "LicenseRef-shardgate-proprietary",
        "LicenseRef-shardgate-restriction",
        "LicenseRef-shardgate-no-training",
    }
)
"""Ids that say "all rights are kept" without naming anybody's license."""

_WORD = re.compile(r"[^\s()]+")


def ids_of(expression: str | None) -> frozenset[str]:
    """Return the license ids of an expression, without exceptions."""
    ids = set()
    words = _WORD.findall(expression or "")
    for index, word in enumerate(words):
        is_exception = index > 0 and words[index - 1] == "WITH"
        if word not in {"AND", "OR", "WITH"} and not is_exception:
            ids.add(word)
    return frozenset(ids)


def registered_ids(expression: str) -> frozenset[str]:
    """Return the ids of what a person registered, in lower case and with retired forms mended."""
    return frozenset(_comparable(word) for word in ids_of(expression))


def is_within(expression: str | None, registered: frozenset[str]) -> bool:
    """Tell whether an expression names registered licenses only."""
    return all(_comparable(word) in registered for word in ids_of(expression))


def _comparable(license_id: str) -> str:
    lower = license_id.lower()
    if re.fullmatch(r"[al]?gpl-\d\.\d", lower):
        return f"{lower}-only"
    return f"{lower[:-1]}-or-later" if re.fullmatch(r"[al]?gpl-\d\.\d\+", lower) else lower


def is_choice(expression: str) -> bool:
    """Tell whether the whole expression is an OR."""
    depth, operators = 0, set()
    for word in re.findall(r"[()]|[^\s()]+", expression):
        depth += (word == "(") - (word == ")")
        if depth == 0 and word in {"AND", "OR"}:
            operators.add(word)
    return operators == {"OR"}


def all_of(expressions: Iterable[str]) -> str:
    """Return the AND of expressions, each term once and sorted."""
    parts = sorted({term for expression in expressions for term in _terms(expression)})
    if len(parts) == 1:
        return parts[0]
    return " AND ".join(f"({part})" if is_choice(part) else part for part in parts)


def _terms(expression: str) -> list[str]:
    """Return what a plain AND joins; an expression with a choice in it stays whole."""
    is_plain = "(" not in expression and not is_choice(expression)
    return expression.split(" AND ") if is_plain else [expression]


def worst_of(categories: Iterable[str]) -> str:
    """Return the most restricted category; a word that is no category is unknown."""
    known = [category if category in RANKS else "unknown" for category in categories]
    return max(known, key=RANKS.index, default="none")
