"""Stated choices between licenses: only what is stated as one counts as one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ingest.detect.licensing.evidence import Choice, Evidence
from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.openings import Expression

_CHOICE = Expression(
    phrase(
        r"\b(?:dual|double|tri|multi|triple|multiple)[ -]?~licen[cs](?:ed|ing|e)\b"
        r"|\bdual (?:[\w./-]{2,16} ){1,3}licen[cs]e|\btri-license\b"
        r"|\b(?:licen[cs]ed|available|released|distributed|used|redistributed) under"
        r" (?:the )?(?:terms of )?either\b"
        r"|\bunder (?:the )?(?:terms of )?(?:either|any|one|your choice) (?:one )?(?:of )?"
        r"|\b(?:your|a|the) choice (?:of|between)\b|\bchoose (?:either|one|any|between"
        r"|the licen[cs]e)"
        r"|\byou (?:may|can) (?:choose|select|pick)\b|\b(?:two|both|three|following) licen[cs]es\b"
        r"|\bterms of either\b|\beither under\b|\beither the terms\b"
        # As in a dual BSD and GPLv2 licensed library, with links between the names.
        r"|\b(?:dual|double|tri|triple)[ -]~[\[(]?~(?=(?:new |modified |revised )?(?:bsd|mit"
        r"|apache|mpl"
        r"|[al]?gpl|x11|isc|cddl|epl)\w{0,2}\b)"
        r"|\bunder the terms of the eclipse public licen[cs]e\b(?=[^\x00]{0,30}? and (?:the )?"
        r"eclipse distribution licen[cs]e\b)"
        r"|\byou (?:can|may) cho?ose between\b|\byou cho?ose\b|\b(?:any"
        r"|one) (?:of the )?licen[cs]es?"
        r" (?:below|following)\b"
    )
)
"""Words that open a choice between the licenses which follow in the sentence."""
_ALTERNATIVE = Expression(
    phrase(
        r"\balternat(?:iv)?ely (?:this|you|the|it|these|provided|or|under|in accordance)\b"
        r"|\bor under the (?:following )?terms\b"
        # A second permission beside the first: whoever takes it needs no other.
        r"|\byou may (?:also|instead|optionally) (?:use|distribute|redistribute|copy|modify)\b"
        r"[^.\x00]{0,60}?\bunder\b"
        r"|\bmay also be (?:used|copied|distributed|redistributed) under\b"
    )
)
"""Sets what follows against the license before it."""
_BEHIND = Expression(
    phrase(
        r"\b(?:under|use|choose|select) either (?:one |of )?(?:the |these |those )?licen[cs]es?\b"
        r"|\b(?:either|any)(?: one)?(?: of (?:the |these |those )?)?(?: two)? ?licen[cs]es?"
        r" (?:may|can)\b"
        r"|\bfree to choose\b|\bwhich(?:ever)? licen[cs]e (?:you|best|suits|they)\b"
        r"|\blicen[cs]e (?:that )?(?:best|better) (?:suits|fits)\b|\bone that (?:best "
        r"|better )?(?:suits"
        r"|fits)\b|\b(?:choose|select|pick|decide)(?: \w{2,9})? (?:which|whichever|one|either"
        r"|any)\b"
        r"[^.\x00]{0,30}?\b(?:licen[cs]es?|licensing|two|three|above|options?)\b"
        r"|\b(?:comply with|use) at least one\b|\bchoice between (?:these|the|those|both)\b"
        r"|\bchoosing (?:which|one|between)\b|\bunder either one of\b|\bone of (?:these"
        r"|the) (?:two|three)"
        r" licen[cs]es\b|\bany of the (?:above|listed)\b"
    )
)
"""Says behind the licenses that one of them is enough."""
_OPTION = Expression(
    phrase(
        r"\bat (?:your|the (?:users?|licensees?|recipients?)(?: s)?|their|ones?) ?(?:own )?"
        r"(?:option|choice|discretion)\b(?!\)?~any)"
    )
)
"""Closes a choice. "At your option any later version" is none: it chooses a version, and the
license id holds that already."""
_LISTED = Expression(
    phrase(
        r"\b(?:your|a|the) choice (?:of|between) (?:one of )?(?:the )?(?:following )?(?:two|three"
        r"|2|3)?"
        r"(?: following)? ?licen[cs]es\b|\b(?:either|any)(?: one)? of the (?:following |two "
        r"|three )*"
        r"licen[cs]es? (?:below|following)\b"
        r"|\b(?:either|any)(?: one)? of the (?:two |three )?licen[cs]es?~(?:that|which) follow\b"
        r"|\bfollowing (?:two |three )?licen[cs]es~,?~(?:please )?(?:choose|select|pick)\b"
    )
)
"""Announces the licenses that follow, each with its own words: the choice holds for all of them,
as far as the comment or the paragraphs around it reach."""
_BELOW = Expression(
    phrase(
        r"\bor (?:(?:under|by) )?(?:the )?(?:licen[cs]e|terms|conditions)"
        r" (?:shown |given |set out )?below\b"
    )
)
"""Sets the license that follows as a whole against the one before it."""
_LIST: Final = 8000
_OR = re.compile(r"\bor\b")
_SENTENCE_END = re.compile(r"\.\s")
_SENTENCE: Final = 400
_BEFORE: Final = 4000
_ONLY_OR = re.compile(
    phrase(
        r"[\]\[(),.;:/ \w-]{0,12}?(?:licen[cs]es?\b)?[)\],~]{0,3}~"
        r"(?:which (?:accompan\w{2,5} this \w{4,14} )?(?:and )?is available at [\w./:-]{8,80})?,?~"
        r"(?:\([^()]{0,60}\))?,?~\b(?:or|and/or)\b"
        r"(?: (?:alternatively|optionally|later|under|the|terms|of|a|an|either|at|your|option"
        r"|new|newer|any|later|higher|greater|version))*~[(\[]?~"
    )
)
_OR_REACH: Final = 150


def joined_names(folded: str, named: tuple[Evidence, ...]) -> Iterator[Choice]:
    """Yield a choice for each two names with nothing but an "or" between them."""
    for first, second in pairwise(named):
        between = folded[first.end : second.start]
        if len(between) <= _OR_REACH and _ONLY_OR.fullmatch(between):
            yield Choice(start=first.start, end=second.end, floor=first.start)


def stated_choices(folded: str) -> Iterator[Choice]:
    """Yield the sentences that state a choice.

    A license in another sentence is no part of it: that would free code which is only bundled.
    """
    alternatives = [
        (match.start(), _sentence_end(folded, match.end()))
        for match in _ALTERNATIVE.finditer(folded)
    ]
    for start, end in alternatives:
        yield Choice(start=start, end=end, floor=max(0, start - _BEFORE))
    for match in _CHOICE.finditer(folded):
        # "Alternatively … under either" is one choice, of which "either" is the shorter part.
        if not any(start <= match.start() < end for start, end in alternatives):
            end = _sentence_end(folded, match.end())
            yield Choice(start=match.start(), end=end, floor=match.start())
    for match in _LISTED.finditer(folded):
        end = min(len(folded), match.end() + _LIST)
        yield Choice(start=match.start(), end=end, floor=match.start())
    for match in _BELOW.finditer(folded):
        end = min(len(folded), match.end() + _LIST)
        yield Choice(start=match.start(), end=end, floor=max(0, match.start() - _SENTENCE))
    for match in _BEHIND.finditer(folded):
        start = max(0, match.start() - _SENTENCE)
        yield Choice(start=start, end=_sentence_end(folded, match.end()), floor=start)
    for match in _OPTION.finditer(folded):
        low = max(0, match.start() - _SENTENCE)
        ends = [m.end() for m in _SENTENCE_END.finditer(folded, low, match.start())]
        start = ends[-1] if ends else low
        if _OR.search(folded, start, match.start()):
            yield Choice(start=start, end=match.end(), floor=start)


def _sentence_end(folded: str, start: int) -> int:
    stop = min(len(folded), start + _SENTENCE)
    found = _SENTENCE_END.search(folded, start, stop)
    return found.start() if found else stop
