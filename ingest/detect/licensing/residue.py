"""What somebody added to a permissive text: inside it, in its sentences, and beside it.

A permissive text is whole without such words, so any duty among them takes something back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ingest.detect.licensing.evidence import RESTRICTION, UNKNOWN, Evidence, Kind
from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.openings import Expression

_REACH: Final = 160
_ADDED_SCORE: Final = 0.7
SOFT_SCORE: Final = 0.8
MAX_SIGNS: Final = 100
_DUTY = re.compile(
    phrase(
        r"\b(?:may|must|shall|can|will)(?: not|not)\b|\bmust\b|\bshall\b|\bonly\b|\bprohibit"
        r"|\bforbid|\bdisallow"
        r"|\bnot (?:permitted|allowed|used?|intended|for)\b|\brequire[sd]?\b|\brestrict"
        r"|\brevo[ck]|\bterminat"
        r"|\bfees?\b|\broyalt|\bpay(?:s|ment|able)?\b|\bconsent\b|\bprior\b|\bexcept\b|\bunless\b"
        r"|\bnon-? ?commercial|\bcommercial|\bagree\b|\bexclud|\bethic|\bharm|\bhuman rights"
        r"|\bmilitary"
        r"|\bweapon|\bpersonal\b|\beducational\b|\bbuy\b|\bemploy|\blabou?r\b|\btrain|\bsell\b"
        r"|\bsold\b|\bhosted?\b|\bsaas\b"
        r"|\bgovernment"
    )
)
"""Words of duty, price and purpose: what a change of a permissive text must not hold."""
_NARROW = re.compile(
    phrase(
        r"\b(?:internal(?:ly)?|in-house|privately|personal(?:ly)?|academic|educational"
        r"|non-? ?profit"
        r"|non-? ?commercial(?:ly)?|hobby|unmodified|verbatim)\b"
    )
)
"""One such word among what a text gives is enough."""
_TERMS = Expression(
    phrase(
        r"\b(?:may|must|shall|can|is|are|be) (?:be )?(?:used |licensed )?(?:only|solely"
        r"|exclusively)\b(?! (?:install|work|support|handle|read|process|hold|need|run on|one|call"
        r"|a few)\w*)"
        r"|\b(?:solely|exclusively|only) (?:be used|for|in connection|as part|in conjunction"
        r"|if you)\b"
        r"|\bfor (?:use|internal)[^\x00]{0,60}? only\b"
        r"|\b(?:you|licensees?|users?|recipients?|anyone|any (?:person|entity|company"
        r"|modifi\w{1,9}))"
        r" (?:must|shall|agrees?|are required|is required|undertakes?|may not|cannot|can not)\b"
        r"|\b(?:may|must|shall)(?: not|not) (?:be |to )?\w{2,14}"
        r"|\b(?:strictly )?(?:prohibited|forbidden|disallowed|not (?:allowed|permitted|granted))\b"
        r"|\bwithout (?:the )?(?:express |explicit |specific )?(?:prior )?(?:written )?"
        r"(?:permission|consent|approval|authori[sz]ation)\b|\bprior written\b"
        r"|\brevo(?:ke|ked|cable|cation)\b|\bterminat(?:e|es|ed|ion)\b"
        r"|\broyalt(?:y|ies)\b(?![ -]?free)|\blicen[cs]e fees?\b|\bsubscription\b|\bpurchase\b"
        r"|\b(?:more|fewer|less) than [^\x00]{0,40}?(?:users|employees|seats|revenue|devices)\b"
        r"|\b(?:required|necessary|needed|free) (?:unless|except|only) (?:you|for|if|when|by)\b"
        r"|\bhuman rights\b|\bethical\b|\bharm(?:s|ful|ing)?\b|\bsurveillance\b|\bweapons?\b"
        r"|\b(?:companies|businesses|business|organi[sz]ations?|corporations?|enterprises?"
        r"|firms|for-?~?profit)\b"
        r"[^\x00]{0,60}?\b(?:needs?|must|requires?|buy|obtain|not|prohibited)\b"
        r"|\bnot extend to\b|\bbuy a licen[cs]e\b|\bno part of\b|\bfor-?~?profit\b"
        r"|\bnot for profit\b"
        r"|\bfor personal\b|\bpersonal (?:and|or|use)\b|\bautomatically\b|\bdelete[d]?\b"
        r"|\b(?:must|shall|has to|have to|needs? to) (?:also |always |be |then )*(?:publish"
        r"|sen[dt]|shar|offer|releas"
        r"|provid|includ|display|show|obtain|ask|pay|purchas|comply|contribut|credit|mention"
        r"|notif|return"
        r"|delete|make|remain|use|accept|register|submit|disclos|inform|licens|open|cite"
        r"|acknowledg)\w{0,6}"
        r"|\badvertising materials?\b|\bdisplay the (?:\w{2,14} ){0,2}?(?:following|above|name"
        r"|logo|notice|acknowledg"
        r"|copyright|attribution|author|badge|link|words|phrase|sentence)\w{0,6}\b"
        r"|\bhosted service\b|\boffered as\b"
        r"|\bmilitary\b|\blabou?r (?:laws?|standards?)\b|\bcompet(?:e|es|ing|itive|itor|itors)\b"
        r"|\b(?:publish|contribute|submit|share|disclose) (?:all |any |your |the )+(?:modif"
        r"|chang|improve"
        r"|source|deriv)\w{0,12}|\bmake[^\x00]{0,60}?(?:source|modifications|changes)[^\x00]{0,40}?"
        r" (?:available|public)\b"
    )
)
"""Terms that a license file states beside the known texts in it."""
_RIGHTS = re.compile(
    phrase(
        r"\b(?:us|copi|distribut|redistribut|modifi|resold|sold|reproduc|publish|shar|host"
        r"|licen[cs]"
        r"|train|incorporat|sublicen[cs]|disclos|credit|charg)ed\b|\bembedded\b|\bsold\b|\bresold\b"
        r"|\b(?:re-?~?distribution|distribution|resale|sale|commercial\w*|consent|permissions?"
        r"|licen[cs]\w*|royalt\w+|fees?|revenue|employees|compan(?:y|ies)|business\w*|firms"
        r"|corporations?|organi[sz]ations?|military|weapons?|warfare|profit|purchase|subscription"
        r"|contribut\w+|publish|attribution|modifications|derivative\w*|rights?|copyright|terms"
        r"|human|ethic\w*|harm\w*|government\w*|surveillance|personal|academic|research|evaluation"
        r"|train(?:ing)?|models?|saas|compet\w+|acknowledg\w+|cite|citation|credits?)\b"
        r"|\bth(?:e|is) (?:software|program|work|package|product)\b|\bproducts?\b|\badvertis\w+"
        r"|\b(?:use|copy|modify|distribute|redistribute|sell|host|share|run|reproduce|disclose)"
        r" (?:or \w{3,12} )?(?:this|the|it|any|these|copies)\b"
    )
)
"""Speaks of what may be done with a work, not of what it does."""
_SENTENCE_EDGE = re.compile(
    r"[.:]\s|\n\s{0,20}\n|\n[^\n]{0,120}(?:copyright|\(c\)|reserved)[^\n]{0,200}"
)
_VERB = re.compile(
    phrase(
        r"\b(?:may|must|shall|can|will|is|are|be|do|does|requires?|uses?d?|needs?|not|no|only"
        r"|if|has|have)\b"
    )
)
"""Stands in a sentence, and hardly in a list of names."""
_OWNED = re.compile(
    phrase(
        r"(?:portions )?copyright\b(?! (?:owner|holder|notice|law|statement)s?\b)[^\n]{0,120}"
        r"(?: all rights reserved)?"
    )
)
"""A line that tells whose a part is, in the midst of a text."""
_TAKEN_BACK = re.compile(
    phrase(
        r"\b(?:no longer|not|never|nor)(?: \w{2,12}ly)?(?: be)? (?:required|necessary|mandatory"
        r"|obligatory|needed)\b|\brescinded\b|\boptional\b|\bhereby (?:deleted|removed|withdrawn)\b"
        r"|\bdeleted in its entirety\b|\bwould be (?:appreciated|nice|welcome)\b"
        r"|\bappreciated\b|\bdo not (?:need|have) to\b|\bdon t (?:need|have) to\b"
    )
)
"""What frees from a duty, or only asks for something, names the duty too."""
_FIRM = re.compile(
    phrase(
        r"\b(?:must|shall|only|solely|prohibit\w*|forbid\w*|(?:may|can)(?: not|not)|agree\w*|fees?"
        r"|commercial\w*|companies|company|revenue|employees|personal|train\w*|revo\w+)\b|\. "
    )
)
"""Is no wish, or more than one sentence."""
_AGAIN = re.compile(phrase(r"\b(?:for|unless|except|if|but|when|only|provided|until|must|shall)\b"))
"""Behind it comes who has the duty after all."""
_LETTER = Expression(
    phrase(
        r"\bto all licensees~distributors of any version of bsd\b[^\x00]{0,1500}?"
        r"\bdeleted in its entirety\b"
    )
)
"""The letter of 1999 by which Berkeley took back the clause on advertising, which it quotes."""
_NAMING = re.compile(
    phrase(
        r"\bappear in (?:their|its) names?\b|\b(?:endorse|promote) products\b"
        r"|\bused in (?:any )?advertising\b|\badvertising or (?:other )?publicity\b"
        r"|\bpublicity (?:pertaining|relating) to\b"
    )
)
"""How texts guard a name, each with its own."""
_MIN_SENTENCE: Final = 8
_GROUP_REACH: Final = 24
"""Bytes, some three words: words of the known text between added ones may be there by chance."""
_MIN_ADDED: Final = 5
_ALTERNATIVE = re.compile(
    phrase(r"\balternat(?:iv)?ely\b[^\x00]{0,120}?\b(?:licen[cs]e|[al]?gpl\w{0,5})\b")
)


def added_terms(
    folded: str, added: Sequence[tuple[int, int]], *, is_inside: bool
) -> list[Evidence]:
    """Return what was added to permissive texts and speaks of duties.

    Inside a text any sentence is doubtful, for the text is whole without it.
    """
    groups: list[tuple[int, int]] = []
    for start, end in added:
        if _OWNED.fullmatch(folded, start, end):
            continue
        if groups and start - groups[-1][1] <= _GROUP_REACH:
            groups[-1] = (groups[-1][0], end)
        else:
            groups.append((start, end))
    found = []
    for start, end in groups:
        count = len(folded[start:end].split())
        if _NAMING.search(folded, start, end) or _ALTERNATIVE.search(folded, start, end + _REACH):
            continue
        if _is_wish(folded[start:end]):
            continue
        is_duty = count >= _MIN_ADDED and _DUTY.search(folded, start, end)
        is_duty = is_duty or (is_inside and _NARROW.search(folded, start, end))
        if is_duty or (is_inside and count >= _MIN_SENTENCE and _VERB.search(folded, start, end)):
            spdx = RESTRICTION if is_duty else UNKNOWN
            found.append(
                Evidence(start=start, end=end, kind=Kind.RESTRICTION, spdx=spdx, score=_ADDED_SCORE)
            )
    return found


def adjacent(folded: str, permissive: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the rest of the sentences in which permissive texts begin and end.

    A grant that begins in the middle of a sentence may begin with a condition.
    """
    spans = []
    for start, end in permissive:
        before = [m.end() for m in _SENTENCE_EDGE.finditer(folded, max(0, start - _REACH), start)]
        spans.append((before[-1] if before else max(0, start - _REACH), start))
        after = _SENTENCE_EDGE.search(folded, max(start, end - 1), end + _REACH)
        spans.append((end, after.start() if after else min(len(folded), end + _REACH)))
    return sorted(span for span in spans if span[0] < span[1])


