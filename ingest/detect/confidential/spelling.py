"""How a term may be written, and how carefully it is to be read.

The words of a term may be joined by nothing, white space, ``_``, ``-`` or ``.``, and a comment may
break its line between them. Short and ordinary words would be found everywhere, so they count only
as they stand in the list, or beside a word that introduces them; an entry's options overrule this.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ingest.detect.confidential.ordinary import ORDINARY
from ingest.domain.company import Term, TermCase, TermKind, TermPlace

MIN_CHARS: Final = 2
_SHORT_CHARS: Final = 4
"""Shorter terms are whole words in the case of the list (``SAP``, ``3M``)."""
_PLURAL_CHARS: Final = 5
_GAP: Final = rb"(?:[ \t_.-]{0,3}|[ \t]{0,8}\r?\n[ \t]{0,40}(?:#|//|\*|--|;)?[ \t]{0,8})"
_GAPS: Final = re.compile(r"[\s_.-]+")
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\sA-Za-z0-9_.-]+")
_EDGES: Final = re.compile(r"^[^\w]+|[^\w]+$")
_LEGAL_FORM: Final = re.compile(
    r"[\s,]+(?:gmbh(?: & co\.? kg)?|inc|incorporated|llc|llp|ltd|limited|corp|corporation|company|"
    r"co|ag|se|kg|ohg|plc|pty|sarl|sas|s\.?a|s\.?p\.?a|s\.?r\.?l|b\.?v|n\.?v|oy|oyj|ab|a/s|aps|kk)"
    r"\.?$",
    re.IGNORECASE,
)
_DIGRAPHS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "u" + "e", "ß": "ss"})


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """One way to write a term, and how it is to be read."""

    term: Term
    text: str
    is_exact: bool
    """The case must be that of the list."""
    is_whole: bool
    """No letter, digit or underscore may touch it."""
    needs_context: bool

    @property
    def is_ascii(self) -> bool:
        """Tell whether every character is ASCII."""
        return self.text.isascii()

    @property
    def may_be_plural(self) -> bool:
        """Tell whether one ``s`` behind the term still makes it the term."""
        is_name = self.term.kind is not TermKind.LOGINS and not self.is_exact
        return is_name and len(self.text) >= _PLURAL_CHARS and self.text[-1].isalpha()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words; a login is one, whatever stands in it."""
        if self.term.kind is TermKind.LOGINS or self.is_exact:
            return (self.text,)
        return tuple(_WORDS.findall(self.text)) if self.is_ascii else tuple(_split(self.text))

    @cached_property
    def pattern(self) -> re.Pattern[bytes]:
        """Matches the term at its place; what stands around it is not looked at."""
        if self.is_exact:
            return re.compile(re.escape(self.text.encode()))
        return re.compile(_GAP.join(re.escape(w.encode()) for w in self.words), re.IGNORECASE)

    def lines(self) -> list[str]:
        """Return texts whose first two pieces are those of every way to write the term."""
        if self.is_exact or self.term.kind is TermKind.LOGINS:
            return [self.text]
        words = [word.lower() for word in self.words]
        joined = {" ".join(words), "".join(words), self.text}
        if len(words) > MIN_CHARS:
            joined |= {
                " ".join(("".join(words[:2]), *words[2:])),
                " ".join((words[0], "".join(words[1:]))),
            }
        # FALCONs ends in a piece of its own, "Ns", and leaves "FALCO"
        plural = {f for text in joined for f in (text + "s", text[:-1])}
        return sorted(joined | plural if self.may_be_plural else joined)

    def literals(self) -> set[bytes]:
        """Return the spellings of a term with other letters than ASCII's, in small letters.

        ASCII case is the engine's business; the case of other letters, and whether their marks
        stand apart (NFD), is ours.
        """
        words = _split(self.text)
        joined = {joint.join(words) for joint in ("", " ", "_", "-", ".")} | {self.text}
        cased = {f for t in joined for f in (t, t.lower(), t.upper(), t.title(), t.casefold())}
        composed = {unicodedata.normalize("NFC", form) for form in cased}
        apart = {unicodedata.normalize("NFD", form) for form in cased}
        return {_lower_ascii(form) for form in composed | apart}


def spellings_of(term: Term) -> list[Spelling]:
    """Return the ways to write a term; none for one that is too short to mean anything."""
    text = _EDGES.sub("", unicodedata.normalize("NFC", term.text.strip()))
    texts = dict.fromkeys((text, *_without_marks(text)))
    if term.kind is TermKind.CUSTOMERS:
        short = _LEGAL_FORM.sub("", text)
        if len(short) >= _PLURAL_CHARS and short.lower() not in ORDINARY:
            texts |= dict.fromkeys((short, *_without_marks(short)))
    return [_spelling(term, form) for form in texts if len(form) >= MIN_CHARS]


def _spelling(term: Term, text: str) -> Spelling:
    is_login = term.kind is TermKind.LOGINS
    is_short = sum(char.isalnum() for char in text) < _SHORT_CHARS and text.isascii()
    is_code_name = term.kind is TermKind.CODENAMES
    is_common = is_short or (text.lower() in ORDINARY and not is_code_name)
    is_exact = is_common and not is_login
    is_whole = is_common or is_login
    return Spelling(
        term=term,
        text=text,
        is_exact=is_exact if term.case is TermCase.DEFAULT else term.case is TermCase.EXACT,
        is_whole=is_whole if term.place is TermPlace.DEFAULT else term.place is TermPlace.WORD,
        needs_context=(
            # a listed "Apple" is told from the fruit by its capital, a listed "apple" by nothing
            is_common and (is_login or text.islower()) and not is_code_name
            if term.context is None
            else term.context
        ),
    )


def _split(text: str) -> list[str]:
    return [word for word in _GAPS.split(text) if word]


def _without_marks(text: str) -> list[str]:
    """Return how identifiers write a term with diacritics: ``Müller`` as muller and mueller."""
    if text.isascii():
        return []
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    forms = (bare, text.lower().translate(_DIGRAPHS))
    return [form for form in forms if form.isascii()]


def _lower_ascii(text: str) -> bytes:
    return text.encode().lower()
