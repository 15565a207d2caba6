"""Recognizers of people's names: after an author's mark, beside a title, and from lists.

Language models are the wrong tool for names in code: almost all they report are identifiers and
product names. A mark of authorship (``Copyright``, ``@author``, ``Name <mail>``) lets any
name-shaped run through; a word that only often stands before a name wants one of its words
listed; elsewhere first name and surname must both be listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.detect.pii.given_names import is_given
from ingest.detect.pii.names import (
    ENGLISH_ENDING,
    WORD,
    NameJudge,
    NameRun,
    capitalised,
    parts_of_lines,
    read_broken_name,
    read_name,
)
from ingest.detect.pii.shapes import Chars, SpanRecognizer
from ingest.detect.pii.words import split_words
from ingest.domain.finding import Category

_YEARS: Final = r"(?:\d{4}(?:\s?[-\u2013/]\s{0,8}(?:\d{2,4}|present|now)?)?[\s,;:]*){0,8}"
WRAP: Final = r"[ \t]?\n[ \t]{0,24}(?:[*#/;]{1,3}[ \t]{1,2})?"
"""A sentence that goes on in the next line, which may be one of a comment; for Hyperscan too."""
_MARKS: Final[tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]] = tuple(
    (tuple(literals.split("|")), re.compile(pattern))
    for literals, pattern in (
        (
            "copy|copr.|\u00a9|(c)",
            (
                r"(?:copyright(?:text)?|\bcopr\.|\u00a9|&copy;|\(c\))"
                r"(?:\s|:|,|>|\u00a9|\(c\)|\|copy\||copyright|&copy;){0,16}"
                + _YEARS
                + r"(?:by[\s:]{1,3})?"
            ),
        ),
        (
            "author|maintainer|contributor|assignee|reviewer",
            (
                r"(?:author|maintainer|contributor|assignee|reviewer)s?(?:_?names?)?(?![^\W_])_{0,2}"
                r"[^\w\n]{1,6}(?:u(?=[\"'])[\"'])?"
            ),
        ),
        (
            "-by:",
            (
                r"(?:signed-off|co-authored|co-developed|reviewed|acked|tested|reported|suggested|helped"
                r"|released?|merged|approved|committed|authored|created|written|fixed|requested"
                r"|maintained|diagnosed|translated|assisted|mentored)"
                r"-by:[ \t]{0,3}"
            ),
        ),
        (
            " by|\tby|\nby",
            (
                r"\b(?:written|contributed|maintained|created|developed|implemented|designed|ported|patch"
                r"|patched|reported|suggested|authored|modified|reviewed|fixed|translated|coded|adapted"
                r"|added|rewritten|provided|submitted|work|code|idea|owned|approved|requested|found"
                r"|spotted|noticed|discovered|diagnosed|proposed)(?: to [a-z .]{3,40})?\s{1,2}by(?:"
                + WRAP
                + r"|[\s:]{1,3})[*_\[]{0,2}"
            ),
        ),
        (
            "thank|kudos|props|credit|thx",
            (
                r"\b(?:thanks|thank you|kudos|props|credits?|thx)(?:\s(?:goes|go))?"
                r"(?:(?:" + WRAP + r"|\s)(?:to|for)|,|:)(?:" + WRAP + r"|\s{1,2})[*_\[]{0,2}"
            ),
        ),
        (
            "courtesy|hat tip|h/t",
            r"\b(?:courtesy(?: of)?|hat tip to|h/t)(?:" + WRAP + r"|\s{1,2})",
        ),
        ("todo|fixme|xxx|hack", r"\b(?:todo|fixme|xxx|hack)\s?\(\s?"),
    )
)
"""What stands before an author, lower case, with literals that are quicker to look for."""
_SEPARATOR: Final = re.compile(
    r"\s*(?:<[^<>\n]{0,128}>|\([^()\n]{0,128}\)|\[[^\[\]\n]{0,128}\])?"
    r"[\"'*_\]]{0,2}(?:\s*[,;&/][\"'\s]*(?:and\s+)?|\s+(?:and|und|et)\s+)[*_\[]{0,2}" + _YEARS
)
_AFTER_NAME: Final = re.compile(
    r"\s*(?:$|\n|[<(\[,;:.\"'*+\-\u2013/)}\]&|#!?@\\]"
    r"|(?:and|at|for|from|on|in|to|all|who|under|via|with|und|et|as|is|has|was|the|this|\d))",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(
    r"<[^<>\s@]{1,64}(?:@| at |[\[(<]at[\])>])|\([\w.+-]{1,64}@[\w.-]{3,255}\)"
    r"|(?P<login>(?:[(`]|\(`|\(\[)?@[A-Za-z][\w-]{1,38}\b(?![/(.]))"
)
"""Each begins with one of three characters, to which the engine jumps."""
_AT_MARKS: Final = ("@", " at ", "[at]", "(at)", "<at>")
_WORD_START: Final = re.compile(r"(?<![^\W_])(?=[^\W\d_])")
_INITIALLED: Final = re.compile(
    r"([^\W\d_a-z][^\W\d_]+) ([A-Z])(?![\w'-])(?!\. ?[^\W\d_a-z][^\W\d_A-Z])"
)
_ALONE_BEFORE: Final = re.compile(
    r"(?:^|[\n,;:>\"'(]|[-*] )[ \t\"']{0,4}(?P<name>([^\W\d_a-z][^\W\d_]+)(?: [^\W\d_a-z]\.?)?)\Z"
)
_MAX_ALONE: Final = 40
_MIN_OWN: Final = 3
"""A shorter word in an address may be there by chance."""
_BULLET: Final = re.compile(r"[ \t]*(?:[-*+\u2022]|\d{1,3}[.)])[ \t]+[*_]{0,2}")
_MAX_NAME_CHARS: Final = 96
_MAX_LISTED: Final = 20

_HINTS: Final = frozenset(
    split_words(
        "ask asked contact ping cc tell told notify email e-mail call meet met attn named customer "
        "client employee patient colleague interview interviewed user lead manager engineer "
        "reviewer approver"
    )
)
"""Words before a name of which one word is listed."""
_LINKS: Final = frozenset(split_words("by from with and to"))
"""Words before a name of which the first name is listed."""
_HINT_ENDINGS: Final = tuple(_HINTS | _LINKS)
_BEFORE: Final = re.compile(r"([A-Za-z-]{2,11}) {0,2}[:,]?[ \t]{1,2}[\"'(]?$")
_DEED_WORD: Final = re.compile(
    r"[ \t](?:asked|noted|said|says|wrote|writes|owns|reported|reports|suggested|suggests"
    r"|fixed|added|found|told|pointed|proposed|approved|requested|mentioned|explained|confirmed|reviewed"
    r"|contributed|implemented|introduced|maintains|maintained|did|wants|wanted|thinks|thought|joined|left|works|worked|gave|helped)\b"
)
_DEED: Final = re.compile(rf"(?:'s)?{_DEED_WORD.pattern}")
_TITLES: Final = split_words(
    "Mr Ms Mx Dr Prof Miss Herr Frau Monsieur Madame Mme Se\u00f1or Signor Dear Dhr Mevr Pan"
)
"""What a text with a match of `_TITLE` has; quicker to look for."""
_TITLE: Final = re.compile(
    r"\b(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof)\.|(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Herr|Frau|Herrn"
    r"|Monsieur|Madame|Mme|Se\u00f1ora?|Signora?|Dear|Dhr|Mevr|Pani?)\b\.?)[ \t]{1,2}"
)
_CASELESS: Final = re.compile(r"(?<!\w)[^\W\d_a-zA-Z]{1,8}(?:[ \u3000][^\W\d_a-zA-Z]{1,12})?(?!\w)")


def lower_of_same_length(text: str) -> str:
    """Return the text in lower case, or unchanged where that would move its offsets."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text