def outside_terms(
    folded: str,
    texts: Sequence[tuple[int, int]],
    innocent: Sequence[tuple[int, int]],
    *,
    is_code: bool,
) -> list[Evidence]:
    """Return terms in a license file that stand beside the texts it holds.

    In code the comment goes on to what the code does, so a sentence has to speak of rights there.
    """
    letters = [match.span() for match in _LETTER.finditer(folded)]
    innocent = [*innocent, *letters]
    return [
        replace(sign_of(match, RESTRICTION), score=SOFT_SCORE)
        for match in bounded(_TERMS, folded)
        if not touches(match, innocent)
        and not _is_taken_back(folded, match)
        and not (is_code and not _RIGHTS.search(_sentence_of(folded, match)))
        and not any(start <= match.start() and match.end() <= end for start, end in texts)
    ]


def _sentence_of(folded: str, match: re.Match[str]) -> str:
    """Return what stands around a match up to the ends of its sentence."""
    low = max(0, match.start() - _REACH)
    start = max(folded.rfind(". ", low, match.start()), folded.rfind(".\n", low, match.start()))
    end = folded.find(".", match.end(), match.end() + _REACH)
    return folded[max(low, start) : end if end >= 0 else match.end() + _REACH]


def _is_wish(added: str) -> bool:
    """Tell whether a sentence only asks for something that nobody owes."""
    ends = [match.end() for match in _TAKEN_BACK.finditer(added)]
    return bool(ends) and not (_AGAIN.search(added, ends[-1]) or _FIRM.search(added))


def _is_taken_back(folded: str, match: re.Match[str]) -> bool:
    """Tell whether the sentence around a duty says that it holds no more, or never did."""
    low = max(folded.rfind(". ", 0, match.start()), folded.rfind("\n\n", 0, match.start())) + 1
    high = folded.find(".", match.end())
    high = len(folded) if high < 0 else high
    freed = _TAKEN_BACK.search(folded, max(low, match.start() - _REACH), high)
    return freed is not None and not _AGAIN.search(folded, freed.end(), high)


def touches(match: re.Match[str], spans: Sequence[tuple[int, int]]) -> bool:
    """Tell whether a match shares a byte with one of some spans."""
    return any(match.start() < end and start < match.end() for start, end in spans)


def bounded(pattern: Expression, folded: str) -> list[re.Match[str]]:
    """Return the first `MAX_SIGNS` matches."""
    return [match for match, _ in zip(pattern.finditer(folded), range(MAX_SIGNS), strict=False)]


def sign_of(match: re.Match[str], spdx: str) -> Evidence:
    """Return a match as a sure sign of restriction."""
    return Evidence(
        start=match.start(), end=match.end(), kind=Kind.RESTRICTION, spdx=spdx, score=1.0
    )
