"""Mere mentions: places where a license is talked about, listed or handled as a value.

A string in a line of code, a cell of a table, a title of a paper, a line of a change log, a list of
names: none puts the file under what it names. Over folded text (see
`ingest.detect.licensing.names`), except where quotes tell, which folding takes away.
"""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.licensing.names import phrase
from ingest.detect.licensing.openings import Expression
from ingest.detect.licensing.regions import is_comment

_KEY = re.compile(
    rb"licen[cs]e\w{0,12}[\"'\]]?\s{0,9}(?:=>?|:=?|\(|->)[^\"'`]{0,40}[\"'`]?[^\"'`]{0,60}$"
    rb"|[\"'](?:description|summary|copyright|legal|notice|comment|_comment"
    rb"|header)[\"']?\s{0,9}[:=]"
    rb"|classifiers?\b|License ::|^\s*[\"'`]\s*$|copyright",
    re.IGNORECASE,
)
"""Words before a string that say what it is: the license of something, or a text about it."""
_CALL = re.compile(
    rb"[(\[,]\s{0,9}[rfbuRFBU$@L]{0,2}$|=>?\s{0,9}[rfbuRFBU$@L]{0,2}$|->\s{0,9}$|\becho\s+$|\bprint\w*\s+$|\b(?:in|assert|return|yield|case|when|raise|throw|and|or|not|is)\s+$"
)
_FIELD = re.compile(
    rb"\b(?:label|title|text|display\w{0,8})[\"']?\s{0,9}[:=]\s{0,9}$"
    rb"|\{[^\n]{0,120}\b(?:value|id|key|name|code|slug)[\"']?\s{0,9}[:=]\s{0,9}$",
    re.IGNORECASE,
)
"""What an entry of a menu is called by."""
_TITLE = re.compile(rb"\s{0,20}(?:book)?title\s{0,9}=\s{0,9}[{\"]", re.IGNORECASE)
_KEYWORD = re.compile(
    rb"(?<!\w)(?!setup|package|project|module|mkDerivation"
    rb"|licenses?\()[a-z_.]{2,40}\((?:[^()]{0,80}[, ])?licen[cs]e\s?=\s?[rf]?[\"'][^\"']{0,60}$"
)
"""A license that is handed to a function, which is no declaration of a package's license."""
_PATTERN = re.compile(rb"\\[bsSdwW]|\(\?[:=!<P]|\[\^|\]\{\d|\.\*\??")
_RAW = re.compile(rb"(?<!\w)(?:r|R|rb|br|Rb|rB|f?r|rf)$")
"""A string that is an expression, by its marks or by how it is written."""
_ID_KEY = re.compile(
    rb"^\s{0,40}[\"'](?:[al]?gpl|mit|bsd|apache|mpl|epl|cc|isc|[a-z][\w.]*-\d)[\w.+-]{0,30}"
    rb"[\"']"
    rb"\s{0,9}(?::|=>)\s{0,9}[\[({]{0,2}[\"'`]?",
    re.IGNORECASE,
)
"""The key of a table of licenses, so that what it holds is about a license."""
_ELEMENT = re.compile(rb"^\s{0,40}[\"'`]([^\"'`\n]{2,70})[\"'`],?\s{0,9}$")
_CLASSIFIED = re.compile(
    rb"::|licen[cs]ed|released|distributed|available|covered|\bsee\b|copyright", re.IGNORECASE
)
_DECLARED = re.compile(
    rb"\brdf:resource|\brel=.license|<cc:|[\"']\w{2,20}[\"']\s{0,9}:\s{0,9}\[?\s{0,9}[\"'](?:#"
    rb"|//|/\*|Source|\\)|^\s{0,9}<"
)
_RULE = re.compile(
    rb"(?:allow|permit|approv|accept|accredit|deny|denie|forbid|prohibit|disallow|ban|block|reject"
    rb"|exclud|ignore|fail|warn|whitelist|blacklist|safelist|compatible|copyleft|permissive|known"
    rb"|supported|valid|osi|banned|forbidden)\w{0,8}[\s_.-]{0,2}licen[cs]es?[\"']?\s{0,9}[:=]"
    rb"|licen[cs]es?[\s_.-]{0,2}(?:allow|permit|approv|accept|deny|denie|forbid|disallow|ban|block|reject"
    rb"|exclud|ignore|whitelist|blacklist|policy|check)\w{0,8}[\"']?\s{0,9}[:=]"
    rb"|(?:fail|allow|deny|forbid|ban|block|only|ignore|exclude)-?(?:on|only)?-?licen[cs]es?\b"
    rb"|--[\w-]{0,30}licen[cs]e[\w-]{0,20}[=\s]\s{0,4}[\"']?$",
    re.IGNORECASE,
)
"""A rule for the licenses of other things, or the option of a tool."""
_OPTION = re.compile(
    rb"<(?:[\w-]{0,20}option|[\w-]{0,20}menu-?item|[\w-]{0,12}list-?item|[\w-]{0,12}radio\w{0,8}"
    rb"|[\w-]{0,12}check-?box|label|button)\b[^<>]{0,160}>[^<>]{0,80}$",
    re.IGNORECASE,
)
"""Text of an element that one chooses."""
_BARE_LIST = re.compile(
    rb"[\[({]\s{0,9}(?:[\"']?[\w.+-]{2,30}[\"']?(?:\s{0,4}[:=]\s{0,4}[\w\"']{1,12})?\s{0,9},\s{0,9}){2,40}"
    rb"[\"']?[\w.+-]{0,30}[\"']?\s{0,9}[\])};]"
    rb"|^\s{0,40}(?:[A-Z][A-Z_0-9]{1,30},\s{0,9}){1,40}[A-Z_0-9]{0,30}\s{0,9}[;,})]{0,3}\s{0,9}$"
)
"""Names of an enumeration, of which one may be a word of licenses."""
_LISTED_AS = re.compile(rb"licen[cs]es?[\"'\]]?\s{0,9}(?:=>?|:)\s{0,9}$", re.IGNORECASE)
_MADE = re.compile(rb"\\n|\$\{|\{\w{0,20}\}|%[sd](?!\w)")
"""What stands in a string from which text is made."""
_ASSIGNED = re.compile(rb"^[\w\s.$:*]{2,60}(?:\[\d{0,4}\])?\s{0,9}:?=\s{0,9}[rfbuRFBU$@L]{0,2}$")
"""A string for itself under a name: some put the tag of a file there."""
_SEARCH = re.compile(
    rb"(?:^|[\s|;&(`])(?:e?grep|rg|ag|ack|sed|awk|git grep|findstr|fgrep)\b[^\n]{0,80}$"
)
_OPEN_QUOTE = re.compile(rb"[\"'`]")
_TALK_BEFORE = re.compile(
    phrase(
        r"\b(?:because of (?:its|their|the)|due to (?:its|their|the)|dropped|dependency on"
        r"|whether [^.\x00]{0,60}?|(?:tells?|checks?) if [^.\x00]{0,60}?"
        r"|wrote about(?: the)?|talk(?:s|ed)? about(?: the)?|called? the|calls the|pick"
        r"|choose (?:from|between|among)|to add(?: an?| the)?|add(?:s|ing)? (?:an? |the )"
        r"|missing(?: the)?"
        r"|check(?:s|ed)? (?:that|if|whether)[^.\x00]{0,40}|e\.g\.|such as(?: the)?|like(?: the)?"
        r"|effects? of(?: the)?|history of(?: the)?|debate|popular(?:ity)? of(?: the)?"
        r"|(?:copyleft|licen[cs]es|permissive|restrictive|viral)~\([^()\x00]{0,60}"
        r"|(?<!abbr\s)(?<!acronym\s)title(?: of)?|(?:says?|said) of(?: the)?)~$"
        r"|\b(?:do not|don t|never|avoid|no)\b[^.\x00]{0,40}\b(?:paste|copy|take|import|include"
        r"|borrow|port)\b[^.\x00]{0,40}$"
        # A dialog that asks for consent, the customers of a plan.
        r"|\b(?:users?|they|customers?|visitors?|players?|callers?) (?:have to|has to|must|need to"
        r"|can|should) (?:accept|agree to|read|confirm) (?:the |an? )?~$"
        r"|\b(?:shows?|displays?|renders?|opens) (?:the |an? )?~$"
        r"|\b(?:customers?|users?|tenants?|accounts?|organi[sz]ations?|plans?|people|those)"
        r" (?:with|without|on|having|who have|that have) (?:an? |the |no )?~$"
        r"|\blets? you (?:pick|choose|select)\b[^.\x00]{0,60}$|--licen[cs]e~$"
    )
)
_TALK_AFTER = re.compile(
    phrase(
        r"(?: licen[cs]e)?~(?:is|are|was|has been|became|remains) (?:very |quite |a |an |the "
        r"|one of )*(?:popular|short"
        r"|simple|compatible|incompatible|common|example|shrug|most|longest|shortest|viral"
        r"|controversial)\b"
        r"|s?~(?:is|are|has|have|was|expires?) (?:valid|invalid|active|expired|missing|checked"
        r"|loaded)\b|(?: licen[cs]e)?~-?compatible\b"
        r"|(?: agreement)?~(?:dialogs?|screens?|window|page|title|check-?~?box|link|popup|modal"
        r"|prompt|button|accepted|acceptance|is shown|was shown)\b"
        r"|s? (?:keys?|servers?|manager|codes?|numbers?|tokens?|seats?|checks?|checker|period)\b"
        r"|~(?:is|are|was|gets?) (?:logged|denied|rejected|blocked|refused|reported|counted)\b"
        r"|(?: licen[cs]e)?s?(?:~[,/&]~|(?:~,)? (?:and|or) |~)"
        r"(?:(?:the )?[\w.+-]{2,16}(?: \d[\w.]{0,4})?"
        r"(?:~[,/&]~| (?:and|or) )?){0,6}?"
        r"~(?:licen[cs]es? )?(?:is|are) (?:all |also |always |usually )?(?:fine|ok|okay|good"
        r"|allowed|accepted|acceptable|approved|forbidden|banned|denied|prohibited|problematic|risky"
        r"|permitted|not (?:ok|okay|allowed|fine|acceptable|accepted|permitted|approved))\b"
        r"|[^.\x00]{0,40}?\bneeds? (?:\w{2,9} )?(?:approval|review|sign-?off)\b"
        r"|~(?:returns?|raises?|throws?|errors?|attempts?|exceptions?|response)\b"
        r"|(?: licen[cs]e)?~for an example\b|(?: licen[cs]e)? and its effects?\b"
        r"|(?: licen[cs]e)? header\b(?=[^.\x00]{0,30}(?:to|$))"
    )
)
_EXAMPLE = re.compile(r"\b(?:e\.g\.|i\.e\.|e\.?g|for example:?|for instance:?)\s{1,20}$")
_ADDRESSEE = re.compile(phrase(r"\b(?:to-?do|fixme|xxx)\b[^\n]{0,60}$"))
_CITED = re.compile(r"(?<!abbr )(?<!acronym )(?:book)?title\s{0,9}[ ]?\s?[^\n]{0,120}$|\bisbn\b")
_IN_CODE = re.compile(r"\b(?:licen[cs]ed?|under|released|distributed|available|covered)\b")
_CHANGES = re.compile(
    r"\s{0,9}(?:#+\s?)?(?:change ?-?log|changes|release notes|history|news|what s new)\b"
)
_ITEM: Final = r"[ \t*#/|\"'-]{0,12}[a-z0-9][a-z0-9.+-]{1,24}[ \t]{0,9}"
_LIST = Expression(rf"(?:(?:^|\n){_ITEM}(?=\n|$)){{3,}}")
_SHOWN = re.compile(
    rb"(?<!`)`$|(?:e\.g\.|i\.e\.|such as|\blike|for example:?|a line)[ \t]{1,4}[\"'`]$"
)
_QUOTED = re.compile(
    rb"\b(?:pars\w{1,3}|match\w{0,3}|look\w{0,3} for|find|such as|like|e\.g\.|says?|write|lines?"
    rb"|prints?)\b[^\"'`\n]{0,40}"
    rb"[\"'`][^\"'`\n]{0,60}$"
)
_CELLS: Final = 3
_LONG_BACK: Final = 160
_LONG_CODE: Final = 60
_LONG_LINE: Final = 400


