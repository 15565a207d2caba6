"""SPDX expressions: parse, normalise, and the category of the whole.

Categories come from the ScanCode LicenseDB index that license-expression ships (CC-BY-4.0).
An AND is as restrictive as its worst part, an OR as free as its best, and an exception (WITH)
changes nothing. What cannot be read is unknown, never permissive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import license_expression

from ingest.detect.licensing.evidence import NO_TRAINING, PROPRIETARY, RESTRICTION, UNKNOWN

NONE: Final = "none"
RANKS: Final = (NONE, "permissive", "weak_copyleft", "copyleft", "unknown", "proprietary")
"""Categories from free to restricted. Unknown stands above copyleft, so that a policy which
permits copyleft still does not permit a file of which a part could not be read."""

_CATEGORIES: Final = {
    "Permissive": "permissive",
    "Public Domain": "permissive",
    "Copyleft Limited": "weak_copyleft",
    "Copyleft": "copyleft",
    "Proprietary Free": "proprietary",
    "Commercial": "proprietary",
    "Free Restricted": "proprietary",
    "Source-available": "proprietary",
}
_OWN: Final = {
    PROPRIETARY: "proprietary",
    RESTRICTION: "proprietary",
    NO_TRAINING: "proprietary",
    UNKNOWN: "unknown",
}
# ScanCode calls these permissive, but they restrict the field of use or of export.
_RESTRICTED = re.compile(r"JSON|.*-no-nuclear-.*|hpnd-export.*", re.IGNORECASE)
_DEPRECATED: Final = {
    "gpl-2.0-with-autoconf-exception": "GPL-2.0-only WITH Autoconf-exception-2.0",
    "gpl-2.0-with-bison-exception": "GPL-2.0-only WITH Bison-exception-2.2",
    "gpl-2.0-with-classpath-exception": "GPL-2.0-only WITH Classpath-exception-2.0",
    "gpl-2.0-with-font-exception": "GPL-2.0-only WITH Font-exception-2.0",
    "gpl-2.0-with-gcc-exception": "GPL-2.0-only WITH GCC-exception-2.0",
    "gpl-3.0-with-autoconf-exception": "GPL-3.0-only WITH Autoconf-exception-3.0",
    "gpl-3.0-with-gcc-exception": "GPL-3.0-only WITH GCC-exception-3.1",
    "ecos-2.0": "GPL-2.0-or-later WITH eCos-exception-2.0",
    "wxwindows": "LGPL-2.0-or-later WITH WxWindows-exception-3.1",
    "bsd-2-clause-freebsd": "BSD-2-Clause-Views",
    "bsd-2-clause-netbsd": "BSD-2-Clause",
    "bzip2-1.0.5": "bzip2-1.0.6",
    "nunit": "LicenseRef-scancode-nunit-v2",
    "standardml-nj": "SMLNJ",
}
_AI_LICENSE = re.compile(
    r"llama|gemma|\brail\b|openrail|-rail-|qwen|deepseek|responsible-ai|moonshot", re.IGNORECASE
)
_MAX_EXPRESSION = 400
_MAX_CACHED = 4096
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+:_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A normalised expression."""

    expression: str
    category: str
    ids: frozenset[str]
    """License ids without exceptions."""
    is_choice: bool
    """The whole is an OR, as stated by whoever wrote it."""


UNREADABLE: Final = Terms(
    expression=UNKNOWN, category="unknown", ids=frozenset({UNKNOWN}), is_choice=False
)


def worst_of(categories: Iterable[str]) -> str:
    """Return the most restricted category; none of nothing."""
    return max(categories, key=RANKS.index, default=NONE)


