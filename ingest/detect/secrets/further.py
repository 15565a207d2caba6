r"""Values that a name calls secret and that stand further away than one sign.

``getenv("DB_PW") ?: "…"``, ``secret := []byte("…")``, ``Const PW As String = "…"``,
``- name: DB_PASSWORD`` over ``value: …``, ``<property name="db.password">…</property>``. Each is
asked only where the plain assignment gave nothing.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from ingest.detect.secrets.plausible import Bare, Kind, is_plausible

_WRAPPER: Final = (
    rb"(?:\[\](?:byte|rune)|(?:\w+::)?(?:&?str|(?:Os|C)?String|Cow|Arc|Box|Zeroizing|Secret\w{0,12}"
    rb"|Some|Just)(?:::<\w+>)?(?:::(?:from|new|from_str|from_static))?|(?:std::)?string|bytes"
    rb"|bytearray|Buffer\.from|b?str|unicode|Optional\.of|QString|QStringLiteral|QLatin1String"
    rb"|QByteArray|_T|TEXT|_L|SecretStr|new[ ]\w{0,24}String|Uint8Array\.from|NSString|text|env"
    rb"|Value|Base64\.(?:getDecoder\(\)\.)?decode\w{0,8}|Convert\.FromBase64String|Hex\.decode\w{0,4}"
    # a value in pieces, put together
    rb"|(?:\"\"|'')\.join|(?:\w{6}\.)?[Cc]oncat|CONCAT"
    rb"|(?:base64\.)?b64decode|(?:bytes|bytearray)\.fromhex|Buffer|encodeURIComponent|ByteString\w{0,12}|Data|CFSTR)"
)
_STRING: Final = (
    rb"(?:[bBuUrRLN@$&]{0,2}(?:\"(?P<v1>(?:\\.|[^\"\\\r\n]){1,256})\"|'(?P<v2>(?:\\."
    rb"|[^'\\\r\n]){1,256})'"
    rb"|`(?P<v3>[^`\r\n]{1,256})`))"
)
_LONG_STRING: Final = (
    rb"(?:'''(?P<w1>[^'\r\n]{3,256})'''|\"\"\"(?P<w2>[^\"\r\n]{3,256})\"\"\""
    rb"|r?#{1,2}\"(?P<w3>[^\"\r\n]{3,256})\"#"
    rb"|R\"\w{0,8}\((?P<w4>[^\r\n]{3,256}?)\)\w{0,8}\"|%?[qQ]q?["
    rb" ]?(?:\{(?P<w5>[^\r\n]{3,256}?)\}(?=[ \t]*[;,)\r\n]|$)"
    rb"|\((?P<w6>[^\r\n]{3,256}?)\)(?=[ \t]*[;,)\r\n]|$)|\[(?P<w7>[^\]\r\n]{3,256})\]"
    rb"|([|/!~])(?P<w8>[^|/!~\r\n]{3,256})[|/!~])|\[=*\[(?P<w9>[^\]\r\n]{3,256})\]=*\])"
)
_KEY_END: Final = rb"[\"'\])}]{0,3}"
_WRAPPED: Final = re.compile(
    _KEY_END
    # a declared type: ``As String``, ``: &'static str``, ``varchar(20)``
    + rb"(?:[ \t]+(?i:as)[ \t]+\w{3,20}|[ \t]{0,2}:[ \t]?&?(?:'\w+[ ])?[\w<>:?\[\]. ]{2,32}(?=["
    rb" \t]?=))?[ \t]{0,12}"
    rb"(?P<sign><-|<<-|:=|\?\?=|\|\|=|=>|=|:)[ \t]{0,12}"
    rb"(?:(?:"
    + _WRAPPER
    + rb"\([ \t]?\[?){1,2}"
    + _STRING
    + rb"|"
    + _LONG_STRING
    # a literal between brackets
    + rb"|\([ \t]{0,4}"
    + _STRING.replace(b"P<v", b"P<y")
    + rb"(?=[ \t]{0,4}\))"
    # a literal behind a sign that the plain rule does not read
    + rb"|(?:(?<=<-)|(?<=<-[ ])|(?<=\?\?=[ ])|(?<=(?i:as string = ))|(?<=str = ))"
    + _STRING.replace(b"P<v", b"P<x")
    + rb")"
)
_FALLBACK: Final = re.compile(
    rb"[\"'\])}]{0,3}[ \t]*(?:\?\?|\|\||\?:|\bor\b|//|,[ \t]*(?:default[ \t]*[=:][ \t]*)?"
    rb"|\.(?:unwrap_or|or(?:_else)?|orElse|getOrElse|unwrap_or_else)\("
    rb"|\)[ \t]*\.(?:unwrap_or|orElse|getOrElse)\(|\)[ \t]*\{[ \t]*)[ \t]*(?:(?:\|\|[ ]?)?"
    + _WRAPPER
    + rb"\()?"
    + _STRING
)
_NAMES: Final = re.compile(
    rb"[ \t]*(?:(?:my|our|local|let|var|const|auto|val)[ \t]+)?[(\[]?[ \t]*"
    rb"(?P<names>[$@]?[\w.]{1,40}(?:[ \t]*,[ \t]*[$@]?[\w.]{1,40}){1,6})[ \t]*[)\]]?"
    rb"[ \t]*:?=(?![=~>])[ \t]*[(\[]?"
)
"""Several names that are assigned at once: Perl, Python, Ruby, Go, JavaScript."""
_VALUE_IN_LIST: Final = re.compile(
    rb"[ \t]*(?:" + _STRING + rb"|[^,()\[\]\"'`\n]{1,60})[ \t]*(?P<end>[,)\];\r\n]|$)"
)
_LOOKUP: Final = re.compile(
    rb"(?i)(?:getenv|environ|\benv\b|env[.(\[]|process\.env|getproperty|get_env|env\w{0,12}\("
    rb"|lookupenv|getenvironmentvariable"
    rb"|getordefault|getorelse|ENV\[|config(?:uration)?[.(\[\w]{1,20}|settings?[.(\[]|opts?[.(\[]"
    rb"|options[.(\[])[^\n;=]{0,60}$"
)
_EXPANSION: Final = re.compile(rb":[-=]?(?P<v1>[^}\s$\"'?+`{][^}\s$\"'`{]{3,200})\}")
_OPENED: Final = re.compile(rb"\$\{[\w.-]*$")
_NAMED: Final = re.compile(
    rb"(?:^|[\s{,<\"'(-])[\"']?(?:name|key|Name|Key|id|variable|property|secret_?name|env_?name"
    rb"|keyName|field)[\"']?[ \t]*(?:[=:]|=>)[ \t]*[\"']?[\w.:/-]{0,64}$"
)
_VALUE_WORD: Final = (
    rb"(?i:[\"']?(?:value|content|val|data|default_?value|string_?value|plaintext)[\"']?)"
)
_VALUE_AFTER: Final = re.compile(
    rb"[\"']?[ \t]*,?[ \t]*(?:#[^\n]*)?(?:\r?\n[ \t]*)?"
    # at most one other field between
    rb"(?:[\"']?(?:type|enabled|desc\w*|in|secure|is\w+)[\"']?[ \t]*[=:][ \t]*[^,\n]{1,60},?["
    rb" \t]*(?:\r?\n[ \t]*)?)?"
    + _VALUE_WORD
    + rb"[ \t]*(?:[=:]|=>)[ \t]*(?:"
    + _STRING
    + rb"|(?P<bare>[^\s\"'<>{}\[\],&|!*$%@`#][^\s\"'<>{},]{2,200})(?=[ \t]*(?:\r?\n|$|#|,)))"
)
_VALUE_BEFORE: Final = re.compile(
    _VALUE_WORD
    + rb"[ \t]*(?:[=:]|=>)[ \t]*(?:\"(?P<v1>[^\"\r\n]{3,256})\"|'(?P<v2>[^'\r\n]{3,256})')["
    rb" \t]*,?[ \t]*(?:\r?\n[ \t]*)?"
    rb"[\"']?(?:name|key|Name|Key|id)[\"']?[ \t]*[=:][ \t]*[\"']?[\w.:/-]{0,64}$"
)
_CONTENT: Final = re.compile(
    rb"[\"'][^<>\n]{0,80}>[ \t\r\n]{0,20}(?:(?:<value>|<!\[CDATA\[)["
    rb" \t\r\n]{0,20}){0,2}(?P<v1>[^<>\r\n\]]{3,256}?)[ \t\r\n]{0,20}(?:\]\]>)?[ \t]*</"
)
_DEFAULT: Final = re.compile(
    rb"(?:[\"'][ \t]*\{|[\"']?:(?:[ \t]*\{)?)[ \t]*\r?\n"
    rb"(?:[ \t]+[\"']?(?!default)\w+[\"']?[ \t]*[:=][^\n]{0,200}\n){0,5}"
    rb"[ \t]+[\"']?default[\"']?[ \t]*[:=][ \t]*(?:"
    + _STRING
    + rb"|(?P<bare>[^\s\"'<>{}\[\],&|!*$%@`#][^\s\"'<>{},]{2,200})(?=[ \t]*(?:\r?\n|$|#|,)))",
    re.IGNORECASE,
)
"""What a variable or parameter has where nothing else is given: Terraform, CloudFormation."""
_LISTED: Final = re.compile(rb"</key>\s{0,20}<string>(?P<v1>[^<>\r\n]{3,256})</string>")
"""A pair of a property list."""
_LAST: Final = re.compile(
    rb"[A-Za-z0-9_.-]{0,32}(?:[\"']|</key>)?[ \t]*[,>}{:]?"
    rb"(?:[ \t]*\{)?[ \t]*(?:#[^\n]{0,80})?[\r\n]"
)
_TAG: Final = re.compile(rb"<\w[\w:.-]{0,40}[ \t][^<>]{0,120}$")
_UI: Final = re.compile(
    rb"<(?:string|label|a|span|p|div|td|th|h\d|li|button|option|data|text|input|trans-unit|item"
    rb"|source|target)\b"
)
_NO_VALUES: Final = frozenset(("sign", "end"))
"""Groups that only tell how a value stands."""
_REACH_BYTES: Final = 200
_SIGNED: Final = re.compile(
    rb"[\"'\])}]{0,3}[ \t]{0,12}(?:[=:<?|,)]|//|(?i:as|or)[ \t]|\.(?:unwrap|or|get))"
)
_PAIR_STARTS: Final = frozenset(b"\"'\r\n,/>}<")
_STARTS: Final = frozenset(b"\"' \t)=:<\r\n}]?,-&")


def is_last_of_line(data: bytes, end: int) -> bool:
    """Say whether a name, whose secret word ends at `end`, is the last thing of its line."""
    return _LAST.match(data, end) is not None


def further_value(data: bytes, end: int, kind: Kind) -> tuple[int, int] | None:
    """Return the span of the value that belongs to the name that ends at `end`, if there is one."""
    if data[end : end + 1] == b"" or data[end] not in _STARTS:
        return None
    found = None
    if _SIGNED.match(data, end):
        line = max(data.rfind(b"\n", 0, end) + 1, end - _REACH_BYTES)
        found = _wrapped(data, end, kind) or _fallback(data, line, end, kind)
        found = found or _parallel(data, line, end, kind)
    if found is None and data[end] in _PAIR_STARTS:
        found = paired_value(data, end, kind)
    return found


def _wrapped(data: bytes, end: int, kind: Kind) -> tuple[int, int] | None:
    found = _WRAPPED.match(data, end, end + 400)
    return _plausible(found, kind)


def _parallel(data: bytes, line: int, end: int, kind: Kind) -> tuple[int, int] | None:
    """Return the value of a name among others: ``($user, $pass) = ('app', '…')``."""
    found = _NAMES.match(data, line, end + _REACH_BYTES)
    if found is None or not found.start("names") < end <= found.end("names"):
        return None
    index = data.count(b",", found.start("names"), end)
    for value in islice(_VALUE_IN_LIST.finditer(data, found.end(), end + 2 * _REACH_BYTES), 8):
        if index == 0:
            return _plausible(value, kind)
        if value["end"] != b",":
            return None
        index -= 1
    return None


def _fallback(data: bytes, line: int, end: int, kind: Kind) -> tuple[int, int] | None:
    """Return a literal that stands in for a lookup that finds nothing."""
    if data[end : end + 1] == b":":
        is_expansion = _OPENED.search(data, line, end) is not None
        return _plausible(_EXPANSION.match(data, end, end + 300), kind) if is_expansion else None
    found = _FALLBACK.match(data, end, end + 400)
    if found is None or _LOOKUP.search(data, line, end) is None:
        return None
    return _plausible(found, kind)


def paired_value(data: bytes, end: int, kind: Kind) -> tuple[int, int] | None:
    """Return the value of a name that is itself a value: ``name: DB_PASSWORD``, ``value: …``."""
    set_apart = _DEFAULT.match(data, end, end + 800) or _LISTED.match(data, end, end + 300)
    if set_apart is not None:
        return _plausible(set_apart, kind)
    line = max(data.rfind(b"\n", 0, end) + 1, end - _REACH_BYTES)
    if _NAMED.search(data, line, end) is None:
        return None
    after = _plausible(_VALUE_AFTER.match(data, end, end + 500), kind)
    if after is not None:
        return after
    start = max(0, end - 400)
    before = _plausible(_VALUE_BEFORE.search(data, start, end), kind)
    if before is not None:
        return before
    tag = _TAG.search(data, line, end)
    if tag is None:
        return None
    found = _CONTENT.match(data, end, end + 500)
    return _plausible(found, kind, is_strict=_UI.match(tag.group()) is not None)


def _plausible(
    found: re.Match[bytes] | None, kind: Kind, *, is_strict: bool = False
) -> tuple[int, int] | None:
    """Return the span of what was found where it can be a secret."""
    if found is None:
        return None
    name = next(
        (name for name, text in found.groupdict().items() if text and name not in _NO_VALUES), None
    )
    if name is None:
        return None
    bare = Bare.WORD if name == "bare" else Bare.NOTHING
    # The name says which: a token made of letters is as often the name of one.
    wanted = kind
    return (
        found.span(name)
        if is_plausible(found[name], wanted, bare=bare, is_strict=is_strict)
        else None
    )