def is_value(piece: bytes, start: int) -> bool:
    """Tell whether a place in a line of code lies in a string that the code works with."""
    before = piece[:start]
    if _TITLE.match(before) or _KEYWORD.search(before) or _ID_KEY.match(piece):
        return True
    element = _ELEMENT.match(piece)
    # The string of a list, with nothing in it but the name.
    is_alone = element is not None and not _CLASSIFIED.search(element[1])
    if is_alone or _RULE.search(before) or _OPTION.search(before) or _is_in_list(piece, start):
        return True
    if _DECLARED.search(piece):
        return False
    opening = _opening(before)
    if opening is None:
        return False
    lead = before[:opening]
    if _RAW.search(lead) or _PATTERN.search(piece, opening):
        return True
    is_handed = _CALL.search(lead) or _FIELD.search(lead) or _MADE.search(before, opening)
    return bool(is_handed) and not _KEY.search(lead + before[opening : opening + 1])


def is_option(piece: bytes, start: int) -> bool:
    """Tell whether a place is the text of an element of markup that one chooses."""
    return bool(_OPTION.search(piece, max(0, start - _LONG_LINE), start))


def _is_in_list(piece: bytes, start: int) -> bool:
    """Tell whether a place lies among bare names in brackets, which are no thing's licenses."""
    return any(
        match.start() <= start < match.end() and not _LISTED_AS.search(piece[: match.start()])
        for match in _BARE_LIST.finditer(piece)
    )


