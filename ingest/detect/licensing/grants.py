"""Grants in words of their own that give everything: ``use it any way you like``.

Many files carry a sentence instead of a license. It counts as permissive where it gives the right
to copy and to change, or every use, and where nothing beside it asks for more than to keep the
notice and to name the author. Anything else that somebody grants stays unread, which is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.openings import Expression

OPEN: Final = "LicenseRef-scancode-other-permissive"
"""LicenseDB's id of permissive terms without a name."""
_PASSING: Final = (
    r"(?:re-?~?distribut|distribut|cop(?:y|ied|ies)|publish|give|giving|share|sell|sold|reproduc)"
)
_CHANGE: Final = (
    r"(?:modif(?:y|ied|ication)|chang(?:e|ed|ing)|alter|adapt|derivative|improve|edit|tweak"
    r"|hack|fork)"
)
_ALL: Final = (
    r"\bfor any (?:use|purposes?|reason)\b|\bfor anything\b|\bno strings attached\b"
    r"|\bany (?:use|purpose) (?:whatsoever|you)\b"
    r"|\bwithout (?:any )?(?:restrictions?|limitations?|conditions?)\b"
    r"|\b(?:in )?any (?:way|manner|fashion)(?: whatsoever)?(?: that)? (?:you|they|he|one|desired"
    r"|without)\b"
    r"|\b(?:as|however|whatever|what|any way|anything|way|ways) (?:that )?(?:you|they|one|the user)"
    r" (?:please|like|wish|want|see fit|deems?|choose|desire|will)\b"
    r"|\bas you (?:\w{2,9} )?(?:please|like|wish|want|see fit)\b"
    r"|\bno restrictions?\b|\bunlimited\b|\bunrestricted\b|\bdo (?:what ?(?:so)?ever|anything)\b"
    r"|\b(?:for|in|to) (?:both )?(?:any |all )?(?:non-?~?commercial(?:ly)?~(?:,|and|or|and/or|/"
    r"|as well as)~"
    r"commercial(?:ly)?|commercial(?:ly)?~(?:,|and|or|and/or|/"
    r"|as well as)~non-?~?commercial(?:ly)?)\b"
    r"|\bany way (?:you|they|one)\b|\bfree to claim\b"
)
_EVERY_USE = re.compile(phrase(_ALL))
_WORK = re.compile(
    phrase(
        r"\b(?:software|code|program|script|librar(?:y|ies)|package|work|source|document|module"
        r"|font"
        r"|image|project|repository|snippet|implementation|cop(?:y|ies)|free ?ware|file)s?\b"
    )
)
_LEGAL = re.compile(r"licen[cs]|copyright|permission|warrant|redistribut|liab|public use")
"""Of code too one says that it can be used in any way; a grant speaks of the work, or of rights."""
_OPENER = Expression(
    phrase(
        r"\bpermission(?: is| are)?(?: hereby| herein| also)? (?:granted|given)\b"
        r"|\bpermission(?: is)? to \w{3,14}[^.\x00]{0,400}?\b(?:granted|given)\b"
        r"|\b(?:give|grant)s? (?:you |anyone |everyone |everybody |any \w{2,9} |the user )?(?:a "
        r"|the |any )?"
        r"(?:\w[\w-]{2,16} ){0,6}(?:permission|licen[cs]e|right)\b"
        r"|\b(?:you|anyone|anybody|everyone|everybody|users?|feel|people)"
        r" (?:may|can|(?:are|is) (?:\w{2,9} )?(?:free|welcome|allowed|permitted)(?: to)?|free to)"
        r" (?:\w{2,9}ly )?(?:use|copy|modify|change|distribute|redistribute|make|do|take|share"
        r"|edit)\b"
        r"|\b(?:may|can|to) be (?:\w{2,9}ly )?(?:used|copied|modified|distributed|redistributed"
        r"|changed)\b"
        r"|\b(?:redistribution|distribution|use|copying|modification)\b[^.\x00]{0,160}?\b(?:is|are)"
        r" (?:hereby )?(?:permitted|allowed|granted)\b"
        r"|\b(?:is|are|it s|completely|totally) free (?:for (?:any|all|both|public|every)"
        r"|to (?:use|copy|modify|distribute|share))"
        r"|\bfreely (?:usable|distributable|redistributable|available|used)\b"
        r"|\bfree software[^.\x00]{0,12}? you (?:can|may)\b|\buse (?:it|this|them) (?:as|however"
        r"|freely|for any)"
        r"|\bdo (?:what ?(?:so)?ever|anything|as) (?:\w{1,9} )?you\b|\bfree for public use\b"
        r"|\bunlimited permission\b"
    )
)
_HARMLESS = re.compile(
    phrase(
        # What every author asks for: that the notice stay, that changes be told, that names rest.
        r"\b(?:notices?|header|comments?|credits?|copyrights?|disclaimers?|acknowledge?ments?"
        r"|attribution"
        r"|mention|author|authors|authorship|name|names|document|statement|paragraph"
        r"|list of conditions"
        r"|marked|cite|reference|misrepresent\w*|endorse\w*|advertising|publicity|promo\w*)\b"
    )
)
_DISCLAIMER = re.compile(
    phrase(
        r"\bwarrant|\bas[ -]is\b|\bliab|\bdamages?\b|\bresponsib|\bat your own risk\b|\bguarante"
        r"|\bin no event\b|\brepresentations?\b|\bin the hope\b|\bno claims?\b|\bsuitab\w+\b"
        r"|\bsupport\b"
    )
)
_LIMIT = re.compile(
    phrase(
        r"\bnot\b|n t\b|\bin conjunction with\b|\bnever\b|\bno\b(?! (?:restriction|limit|charge"
        r"|fee|cost|warrant"
        r"|attribution))"
        r"|\bcannot\b|\bonly\b|\bsolely\b|\bmust\b|\bshall\b|\bexcept\b|\bunless\b|\bunmodified\b"
        r"|\bverbatim\b"
        r"|\bprohibit|\bforbid|\brestrict(?!ions? (?:of any|whatso))|\bprofit\b|\bfees?\b"
        r"|\broyalt(?!y-free|ies free|y free)"
        r"|\bpersonal\b|\beducation|\bacademic|\bresearch\b|\bevaluation\b|\binternal\b"
        r"|\bnon-?~?profit"
        r"|\bprior\b|\bconsent\b|\bagree|\bterminat|\brevo[ck]|\bpurchas|\bpay\b|\bconfidential"
        r"|\bproprietary"
        r"|\bmilitary\b|\btrain|\bgpl\b|\bsame (?:licen|terms|conditions)|\bsource code (?:is|be"
        r"|must)"
        r"|\bthis licen[cs]e\b[^.\x00]{0,40}?\b(?:deriv|modif)|\bemail|\bcontribut\w* back|\bsend\b"
        r"|\bnon-?~?commercial|\bcommercial|\bsubject to\b|\bthis (?:font|trademark)"
        r"|\btrademarks?\b"
        r"|\blicen[cs]e agreement\b|\bpatents?\b|\bspecification\b|\bstandard\b|\bprotocol\b"
        r"|\bmanual\b"
    )
)
_OTHER = re.compile(
    phrase(
        r"\b(?:terms|provisions|conditions) (?:of|granted|in) |\b(?:under|using|by|of) (?:the"
        r"|this|an?)"
        r" (?:\w{2,12} )?licen[cs]e\b|\bexceptions?\b|\boutput\b"
    )
)
"""Gives on the terms of something else, or gives something else."""
_BOTH_KINDS = re.compile(
    phrase(
        r"non-?~?commercial(?:ly)?~(?:,|and|or|and/or|/|as well as)~commercial(?:ly)?"
        r"|commercial(?:ly)?~(?:,|and|or|and/or|/|as well as)~non-?~?commercial(?:ly)?"
        r"|(?:commercial|private|personal|public)(?:(?:, | and | or |/)(?:commercial|private"
        r"|personal"
        r"|public|educational)){1,3}"
        r"|without (?:any )?(?:restrictions?|limitations?|conditions?|fees?|royalty|royalties"
        r"|charge)"
        # "no written agreement, license or royalty fee is required", as Tcl has it
        r"|no (?:written agreement|licen[cs]e|royalty|fee)[^.\x00]{0,50}? (?:is|are) required"
        r"|need not follow the licen[cs]ing terms"
        r"|no strings attached|no restrictions?|for any purpose[^.\x00]{0,30}? commercial\w*"
    )
)
_EDGE = re.compile(r"[.;:!](?:\s|$)|\n\s{0,20}\n")
_REACH: Final = 900
"""Bytes to either side of a grant in which its conditions stand."""
Span = tuple[int, int]


