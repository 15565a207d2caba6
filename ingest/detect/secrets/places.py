"""What a value is by what stands beside it: a piece of a hash, a nonce of a page, a lookup."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_CRYPT: Final = re.compile(
    # crypt(5), and the same of PHC's string format
    rb"\$(?:[1567y]|2[abxy]?|apr1|argon2\w{0,2}|scrypt|pbkdf2[\w-]{0,16}|s0|bcrypt[\w-]{0,10})\$[^\s\"']{0,120}$"
    # MySQL, FreeRADIUS
    rb"|(?i:by password ')\*?$|\b(?:NT|LM|SMD5|SSHA|MD5|SHA2?|Crypt)-Password[ \t]*:?=[ \t]*[\"']?$"
)
_HASH: Final = re.compile(
    rb"\$(?:[1567y]|2[abxy]?|apr1|argon2\w{0,2}|scrypt|pbkdf2[\w-]{0,16})\$[\w./=,$+%-]*"
)
_HUMPED_KEY: Final = re.compile(
    rb"[\"']?(\w{2,20}[A-Z_]\w{2,20})[\"']?[ \t]*(?:=>|[:=])[ \t]*[\"']?$"
)
"""A key of several words: ``showPassword``, beside its text ``Show``."""
_PAGE: Final = re.compile(
    rb"(?i)<(?:script|style|link|iframe)\b[^<>]{0,120}\bnonce=[\"']$|'nonce-$"
    rb"|(?:csrf|xsrf)[\w-]{0,24}[\"'][ \t]+(?:content|value)=[\"']$"
    rb"|(?:__RequestVerificationToken|__VIEWSTATE\w{0,12}|authenticity_token|csrfmiddlewaretoken)"
    rb"[\"'][^<>]{0,60}\bvalue=[\"']$"
)
"""What a server draws for one page or session, and everybody who asks for the page may read."""
_TAKEN: Final = re.compile(rb"(?:\w\[|\.(?:get|pop|fetch|has|remove|getItem)\()[\"']$")
_FIELD: Final = re.compile(rb"(?i)(?:new_?|old_?)?(?:passw(?:or)?d|passwd|pwd|pass)_?[0-9]")
_SPAN: Final = re.compile(
    rb"[0-9]{1,4}\.(?:second|minute|hour|day|week|month|year)s?(?:\.(?:ago|from_now))?|0x[0-9a-fA-F]{1,8}"
)
"""A length of time, as Rails writes it, and a number."""
_PAGE_ADDRESS: Final = re.compile(
    rb"https?://(?!\S*(?:[?@]|(?i:hook)))[^\s\"']{1,200}?(?:\.(?:html?|md|pdf|php|aspx?)(?:#\S{0,80})?|/)[.,;)]?"
)
_CLASS: Final = re.compile(rb"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){1,6}\.[A-Z][a-z]+(?:[A-Z][a-z]+)+")
"""A class by its path, as settings name those that are to be loaded."""
_TYPE: Final = re.compile(
    rb"&?[A-Za-z_][\w.:]*[ ]?\{.*|\([a-z]\w*"
    rb"|[A-Z]\w*<[\w<>:,. ]{1,60}>"
)
"""A literal of a type, a block, a parameter, a type with parameters."""
_OPTION: Final = re.compile(rb"--[a-z][a-z-]{2,40}")
_BLOCK: Final = re.compile(
    rb"\b(?:resource|data|module|variable|output|provider)[ \t]+(?:\"[\w-]*\"[ \t]+)?\"$"
)
"""How a block of Terraform begins, before its name."""
_VARIABLE: Final = re.compile(rb"@{1,2}[a-z_]{3,40}")
_SYMBOL: Final = re.compile(rb":[a-z_]{3,40}")
_REMARK: Final = re.compile(rb"^[ \t]*(?:#|//|\*|--|;)[^\"']*$")
_WORDS: Final = re.compile(rb"[a-z]+(?:[ ][a-z]+){2,}[.,;]?")
_KIND_NAME: Final = re.compile(rb"(?i)(?:key|token)\w{0,12}[\"'][ \t]*(?:=>|[:=])[ \t]*[\"']$")
_WORD_BEYOND_ASCII: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_REFERENCE: Final = re.compile(
    rb"(?i)(?:@Microsoft\.KeyVault\(|(?:op|sm|awssm|aws-sm|gcp-?sm|azkv|akv|vault|ref\+\w{2,20}|bws"
    rb"|secretsmanager|aws_secretsmanager|ssm|keychain|keyring|infisical|doppler)://"
    rb"|(?:secretsmanager|ssm|vault|env|file|kv):(?=[/\w])|projects/[\w-]+/secrets/).*"
)
"""Where the value is kept: a vault, a variable, a file."""
_ENTRY_KEY: Final = re.compile(
    rb"(?i)(?:cache|model|dataset|sort|partition|primary|foreign|routing|query|translation|i18n|lookup"
    rb"|group|row|object|index|dedup|sequence|message)[_-]?key[\"'\])]{0,2}[ \t]*(?:=>|[:=])"
    rb"[ \t]*[\"'`]?$"
)
_ENTRY: Final = re.compile(rb"[a-z0-9]{1,24}(?:[-_.:/][a-z0-9]{1,24})+")
"""The key of an entry, and how such are written."""
_NAME_CONSTANT: Final = re.compile(
    rb"\b(?:FIELD|PARAM|PROP|PROPERTY|ATTR|ATTRIBUTE|HEADER|COLUMN|COL|ARG|OPT|OPTION|FLAG|EXTRA|PREF"
    rb"|TAG|ELEMENT|EVENT|ROUTE|CLAIM|GRANT(?:_TYPE)?)_[A-Z0-9_]{2,40}[ \t]*=[ \t]*[\"']$"
)
"""A constant that holds the name of a field or parameter."""
_NAME_VALUE: Final = re.compile(rb"[A-Za-z]+(?:[-_.][A-Za-z]+)*")
_DOTTED: Final = re.compile(
    rb"(?:[a-z][a-z_]*\.){1,5}(?:new_?|reset_?|user_?)?(?:password|passwd|secret|token|key|credentials?)s?"
)
"""The key of a text or of a setting, by its path."""
_ROUTE: Final = re.compile(
    rb"(?:/:?[a-z][a-z_-]*){2,6}/?|[\w.-]{1,40}:/(?:etc|run|var|srv|usr|opt|home)/[\w./-]*"
)
"""A route of a program, and what systemd loads from a file under a name."""
_REVISION: Final = re.compile(rb"[0-9a-f]{40}")
_CITED: Final = re.compile(rb"(?:\(|, |@|/)$")
"""A commit, as lists of changes cite it."""
_RIGHT: Final = re.compile(
    rb"reset|change|read|write|update|create|delete|edit|manage|admin|list|view|set|show|forgot|confirm"
)
_BEFORE_RIGHT: Final = re.compile(rb"[a-z]:$")
"""What may be done with passwords or tokens, as rights name it: ``password:reset``."""
_MANNER: Final = re.compile(
    rb"(?:inherit|on_create|always|never|external|unchanged|generated|auto-?generated|random)[\])},]*"
)
_LIST_OF_RULES: Final = re.compile(rb"[A-Z][A-Za-z\x80-\xff]+(?:[ ][\w\x80-\xff-]+)+,[ ]\S.*")
"""A sentence with a comma: *At least 8 characters, 1 digit*."""


def place_kind(value: bytes, head: bytes) -> str:
    """Return what a value that a name or its randomness gave away is by its place.

    `head` is what stands before it on its line.
    """
    return next((kind for kind, says in _KINDS if says(value, head)), "")


def _is_digest(value: bytes, head: bytes) -> bool:
    if _HASH.fullmatch(value) or _CRYPT.search(head):
        return True
    return _REVISION.fullmatch(value) is not None and _CITED.search(head) is not None


def _is_expression(value: bytes, head: bytes) -> bool:
    """Say whether a value is a symbol, class, option or, without quotes, a variable or type."""
    if _SYMBOL.fullmatch(value) or _CLASS.fullmatch(value) or _OPTION.fullmatch(value):
        return True
    is_typed = _TYPE.fullmatch(value) or _VARIABLE.fullmatch(value)
    return is_typed is not None and not head.endswith((b'"', b"'"))


def _is_name(value: bytes, head: bytes) -> bool:
    """Say whether a value is the key of an entry, a route, a right, or the name of a field."""
    if _BLOCK.search(head) or (_FIELD.fullmatch(value) and _TAKEN.search(head)):
        return True
    if _DOTTED.fullmatch(value) or _ROUTE.fullmatch(value) or _MANNER.fullmatch(value):
        return True
    if _RIGHT.fullmatch(value) and _BEFORE_RIGHT.search(head):
        return True
    if _ENTRY.fullmatch(value) and _ENTRY_KEY.search(head):
        return True
    return _NAME_VALUE.fullmatch(value) is not None and _NAME_CONSTANT.search(head) is not None


def _is_label(value: bytes, head: bytes) -> bool:
    """Say whether a value is a word of another language beside a key or token, or a rule."""
    if _LIST_OF_RULES.fullmatch(value):
        return True
    if _WORDS.fullmatch(value) and _REMARK.search(head):
        return True
    if value.istitle() and value.isalpha() and (key := _HUMPED_KEY.search(head)):
        return value.lower() in key[1].lower()
    if value.isascii() or not _KIND_NAME.search(head):
        return False
    return _WORD_BEYOND_ASCII.fullmatch(value.decode("utf-8", "ignore")) is not None


_KINDS: Final[tuple[tuple[str, Callable[[bytes, bytes], bool]], ...]] = (
    ("digest", _is_digest),
    ("nonce", lambda _, head: _PAGE.search(head) is not None),
    ("reference", lambda value, _: _REFERENCE.fullmatch(value) is not None),
    ("name", _is_name),
    ("moment", lambda value, _: _SPAN.fullmatch(value) is not None),
    ("address", lambda value, _: _PAGE_ADDRESS.fullmatch(value) is not None),
    ("expression", _is_expression),
    ("label", _is_label),
)
"""What a value may be, in the order in which it is asked."""