def _opening(before: bytes) -> int | None:
    """Return the place of the quote that is open at the end of the bytes."""
    opened: int | None = None
    mark = b""
    for match in _OPEN_QUOTE.finditer(before):
        if opened is None:
            opened, mark = match.start(), match[0]
        elif match[0] == mark:
            opened = None
    return opened


def is_talk(folded: str, start: int, end: int) -> bool:
    """Tell whether the words around a name talk about a license instead of giving one."""
    before = folded[max(0, start - _LONG_BACK) : start]
    if _EXAMPLE.search(before):
        return True
    before = before[before.rfind(". ") + 1 :]
    line = before[before.rfind("\n") + 1 :]
    after = folded[end : end + 60]
    return bool(
        _TALK_BEFORE.search(before)
        or _TALK_AFTER.match(after)
        or _ADDRESSEE.search(line)
        or _CITED.search(line)
    )


def is_quoted(piece: bytes, start: int, end: int) -> bool:
    """Tell whether a name in a comment stands in quotes that show the words of a notice."""
    # A name may begin with the words before its quotes.
    start = max(start, piece.rfind(b"`", start, end) + 1)
    line = piece[piece.rfind(b"\n", 0, start) + 1 : start]
    return bool(_QUOTED.search(line)) or _is_code(piece, start)


