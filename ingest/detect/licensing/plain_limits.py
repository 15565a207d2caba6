"""Limits of use in everyday words: ``not by the military``, ``ask me first``.

People who never read a license write these where others put one. None of the words is a legal one,
so each pattern holds a word of use, one of refusal and one of whom or what it refuses, in one
clause; and the prefilter asks for the same before it opens a region.
"""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.openings import Expression

_FIELD: Final = (
    r"(?:military|militaries|police|law enforcement|armed forces|army|weapons?|weaponry|warfare"
    r"|intelligence (?:agenc\w{1,3}|organi[sz]ations?|services?)|arms (?:makers?|manufacturers?"
    r"|trade|industry)|defen[cs]e (?:contractors?|industry)|fossil fuels?|oil compan\w{1,3})"
)
_WORK: Final = (
    r"(?:this|these|it|any|my|our|them|anything|the (?:code|software|file|script|program|work"
    r"|library|source|material|solutions?))"
)
_SPREADING: Final = (
    r"(?:post|publish|upload|share|distribute|redistribute|copy|reuse|pass on|give away|sell)"
)
_FIRM: Final = (
    r"(?:inc|incorporated|llc|ltd|limited|corp|corporation|company|gmbh|ag|plc|kg|sarl|b\.v|oy|ab"
    r"|university)"
)
_PARTY: Final = r"(?:(?:the|your|our|an?|its|their|this|that|any|applicable|[\w&-]{2,20} s) )?"
_DEAL: Final = (
    r"(?:subscription|services?|customer|master|partner|reseller|oem|evaluation|beta|supply"
    r"|employment|collaboration|development|maintenance|consulting|purchase|distribution|developer"
    r"|confidentiality|framework|contractor|user|enterprise|sales|support)"
)
_GOODS: Final = (
    r"(?:theme|template|font|typeface|plugin|plug-?~?in|icon ?set|icons?|artwork|asset|ui kit|kit"
    r"|component|widget|extension|add-?~?on|script|stylesheet)s?"
)
_LIMIT: Final = Expression(
    phrase(
        # "free to use, but not by police", "use this code for anything except weapons"
        rf"\b(?:use[ds]?|cop(?:y|ied)|redistributed?|free)\b[^.\x00]{{0,120}}?\b(?:not|never|except"
        rf"|excluding|other than|anything but)\b[^.\x00]{{0,80}}?\b{_FIELD}\b"
        rf"|\b(?:anything|anyone|everyone|any purpose)\b[^.\x00]{{0,20}}?\bbut (?:the )?{_FIELD}\b"
        r"|\bnon-?~?military (?:use|purposes?) only\b"
        # "students may not publish this code"
        r"|\b(?:students?|pupils|candidates|participants|trainees|attendees)"
        r" (?:may|must|shall|should|can|are)(?: not|not) (?:allowed to |permitted to )?"
        rf"{_SPREADING}\b"
        rf"|\bdo not (?:post|publish|upload) (?:this|these|the|your) (?:code|solutions?|file"
        r"|assignment)\b"
        # "reproduction prohibited"
        r"|\b(?:reproduction|copying|duplication|re-?~?distribution|distribution)"
        r"(?: (?:in|any|form|whole|or|part|without|permission|by|means|is|are|and|use|of|this"
        r"|strictly|expressly|code|file|software|material))*"
        r" (?:prohibited|forbidden)\b"
        # "please ask me before reusing any of this"
        rf"|\b(?:ask|contact|e-?mail|check with)(?: (?:me|us|first|for|permission|the|authors?))*"
        rf" (?:before|if|when) (?:you )?(?:(?:want|wish|intend|plan) to )?(?:re-?~?)?"
        rf"(?:us(?:e|ing)|cop(?:y|ying)|distribut(?:e|ing)|publish(?:ing)?|shar(?:e|ing)) {_WORK}\b"
        # "only for use inside Quell GmbH", "licensed to Quell GmbH by Tarn Ltd."
        rf"|\bonly for use (?:inside|within|at|by) [^.\n\x00]{{0,50}}?\b{_FIRM}\b"
        rf"|\blicen[cs]ed to [^.\n\x00]{{2,50}}? by [^.\n\x00]{{0,50}}?\b{_FIRM}\b"
        r"|\bdo not (?:share|distribute|copy|use)(?: (?:this|it|the|code|file))*"
        r" outside(?: of)? (?:the|our|this|your) (?:team|company|organi[sz]ation|group|department"
        r"|firm|class|course)\b"
        r"|\bevaluation copy\b|\b(?:is|as|this|released as)(?: an?)?"
        r" (?:shareware|careware|postcard-?~?ware|donation-?~?ware|trial-?~?ware)\b"
        r"|\b(?:may|must|shall|can|do)(?: not|not) (?:re-?~?)?sell (?:this|it|copies"
        r"|the (?:code|software|file|script))\b"
        # "provided it is not sold"
        r"|\b(?:provided|as long as|so long as|if)\b[^.\x00]{0,40}?\bnot (?:be )?(?:re-?~?)?sold\b"
    )
)
_UNDER: Final = (
    r"\b(?:subject to|governed by|under|pursuant to|in accordance with|bound by|according to)"
    r" (?:the )?(?:terms (?:and conditions )?(?:of|in) )?"
)
_AGREED: Final = Expression(
    phrase(
        # "subject to your Master Services Agreement with Quell"
        rf"{_UNDER}{_PARTY}(?:[\w-]{{2,20}} ){{0,3}}?"
        rf"{_DEAL} agreement\b(?! (?:tables?|modules?|pages?|views?|levels?|forms?|models?|screens?"
        r"|objects?|records?|rows?|numbers?|ids?|types?|fields?|files?|class\w*|is|was|rules?)\b)"
        rf"|{_UNDER}(?:your|our) (?:[\w-]{{2,20}} ){{0,3}}?(?:agreement|contract) with\b"
    )
)
_SHORT: Final = Expression(
    phrase(
        # "no resale or redistribution", "theme bought from ThemeBarn"
        r"\bno (?:resale|re-?selling|resell|re-?distribution|sub-?licensing"
        r"|reverse[ -]engineering|unauthori[sz]ed (?:copying|use|distribution|disclosure))"
        r"(?=~(?:[.,;:)!]|$|\n\s{0,9}\n|/)| (?:or|and|without|of (?:this|the)|is|are|allowed"
        r"|permitted)\b)"
        r"|\b(?:bought|purchased) (?:from|at|on)"
        r" (?!(?:an?|the|our|sale|demand|suppliers?|vendors?|shops?|stores?|runtime)\b)"
        r"|\b(?:regular|extended|standard|single|developer) licen[cs]e\b[^\x00]{0,60}?\b(?:single"
        r"|one) (?:end[ -]product|site|domain|project|application)\b"
        r"|\b(?:for|in) (?:use in )?(?:an? |one )?single end[ -]product\b"
        rf"|\byou (?:may|must|shall)(?: not|not) (?:\w{{2,12}}~,? (?:or |and )?){{0,3}}"
        rf"(?:disclose|reproduce|copy)(?: or \w{{2,12}})? {_WORK}\b"
    )
)
_LEAD: Final = {
    "no": re.compile(r"(?:(?:^|[.:(/\n-]|\s\s)\s{0,9}|\b(?:and|but)\s)\Z"),
    "bo": re.compile(phrase(rf"\b{_GOODS} (?:was |were |has been |is )?\Z")),
    "pu": re.compile(phrase(rf"\b{_GOODS} (?:was |were |has been |is )?\Z")),
}
"""What has to stand before a short limit, by its first letters."""
_LEAD_REACH: Final = 60
_MARK: Final = re.compile(
    phrase(
        rf"(?:^|\n)[^\w\n]{{0,12}}(?:property of [^.\n\x00]{{0,50}}?\b{_FIRM}\b"
        rf"|(?:strictly |company |highly )?confidential\b[^.\n\x00]{{0,50}}?\b{_FIRM}\b"
        r"|(?:shareware|careware|postcard-?~?ware|donation-?~?ware)\b)"
    )
)
"""A line that begins as a mark of ownership: ``Confidential - Quell GmbH``."""
_MARK_WORDS: Final = (
    "property of",
    "confidential",
    "shareware",
    "careware",
    "postcard",
    "donation",
)
_WORDS: Final = """
    militar police enforcement armed army weapon warfare intelligence arms defen fossil student
    pupil candidate participant trainee attendee prohibited forbidden ask contact mail check sold
    sell outside evaluation shareware careware postcard donation trial-ware trialware publish
    upload post
"""
_SHORT_WORDS: Final = (
    *("resale", "resell", "re-sell", "redistribution", "re-distribution", "licensing", "reverse"),
    *(
        "no unauthori",
        "bought",
        "purchased",
        "single",
        "regular",
        "disclose",
        "not copy",
        "reproduce",
    ),
)
_LIMIT_WORDS: Final = (*_WORDS.split(), "only for use", "licensed to")
"""One of them stands in every limit; most comments hold none."""


