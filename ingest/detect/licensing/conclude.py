"""From the signs in one file to one expression.

All distinct signs hold together (AND), with these readings:

- a stated choice (OR) explains the licenses it names, so their texts beside it add nothing;
- a name without a version adds nothing beside a sign of the same license with one;
- more than `MAX_LICENSES` different licenses in a file that is no license text are a list of
  licenses, as in a license tool or a catalogue. What stands in the file's first block still
  holds; the rest are mentions. Where one of those is a whole text that is not permissive, the
  file stays unknown, for it may be a bundle;
- "All rights reserved" counts only where nothing is granted: permissive headers have it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from ingest.detect.licensing.algebra import NONE, LicenseAlgebra, Terms, restricts_training
from ingest.detect.licensing.evidence import (
    NO_TRAINING,
    PROPRIETARY,
    RESTRICTION,
    UNKNOWN,
    Choice,
    Evidence,
    Kind,
)

MAX_LICENSES: Final = 10
HEAD_BYTES: Final = 2048
MAX_EVIDENCE: Final = 200
_VAGUE_SCORE: Final = 0.7
_LONG_TEXT: Final = 2500
"""Bytes of a text that may explain how to apply it."""
_APPENDIX_REACH: Final = 4000
_TITLE_REACH: Final = 600
_SILENT: Final = frozenset({Kind.MENTION, Kind.REFERENCE})
_GNU_STEMS: Final = frozenset({"GPL", "LGPL", "AGPL", "GFDL"})
_NAMELESS: Final = frozenset({RESTRICTION, PROPRIETARY})
_VAGUE_IDS: Final = frozenset({"GPL-1.0-or-later", "LGPL-2.0-or-later", "AGPL-3.0-or-later"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """All signs of one file, spans in the file."""

    licenses: tuple[Evidence, ...]
    """Tags, manifest values, texts, notices and unread notices."""
    restrictions: tuple[Evidence, ...]
    reserved: tuple[Evidence, ...]
    choices: tuple[Choice, ...]
    is_license_text: bool
    head_end: int
    """End of the first block; what stands before counts even in a list of licenses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """What the file is under."""

    expression: str | None
    category: str
    has_restriction: bool
    training_restricted: bool
    evidence: tuple[Evidence, ...]


def conclude(signs: Signs, algebra: LicenseAlgebra) -> Conclusion:
    """Return the conclusion from all signs; every sign stays in the evidence."""
    stated = (*signs.licenses, *_stated_choices(signs, algebra))
    stated = _without_mentions(stated, signs, algebra)
    stated = _without_appendices(stated, algebra)
    holding = [sign for sign in stated if sign.kind not in _SILENT]
    if not holding:
        holding = list(signs.reserved)
        stated = (*stated, *holding)
    holding += signs.restrictions
    terms = algebra.all_of(_effective(holding, algebra))
    ids = terms.ids if terms else frozenset()
    return Conclusion(
        expression=terms.expression if terms else None,
        category=terms.category if terms else NONE,
        has_restriction=bool(ids & {RESTRICTION, NO_TRAINING}) or bool(signs.restrictions),
        training_restricted=restricts_training(ids),
        evidence=_bounded((*stated, *signs.restrictions)),
    )


