"""How people limit what they give, as grammar: who may, what for, with what, by whose leave.

Each pattern joins a word of giving or refusing with one of purpose, place or leave, whatever
stands between them in one clause; so it reads wordings that no list of sentences holds.
Patterns are in the notation of `ingest.detect.licensing.names`.
"""

from __future__ import annotations

from typing import Final

from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.openings import Expression

_NARROW: Final = (
    r"personal|academic|research|scientific|educational?|evaluation|hobby|hobbyist|student"
    r"|non-?~?profit|not-?~?for-?~?profit|non-?~?commercial|in-house|individual"
)
_INWARD: Final = r"private|testing|internal|trial|demonstration|demo|classroom|teaching|study"


def _joined(words: str) -> str:
    return rf"(?:{words})(?:[, /]{{1,3}}(?:(?:and|or|and/or) )?(?:{words})){{0,3}}"


_PURPOSES: Final = _joined(_NARROW)
"""What a work may be used for where it may not be used for everything."""
_ANY_PURPOSES: Final = _joined(f"{_NARROW}|{_INWARD}")
"""With those that functions and tests are for too: a limit only beside a word of giving."""
_ONLY: Final = r"(?:only|solely|exclusively|strictly|purely|limited|restricted)"
_USING: Final = (
    r"(?:us(?:e[ds]?|age|ing)|cop(?:y|ied|ying)|modif(?:y|ied|ication)|re-?~?distribut(?:e|ed|ion)"
    r"|distribut(?:e|ed|ion)|licen[cs]ed?|provided|supplied|furnished|available|permitted|allowed"
    r"|granted|free)"
)
_GIVING: Final = r"(?:licensed|provided|supplied|furnished|granted|permitted|made available)"
_ACT: Final = (
    r"(?:use|copy|modify|adapt|sell|resell|re-?~?distribute|distribute|disclose"
    r"|reproduce|share|publish|sublicen[cs]e|host|download|transfer|rent|lease|decompile"
    r"|disassemble|reverse[ -]engineer|exploit)"
)
_DONE: Final = (
    r"(?:used|copied|modified|sold|resold|re-?~?distributed|distributed|disclosed"
    r"|reproduced|shared|published|licensed|sublicensed|transferred|rented|leased|decompiled"
    r"|disassembled|exploited|made available|transmitted)"
)
_LEAVE: Final = r"(?:permission|consent|authori[sz]ation|approval|agreement|licen[cs]e)"