def is_open_grant(folded: str, at: int) -> bool:
    """Tell whether the grant at a place in folded text gives everything, under harmless terms."""
    low, high = _paragraph(folded, at)
    sentences = _sentences(folded, low, high)
    holder = next((s for s in sentences if s[0] <= at < s[1]), None)
    if holder is None:
        return False
    given = folded[holder[0] : holder[1]]
    if not _gives_everything(given) or _OTHER.search(given):
        return False
    if not (_WORK.search(given) or _LEGAL.search(folded, low, high)):
        return False
    return not any(_limits(folded[start:end]) for start, end in sentences)


def find_open_grants(folded: str) -> list[Span]:
    """Return the spans of grants that give everything."""
    return [
        match.span() for match in _OPENER.finditer(folded) if is_open_grant(folded, match.start())
    ]


def _gives_everything(sentence: str) -> bool:
    passes = re.search(phrase(rf"\b{_PASSING}"), sentence)
    changes = re.search(phrase(rf"\b{_CHANGE}"), sentence)
    return bool((passes and changes) or _EVERY_USE.search(sentence))


def _limits(sentence: str) -> bool:
    """Tell whether a sentence asks for more than to keep the notice."""
    plain = _BOTH_KINDS.sub(" ", sentence)
    if _DISCLAIMER.search(plain):
        return bool(_FIRM.search(plain))
    limit = _LIMIT.search(plain)
    return bool(limit) and not (_HARMLESS.search(plain) and not _FIRM.search(plain))


