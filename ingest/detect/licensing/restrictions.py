"""Words that take back what a license gives: the residue that no template covers.

Permissive texts hold none of these phrases, apart from the sentences in `_INNOCENT`. They are
looked for in notices and license texts alone, never in plain code.
"""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.licensing.evidence import NO_TRAINING, RESTRICTION, Evidence, Kind
from ingest.detect.licensing.names import phrase

_NOT = (
    r"(?:not|never|no|without|prohibit\w{0,5}|forbid\w{0,5}|disallow\w{0,3}|exclud\w{0,3}|refuse\w?"
    r"|restrict\w{0,4}|opt(?:s|ed)?[ -]out|cannot|other than)"
)
_MODEL = (
    r"(?:a\.?i\.?|machine[ -]learning|ml|artificial intelligence|language models?|llms?"
    r"|neural networks?|generative|foundation models?|models?|algorithms?|chatbots?)"
)
_REACH = r"[^\x00]{0,160}?"
_TRAINING = re.compile(
    phrase(
        rf"\b{_NOT}\b{_REACH}\b(?:train|training|fine-tun\w{{1,4}}|pre-?train\w{{0,4}})\b"
        rf"{_REACH}\b{_MODEL}\b"
        rf"|\b{_NOT}\b{_REACH}\b{_MODEL} (?:training|development)\b"
        rf"|\btrain(?:ing)?\b[^\x00]{{0,80}}?\b{_MODEL}\b[^\x00]{{0,80}}?"
        r"\b(?:(?:is|are) (?:strictly |expressly )?(?:prohibited|forbidden|not (?:allowed|permitted))"
        r"|requires? (?:a |an |prior |written |separate ){1,3})"
        rf"|\b{_NOT}\b[^\x00]{{0,80}}?\btext and data mining\b"
        r"|\bno[ -]?ai[ -](?:training|licen[cs]e|clause)\b"
        rf"|\b{_NOT}\b[^\x00]{{0,80}}?\b(?:dataset|data set|corpus|corpora)s?\b{_REACH}\btrain"
    )
)
_RESTRICTED = re.compile(
    phrase(
        r"\bnon-? ?commercial(?:ly)?\b"
        r"|\bnot (?:be used |to be used |for |permitted for |allowed for |used )?(?:for )?(?:any )?"
        r"commercial (?:use|purposes?|gain|advantage)"
        r"|\bcommercial (?:use|usage|distribution|redistribution)[^\x00]{0,60}?"
        r"\b(?:prohibited|forbidden|not (?:allowed|permitted)|requires?|only with|need)"
        r"|\bfor (?:personal|academic|research|educational|evaluation|testing|internal)"
        r"(?: (?:and|or|/)? ?(?:personal|academic|research|educational|evaluation|testing))? "
        r"(?:use|purposes?) only\b"
        r"|\b(?:evaluation|research|academic|personal|internal) (?:use )?only\b"
        r"|\bcommons clause\b|\bright to sell\b"
        r"|\b(?:may|must|shall|can|is|are)(?: not|not) (?:to )?(?:be )?(?:used|copied|modified|sold"
        r"|redistributed|distributed|disclosed|reproduced|shared|published|licensed|made available)\b"
        r"|\b(?:may|must|shall|can)(?: not|not) (?:use|copy|modify|sell|redistribute|distribute"
        r"|disclose|reproduce|share|publish|sublicense|host)\b"
        r"|\b(?:redistribution|distribution|copying|modification|use|reproduction|resale)"
        r"[^\x00]{0,60}?\b(?:is|are) (?:strictly |expressly )?(?:prohibited|forbidden"
        r"|not (?:allowed|permitted))"
        r"|\bdo not (?:distribute|redistribute|copy|share|disclose|publish)\b"
        r"|\bfor good~ not evil\b"
        r"|\b(?:military|weapons?|nuclear facilit\w{1,3}|warfare)\b"
        r"|\bconfidential\b|\btrade secrets?\b"
    )
)
_INNOCENT = re.compile(
    phrase(
        r"commercial~(?:and|or|and/or|/|as well as)~non-? ?commercial"
        r"|non-? ?commercial~(?:and|or|and/or|/|as well as)~commercial"
        r"|not (?:be )?used? (?:in advertising|to endorse|to promote|this file except in|the name"
        r"|it except in|this software except in|these files except in|or to endorse)"
        r"|(?:names?|trademarks?|logos?)[^\x00]{0,200}?not be used"
        r"|(?:must|may|shall)(?: not|not) (?:be )?(?:misrepresented|removed|altered|deleted"
        r"|modified or removed)"
        r"|not be used[^\x00]{0,80}?(?:without (?:specific |express )?prior (?:written )?"
        r"(?:permission|authori[sz]ation)|endors|advertis|promot|publicity)"
        r"|(?:may|can)(?: not|not) be copied[^\x00]{0,40}?without this notice"
    )
)
_INNOCENT_REACH: Final = 220
_MAX_SIGNS: Final = 20


def find_restrictions(folded: str) -> list[Evidence]:
    """Return signs of restriction in folded text, those against training among them."""
    found = [
        _sign(match, NO_TRAINING)
        for match in _bounded(_TRAINING, folded)
        if "train" in match[0] or "mining" in match[0] or "ai" in match[0]
    ]
    innocent = [match.span() for match in _INNOCENT.finditer(folded)]
    for match in _bounded(_RESTRICTED, folded):
        if not any(
            start <= match.start() < end or start < match.end() <= end for start, end in innocent
        ):
            found.append(_sign(match, RESTRICTION))
    return sorted(found)[:_MAX_SIGNS]


def _bounded(pattern: re.Pattern[str], folded: str) -> list[re.Match[str]]:
    return [match for match, _ in zip(pattern.finditer(folded), range(_MAX_SIGNS), strict=False)]


def _sign(match: re.Match[str], spdx: str) -> Evidence:
    return Evidence(
        start=match.start(), end=match.end(), kind=Kind.RESTRICTION, spdx=spdx, score=1.0
    )
