"""Values that are themselves names: of a field, an event, a resource, a type, a variable."""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.secrets.matches import Match

_NAMING_WORDS: Final = (
    "password passwd passphrase pwd pass secret secrets token tokens credential"
    " credentials creds key keys auth passwords apikey"
)
_SECRET_WORDS: Final = frozenset(_NAMING_WORDS.split())
_HELPING_WORDS: Final = (
    "form control input field login logout sign signin signup user users username admin"
    " new old current confirm confirmation repeat wrong invalid changed change reset"
    " forgot id name names value hash type label error text file path header param client"
    " server api access refresh bearer basic csrf xsrf session oauth oauth2 jwt id private"
    " public account service app application database db sql mysql postgres postgresql"
    " redis mongo mongodb rabbitmq kafka ldap smtp mail email ftp ssh tls ssl root default"
    " env config settings manager store vault provider not is has no the a an of for to in"
    " with and or required missing expired strength policy rules validator validation min"
    " max length encryption encrypted scram md5 sha sha1 sha256 256 j x my your some this"
    " string data resource ref reference prod dev staging test hashed plain get set show"
    " hide toggle button submit visible update create delete verify request response"
    " grafana web http https grant code scope state nonce ng model on off button icon"
    " group row col item container wrapper btn"
)
_HELPERS: Final = frozenset(_HELPING_WORDS.split())
_PARTS: Final = re.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_IDENTIFIER: Final = re.compile(rb"[A-Za-z_$][\w$]*(?:[-./:|#][A-Za-z_$][\w$]*)*")
_ANY_NAME: Final = re.compile(rb"[A-Za-z_/$.][\w$./:|#@-]*")
_NAME_OF_NAME: Final = re.compile(
    rb"(?:[a-z0-9](?:Field|FieldId|Id|ID|Name|Key|Keys|KeyName|Param|Parameter|Event|Path|Ref"
    rb"|Prompt|Attr|Attribute|Header|Selector|Type|Column"
    rb"|Route|Url|Uri|File|Class|Label|Input|Prefix|Suffix|Topic|Provider|Encoder|Algorithm"
    rb"|Backend|Arn|Property|Format|Rule|Rules|Manager)"
    rb"|(?i:[_.-](?:field|id|name|keyname|param|parameter|event|path|ref|prompt|attr|attribute"
    rb"|header|selector|type|column|route"
    rb"|encryption|backend|arn|rules?|manager|prefix|suffix|class|algorithm|provider|label|input"
    rb"|property|keyword|topic|mode|method|format|policy|file|dir|url|uri))"
    rb"|(?i:secret_?key|auth-secret|secret-?ref|password_?key|secret_?name|keyword))"
    rb"[\"'\])]{0,2}(?:[ \t]*:[ \t]*\w{1,16})?[ \t]*(?:=>|[:=(,]|==|!=)[ \t]*[\"'`]?$"
)
_TYPE: Final = re.compile(
    rb"(?i)(?:secret|secure)?_?string!?|string|text!?|varchar(?:\(\d+\))?|char\w*|nullable"
    rb"|required|option|vec|&?str"
)
_CODE: Final = re.compile(
    rb"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+(?:\|\|.*|&&.*|\(.*)?|.*\)\s*\[.*|.*\|\|.*|.*&&.*"
    rb"|[A-Za-z_$][\w$.]*\(.*|\[\^.*\].*|\^?\(\?[=!:<].*|&\w{2,6};?|[A-Za-z_]+:"
)
_REGEX: Final = re.compile(
    rb"\(\?[=!:<]|\[[^\]]{0,20}[A-Za-z0-9]-[A-Za-z0-9][^\]]*\][*+{]|\\[dws][*+{]|\.\*[)$]"
)
_PATTERN_HEAD: Final = re.compile(
    rb"(?i)(?:compile|regexp?|pattern|match|test|re)\w{0,8}[\w.]*[ \t]*[(=:][ \t]*[rR]?[\"'/`]?$"
)
_MEMBERS: Final = re.compile(rb"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+")
_RULES: Final = re.compile(
    rb"(?:required|nullable|string|min:\d+|max:\d+|confirmed|sometimes|alpha_num)(?:\|[\w:,]+)+"
)
_ALPHABET: Final = re.compile(rb"(?i).*abcdefghijklmnopqrstuvwxyz.*abcdefghijklmnopqrstuvwxyz.*")
_HUMP: Final = re.compile(rb"[a-z][A-Z]")
_JOINT: Final = re.compile(rb"[-_./:]")
_MOST_HUMPS: Final = 3
_FEW_DIGITS: Final = 2
_FEWEST_WORDS: Final = 3
_LINE_BYTES: Final = 300
_EXPRESSION: Final = re.compile(
    rb"[A-Za-z_$@&*][\w$]*(?:(?:\.|::|->)[\w$]+)*(?:[ \t]*[\[(+?].*|[;,)]*)"
)
_REMARK: Final = re.compile(rb"//|#|/\*|^[ \t]*(?:\*|--|%|;|')")
_ALGORITHM: Final = re.compile(
    rb"(?i)(?:scram-)?(?:sha|md|aes|rsa|hmac|hs|rs|es|pbkdf2|bcrypt|argon2)[-_\w]*"
)


def name_kind(data: bytes, match: Match, value: bytes, head: bytes) -> str:
    """Return what a value names, empty where it names nothing.

    `head` is what stands before it on its line.
    """
    text = value.strip()
    if _TYPE.fullmatch(text) or _RULES.fullmatch(text):
        return "type"
    if _ALPHABET.fullmatch(text):
        return "alphabet"
    if _REGEX.search(text) and (_PATTERN_HEAD.search(head) or text.startswith((b"^", b"["))):
        return "pattern"
    if _NAME_OF_NAME.search(head) is not None and _is_nameable(text):
        return "name"
    if _is_of_words(text):
        return "words"
    is_quoted = data[match.start - 1 : match.start] in (b'"', b"'", b"`")
    return "code" if not is_quoted and _CODE.fullmatch(text) else ""


def is_expression(data: bytes, match: Match, value: bytes) -> bool:
    """Say whether a value of a program stands outside of all strings and remarks."""
    if _EXPRESSION.fullmatch(value.strip()) is None:
        return False
    line = data.rfind(b"\n", max(0, match.start - _LINE_BYTES), match.start) + 1
    head = data[max(line, match.start - _LINE_BYTES) : match.start]
    is_open = any(head.count(quote) % 2 for quote in (b'"', b"'", b"`"))
    return not is_open and _REMARK.search(head) is None


def _is_nameable(text: bytes) -> bool:
    """Say whether a value has the shape of a name: words joined, few digits, no mixture."""
    if text.startswith(b"arn:") or _ALGORITHM.fullmatch(text):
        return True
    if _ANY_NAME.fullmatch(text) is None or len(_HUMP.findall(text)) > _MOST_HUMPS:
        return False
    digits = sum(48 <= byte <= 57 for byte in text)  # noqa: PLR2004 - ASCII digits
    return digits == 0 or (_JOINT.search(text) is not None and digits <= _FEW_DIGITS)


def _is_of_words(text: bytes) -> bool:
    """Say whether a value is made of the words that names of secrets are made of, and no other.

    Two words are as often a weak password of a test (``new_password``).
    """
    if _IDENTIFIER.fullmatch(text) is None:
        return False
    parts = [part.lower().decode() for part in _PARTS.findall(text)]
    if len(parts) < _FEWEST_WORDS or not any(part in _SECRET_WORDS for part in parts):
        return False
    return all(part in _SECRET_WORDS or part in _HELPERS for part in parts)
