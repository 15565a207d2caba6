"""Whether a value that a name calls secret can be one.

Most of what stands behind ``password =`` in code is no password: an expression, a place to look
it up, a label, a word of documentation. Each refusal below names what the value is instead; a
default or weak password is none of them and is reported.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a name says its value is; it decides how much the value itself must show."""

    PASSWORD = "password"  # noqa: S105 - a name, not a value
    SECRET = "secret"  # noqa: S105 - a name, not a value
    TOKEN = "token"  # noqa: S105 - a name, not a value
    NONCE = "nonce"


class Bare(StrEnum):
    """What a value without quotes may be instead of one."""

    NOTHING = ""
    """It has quotes."""
    WORD = "word"
    """A setting, an argument: names of members and places are still no secrets."""
    SET = "set"
    """What a variable in capitals is set to: of a shell, of a file of settings."""
    EXPRESSION = "expression"
    """A variable of a program too."""


CODE_SUFFIXES: Final = frozenset(
    re.findall(
        r"\w+",
        "py pyi pyx js jsx mjs cjs ts tsx vue svelte go java kt kts scala groovy c h cc cpp cxx hpp"
        " hh cs fs vb rb php swift rs pl pm lua dart m mm ex exs erl clj cljs hs ml jl r sol zig"
        " nim d gradle cr elm bas abap vbs sql pas f90 coffee less scss css sass",
    )
)
"""Name hints of programs, in which a value without quotes is an expression."""

_TEMPLATE: Final = re.compile(
    rb"\$\{|\{\{|\$\(|<%|%\(|#\{|%\{|\{%|^\$[A-Za-z_]|^%[A-Za-z_]+%$|^@[A-Za-z_]+@$"
    rb"|^[<\[{(].*[>\]})]$|^<|^\{|\$[A-Z_]{3,}|^&|^\*\w|^%[a-z]$|%s|^![A-Za-z:_]*$|^\?|^\\\d\$[a-z_]"
)
_MASK: Final = re.compile(rb"(.)\1*|[*.xX#_-]+|.{0,3}\*{3,}.*|.*\.\.\.|\W+|[xX]{3,}.*[xX]{3,}")
_NOTHING: Final = re.compile(
    rb"(?i)(?:null|none|nil|true|false|undefined|void|empty|string|str|text|bytes?|integer|int"
    rb"|number|bool(?:ean)?|object|any|array|list|dict|hidden|required|optional|default|field"
    rb"|input|label|value|data|type|name|self|this|return|function|lambda|async|await|new|not|and"
    rb"|or|if|for|in|is|the|a|an|your|my|to|of|with|must|should|will|can|was|has|that|from|yes|no"
    rb"|on|off|auto|basic|bearer|digest|plain|encrypted|masked|redacted|hashed|invalid|valid"
    rb"|mindestens|minimum|minimo|m\xc3\xadnimo|minstens|siehe|voir|v\xc3\xa9ase|misma|gleiche"
    rb"|latin-?1|utf-?(?:8|16|32)|ascii|iso-?8859-?\d{1,2}|cp-?\d{3,4}"
    rb"|missing|any(?:thing)?|something|whatever|confirmed|version|failed|example|examples|sample|placeholder|todo|n/?a|tbd|unset|disabled|enabled"
    rb"|passwort|passwords?|passwd|passphrase|pass|pwd|pw|kennwort|wachtwoord|senha|has(?:l|\xc5\x82)o"
    rb"|secrets?|tokens?|credentials?|creds?|keys?|api[_-]?keys?|auth|login|user(?:name)?|email)s?"
)
_UPPER_NAME: Final = re.compile(rb"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|(?:[A-Z0-9]+_)+\*")
_MEMBER: Final = re.compile(rb"\$?[A-Za-z_]\w*(?:(?:\.|::|->)[A-Za-z_]\w*)+[=(]?")
_PLACE: Final = re.compile(
    rb"(?:~|\.{1,2})?/[\w.@~-]*(?:/.*)?|[\w.-]+(?:/[\w.-]+)+\.[a-z]{1,5}|[A-Za-z]:\\.*|[a-z][a-z0-9+.-]{2,}://.*|.*\.(?:pem|key|txt|json"
    rb"|ya?ml|crt|cert?|jks|p12|pfx|js|ts|py|rb|go|java|html?|php|md|sh|conf|ini|cfg|xml|env|properties|zip|t?gz|jar|whl|deb|rpm|exe)",
    re.IGNORECASE,
)
_STAND_IN: Final = re.compile(
    # ``mysecretpassword``, in one word, is what tutorials set and nobody changes
    rb"(?i)(?!(?-i:(?:my|some)[a-z]+)$)(?:<|\[|\{)?(?:your|my|insert|enter|replace|some|put|add|the|type|choose|provide|use|set"
    rb"|change|fill)[ _-]?(?:own|secure|strong|secret|super|new|real|actual|api|access|auth|db"
    rb"|database|client|private|user|admin|in|with|me|this|it|a|an|the)?.*(?:here|password|passwd"
    rb"|secret|token|key|credential|value|this|me)[)\]}>]?"
)
_WORDS: Final = re.compile(rb"[A-Za-z]+(?:[-_.:/ ][A-Za-z]+)+")
_SECRET_WORD: Final = re.compile(
    rb"(?i)passw|passphrase|secret|token|credential|(?:api|access)_?key"
)
_HUMP: Final = re.compile(rb"[a-z][A-Z]")
_TITLE: Final = re.compile(rb"[A-Z][a-z]+")
_JOINT: Final = re.compile(rb"[-_ ]")
_RESOURCES: Final = frozenset(
    b"app api db database tls ssl cert certificate certs auth oauth client server service user"
    b" admin prod production dev development staging test default config settings key keys secret"
    b" secrets token tokens password credentials creds name id ref tpl file path store manager"
    b" vault aws gcp azure github gitlab docker registry pull deploy sql mysql postgres redis"
    b" login session my your some new old invalid wrong example sample dummy fake mock header"
    b" field type value access refresh bearer question santa".split()
)
"""Words that names of secrets are made of, as clusters and vaults have them."""
_DIGITS: Final = re.compile(rb"[0-9]")
_LETTERS: Final = re.compile(rb"[A-Za-z]")
_SIGNED: Final = re.compile(rb"[\w\x80-\xff][&!@#$%^*+=_~|-]+[A-Za-z\x80-\xff]")
"""A sign in the midst, as passwords have and words of no language."""
_NUMBER: Final = re.compile(rb"[-+]?[0-9][0-9_.,:/-]*[a-z]{0,2}")
_VERSION: Final = re.compile(rb"v?\d+(?:\.\d+)+[\w.-]*")
_TOKENISH: Final = re.compile(rb"[A-Za-z0-9_+/=.~:@!#$%^*?-]+")
_ACCESS: Final = re.compile(rb".*[\[(].*")