def _mark_ends(text: str) -> Iterator[int]:
    lower = lower_of_same_length(text)
    for literals, pattern in _MARKS:
        if any(literal in lower for literal in literals):
            for mark in pattern.finditer(lower):
                yield mark.end()


def _is_shouted_in(word: str, mail: str) -> bool:
    return word.isupper() and len(word) > _MIN_OWN and word.lower() in mail


class MarkedPersonRecognizer(SpanRecognizer):
    """Finds names that a mark of authorship introduces or a mail address follows."""

    category = Category.PERSON

    def __init__(self, judge: NameJudge) -> None:
        """Take the judge of name-shaped runs."""
        self._judge = judge
        super().__init__("person.marked", score=0.85)

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield names after marks and before addresses."""
        yield from self._after_marks(text)
        yield from self._before_mails(text)

    def _after_marks(self, text: str) -> Iterator[Chars]:
        for mark_end in _mark_ends(text):
            position = mark_end
            for _ in range(_MAX_LISTED):
                run = (
                    read_name(text, position)
                    or self._broken_run(text, position)
                    or self._initialled(text, position)
                    or (self._given(text, position) if position == mark_end else None)
                )
                if run is None:
                    break
                if _AFTER_NAME.match(text, run.end) and not self._judge.is_a_thing(run.words):
                    yield from parts_of_lines(text, run.start, run.end)
                separator = _SEPARATOR.match(text, run.end)
                if separator is None:
                    break
                position = separator.end()

    def _broken_run(self, text: str, start: int) -> NameRun | None:
        """Return the run that a line end parts, if its words are those of a name."""
        run = read_broken_name(text, start)
        judge = self._judge
        if run and (judge.is_likely_person(run.words) or judge.is_plain(run.words)):
            return run
        return None

    def _initialled(self, text: str, start: int) -> NameRun | None:
        """Return a first name whose surname is only an initial: ``Jane Q``, ``Jane Q.``."""
        match = _INITIALLED.match(text, start)
        if match is None or not is_given(self._judge, match[1]):
            return None
        return NameRun(start=start, end=match.end(), words=(match[1], match[2]))

    def _given(self, text: str, start: int) -> NameRun | None:
        """Return a first name alone, if it is called nothing else."""
        word = WORD.match(text, start)
        if word is None or not (word.group().istitle() and is_given(self._judge, word.group())):
            return None
        return NameRun(start=start, end=word.end(), words=(word.group(),))

    def _before_mails(self, text: str) -> Iterator[Chars]:
        if not any(mark in text for mark in _AT_MARKS):
            return
        read_to = 0
        for mail in _MAIL.finditer(text):
            stop = mail.start()
            # a blank, and before it the quote that ends the name
            stop -= stop > read_to and text[stop - 1] in " \t"
            while stop > read_to and text[stop - 1] in "\"'*_":
                stop -= 1
            read_to = mail.end()
            run = self._name_up_to(text, stop, mail.group().lower())
            if run and (mail.group("login") is None or self._is_owner(text, run, mail["login"])):
                yield run.start, run.end
            elif run is None and mail.group().startswith("<"):
                yield from self._first_name_up_to(text, stop)

    def _is_owner(self, text: str, run: NameRun, login: str) -> bool:
        """Tell whether a login behind a name is its bearer's: it says less than an address.

        Half of the name must be listed, or stand in the login, or the name begin an item.
        """
        judge = self._judge
        if judge.is_half_listed(run.words):
            return True
        is_made_of = any(w.lower() in login.lower() for w in run.words if len(w) > _MIN_OWN)
        line = text[text.rfind("\n", 0, run.start) + 1 : run.start]
        return judge.is_plain(run.words) and (is_made_of or _BULLET.fullmatch(line) is not None)

    def _name_up_to(self, text: str, stop: int, mail: str) -> NameRun | None:
        """Return the longest run that reaches `stop`; earlier words of the line are no part.

        `mail`: the address behind it, in lower case; it tells a surname in capitals from a brand.
        """
        line_start = max(stop - _MAX_NAME_CHARS, text.rfind("\n", 0, stop) + 1)
        for word in _WORD_START.finditer(text, line_start, stop):
            run = read_name(text, word.end())
            if run and run.end >= stop:
                run = self._without_lead(text, run)
                words = tuple(w.title() if _is_shouted_in(w, mail) else w for w in run.words)
                return None if self._judge.is_a_thing(words) else run
        return None

    def _without_lead(self, text: str, run: NameRun) -> NameRun:
        """Return a run without the word that only begins a sentence: ``Nominating Jane Quux``."""
        judge = self._judge
        if len(run.words) < 3 or judge.is_listed(run.words) or judge.is_led(run.words):  # noqa: PLR2004 - a name is left
            return run
        rest = read_name(text, run.start + len(run.words[0]) + 1)
        is_name = rest is not None and (
            judge.is_listed(rest.words)
            or judge.is_led(rest.words)
            or ENGLISH_ENDING.search(run.words[0]) is not None
        )
        return rest if rest and is_name and not judge.gazetteer.is_name(run.words[0]) else run

    def _first_name_up_to(self, text: str, stop: int) -> Iterator[Chars]:
        """Yield a first name that is all that stands before an address, but for an initial."""
        word = _ALONE_BEFORE.search(text, max(0, stop - _MAX_ALONE), stop)
        if word and is_given(self._judge, word[2]):
            yield word.span("name")


class ListedPersonRecognizer(SpanRecognizer):
    """Finds first name and surname that both stand in the gazetteer."""

    category = Category.PERSON

    def __init__(self, judge: NameJudge) -> None:
        """Take the judge of name-shaped runs."""
        self._judge = judge
        super().__init__("person.listed", score=0.6)

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield names wherever they stand."""
        for run in self._judge.names_in(text):
            yield run.start, run.end
        if not text.isascii():
            for match in _CASELESS.finditer(text):
                if self._judge.gazetteer.is_caseless_name(match.group().replace("\u3000", " ")):
                    yield match.span()


