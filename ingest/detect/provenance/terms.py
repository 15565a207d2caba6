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

_BOILERPLATE_IDS: Final = frozenset({"FSFUL", "FSFULLR", "FSFULLRWD", "FSFAP", "X11"})
"""What autoconf and automake put into Makefile.in, aclocal.m4, configure and install-sh."""

_WORD = re.compile(r"[^\s()]+")
_REFERENCE_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def ids_of(expression: str | None) -> frozenset[str]:
    """Return the license ids of an expression, without exceptions."""
    ids = set()
    words = _WORD.findall(expression or "")
    for index, word in enumerate(words):
        is_exception = index > 0 and words[index - 1] == "WITH"
        if word not in {"AND", "OR", "WITH"} and not is_exception:
            ids.add(word)
    return frozenset(ids)


def plain_name(text: str) -> str:
    """Return only the letters and digits of a name, in lower case."""
    return "".join(c for c in text.casefold() if c.isalnum())


def is_private_reference(license_id: str) -> bool:
    """Tell whether an id was made by whoever uses it, and not by a list of licenses or by us."""
    public = ("LicenseRef-scancode-", "LicenseRef-shardgate-", "LicenseRef-Fedora-")
    return license_id.startswith("LicenseRef-") and not license_id.startswith(public)


def bears_name(license_id: str, names: Iterable[str]) -> bool:
    """Tell whether one of the names (see `plain_name`) stands in a ``LicenseRef-`` as whole words.

    Words end at ``-``, ``.``, ``_``, at digits, and where the case turns: ``AcmeRocketsEULA``.
    """
    words = [w.casefold() for w in _REFERENCE_WORD.findall(license_id.removeprefix("LicenseRef-"))]
    wanted = frozenset(names)
    longest = max(map(len, wanted), default=0)
    for start in range(len(words)):
        run, at = "", start
        while at < len(words) and len(run) < longest:
            run += words[at]
            if run in wanted:
                return True
            at += 1
    return False


def is_boilerplate(expression: str | None) -> bool:
    """Tell whether an expression names only licenses that build tools write into their output."""
    ids = ids_of(expression)
    return bool(ids) and ids <= _BOILERPLATE_IDS


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