def find_plain_limits(folded: str) -> list[re.Match[str]]:
    """Return the limits of use that stand for themselves, whatever else the file says."""
    found = list[re.Match[str]]()
    if any(word in folded for word in _LIMIT_WORDS):
        found += _LIMIT.finditer(folded)
    if any(word in folded for word in _MARK_WORDS):
        found += _MARK.finditer(folded)
    if "agreement" in folded or "contract" in folded:
        found += _AGREED.finditer(folded)
    if any(word in folded for word in _SHORT_WORDS):
        found += (match for match in _SHORT.finditer(folded) if _is_led(folded, match))
    return found


def _is_led(folded: str, match: re.Match[str]) -> bool:
    lead = _LEAD.get(match[0][:2])
    start = match.start()
    return lead is None or bool(lead.search(folded[max(0, start - _LEAD_REACH) : start]))


PLAIN_WORDS: Final = {
    "police": rb"(?i)\b(?:not|never|except|excluding)\b[^.\n]{0,60}\bpolice",
    "weapons": rb"(?i)\b(?:not|never|except|excluding|but)\b[^.\n]{0,60}\bweapons",
    "students ": rb"(?i)\bstudents (?:may|must|shall|should|can|are)(?: not|not)\b",
    "reproduction": rb"(?i)\breproduction\b[^.]{0,80}\b(?:prohibited|forbidden)",
    "copying": rb"(?i)\bcopying\b[^.]{0,80}\b(?:prohibited|forbidden)",
    "ask ": rb"(?i)\bask\b[^.]{0,40}\b(?:before|if|when)\b[^.]{0,24}\b(?:re-?)?(?:us|cop|shar)",
    "before using": rb"(?i)\b(?:contact|e-?mail|check)\b[^.]{0,30}\bbefore using (?:this|any|it)",
    "not post": rb"(?i)\bnot post (?:this|these|the|your) (?:code|solution|file|assign)",
    "not publish": rb"(?i)\bnot publish (?:this|these|the|your) (?:code|solution|file|assign)",
    "not upload": rb"(?i)\bnot upload (?:this|these|the|your) (?:code|solution|file|assign)",
    "educational purposes": rb"(?i)\bpurposes only",
    "educational use": rb"(?i)\buse only",
    "academic purposes": rb"(?i)\bpurposes only",
    "academic use": rb"(?i)\buse only",
    "to be sold": rb"(?i)\bnot to be sold",
    "not sell": rb"(?i)\bnot sell (?:this|it|copies|the (?:code|software|file|script))",
    "only for use": rb"(?i)\bonly for use (?:inside|within|at|by)\b",
    "share outside": rb"(?i)\bnot share outside",
    "outside the company": rb"",
    "outside of the company": rb"",
    "outside our company": rb"",
    "outside the organi": rb"",
    "evaluation copy": rb"",
    "shareware": rb"",
    "careware": rb"",
    "postcardware": rb"",
    "donationware": rb"",
    "agreement": rb"(?i)\b(?:subject to|govern|under|pursuant|accordance|bound|according|terms)"
    rb"[^.]{0,60}(?:your|our|the|an?|applicable|separate)\b[^.]{0,50}agreement",
    "your contract": rb"(?i)\b(?:subject to|govern|under|pursuant|terms)\b[^.]{0,60}contract with",
    "our contract": rb"(?i)\b(?:subject to|govern|under|pursuant|terms)\b[^.]{0,60}contract with",
    "no resale": rb"(?i)\bno resale\b",
    "no reselling": rb"(?i)\bno reselling\b",
    "reverse engineering": rb"(?i)\bno reverse engineering",
    "bought from": rb"",
    "bought at": rb"",
    "bought on": rb"",
    "purchased from": rb"",
    "purchased on": rb"",
    "purchased at": rb"",
    "end product": rb"(?i)\bsingle end",
    "not disclose": rb"(?i)\b(?:may|must|shall) not (?:\w{2,12} ){0,3}disclose (?:\w{2,12} ){0,2}"
    rb"(?:or \w{2,12} )?(?:it|this|them|the (?:code|contents?|source|file|script))\b",
    "not copy": rb"(?i)\byou (?:may|must|shall) not copy (?:\w{2,12} )?"
    rb"(?:it|this|the (?:code|file))\b",
    "not sold": rb"(?i)\b(?:provided|long as|if)\b[^.]{0,40}\bnot sold",
}
"""Words for the prefilter, and what has to stand around each: code is full of them."""