class LicenseAlgebra:
    """The license index and a parser that never raises."""

    def __init__(self) -> None:
        """Load the index that license-expression ships (about 2,600 licenses)."""
        self._licensing = license_expression.Licensing()
        self._known = dict(_known_ids())
        self._cache: dict[str, Terms] = {}

    def read(self, text: str) -> Terms:
        """Return the terms of an expression; `UNREADABLE` for anything that is none."""
        if text not in self._cache:
            if len(self._cache) >= _MAX_CACHED:
                self._cache.clear()
            self._cache[text] = self._parse(text)
        return self._cache[text]

    def all_of(self, expressions: Iterable[str]) -> Terms | None:
        """Return the AND of expressions; None for none."""
        parts = [self.read(e) for e in sorted(set(expressions))]
        return _joined("AND", parts) if parts else None

    def any_of(self, expressions: Iterable[str]) -> Terms | None:
        """Return the OR of expressions; only for a choice that somebody stated."""
        parts = [self.read(e) for e in sorted(set(expressions))]
        return _joined("OR", parts) if parts else None

    def is_known(self, license_id: str) -> bool:
        """Tell whether an id stands in the index or is our own."""
        return license_id.lower().removesuffix("+") in self._known or license_id in _OWN

    def _parse(self, text: str) -> Terms:
        text = text.strip()
        if not text or len(text) > _MAX_EXPRESSION or text.upper() in {"NONE", "NOASSERTION"}:
            return UNREADABLE
        try:
            node = self._licensing.parse(text, validate=False)
        except (license_expression.ExpressionError, AttributeError, TypeError, ValueError):
            # Odd operators make the parser raise plain errors too.
            return UNREADABLE
        return UNREADABLE if node is None else self._terms(node)

    def _terms(self, node: object) -> Terms:
        if isinstance(node, license_expression.AND):
            return _joined("AND", [self._terms(part) for part in node.args])
        if isinstance(node, license_expression.OR):
            return _joined("OR", [self._terms(part) for part in node.args])
        if isinstance(node, license_expression.LicenseWithExceptionSymbol):
            return self._with_exception(node.license_symbol.key, node.exception_symbol.key)
        if isinstance(node, license_expression.LicenseSymbol):
            return self._license(str(node.key))
        return UNREADABLE

    def _license(self, key: str) -> Terms:
        if key in _OWN:
            return _single(key, _OWN[key])
        if replacement := _DEPRECATED.get(key.lower()):
            return self.read(replacement)
        plain = key.removesuffix("+")
        known = self._known.get(key.lower()) or self._known.get(plain.lower())
        if known is None:
            return _single(_reference(key), "unknown")
        name, category = known
        later = "+" if key.endswith("+") and key.lower() not in self._known else ""
        return _single(name + later, category)

    def _with_exception(self, license_id: str, exception: str) -> Terms:
        base = self._license(str(license_id))
        name, _category = self._known.get(str(exception).lower(), (_reference(str(exception)), ""))
        if base.is_choice or " " in base.expression:
            return UNREADABLE
        # What nobody knows may be anything, such as a clause that takes the right to sell.
        is_known = str(exception).lower() in self._known
        return Terms(
            expression=f"{base.expression} WITH {name}",
            category=base.category if is_known else worst_of((base.category, "unknown")),
            ids=base.ids,
            is_choice=False,
        )


def _known_ids() -> Iterable[tuple[str, tuple[str, str]]]:
    """Yield lower-case id and alias -> (SPDX id, category); retired entries give way."""
    index = license_expression.get_license_index()
    for entry in sorted(index, key=lambda e: not e["is_deprecated"]):
        spdx = entry["spdx_license_key"]
        if not spdx:
            continue
        category = _CATEGORIES.get(entry["category"], "unknown")
        if _RESTRICTED.fullmatch(spdx):
            category = "proprietary"
        for alias in (*entry["other_spdx_license_keys"], spdx):
            yield alias.lower(), (spdx, category)


def restricts_training(ids: Iterable[str]) -> bool:
    """Tell whether an id is of the model-license kind, with terms on machine learning."""
    return any(i == NO_TRAINING or _AI_LICENSE.search(i) for i in ids)


def _single(name: str, category: str) -> Terms:
    return Terms(expression=name, category=category, ids=frozenset({name}), is_choice=False)


def _reference(key: str) -> str:
    """Return a valid LicenseRef for an id that nobody knows."""
    if key.startswith(("LicenseRef-", "DocumentRef-")) and _ID.fullmatch(key):
        return key
    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", key)[:60].strip("-.")
    return f"LicenseRef-{plain}" if plain else UNKNOWN


def _joined(operator: str, parts: list[Terms]) -> Terms:
    """Return parts under one operator: nested same operators opened, sorted, each once."""
    unique = sorted({text for part in parts for text in _operands(operator, part)})
    categories = [part.category for part in parts]
    category = worst_of(categories) if operator == "AND" else min(categories, key=RANKS.index)
    if len(unique) == 1:
        return next(p for p in parts if unique[0] in {p.expression, f"({p.expression})"})
    return Terms(
        expression=f" {operator} ".join(unique),
        category=category,
        ids=frozenset().union(*(part.ids for part in parts)),
        is_choice=operator == "OR",
    )


def _operands(operator: str, part: Terms) -> list[str]:
    """Return the part's operands, with parentheses only where the other operator joins them."""
    depth, start, found, operators = 0, 0, [], set()
    for match in re.finditer(r"[()]| (?:AND|OR) ", part.expression):
        word = match[0].strip()
        depth += (word == "(") - (word == ")")
        if depth == 0 and word in {"AND", "OR"}:
            operators.add(word)
            found.append(part.expression[start : match.start()])
            start = match.end()
    found.append(part.expression[start:])
    if operators and operators != {operator}:
        return [f"({part.expression})"]
    return found