_FIRM = re.compile(
    phrase(
        r"\bonly\b|\bsolely\b|\bfor (?:a )?profit\b|\bpersonal\b(?! injury)|\beducation"
        r"|\bacademic|\bresearch\b|\bevaluation\b"
        r"|\binternal\b|\bpurchas|\bpay\b|\bconfidential|\bproprietary|\bmilitary\b|\btrain|\bgpl\b"
        r"|\bterminat|\brevo[ck]|\bagree|\bcommercial|\bunmodified\b|\bverbatim\b|\bprohibit"
        r"|\bforbid"
        r"|\bsame (?:licen|terms|conditions)|\blicen[cs]e agreement\b|\bsend\b|\bconsent\b"
        r"|\btrademarks?\b"
        r"|\b(?:may|can|must|shall)(?: not|not) (?:be )?(?:us|distribut|redistribut|cop|sell|sold"
        r"|modif)"
        r"(?!\w*[^.\x00]{0,60}?(?:endorse|promo|advertis|publicity|name))"
    )
)


def _paragraph(folded: str, at: int) -> Span:
    return max(0, at - _REACH), min(len(folded), at + _REACH)


def _sentences(folded: str, low: int, high: int) -> Sequence[Span]:
    edges = [low, *(m.end() for m in _EDGE.finditer(folded, low, high)), high]
    return [(a, b) for a, b in pairwise(edges) if a < b]