def _bounded(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(sorted(set(evidence))[:MAX_EVIDENCE])


def _stated_choices(signs: Signs, algebra: LicenseAlgebra) -> list[Evidence]:
    """Return an OR for each stated choice, over the licenses in its sentence."""
    candidates = [
        sign
        for sign in signs.licenses
        if sign.kind in {Kind.TEXT, Kind.NOTICE} and sign.spdx not in {UNKNOWN, RESTRICTION}
    ]
    found = []
    for choice in signs.choices:
        members = [sign for sign in candidates if choice.start <= sign.start < choice.end]
        before = [sign for sign in candidates if choice.floor <= sign.start < choice.start]
        # "Alternatively" sets the license right before it against those after it.
        members += [max(before, key=lambda sign: sign.end)] if before and members else []
        names = _specific({sign.spdx for sign in members}, members)
        terms = algebra.any_of(names)
        if len(names) > 1 and terms is not None:
            found.append(
                Evidence(
                    start=min(choice.start, *(sign.start for sign in members)),
                    end=choice.end,
                    kind=Kind.NOTICE,
                    spdx=terms.expression,
                    score=1.0,
                )
            )
    return found


def _without_mentions(
    stated: tuple[Evidence, ...], signs: Signs, algebra: LicenseAlgebra
) -> tuple[Evidence, ...]:
    """Turn the signs of a list of licenses into mentions."""
    ids = frozenset().union(*(algebra.read(sign.spdx).ids for sign in stated))
    if signs.is_license_text or len(ids - {UNKNOWN}) <= MAX_LICENSES:
        return stated
    kept = [s for s in stated if s.kind is Kind.MANIFEST or s.start < signs.head_end]
    others = frozenset(stated).difference(kept)
    listed = [s for s in stated if s in others]
    suspects = [
        s for s in listed if s.kind is Kind.TEXT and algebra.read(s.spdx).category != "permissive"
    ]
    doubt = [replace(suspects[0], spdx=UNKNOWN)] if suspects else []
    return (*kept, *doubt, *(replace(s, kind=Kind.MENTION) for s in listed))


def _without_appendices(
    stated: tuple[Evidence, ...], algebra: LicenseAlgebra
) -> tuple[Evidence, ...]:
    """Drop what long license texts say of themselves, in titles and in "how to apply" parts.

    A notice before a GNU text that allows later versions is the grant; the text is what it names.
    """
    long = [s for s in stated if s.kind is Kind.TEXT and s.end - s.start >= _LONG_TEXT]
    if not long:
        return stated
    granted = {
        s.spdx.replace("-or-later", "-only")
        for s in stated
        if s.kind in {Kind.NOTICE, Kind.TEXT}
        and s.spdx.endswith("-or-later")
        and s.score > _VAGUE_SCORE
        and s.end <= min(text.start for text in long)
    }
    kept = []
    for sign in stated:
        if sign in long:
            if sign.spdx not in granted:
                kept.append(sign)
        elif sign.kind is Kind.TAG:
            if not any(_is_quoted_in(sign, text) for text in long):
                kept.append(sign)
        elif sign.kind not in {Kind.NOTICE, Kind.TEXT}:
            kept.append(sign)
        elif sign.score <= _VAGUE_SCORE and algebra.read(sign.spdx).category == "permissive":
            # A loose word for a license beside a whole text describes that text.
            continue
        elif not any(
            _is_appendix(sign, text) or _is_comparison(sign, text, algebra) for text in long
        ):
            kept.append(sign)
    return tuple(kept)


def _is_quoted_in(tag: Evidence, text: Evidence) -> bool:
    """Tell whether a text shows the tag by which its own license, or a variant, is named."""
    return text.start < tag.start < text.end and _stem(tag.spdx) == _stem(text.spdx)


def _is_comparison(sign: Evidence, text: Evidence, algebra: LicenseAlgebra) -> bool:
    """Tell whether a GNU name without a version comes behind a text that is strict itself.

    Texts end in remarks on what they are compatible with; the file is restricted all the same.
    """
    is_behind = text.end <= sign.start < text.end + _APPENDIX_REACH
    is_strict = algebra.read(text.spdx).category in {"weak_copyleft", "copyleft"}
    return is_behind and is_strict and sign.spdx in _VAGUE_IDS


def _is_appendix(sign: Evidence, text: Evidence) -> bool:
    """Tell whether a sign beside a long text is that text speaking of itself."""
    if not (sign.start < text.end + _APPENDIX_REACH and text.start - _TITLE_REACH < sign.end):
        return False
    kin = {_stem(sign.spdx), _stem(text.spdx)}
    is_gnu = kin <= _GNU_STEMS
    if len(kin) > 1 and not is_gnu:
        return False
    if sign.end <= text.start:
        return sign.spdx == text.spdx or sign.score <= _VAGUE_SCORE or sign.spdx in _VAGUE_IDS
    return True


def _effective(holding: list[Evidence], algebra: LicenseAlgebra) -> set[str]:
    """Return the expressions that make up the AND."""
    expressions = {sign.spdx for sign in holding}
    others = expressions - _NAMELESS - {NO_TRAINING}
    if any(algebra.read(e).category == "proprietary" for e in others):
        # What a named license restricts is told by its name.
        expressions -= _NAMELESS
    starts: dict[str, int] = {}
    for sign in holding:
        starts[sign.spdx] = min(sign.start, starts.get(sign.spdx, sign.start))
    choices = [t for t in map(algebra.read, sorted(expressions)) if t.is_choice]
    # A choice among some of the licenses of a wider one is that one, told twice.
    choices = [t for t in choices if not any(t.ids < other.ids for other in choices)]
    names = _specific(expressions, holding)
    kept = {
        e
        for e in names
        if not algebra.read(e).is_choice
        # A choice tells nothing of a license that was stated long before it.
        and not _is_explained(
            algebra.read(e),
            [c for c in choices if starts[c.expression] <= starts[e]],
        )
    }
    return kept | {choice.expression for choice in choices}


def _is_explained(terms: Terms, choices: list[Terms]) -> bool:
    if len(terms.ids) != 1:
        return False
    (name,) = terms.ids
    vague = name in _VAGUE_IDS
    return any(
        name in choice.ids or (vague and any(_stem(i) == _stem(name) for i in choice.ids))
        for choice in choices
    )


def _specific(expressions: set[str], signs: list[Evidence]) -> set[str]:
    """Drop vague names beside exact ones of the same license."""
    exact = {s.spdx for s in signs if s.score > _VAGUE_SCORE and s.spdx not in _VAGUE_IDS}
    vague = expressions - exact
    stems = {_stem(e) for e in exact if " " not in e}
    return {e for e in expressions if e not in vague or _stem(e) not in stems or " " in e}


def _stem(license_id: str) -> str:
    """Return the family of an id: ``GPL`` of ``GPL-2.0-only``; a LicenseRef is its own."""
    if license_id.startswith("LicenseRef"):
        return license_id
    # The letters of a Creative Commons license are its terms, only the number is a version.
    if license_id.startswith("CC-"):
        return license_id.rpartition("-")[0]
    return license_id.partition("-")[0]
