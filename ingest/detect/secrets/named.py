r"""Values that a name calls a secret: ``password: hunter2``, ``<pwd>…</pwd>``, ``--token …``.

What people write by hand is short and has no format, so only the name can give it away. The rule
reads one assignment at a place where the funnel saw a secret word: the rest of the name, a sign,
and the value, quoted or not. In source code a value without quotes is an expression, and only
inside a string (``"user=a&password=b"``) is it taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.plausible import Kind, is_plausible
from ingest.domain.finding import Category, Confidence

DETECTOR_ID: Final = "shardgate"

_KEY_WORDS: Final = (
    rb"(?:api|access|private|auth|account|signing|encryption|encrypt|master|client|service|shared"
    rb"|app|consumer|application|db|database|storage|cipher|crypto|crypt|validation|session|cookie"
    rb"|hmac|jwt|aes|ssh|webhook|license|subscription|admin|user|deploy|oauth|secure)[_.-]?key"
)


def _whole(word: bytes) -> bytes:
    """Return an expression for a word that is no end of another: *pass*, not *compass*."""
    return rb"(?:(?:^|[^A-Za-z])(?i:%s)|[a-z0-9]%s)" % (word, word.title())


NAME_EXPRESSIONS: Final = (
    (Kind.PASSWORD, rb"(?i:passw(?:or)?d|passwort|passphrase|passcode|passkey|pwd|identified by)"),
    (Kind.PASSWORD, rb"(?i:(?:db|user|root|admin|sql|ftp|mail|login|smtp|http)_?pass|[_.-]pw)"),
    (Kind.PASSWORD, _whole(rb"pass") + rb"|" + _whole(rb"psw")),
    (Kind.PASSWORD, rb"(?i:auth) ?= ?\(['\"][^'\"\n]{1,64}['\"]"),
    (Kind.PASSWORD, rb"curl [^\n]{0,160}(?:-u|--user)[ =]{1,2}['\"]?[A-Za-z0-9_.@-]{1,64}"),
    (Kind.SECRET, rb"(?i:secret|credential)|" + _whole(rb"creds")),
    (Kind.TOKEN, rb"(?i:token|oauth|[_.-]auth|" + _KEY_WORDS + rb")"),
    (Kind.NONCE, _whole(rb"salt") + rb"|" + _whole(rb"nonce")),
)
"""What a name says its value is, and the words that say it."""

_NAME_TAIL: Final = re.compile(rb"[A-Za-z0-9_.\-]{0,32}")
_HARMLESS_TAIL: Final = re.compile(
    rb"(?i)[_.-]?(?:files?|paths?|dirs?|ur[il]s?|endpoint|names?|types?|ids?|len|length|sizes?|min"
    rb"|max|fields?|labels?|hint|polic(?:y|ies)|expir\w*|ttl|age|count|class|formats?|regex|pattern"
    rb"|validate\w*|validation|validator|template|prompt|input|required|enabled|disabled|algo\w*|hash\w*|digest|refs?"
    rb"|strength|reset\w*|confirm\w*|mismatch|error|invalid|form|help|text|title|placeholder|change"
    rb"|changed\w*|forgot\w*|issuer|scopes?|alias|version|vers|index|pos|position|offset|kind"
    rb"|prefix|suffix|header|param\w*|arg|args|attr\w*|column|encoding|encoder|store|manager"
    rb"|provider|service|factory|generator|handler|checker|verif\w*|at|on|by|for|with|is|in|to"
    rb"|time|date|timeout|lifetime|rotation|usage|uses|limit|rounds|cost|iterations|bytes|bits"
    rb"|chars?|charset|target|set|list|map|array|keys?[_.-]?(?:id|name|file|path)s?)"
    rb"|(?i:.*[_.-](?:file|path|dir|ur[il]|name|type|id|field|label|hash|algorithm|policy|length"
    rb"|expiry|ttl|class|regex|pattern|endpoint|target|charset))"
)
_ASSIGNED: Final = re.compile(
    rb"""
    (?P<close>\\?["'`\])]{0,3})
    (?:[ \t]{0,3}:[ \t]?[A-Za-z&\[\]<>.|?]{2,24}(?=[ \t]?=[ \t]))?   # an annotated type
    (?P<gap>[ \t]{0,12})
    (?P<sign>=>|:=|\?=|\|\|=|={1,3}|!={1,2}|::|:|->|,(?=[ \t]{0,4}["'`])|\((?=["'`])
      |>|\|[ \t]|[ \t])
    (?P<space>[ \t]{0,12})
    (?P<call>(?:new[ ])?[A-Za-z_][\w.:]{0,40}\(|)
    (?P<mark>[A-Za-z@$&]{0,2}(?=["'`\\])|)
    (?:(?P<quote>\\?(?:"|'|`|&quot;|&\#39;))(?P<quoted>[^"'`\r\n\\]{1,256}?
        |(?:\\.|(?!(?P=quote))[^\r\n\\]){1,256}?)(?P=quote)
      |(?P<bare>[^\s"'`<>\\;,&(){}\[\]|][^\s"'`<>\\;,&|]{0,255}))
    """,
    re.VERBOSE,
)
_ATTRIBUTE: Final = re.compile(
    rb"""["'][ \t]*,?[ \t]*(?:\w{1,12}=["'][\w ]*["'][ \t]+)?["']?value["']?[ \t]*[=:][ \t]*"""
    rb"""(?P<quote>["'])(?P<value>[^"'<>\r\n]{3,256})(?P=quote)""",
    re.IGNORECASE,
)
_OPTION: Final = re.compile(
    rb"(?:^|[\s\"'=])--?[A-Za-z-]{2,24}$|identified by$|\nENV [A-Z_0-9]{2,40}$", re.IGNORECASE
)
_SETTER: Final = re.compile(rb"set\w{0,24}$", re.IGNORECASE)
_CODE: Final = frozenset(
    re.findall(
        r"\w+",
        "py pyi pyx js jsx mjs cjs ts tsx vue svelte go java kt kts scala groovy c h cc cpp cxx hpp"
        " hh cs fs vb rb php swift rs pl pm lua dart m mm ex exs erl clj cljs hs ml jl r sol zig"
        " nim d gradle cr elm sql pas f90 coffee less scss css sass",
    )
)
_PLURALS: Final = frozenset((b"s", b"s_", b"s.", b"s-"))
_LONGEST_NAME: Final = 48
_LOCK_SUFFIXES: Final = frozenset(("lock", "package-lock.json", "cargo.lock", "yarn.lock", "sum"))
_DEAD_ENDS: Final = frozenset(bytes((b,)) for b in b").;[/*+\n\r") | {b""}
"""What follows a name that gets no value here: most of them, and cheap to see."""

_QUOTES: Final = frozenset((b'"', b"'"))
_EQUALS: Final = frozenset((b"=", b":"))


@dataclass(frozen=True, slots=True)
class _Name:
    """A secret word in the text, and where the name that it belongs to ends."""

    word_end: int
    end: int
    kind: Kind


def named_values(
    data: bytes, word_ends: Mapping[Kind, Sequence[int]], suffix: str
) -> Iterator[Match]:
    """Yield the values that are assigned to a secret's name.

    `word_ends` are ascending, by what the word says.
    """
    if suffix in _LOCK_SUFFIXES:
        return
    is_code = suffix in _CODE
    done = 0
    for end, kind in sorted((end, kind) for kind, ends in word_ends.items() for end in ends):
        if end <= done:
            continue
        stop = _name_end(data, end)
        if stop is None:
            continue
        done = stop
        span = _value_span(data, _Name(end, stop, kind), is_code=is_code)
        if span is not None:
            yield _match(*span, kind)


def _name_end(data: bytes, end: int) -> int | None:
    """Return where the name ends whose secret word ends at `end`, or None where it is another."""
    tail = _NAME_TAIL.match(data, end)
    rest = tail.group() if tail else b""
    if not rest:
        return end
    if _goes_on(data[end - 1], rest[0]) and rest[:2].lower() not in _PLURALS:
        return None
    if _HARMLESS_TAIL.fullmatch(rest):
        return None
    # A full stop or a dash that ends a sentence is none of the name.
    return end + len(rest.rstrip(b".-"))


def _goes_on(before: int, after: int) -> bool:
    """Say whether two neighbours are letters of one word: both of a case, or upper to lower."""
    one, two = chr(before), chr(after)
    return one.isalpha() and two.isalpha() and (one.isupper() or two.islower())


def _value_span(data: bytes, name: _Name, *, is_code: bool) -> tuple[int, int] | None:
    following = data[name.end : name.end + 1]
    if following in _DEAD_ENDS or (following == b"(" and not _ends_with(_SETTER, data, name.end)):
        return None
    attribute = _ATTRIBUTE.match(data, name.end) if following in _QUOTES else None
    if attribute is not None:
        value = attribute.group("value")
        return attribute.span("value") if is_plausible(value, name.kind) else None
    found = _ASSIGNED.match(data, name.end)
    if found is None:
        return None
    if found.group("quoted") is not None:
        return _quoted_span(name, found)
    return _bare_span(data, name, found, is_code=is_code)


def _quoted_span(name: _Name, found: re.Match[bytes]) -> tuple[int, int] | None:
    value, sign = found.group("quoted"), found.group("sign")
    # ``password "x"`` and ``("password", "x")`` are as often prose and lists of names, and what
    # is handed to a call as often names the value; both must look like nothing but a secret.
    is_weak = sign in (b" ", b"\t", b",", b">", b"| ", b"|\t") or bool(found.group("call"))
    if not is_plausible(value, name.kind, is_strict=is_weak):
        return None
    return found.span("quoted")


def _bare_span(
    data: bytes, name: _Name, found: re.Match[bytes], *, is_code: bool
) -> tuple[int, int] | None:
    sign, value = found.group("sign"), found.group("bare")
    if found.group("call") or found.group("mark"):
        return None
    start, end = found.span("bare")
    value, end = _trimmed(value, end)
    is_tight = not found.group("gap") and not found.group("space")
    if sign == b">":
        is_fine = not found.group("close") and data.startswith(b"</", end)
    elif sign in (b" ", b"\t"):
        # ``--password hunter2``, ``IDENTIFIED BY hunter2``
        is_fine = _ends_with(_OPTION, data, name.end) and not value.startswith(b"-")
    elif sign in _EQUALS or sign in (b":=", b"=>"):
        is_fine = (
            _is_in_string(data, name.word_end) and is_tight and sign in _EQUALS if is_code else True
        )
    else:
        is_fine = False
    if not is_fine or not is_plausible(value, name.kind, is_bare=True):
        return None
    return start, end


def _trimmed(value: bytes, end: int) -> tuple[bytes, int]:
    """Leave out the sentence's full stop and brackets that the value does not open."""
    kept = value.rstrip(b".:")
    for opening, closing in ((b"(", b")"), (b"[", b"]"), (b"{", b"}")):
        while kept.endswith(closing) and kept.count(closing) > kept.count(opening):
            kept = kept[:-1]
    return kept, end - (len(value) - len(kept))


def _ends_with(expression: re.Pattern[bytes], data: bytes, end: int) -> bool:
    return expression.search(data, max(0, end - _LONGEST_NAME), end) is not None


def _is_in_string(data: bytes, offset: int) -> bool:
    head = data[data.rfind(b"\n", max(0, offset - 400), offset) + 1 : offset]
    return any(head.count(quote) % 2 for quote in (b'"', b"'", b"`"))


def _match(start: int, end: int, kind: Kind) -> Match:
    return Match(
        start=start,
        end=end,
        detector_id=DETECTOR_ID,
        rule_id="named-value",
        category=Category.PASSWORD if kind is Kind.PASSWORD else Category.GENERIC_SECRET,
        confidence=Confidence.LOW,
        evidence=kind.value,
    )