_FEWEST_PASSWORD: Final = 4
_FEWEST_SECRET: Final = 6
_FEWEST_TOKEN: Final = 8
_FEWEST_NONCE: Final = 16
_FEWEST_LETTERS: Final = 8
_MANY_HUMPS: Final = 4
_LETTERS_PER_HUMP: Final = 4
_SIGNS_PER_HUMP: Final = 3.5
_LONGEST_WORD: Final = 40
_MIN_DIGITS: Final = 2
_LABEL_STARTS: Final = (b"pass", b"require", b"option", b"invalid", b"incorrect", b"confirm")
_FEWEST_WORDS: Final = 2
_FEWEST_IN_PHRASE: Final = 12


def is_plausible(
    value: bytes, kind: Kind, *, bare: Bare = Bare.NOTHING, is_strict: bool = False
) -> bool:
    """Say whether a value can be a secret of its kind.

    `bare`: it stands without quotes, and what it may be then. `is_strict`: what joins it to the
    name is weak, so it must have digits among letters.
    """
    value = value.strip()
    if len(value) < _FEWEST_PASSWORD or b" " in value or b"\t" in value:
        return False
    # The cheap question first: most of what stands behind such a name has not even the form.
    if not _has_form(value, kind, bare=bare, is_strict=is_strict):
        return False
    return not (_is_expression(value, bare) or _is_something_else(value))


def _is_expression(value: bytes, bare: Bare) -> bool:
    """Say whether a value without quotes is looked up: a member, an element, a call."""
    if not bare:
        return False
    # Settings name members too, but hardly any with a digit.
    is_member = bare is Bare.EXPRESSION or (bare is Bare.WORD and not _DIGITS.search(value))
    return bool((is_member and _MEMBER.fullmatch(value)) or _ACCESS.fullmatch(value))