LIMITED_PURPOSE: Final = Expression(
    phrase(
        # "free use is strictly limited to personal use", "can be used only for research"
        rf"\b{_USING}\b[^.\x00]{{0,60}}?\b{_ONLY} (?:for|to|in)(?: use (?:for|in))?"
        rf"(?: (?:your|their|his|own|the|any|a|an|purely|such))* {_PURPOSES}\b"
        rf"|\b{_GIVING}\b[^.\x00]{{0,60}}?\b{_ONLY} (?:for|to|in)(?: use (?:for|in))?"
        rf"(?: (?:your|their|his|own|the|any|a|an|purely|such))* {_ANY_PURPOSES}\b"
        # "available for non-profit use only"
        rf"|\bfor {_PURPOSES} (?:use |purposes? |usage |research |work )?(?:only|alone)\b"
        # "free for personal use"; where business is named too nothing is limited
        rf"|\bfree(?:ly)? (?:to use |of charge |available |licensed )?for {_PURPOSES}"
        r"(?! (?:use |purposes )?(?:and|or|as well as|/)~(?:for )?(?:commercial|business|any|all"
        r"|public|professional))"
        r"(?:~[,/]~commercial)?(?<!commercial) (?:use|usage|purposes?|users?)\b"
        r"(?! (?:and|or|as well as) (?:for )?(?:commercial|business|any|all|other))"
        # "not to be used commercially", "do not use it for commercial purposes"
        r"|\b(?:not|never|nor|don ?t)\b[^.\x00]{0,50}?\b(?:us|sell|sold|distribut|exploit)\w{0,5}"
        r"[^.\x00]{0,40}?\b(?:commercially|for (?:a |any )?(?:commercial|profit|monetary|money))\b"
        r"|\bno commercial (?:use|usage|purposes?|redistribution|distribution|exploitation)\b"
        r"|\bno licen[cs]e for (?:products?|use|companies|people|users)\b"
        # "licensed to you strictly for use with", "provided solely for use in"
        rf"|\b{_GIVING}\b[^.\x00]{{0,60}}?\b{_ONLY} (?:for|in|to)"
        r" (?:(?:the )?(?:use|purpose|development|execution|operation|programs?|applications?)\b"
        r"[^.\x00]{0,60}?\b(?:with|on|in conjunction|for|in connection|within|by)\b|applications)"
        rf"|\b(?:us(?:e|age)|licen[cs]e) of (?:the|this) (?:software|program|material|code|library"
        rf"|work)s?\b[^.\x00]{{0,20}}?\b(?:is|are) (?:strictly )?(?:limited|restricted)\b"
        r"|\bprovided (?:that )?(?:it|they|th(?:is|e) (?:software|code|program|file|firmware))"
        r" (?:is|are|will be) (?:only )?used (?:only )?(?:in conjunction with|with|on)\b"
        r"|\bfor use within\b[^.\x00]{2,40}? (?:products?|only)\b"
        r"|\bfor any purpose (?:but|except|other than)\b"
    )
)
"""Terms that allow a purpose and so refuse the others; no open license has any."""
REFUSED: Final = Expression(
    phrase(
        # "you may not however re-distribute", "must not be freely copied"
        r"\b(?:may|must|shall|can)(?: not|not)"
        rf"(?: (?:however|otherwise|in any way|under any circumstances|\w{{2,12}}ly))* (?:{_ACT}"
        rf"|be (?:\w{{2,12}}ly )?{_DONE})\b"
        # "members are not allowed to download", "you are prohibited from copying"
        rf"|\bnot (?:\w{{2,12}}ly )?(?:allowed|permitted|authori[sz]ed|licen[cs]ed|entitled) to"
        rf" (?:\w{{2,12}}ly )?{_ACT}\b"
        rf"|\b(?:prohibited|forbidden|barred|disallowed) (?:from us|to (?:{_ACT}))"
        r"|\bforbids? (?:the )?(?:use|any|copying|distribution)"
        # "the right to use this software is explicitly not granted"
        r"|\b(?:rights?|permissions?|licen[cs]e)\b[^.\x00]{0,60}?\b(?:is|are)"
        r"(?: (?:hereby|\w{2,14}ly))* not (?:granted|given|conveyed)\b"
        r"|\bno (?:rights?|permissions?)\b[^.\x00]{0,40}?\b(?:is|are)(?: hereby)? (?:granted"
        r"|given)\b"
        # "the provision of commercial services is prohibited"
        r"|\b(?:provision|sale|selling|resale|republishing|tampering|modification"
        r"|re-?~?distribution|copying|reproduction|use)\b[^.\x00]{0,200}?\b(?:is"
        r"|are) (?:\w{2,12}ly )?"
        r"(?:prohibited|forbidden|(?:hereby )?not (?:allowed|permitted|granted|authori[sz]ed))\b"
        r"|\bno (?:re-?~?distribution|modification|copying|resale|commercial|derivative)\b"
        r"(?! of th(?:e|is) (?:licen[cs]e|notice|name))"
        r"[^.\x00]{0,40}?\b(?:allowed|permitted|granted|without)\b"
        r"|\bnot (?:legally |freely )?(?:re-?~?)?distributable\b"
        # "may be used only with explicit permission", "use requires a license"
        rf"|\b{_DONE} (?:only|except) (?:with|by|upon|under)\b[^.\x00]{{0,40}}?\b{_LEAVE}\b"
        r"|\b(?:use|usage|distribution|redistribution|copying|modification|reproduction"
        r"|commercial use|sale)\b[^.\x00]{0,60}?\brequires? (?:\w{2,12} ){0,4}"
        rf"{_LEAVE}\b"
        rf"|\bno part of th(?:is|e)\b[^.\x00]{{0,80}}?\b(?:be )?{_DONE}[^.\x00]{{0,400}}?\bwithout"
        rf" (?:\w{{2,12}} ){{0,6}}{_LEAVE}\b"
        rf"|\b(?:not|cannot|no part)\b[^.\x00]{{0,60}}?\b(?:be )?{_DONE}[^.\x00]{{0,90}}?\bwithout"
        rf" (?:\w{{2,12}} ){{0,6}}{_LEAVE}\b"
        r"|\b(?:you |and )requires? (?:you )?(?:to )?(?:get |buy |purchase "
        r"|obtain )?a (?:\w{2,12} )?"
        r"licen[cs]e\b"
        r"|\b(?:must|need to|have to|should) (?:\w{2,12} )?(?:buy|purchase|pay|order|acquire)\b"
        r"[^.\x00]{0,40}?\b(?:licen[cs]e|fee|copy)\b"
        # "freely distributable if unmodified", "as long as all files remain unmodified"
        r"|\b(?:if|when|left|kept|remains?|in|only)(?: (?:it|they|is|are|left|kept|used"
        r"|intact"
        r"|and|an?|original|its))* unmodified\b(?! or | and )"
        r"|\bunmodified (?:form|copies|state|only)\b(?! or )"
        r"|\bnot (?:\w{2,12} )?distribute[^.\x00]{0,20}? modified\b"
        r"|\bretains? (?:the )?exclusive right"
        r"|\b(?:military|unethical|harmful|evil) (?:use|purposes?|organi[sz]ations?)\b"
    )
)
"""Acts that are refused, or allowed by leave alone."""
