"""Values whose shape alone says what they are: versions, files, routes, rows of words."""

from __future__ import annotations

import re
from typing import Final

_TYPE_ASKED: Final = re.compile(rb"typeof[ (]+[\w.$]+\)?[ \t]*[!=]==?[ \t]*[\"']$")
_KEY_COMPARED: Final = re.compile(rb"(?i)\b(?:clave|chave)[\"'\])]{0,2}[ \t]*[!=]=[ \t]*[\"']$")
"""*Clave* is the key of a table as often as a password."""
_IN_NAME: Final = re.compile(rb"[\"'](?:\w+[:.]){2,4}$")
_PLAIN: Final = re.compile(rb"[A-Za-z]+|[a-z]+(?:_[a-z]+)*")
_VERSION: Final = re.compile(rb"[~^=<>]{0,2}v?\d+(?:\.\d+){1,3}(?:[-+][\w.-]{1,40})?")
_FILE: Final = re.compile(
    rb"(?i)[\w./-]{1,100}\.(?:pem|key|crt|cer|csr|p12|pfx|jks|asc|gpg|txt|json|ya?ml|xml|ini|cfg)"
)
_ROUTE: Final = re.compile(rb"[a-z_/]+#[a-z_]+[?!]?")
"""An action of a controller, as Rails writes routes."""
_ROUTED: Final = re.compile(rb"(?:=>|\bto:)[ \t]*[\"']$")
_LETTERS: Final = re.compile(rb"_{0,3}[A-Za-z]+(?:[-_/.][A-Za-z]+)*")
_DRAWN: Final = re.compile(rb"[a-z][A-Z]{6}|[A-Z]{13}")
"""More capitals in a row than an abbreviation in a name has, or a word of a constant."""
_PART: Final = re.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SLUG: Final = re.compile(
    rb"(?:[A-Z_]{2,40}=)?(?:[a-z]{1,16}|v?[0-9]{1,4})(?:[-_](?:[a-z]{1,16}|[0-9]{1,4})){2,}"
)
"""Words and numbers joined, as titles are in addresses."""
_SETTING: Final = re.compile(rb"[A-Z_]{2,40}=/.*")
"""A variable and a path, in one string."""
_CONSTANT: Final = re.compile(rb"[A-Z]{2,}(?:_[A-Z]{2,})+_?[A-Z]?[0-9]{1,3}")
_LETTERS_PER_WORD: Final = 4
_FEWEST_LONG: Final = 20


def shape_kind(text: bytes, head: bytes) -> str:
    """Return what a value is by its shape; empty where it may be a secret.

    `head` is what stands before it on its line.
    """
    if _TYPE_ASKED.search(head):
        return "type"
    if _VERSION.fullmatch(text):
        return "version"
    is_file = _FILE.fullmatch(text) is not None
    is_route = _ROUTE.fullmatch(text) is not None and _ROUTED.search(head) is not None
    is_named = _KEY_COMPARED.search(head) is not None or _IN_NAME.search(head) is not None
    is_plain = is_named and _PLAIN.fullmatch(text) is not None
    return "name" if is_file or is_route or is_plain else ""


def is_row_of_words(value: bytes) -> bool:
    """Say whether what looks random is words in a row: ``ShouldRefuseTokensThatAreOld``.

    Letters drawn at random change their case every other time.
    """
    if any(form.fullmatch(value) for form in (_SLUG, _CONSTANT, _SETTING)):
        return True
    if len(value) < _FEWEST_LONG or not _LETTERS.fullmatch(value) or _DRAWN.search(value):
        return False
    words = len(_PART.findall(value))
    return words > 1 and len(value) >= _LETTERS_PER_WORD * words
