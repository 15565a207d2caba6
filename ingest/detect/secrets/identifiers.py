"""Values that are themselves names: of a field, an event, a resource, a type, a variable."""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.shapes import shape_kind

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
_CHOSEN_WORDS: Final = frozenset(("test", "my", "dev", "demo", "default", "root", "admin", "user"))
"""With these a name of two words is as often what somebody chose."""
_PARTS: Final = re.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_IDENTIFIER: Final = re.compile(rb"[A-Za-z_$][\w$]*(?:[-./:|#][A-Za-z_$][\w$]*)*")
_ANY_NAME: Final = re.compile(rb"[A-Za-z_/$.][\w$./:|#@-]*")
_NAME_OF_NAME: Final = re.compile(
    rb"(?:[a-z0-9](?:Field|FieldId|Id|ID|Name|Key|Keys|KeyName|Param|Parameter|Event|Path|Ref"
    rb"|Prompt|Attr|Attribute|Header|Selector|Type|Column"
    rb"|Route|Url|Uri|File|Class|Label|Input|Prefix|Suffix|Topic|Provider|Encoder|Algorithm"
    rb"|Backend|Arn|Rounds|Cost|Iterations|Flag|Option|Property|Format|Rule|Rules|Manager|Strength|Hasher|Target|Scheme|Timestamp|Scope|Scopes|Mismatch)"
    rb"|(?i:[_.-](?:field|id|name|keyname|param|parameter|event|path|ref|prompt|attr|attribute"
    rb"|header|selector|type|column|route"
    rb"|encryption|backend|arn|rules?|manager|prefix|suffix|class|algorithm|provider|label|input"
    rb"|property|keyword|topic|mode|method|format|policy|file|dir|url|uri|strength|hasher|target|gauge"
    rb"|scheme|timestamp|scopes?|mismatch|expired|incorrect|days|age|length|rounds|cost|iterations|flag|option|switch|strength[._-]\w{1,16}))"
    rb"|(?i:auth-secret|existing-?secret|secret-?ref|password_?key|secret_?name|keyword))"
    rb"[\"'\])]{0,2}(?:[ \t]*:[ \t]*\w{1,16})?[ \t]*(?:=>|[:=(,]|==|!=)[ \t]*[@$rRbuL]{0,2}[\"'`]?$"
)
_KEY_OF_SECRET: Final = re.compile(
    rb"(?i)secret_?key[\"'\])]{0,2}(?:[ \t]*:[ \t]*\w{1,16})?"
    rb"[ \t]*(?:=>|[:=(,]|==|!=)[ \t]*[\"'`]?$"
)
"""A key within a Kubernetes Secret, or the key of Django and Flask itself."""
_SLUG: Final = re.compile(rb"[a-z]{2,24}(?:-(?:[a-z]{2,24}|[0-9]{1,4}))+")
"""The name of a resource, with a year or number."""
_CHOSEN_KEY: Final = re.compile(
    rb"(?i)(?:sign(?:ing)?|encrypt(?:ion)?|cipher|crypto?|hmac|jwt|aes|master)[_.-]?key"
    rb"[\"'\])]{0,2}[ \t]*(?:=>|[:=(,]|==|!=)[ \t]*[\"'`]?$|\.type\([ \t]*[\"'`]?$"
)
"""The key to something, which people choose, and not the key of an entry; what a test types."""
_TYPE: Final = re.compile(
    rb"(?i)(?:secret|secure)?_?string!?|string|text!?|varchar(?:\(\d+\))?|char\w*|nullable"
    rb"|required|option|vec|&?str"
)
_JOINED: Final = re.compile(
    rb"[\"'`]?\s*(?:\+|\.|&|\|\|)\s*[\w.()\[\]]+\s*(?:(?:\+|\.|&|\|\|)\s*[\"'`]?)?"
)
"""What stands between two literals: ``' + password + '``."""
_CODE: Final = re.compile(
    rb"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+(?:\|\|.*|&&.*|\(.*)?|.*\)\s*\[.*|.*\|\|.*|.*&&.*"
    rb"|[A-Za-z_$][\w$.]*(?:\(.*|\{)|\[\^.*\].*|\^?\(\?[=!:<].*|&\w{2,6};?|[A-Za-z_]+:"
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
_DIGIT: Final = re.compile(rb"[0-9]")
_HUMP: Final = re.compile(rb"[a-z][A-Z]")
_JOINT: Final = re.compile(rb"[-_./:]")
_CLOSERS: Final = b")]},;"
_DRIVE: Final = re.compile(rb"[A-Za-z]:\\{1,2}[\w. -]+\\")
_IN_ARN: Final = re.compile(rb"\barn:aws[\w-]*:[\w:./-]*$")
_CMDLET: Final = re.compile(
    rb"(?:Read|Get|New|ConvertTo|ConvertFrom|Import|Invoke|Select|Set)-[A-Z][A-Za-z]+"
)
"""A command of PowerShell: a verb of its list and a noun."""
_SHORT_NUMBER: Final = re.compile(rb"[0-9]{1,3}")
_QUOTES: Final = (b'"', b"'")
_MOST_HUMPS: Final = 3
_FEW_DIGITS: Final = 2
_FEWEST_WORDS: Final = 3
_LINE_BYTES: Final = 300
_EXPRESSION: Final = re.compile(
    rb"[A-Za-z_$@&*][\w$]*(?:(?:\.|::|->)[\w$]+)*(?:[ \t]*[\[(+?].*|[;,)]*)"
)
_CONNECTED: Final = re.compile(rb"(?i)\bcon(?:n|ne[c]t)[ \t]+\w+/$")
_REMARK: Final = re.compile(rb"//|#|/\*|^[ \t]*(?:\*|--|%|;|')")
_KEY_BEFORE: Final = re.compile(rb"([\w.-]+)[\"'\])]{0,3}[ \t]*(?:=>|[:=(,]|==|!=)[ \t]*[\"'`]?$")
_ALGORITHM_NAME: Final = re.compile(
    rb"(?i)(?:scram-)?(?:sha-?\d{1,3}|md[245]|hmac-?sha-?\d{1,3}|[hrep]s\d{3}|pbkdf2|bcrypt|scrypt"
    rb"|argon2(?:id?|d)?|aes-?\d{3})(?:[-_/]?(?:with|and)?[-_/]?(?:rsa|ecdsa|dsa|hmac-?sha-?\d*"
    rb"|sha-?\d{1,3}|cbc|gcm|ctr|ecb|mgf1|plus|pkcs[57]padding|nopadding|encoder))*"
)
_ALGORITHM: Final = re.compile(
    rb"(?i)(?:scram-)?(?:sha|md|aes|rsa|hmac|hs|rs|es|pbkdf2|bcrypt|argon2)[-_\w]*"
)

_CONSTANT: Final = re.compile(rb"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_SAME: Final = re.compile(rb"\b(\w{2,40})=\1\b")
_QUOTED_KEY: Final = re.compile(rb"[\"'](\w{1,40})[\"'][ \t]*:[ \t]*$")
_COMMAND: Final = re.compile(rb"[=:][ \t]*`$")


def _without_remark(data: bytes, match: Match, text: bytes) -> bytes:
    """Leave out the remark that a rule read on into behind a value without quotes."""
    kept = text if _is_quoted(data, match) else text.partition(b" #")[0]
    return kept.rstrip(_CLOSERS + b" ")


def _is_itself(data: bytes, match: Match, text: bytes, head: bytes) -> bool:
    """Say whether a bare value is the variable its own key is named after.

    So it is where the key has quotes, or where other keys are given their namesakes too.
    """
    key = _QUOTED_KEY.search(head)
    if key is not None:
        return key[1].lower().endswith(text.lower())
    around = data[max(0, match.start - _LINE_BYTES) : match.end + _LINE_BYTES]
    pairs = {pair[1] for pair in _SAME.finditer(around)}
    return text in pairs and len(pairs) > 1


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
    kind = shape_kind(text, head) or _word_kind(_without_remark(data, match, text), head)
    if kind:
        return kind
    is_command = _COMMAND.search(head) is not None and b" " in text
    is_code = is_command or _JOINED.fullmatch(text) is not None
    return "code" if is_code or _is_looked_up(data, match, text, head) else ""


def _is_looked_up(data: bytes, match: Match, text: bytes, head: bytes) -> bool:
    """Say whether a value without quotes is a member, a call, a command or a variable."""
    if _is_quoted(data, match):
        return False
    bare = text.rstrip(_CLOSERS) or text
    if _CMDLET.fullmatch(text) or _is_itself(data, match, bare, head):
        return True
    # A setting may name a member too, but hardly one with a digit.
    is_odd = _DIGIT.search(text) is not None and _MEMBERS.fullmatch(text) is not None
    return not is_odd and bool(_CODE.fullmatch(text) or _CODE.fullmatch(bare))


def _is_quoted(data: bytes, match: Match) -> bool:
    return data[match.start - 1 : match.start] in (b'"', b"'", b"`")


def _word_kind(text: bytes, head: bytes) -> str:
    """Return which kind of words a value is made of; empty where it is of none."""
    if _IN_ARN.search(head):
        return "name"
    is_named = _NAME_OF_NAME.search(head) is not None and not _CHOSEN_KEY.search(head)
    if is_named and (_SLUG.fullmatch(text) or _is_nameable(text)):
        return "name"
    if _is_nameable(text):
        is_key = _KEY_OF_SECRET.search(head) is not None and _speaks_of_secrets(text)
        if is_key or (_CONSTANT.fullmatch(text) is not None and _names_a_secret(text)):
            return "name"
    if _ALGORITHM_NAME.fullmatch(text):
        return "algorithm"
    return "words" if _is_of_words(text) or _repeats_key(text, head) else ""


def is_expression(data: bytes, match: Match, value: bytes) -> bool:
    """Say whether a value of a program stands outside of all strings and remarks."""
    if _EXPRESSION.fullmatch(value.strip()) is None or _is_literal(data, match):
        return False
    line = data.rfind(b"\n", max(0, match.start - _LINE_BYTES), match.start) + 1
    head = data[max(line, match.start - _LINE_BYTES) : match.start]
    is_open = any(head.count(quote) % 2 for quote in (b'"', b"'", b"`"))
    # Oracle's statement wants no quotes.
    is_stated = head.rstrip().lower().endswith(b"identified by") or _CONNECTED.search(head)
    return not is_open and not is_stated and _REMARK.search(head) is None


def _is_literal(data: bytes, match: Match) -> bool:
    """Say whether a value of letters and digits stands between two quotes of a kind."""
    before = data[match.start - 1 : match.start]
    is_quoted = before in _QUOTES and data.startswith(before, match.end)
    return is_quoted and data[match.start : match.end].isalnum()


def _is_nameable(text: bytes) -> bool:
    """Say whether a value has the shape of a name: words joined, few digits, no mixture."""
    if text.startswith((b"arn:", b"--")) or _DRIVE.match(text):
        return True
    if _ALGORITHM.fullmatch(text) or _SHORT_NUMBER.fullmatch(text):
        return True
    if _ANY_NAME.fullmatch(text) is None or len(_HUMP.findall(text)) > _MOST_HUMPS:
        return False
    digits = sum(48 <= byte <= 57 for byte in text)  # noqa: PLR2004 - ASCII digits
    return digits == 0 or (_JOINT.search(text) is not None and digits <= _FEW_DIGITS)


def _speaks_of_secrets(text: bytes) -> bool:
    """Say whether one of a value's words is one that names of secrets are made of."""
    parts = {part.lower().decode() for part in _PARTS.findall(text)}
    return not parts.isdisjoint(_SECRET_WORDS | _HELPERS)


def _names_a_secret(text: bytes) -> bool:
    return not _SECRET_WORDS.isdisjoint(p.lower().decode() for p in _PARTS.findall(text))


def _repeats_key(text: bytes, head: bytes) -> bool:
    """Say whether a value of several words has none that its key has not: a name for itself."""
    key = _KEY_BEFORE.search(head)
    if key is None or _IDENTIFIER.fullmatch(text) is None:
        return False
    parts = {part.lower() for part in _PARTS.findall(text)}
    return len(parts) > 1 and parts <= {part.lower() for part in _PARTS.findall(key[1])}


def _is_of_words(text: bytes) -> bool:
    """Say whether a value is made of the words that names of secrets are made of, and no other.

    Two words are as often a weak password of a test (``new_password``), unless they are written
    as programs name things (``newPassword``).
    """
    if _IDENTIFIER.fullmatch(text) is None:
        return False
    parts = [part.lower().decode() for part in _PARTS.findall(text)]
    is_hump = text.isalpha() and text[:1].islower() and min(map(len, parts)) > 1
    is_hump = is_hump and _CHOSEN_WORDS.isdisjoint(parts)
    fewest = _FEWEST_WORDS - 1 if is_hump else _FEWEST_WORDS
    if len(parts) < fewest or not any(part in _SECRET_WORDS for part in parts):
        return False
    return all(part in _SECRET_WORDS or part in _HELPERS for part in parts)