def _is_code(piece: bytes, start: int) -> bool:
    """Tell whether a name is set as code, as in `MIT OR Apache-2.0`, and holds for nothing."""
    before = piece[max(0, start - _LONG_BACK) : start]
    span = before[before.rfind(b"\n") + 1 :]
    if span.count(b"`") % 2 == 0 or len(span) - span.rfind(b"`") > _LONG_CODE:
        return False
    return not _IN_CODE.search(before.decode("latin-1").lower())


def is_listed(piece: bytes, folded: str, start: int) -> bool:
    """Tell whether a name is a cell of a table, or a line of a list of bare words."""
    low, high = folded.rfind("\n", 0, start) + 1, folded.find("\n", start)
    high = len(folded) if high < 0 else high
    line = piece[low:high].strip(b" \t\r#*/;")
    if line.startswith(b"|") and line.count(b"|") > _CELLS:
        return True
    return any(m.start() <= start < m.end() for m in _LIST.finditer(folded))


def is_change_log(folded: str) -> bool:
    """Tell whether prose is a list of changes, which tells what was and what others have."""
    return bool(_CHANGES.match(folded))


def is_quoted_tag(data: bytes, start: int) -> bool:
    """Tell whether an SPDX tag is shown as an example, or is a string that code works with."""
    if _SHOWN.search(data, max(0, start - 60), start):
        return True
    low, high = data.rfind(b"\n", 0, start) + 1, data.find(b"\n", start)
    line = data[low : len(data) if high < 0 else high]
    if start - low > _LONG_BACK or len(line) > _LONG_LINE or is_comment(line):
        return False
    opening = _opening(line[: start - low])
    if opening == start - low - 1 and _ASSIGNED.search(line[:opening]):
        return False
    return opening is not None and (
        bool(_SEARCH.search(line[:opening])) or is_value(line, start - low)
    )