def _has_form(value: bytes, kind: Kind, *, bare: Bare, is_strict: bool) -> bool:
    """Say whether a value is made of what a secret of its kind is made of."""
    if is_strict and kind is Kind.PASSWORD:
        return len(value) >= _FEWEST_SECRET and _DIGITS.search(value) is not None
    if is_strict or kind is Kind.TOKEN:
        return _is_mixed(value, _FEWEST_TOKEN) or (value.isalnum() and _is_scrambled(value))
    if kind is Kind.NONCE:
        return _is_mixed(value, _FEWEST_NONCE)
    if _WORDS.fullmatch(value) or value.isalpha():
        return _is_chosen_word(value, kind, bare=bare)
    return len(value) >= (_FEWEST_SECRET if kind is Kind.SECRET else _FEWEST_PASSWORD)


def is_spelled_out(value: bytes) -> bool:
    """Say whether a value that its place alone calls a secret is written out there.

    It is no template, mask, type, path, name of a constant or stand-in; a sentence is the
    caller's to refuse.
    """
    value = value.strip()
    return len(value) >= _FEWEST_PASSWORD and not _is_something_else(value)


def is_foreign(value: bytes) -> bool:
    """Say whether letters beyond ASCII are those of a translated label: no digit or sign in it."""
    if value.isascii() or _DIGITS.search(value):
        return False
    return _SIGNED.search(value) is None


def _is_something_else(value: bytes) -> bool:
    return bool(
        is_foreign(value)
        or _TEMPLATE.search(value)
        or _MASK.fullmatch(value)
        or _NOTHING.fullmatch(value)
        or _UPPER_NAME.fullmatch(value)
        or _PLACE.fullmatch(value)
        or _STAND_IN.fullmatch(value)
    )


def _is_mixed(value: bytes, fewest: int) -> bool:
    """Say whether letters and digits are mixed as in what a machine made."""
    if len(value) < fewest or not _TOKENISH.fullmatch(value) or not _LETTERS.search(value):
        return False
    if _VERSION.fullmatch(value) or _NUMBER.fullmatch(value):
        return False
    return len(_DIGITS.findall(value)) >= _MIN_DIGITS


def _is_scrambled(value: bytes) -> bool:
    """Say whether capitals stand in letters alone as no words in a row have them."""
    humps = len(_HUMP.findall(value))
    # Names with a number in them have shorter words.
    most = _LETTERS_PER_HUMP if value.isalpha() else _SIGNS_PER_HUMP
    return humps >= _MANY_HUMPS and len(value) <= most * humps


def _is_chosen_word(value: bytes, kind: Kind, *, bare: Bare) -> bool:
    """Say whether letters alone are a word that somebody chose, and not a name or a label."""
    if len(value) > _LONGEST_WORD or (
        _TITLE.fullmatch(value) and not _is_chosen_title(value, kind, bare)
    ):
        return False
    is_one_word = value.isalpha()
    if is_one_word and _is_scrambled(value):
        return True
    if _SECRET_WORD.search(value):
        # ``mypassword`` is chosen; ``newPassword``, ``password_field`` are names.
        is_set = bare is Bare.SET or (bare is Bare.WORD and kind is Kind.PASSWORD)
        return is_one_word and value.islower() and (is_set or not bare)
    if kind is Kind.SECRET and not is_one_word:
        return not bare and _is_phrase(value)
    if kind is Kind.SECRET:
        return len(value) >= _FEWEST_LETTERS and not _HUMP.search(value)
    return not (bare is Bare.EXPRESSION and _HUMP.search(value))


def _is_chosen_title(value: bytes, kind: Kind, bare: Bare) -> bool:
    """Say whether a word with a capital is no label: it is quoted, or set, and of some length."""
    if bare is Bare.SET:
        return True
    is_long = len(value) > _FEWEST_LETTERS and kind is Kind.PASSWORD
    return not bare and is_long and not value.lower().startswith(_LABEL_STARTS)


def _is_phrase(value: bytes) -> bool:
    """Say whether joined words are a phrase that somebody made up, and no name of a resource."""
    words = _JOINT.split(value)
    is_long = (
        len(words) >= _FEWEST_WORDS and len(value) >= _FEWEST_IN_PHRASE and min(map(len, words)) > 1
    )
    return is_long and value.islower() and _RESOURCES.isdisjoint(words)
