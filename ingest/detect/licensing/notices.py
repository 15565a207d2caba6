"""Short notices: names in words, stated choices, references, and notices nobody can read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.choices import joined_names, stated_choices
from ingest.detect.licensing.evidence import PROPRIETARY, UNKNOWN, Choice, Evidence, Kind
from ingest.detect.licensing.grants import OPEN, find_open_grants
from ingest.detect.licensing.names import Named, find_names, phrase
from ingest.detect.licensing.openings import Expression
from ingest.detect.licensing.references import (
    DISCLAIMER,
    REFERENCE,
    SAME,
    find_references,
    leaves_the_rest,
    points_elsewhere,
)
from ingest.detect.licensing.texts import Texts
from ingest.detect.licensing.titles import TitleMatcher

_UNREAD = Expression(
    phrase(
        r"\b(?:is|are|be|file|code|software|program|library|work|module|rights? reserved|package) "
        r"(?:\w{1,20} )?licen[cs]ed (?:\w{1,20} )?(?:under|to you|for use)\b"
        r"|\b(?:released|distributed|available|covered|published|provided|licen[cs]ed"
        r"|furnished|use) "
        r"(?:\w{1,20} )?(?:under|by|subject to) (?:the terms of )?(?:the|a|an|its|their|our|this)\b"
        r"|\b(?:under|to|by|in accordance with) (?:the )?(?:terms"
        r"|conditions)(?: and conditions)? (?:of|in) (?:the|a|an|this|its)\b"
        r"|\bsubject to (?:the )?(?:\w{1,20} ){0,4}(?:terms|license|licence|following"
        r"|conditions|agreement)\b"
        r"|\bgoverned by (?:the|a|an)\b"
        r"|\byour (?:use|rights?)[^\x00]{0,60}\bagreement\b"
        r"|\blicen[cs]e agreement\b|\bterms of (?:use|service)\b|\bsame licen[cs]e as\b"
        r"|\bseparately licen[cs]ed\b|\blicen[cs]ed separately\b"
    )
)
_GRANT = Expression(
    phrase(
        r"\bpermission (?:is )?(?:hereby )?(?:not )?(?:granted|given)\b"
        r"|\bpermission to (?:use|copy|modify|distribute|make)\b"
        r"|\bgrants?(?:ed)? (?:\w{1,20} ){0,3}(?:permission|licen[cs]e|right)\b"
        r"|\byou (?:may|can|are free to|are permitted to|are welcome to"
        r"|have permission to) (?:freely )?"
        r"(?:use|copy|modify|distribute|redistribute) (?:it|them|and|or|th(?:e|is) (?:software"
        r"|code|file|program|library|script|work|package|module|source|document|font|data))\b"
        r"|\bfree (?:for (?!all\b)|of charge\b)"
        r"|\b(?:software|code|program|file|library|script|package|work|it|this|feel|you|that) "
        r"(?:(?:is|are|be) )?(?:\w{1,12} )?free to use (?:it|this|that|these|them"
        r"|the (?:code|software"
        r"|file|program|library|script|source)|in|for|and|as|however|freely)\b"
        r"|\bfreely (?:distribut\w{1,4}|usable"
        r"|redistribut\w{1,4})\b"
        r"|\bredistribution and use\b|\buse and redistribution\b"
    )
)
"""Gives something in words of its own; unread unless a known text or name stands near."""
_CALLED = re.compile(
    phrase(
        r"\b(?:under|subject to|governed by) (?:the )?(?:terms of )?(?:the |a |an |its |our )?"
        r"(?!(?:same|following|above|this|terms|accompanying|attached|included|project"
        r"|applicable|relevant"
        r"|open|free|permissive|software|source|both|these|any|all|specified|such|respective"
        r"|their|those|one|either) )"
        r"(?:[\w.+-]{2,20} ){1,3}?(?:public )?licen[cs]e\b"
    )
)
"""A license by a name that nobody knows, which is one even where its file is named too."""
_LABEL = re.compile(phrase(r"licen[cs]e agreement|terms of (?:use|service)"))
_BINDS = re.compile(
    phrase(
        r"\b(?:under|subject to|govern\w{0,3}|pursuant|accordance|bound|comply|complies"
        r"|according to"
        r"|by (?:using|installing|downloading|copying)|you agree|constitutes?|applies|licensee"
        r"|copyright|permitted by|licen[cs]ed|violat\w{1,4}|refer to|see the)\b"
    )
)
"""What makes a "license agreement" hold, and not be the heading of a dialog that shows one."""
_THE_LICENSE = re.compile(
    phrase(
        r"[\w ]{0,40}?\b(?:under|by|of) the licen[cs]e\b(?! (?:of|for|called|named))"
        r"|[^\x00]{0,60}?\b(?:below|laid out|set forth|herein)\b"
    )
)
"""Speaks of a license that was named before."""
_MENTION = re.compile(
    phrase(
        r"\bcompatib\w{2,5} with\b|\b(?:is|are|was|does|do|did|were)(?: not|n ?t)\b|\bunlike\b"
        r"|\bcombin\w{1,3} (?:it|this|them|the \w{3,12}) with\b|\bparts covered by\b"
        r"|\bformerly\b"
        r"|\bpreviously\b|\brather than\b|\binstead of\b|\bas opposed to\b|\bused to be\b"
        r"|\bno longer\b"
        r"|\bsimilar to\b|\bcompared (?:to|with)\b|\brelicen[cs]ed from\b"
        r"|(?<!all\s)\bother (?:software"
        r"|code|programs?|projects?)\b"
        r"|\b(?:not|neither) (?:under|licensed|released|covered|affected|derived)\b"
        r"|\bequivalent to\b|\blink\w{0,3} (?:\w{2,12} ){0,3}(?:against|with|to)\b"
        r"|\boriginally (?:licensed|released|under|published)\b|\bbefore (?:that|this)\b"
        r"|\bincompatib\w{2,5} with\b|\bchanged from\b"
        r"|\blicen[cs]e (?:that is |which is |is )?(?:based|model(?:led|ed)) (?:up)?on\b"
        # What a source-available license becomes one day is not what it is.
        r"|\bchange (?:licen[cs]e|date)\b|\bsoftware will be governed by\b"
        r"|\bconsists of the\b|\b(?:superseded|succeeded|replaced|obsoleted) by\b"
        r"|\bdesignated the\b|\bvariants of this~$"
    )
)
_EXCEPTION = re.compile(r"\b(?:except|unless|without|otherwise|only)\b")
_MENTION_REACH: Final = 90
_CHANGED_BEFORE = re.compile(
    phrase(
        r"\b(?:restrict\w{0,5}|custom|derived from|based on|modification of|variant of"
        r"|adapted from|derivative of"
        r"|modified version of|altered|changed|extended|amended|limited|inspired by|on top of)"
        r"(?: (?:modification|version|form|variant|of|the|a|an|original|standard))*~$"
        r"|\bmodified (?:the )?~$"
    )
)
_CHANGED_AFTER = re.compile(
    phrase(
        r"(?: licen[cs]ed?)?[,~(]{0,3}~(?:\([\w ]{2,30}\) )?(?:but )?(?:with|plus|and|subject to"
        r"|including|as modified|modified|except)"
        r" (?:the |an? |some |one |following |additional |addition of |extra |special "
        r"|further |added "
        r"|exception )*"
        r"(?:restrict\w{0,6}|additions?|clauses?|limitation\w{0,2}|conditions?|terms|amendments?"
        r"|modifications?|for parts?|requirement)"
    )
)
_PARTLY = Expression(
    phrase(
        # Open core: one directory has a license of its own, in a file of its own.
        r"\blicen[cs]ed? under (?:the|an?) (?:\w{2,12} )?licen[cs]e (?:(?:that|which) (?:is"
        r"|can be) )?"
        r"(?:defined|declared|described|specified|found|contained|included|stated)? ?in (?!https?:)"
        r"(?!\.{1,2}/)[\w.-]{1,40}/[\w./-]{0,60}"
        r"|\bexcept(?:ing)?~for [^.\x00]{0,60}?\bsee (?:the )?separate\b"
        # Parts under this, parts under that.
        r"|\bvariously licen[cs]ed\b|\bone of several (?:different )?licen[cs]es\b"
        r"|\bseveral different licen[cs]es\b"
        # What is permitted for the build is not permitted for its source.
        r"|\b(?:compiled|binary|object) (?:versions?|builds?) of\b[^.\x00]{0,60}?\bunder\b"
        r"|\blicen[cs]ed to use (?:compiled|binary|object)\b"
    )
)
"""Says that a part of the work is under something else, which the words do not tell."""
_CHANGE_REACH: Final = 60
_COPYLEFT: Final = frozenset({"weak_copyleft", "copyleft"})
_OFFER = re.compile(phrase(r"\bcommercial(?:ly)?\b|\bproprietary licen[cs]e|\bvalid\b"))
_RESERVED = Expression(
    phrase(
        r"\ball rights? (?:are )?reserved\b"
        r"(?! for (?:the )?(?:admin|user|role|member|owner|group|moderator|operator)s?\b)"
    )
)
_REACH: Final = 320
_BACK: Final = 160
_LICENSE_REACH: Final = 160
_MAX_NAMES: Final = 200
_RESTRICTED: Final = frozenset({"weak_copyleft", "copyleft", "proprietary"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """What the words of one region say."""

    named: tuple[Evidence, ...]
    choices: tuple[Choice, ...]
    reserved: tuple[Evidence, ...]
    """"All rights reserved": counts only in a file that grants nothing."""
    unread: tuple[Evidence, ...]
    """Says that a license holds, in words that no rule reads."""


NO_NOTICES: Final = Notices(named=(), choices=(), reserved=(), unread=())


def read_notices(
    folded: str, known: Texts, algebra: LicenseAlgebra, titles: TitleMatcher
) -> Notices:
    """Return the short notices of a region in folded text, spans relative to it.

    Names inside a matched text are part of that text (the MPL names the GPL without being it).
    """
    texts = known.found
    names = [*find_names(folded)[:_MAX_NAMES], *titles.find(folded)]
    offers = _offers(folded, names, texts, algebra)
    named = tuple(
        Evidence(
            start=name.start,
            end=name.end,
            kind=Kind.MENTION if _is_mention(folded, name.start) or name in offers else Kind.NOTICE,
            spdx=algebra.read(name.spdx).expression,
            score=name.score,
        )
        for name in _disjoint(names)
        if not _is_tagged(folded, name.start)
        and (not _is_inside(name.start, texts) or _is_added(name.start, known.added))
    )
    # Who keeps all rights and points at a license leaves the rest to that.
    reserved = tuple(
        Evidence(start=m.start(), end=m.end(), kind=Kind.NOTICE, spdx=PROPRIETARY, score=0.5)
        for m in _RESERVED.finditer(folded)
        if not leaves_the_rest(folded)
    )[:1]
    is_named = bool(texts) or any(sign.kind is Kind.NOTICE for sign in named)
    unread = (
        *_unread(folded, (*texts, *named), algebra),
        *_changed(folded, named, algebra),
    )
    if not is_named and not unread:
        unread = (*unread, *find_references(folded))
    return Notices(
        named=named,
        choices=(*stated_choices(folded), *joined_names(folded, named)),
        reserved=reserved,
        unread=unread,
    )


def _offers(
    folded: str, names: list[Named], texts: tuple[Evidence, ...], algebra: LicenseAlgebra
) -> list[Named]:
    """Return the commercial licenses that are offered beside a copyleft one, which holds anyway."""
    others = [name.spdx for name in names if name.spdx != PROPRIETARY]
    if not any(
        algebra.read(spdx).category in _COPYLEFT for spdx in (*others, *(t.spdx for t in texts))
    ):
        return []
    return [
        name
        for name in names
        if name.spdx == PROPRIETARY and _OFFER.search(folded, name.start, name.end)
    ]


def _disjoint(names: list[Named]) -> list[Named]:
    """Return names by start; of two that overlap the surer, then the longer."""
    kept: list[Named] = []
    for name in sorted(names, key=lambda n: (-n.score, n.start - n.end, n.start)):
        if not any(name.start < other.end and other.start < name.end for other in kept):
            kept.append(name)
    return sorted(kept, key=lambda n: n.start)


def _is_mention(folded: str, start: int) -> bool:
    """Tell whether the words before a name deny or compare: nothing is granted by it then."""
    low = max(0, start - _MENTION_REACH)
    before = folded[low:start]
    sentence = before[max(before.rfind(". "), before.rfind(".\n")) + 1 :]
    return bool(_MENTION.search(sentence)) and not _EXCEPTION.search(sentence)


def _changed(
    folded: str, named: tuple[Evidence, ...], algebra: LicenseAlgebra
) -> Iterator[Evidence]:
    """Yield doubt about permissive names that are said to be changed, or to hold in part."""
    for match in _PARTLY.finditer(folded):
        yield Evidence(
            start=match.start(), end=match.end(), kind=Kind.NOTICE, spdx=UNKNOWN, score=0.6
        )
    for sign in named:
        if sign.kind is Kind.MENTION or algebra.read(sign.spdx).category != "permissive":
            continue
        before = folded[max(0, sign.start - _CHANGE_REACH) : sign.start]
        after = folded[sign.end : sign.end + 2 * _CHANGE_REACH]
        if _CHANGED_BEFORE.search(before) or _CHANGED_AFTER.match(after):
            yield Evidence(
                start=sign.start, end=sign.end, kind=Kind.NOTICE, spdx=UNKNOWN, score=0.6
            )


def _unread(folded: str, known: tuple[Evidence, ...], algebra: LicenseAlgebra) -> list[Evidence]:
    """Return statements of license that stand near no license name and point at no file.

    A grant that gives everything is read as what it is.
    """
    if any(algebra.read(sign.spdx).category in _RESTRICTED for sign in known):
        # What is restricted already does not become more so by exceptions and remarks.
        return []
    grants = [] if known else find_open_grants(folded)
    found = []
    for match in (*_UNREAD.finditer(folded), *_GRANT.finditer(folded)):
        low, high = match.start() - _BACK, match.end() + _REACH
        if any(sign.start < high and low < sign.end for sign in known):
            continue
        after = folded[match.start() : match.end() + _LICENSE_REACH]
        if any(start < high and low < end for start, end in grants) and not _CALLED.search(after):
            continue
        if _states(folded, match, after):
            found.append(match)
    if not found and not known and not grants and not points_elsewhere(folded):
        found = list(DISCLAIMER.finditer(folded))[:1]
    spans = [(match.start(), match.end(), UNKNOWN) for match in found[:5]]
    spans += [(start, end, OPEN) for start, end in grants[:1]]
    return [
        Evidence(start=start, end=end, kind=Kind.NOTICE, spdx=spdx, score=0.5)
        for start, end, spdx in spans
    ]


def _states(folded: str, match: re.Match[str], after: str) -> bool:
    """Tell whether words of license are a statement of their own; `after` begins with them."""
    if _THE_LICENSE.match(after):
        return False
    is_grant = match.re is _GRANT.plain
    if not is_grant and "licen" not in after and "agreement" not in after:
        return False
    low, high = match.start() - _BACK, match.end() + _REACH
    if _LABEL.fullmatch(match[0]) and not _BINDS.search(folded, max(0, low), high):
        return False
    if SAME.search(folded, match.start(), high):
        return False
    is_reference = REFERENCE.search(folded[match.start() : high])
    return not is_reference or bool(_CALLED.search(after))


def _is_tagged(folded: str, start: int) -> bool:
    """Tell whether a name is the value of an SPDX tag, which is read as such or ignored as such."""
    line = folded[max(folded.rfind("\n", 0, start), start - _MENTION_REACH, 0) : start]
    return "license-identifier" in line


def _is_added(position: int, added: tuple[tuple[int, int], ...]) -> bool:
    return any(start <= position < end for start, end in added)


def _is_inside(position: int, texts: tuple[Evidence, ...]) -> bool:
    return any(sign.start <= position < sign.end for sign in texts)