class HintedPersonRecognizer(SpanRecognizer):
    """Finds half-listed names behind a title, a word such as ``ask``, or before a deed."""

    category = Category.PERSON

    def __init__(self, judge: NameJudge) -> None:
        """Take the judge of name-shaped runs."""
        self._judge = judge
        super().__init__("person.hinted", score=0.55)

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield names; behind a title one listed surname is enough."""
        yield from self._after_titles(text)
        has_deed = _DEED_WORD.search(text) is not None
        read_to = 0
        for start in capitalised(text):
            if start < read_to:
                continue
            before = text[max(0, start - 18) : start]
            is_hinted = before.rstrip(" \t\n\"'(:,").lower().endswith(_HINT_ENDINGS)
            if not (has_deed or is_hinted):
                continue
            word = _BEFORE.search(before)
            hint = word.group(1).lower() if word else ""
            if not (has_deed or hint in _HINTS or hint in _LINKS):
                continue
            run = self._judge.half_listed_at(text, start)
            if run is None:
                continue
            is_linked = hint in _LINKS and (
                self._judge.is_listed(run.words) or self._judge.is_led(run.words)
            )
            if hint in _HINTS or is_linked or (has_deed and _DEED.match(text, run.end)):
                read_to = run.end
                yield run.start, run.end

    def _after_titles(self, text: str) -> Iterator[Chars]:
        if not any(title in text for title in _TITLES):
            return
        for title in _TITLE.finditer(text):
            run = read_name(text, title.end())
            if run:
                if not self._judge.reason_against(run.words):
                    yield run.start, run.end
                continue
            word = self._judge.single_name(text, title.end())
            if word:
                yield word


def person_recognizers(judge: NameJudge) -> list[SpanRecognizer]:
    """Return the recognizers of names that read text; their names are rule ids."""
    return [
        MarkedPersonRecognizer(judge),
        ListedPersonRecognizer(judge),
        HintedPersonRecognizer(judge),
    ]
