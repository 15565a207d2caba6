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

from ingest.detect.secrets.further import further_value, is_last_of_line, paired_value
from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.naming import HARMLESS_TAIL
from ingest.detect.secrets.plausible import CODE_SUFFIXES, Bare, Kind, is_plausible
from ingest.detect.secrets.told import is_passphrase, told_value
from ingest.domain.finding import Category, Confidence

DETECTOR_ID: Final = "shardgate"

_NAME_TAIL: Final = re.compile(rb"[A-Za-z0-9_.\-]{0,32}")
_ASSIGNED: Final = re.compile(
    rb"""
    (?P<close>\\?["'`\])]{0,3}
      (?:\[["']\w{1,32}["']\])?(?:\[\w{0,32}\](?=[ \t]{0,4}=[ \t]{0,4}["L]))?)   # an array of C too
    (?:[ \t]{0,3}:[ \t]?[A-Za-z&\[\]<>.|?]{2,24}(?=[ \t]?=[ \t]))?   # an annotated type
    (?P<gap>[ \t]{0,12})
    (?P<sign>=>|to(?=[ ]["'])|\xef\xbc\x9a|:=|\?=|\|\|=|={1,3}|!={1,2}|::|:|->
      |,(?=[ \t]{0,4}(?:<<)?["'`])
      |\((?=["'`]|[\w.]{0,32}ecode\w{0,8}\(["'])|>|\|[ \t]|[ \t])
    (?P<space>[ \t]{0,12})
    (?P<call>(?:new[ ])?[A-Za-z_][\w.:]{0,40}\(|)
    (?P<mark>[A-Za-z@$&]{0,2}(?=["'`\\])|<<(?=")|)
    (?:(?P<quote>\\?(?:""(?=\w)|''(?=\w)|"|'|`|&quot;|&\#39;))(?P<quoted>[^"'`\r\n\\]{1,256}?
        |(?:\\.|(?!(?P=quote))[^\r\n\\]){1,256}?)(?P=quote)
      |(?P<bare>[^\s"'`<>\\;,&(){}\[\]|](?:[^\s"'`<>\\;,&|]|&(?=[^\s"'`<>\\;,&|=]{1,64}(?:[\s"'`<;]|\Z))(?!\#?\w+;)){0,255}))
    """,
    re.VERBOSE,
)
_ATTRIBUTE: Final = re.compile(
    rb"""["'][ \t]*,?[ \t]*(?:\w{1,12}=["'][\w ]*["'][ \t]+)?["']?value["']?[ \t]*[=:][ \t]*"""
    rb"""(?P<quote>["'])(?P<value>[^"'<>\r\n]{3,256})(?P=quote)""",
    re.IGNORECASE,
)
_OPTION: Final = re.compile(
    rb"(?:^|[\s\"'=])--?[A-Za-z-]{2,24}$|identified by$|(?:^|\n)ENV [A-Z_0-9]{2,40}$", re.IGNORECASE
)
_STATEMENT_BYTES: Final = 400
_STRING_BYTES: Final = 4096
"""How far back the quotes of a line are counted."""
_STATEMENT: Final = re.compile(
    rb"\b(?:user|role|grant|alter|create)\b|(?-i:IDENTIFIED)", re.IGNORECASE
)
_PROSE: Final = re.compile(rb"[ \t]{1,12}(?!new[ ])[A-Za-z0-9]+[.:]*[ \t\r\n,;]")
"""A blank and a word, with no sign, quote or call: nothing but an option has such a value."""
_SETTER: Final = re.compile(rb"set\w{0,24}$", re.IGNORECASE)
_PUT: Final = re.compile(
    rb"(?i:put\w{0,12}|set\w{0,12}|with\w{0,12}|add\w{0,4}property|property|env|option|config)"
    rb"[ \t]*\([ \t]*[\"']?[\w.:-]{0,48}$|\{[\w.-]{0,48}$|^-define\(\w{0,48}$|\n-define\(\w{0,48}$"
)
"""A call, or a tuple or macro of Erlang, that takes a name and its value."""
_DIRECTIVE: Final = re.compile(rb"(?:^|\n)[ \t]*:?[\w.-]{0,48}$|[ \t({\[]:[\w.-]{0,48}$")
"""How a line begins that holds a name and its value alone, and a keyword of Lisp."""
_BOUND: Final = re.compile(
    rb"\((?:set[qf](?:-default|-local)?|def(?:var|const|custom|parameter|constant|[i]ne|once)?)"
    rb"[ \t]+[\w./*+:-]{0,64}$"
)
"""How a variable of a Lisp is bound; a remark on it may follow the value."""
_HOLDER: Final = re.compile(
    rb"|(?:new[ ])?(?:[\w.:]*[.:])?[A-Z]\w*(?:Value|Password|Passphrase|Secret|Credential|St"
    rb"ring|Text)\("
    rb"|[\w.]*ecode\w*\("
)
"""A constructor that wraps the value that it is given, or none."""
_GOES_ON: Final = re.compile(rb"(?:[ ][a-z]{1,12}){2}[ .,\r\n]")
"""How a sentence goes on behind a word that is no value."""
_CONSTANT_NAME: Final = re.compile(rb"(?:^|[\s;\"'])[A-Z][A-Z0-9_]{2,40}$")
_ALONE: Final = re.compile(rb"[ \t]*[;,})\]]{0,3}\.?[ \t]*(?:\r?\n|\Z)")
_PLURALS: Final = frozenset((b"s", b"s_", b"s.", b"s-"))
_LONGEST_NAME: Final = 48
_PAIRED_SUFFIXES: Final = frozenset(
    (
        *("", "yaml", "yml", "json", "json5", "jsonc", "tf", "tfvars", "hcl", "nomad", "bicep"),
        *("xml", "config", "plist", "props", "tpl", "j2", "tmpl", "template", "txt", "md"),
    )
)
"""Name hints of files that keep a name and its value on two lines."""
_LOCK_SUFFIXES: Final = frozenset(
    ("lock", "package-lock.json", "cargo.lock", "yarn.lock", "sum", "go.sum")
)
_DEAD_ENDS: Final = frozenset(bytes((b,)) for b in b").;/*+\n\r") | {b""}
"""What follows a name that gets no value here: most of them, and cheap to see."""

_ASSIGNED_LIST: Final = (b") = ", b") := ")
_DEAD_BYTES: Final = frozenset(b"".join(_DEAD_ENDS)) - frozenset(b".[")
"""The same right behind the word: a full stop there may belong to the name."""
_OPENERS: Final = frozenset((b"(", b"["))
_ARRAY: Final = re.compile(rb"\[\w{0,32}\][ \t]{0,4}=[ \t]{0,4}[\"L]")
"""A string of C: ``char password[] = "…"``."""
_LETTERS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_LOWER_BUT_S: Final = frozenset(b"abcdefghijklmnopqrtuvwxyz")
"""A word that goes on with one of these is another word, and no plural."""

_QUOTES: Final = frozenset((b'"', b"'"))
_BLANKS: Final = frozenset((b" ", b"\t"))
_PHRASE_WORDS: Final = (
    *(b"passphrase", b"PASSPHRASE", b"Passphrase", b"PassPhrase", b"passPhrase"),
    *(b"psk", b"PSK"),
)
_WEAK_SIGNS: Final = _BLANKS | {b",", b">", b"| ", b"|\t"}
_CLOSING: Final = frozenset((b")", b"]", b"}"))
_EQUALS: Final = frozenset((b"=", b":", b"\xef\xbc\x9a"))
"""The last is the colon of Chinese and Japanese texts."""
_ASSIGNMENTS: Final = _EQUALS | {b":=", b"=>", b"to"}


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
    is_code = suffix in CODE_SUFFIXES
    done = 0
    words = sorted((end, kind) for kind, ends in word_ends.items() for end in ends)
    for n, (end, kind) in enumerate(words):
        if end <= done or _is_plainly_other(data, end):
            continue
        stop = _name_end(data, end)
        if stop is None:
            continue
        done = stop
        said = _last_kind(words, n, stop) if kind is Kind.TOKEN else kind
        span = _value_span(data, _Name(end, stop, said), is_code=is_code) or further_value(
            data, stop, said
        )
        if span is not None:
            yield _match(*span, said)


def _last_kind(words: Sequence[tuple[int, Kind]], first: int, stop: int) -> Kind:
    """Return what the last word of a name says: the secret of OAuth is a secret, and no token."""
    kinds = [words[first][1]]
    for end, kind in words[first + 1 :]:
        if end > stop:
            break
        kinds.append(kind)
    return kinds[-1] if kinds[-1] is Kind.SECRET else kinds[0]


def _is_plainly_other(data: bytes, end: int) -> bool:
    """Say, of most words that get no value and at little cost, what the rest would find too."""
    if end == len(data) or data[end] in _DEAD_BYTES:
        # A list of names may be assigned a list of values.
        return not data.startswith(_ASSIGNED_LIST, end)
    return data[end] in _LOWER_BUT_S and data[end - 1] in _LETTERS


def values_over_lines(
    data: bytes, word_ends: Mapping[Kind, Sequence[int]], suffix: str
) -> Iterator[Match]:
    """Yield the values that stand on another line than their name.

    They are asked for apart, as a line is read but once where nothing was found in it.
    """
    if suffix not in _PAIRED_SUFFIXES:
        return
    for kind, ends in word_ends.items():
        for end in ends:
            stop = _name_end(data, end) if is_last_of_line(data, end) else None
            span = None if stop is None else paired_value(data, stop, kind)
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
    if HARMLESS_TAIL.fullmatch(rest):
        return None
    # A full stop or a dash that ends a sentence is none of the name.
    return end + len(rest.rstrip(b".-"))


def _goes_on(before: int, after: int) -> bool:
    """Say whether two neighbours are letters of one word: both of a case, or upper to lower."""
    one, two = chr(before), chr(after)
    return one.isalpha() and two.isalpha() and (one.isupper() or two.islower())


def _value_span(data: bytes, name: _Name, *, is_code: bool) -> tuple[int, int] | None:
    following = data[name.end : name.end + 1]
    if following in _DEAD_ENDS or (
        following in _OPENERS and not _is_opened(data, name.end, following)
    ):
        return None
    if _PROSE.match(data, name.end) and not _is_option(data, name.end):
        return None
    attribute = _ATTRIBUTE.match(data, name.end) if following in _QUOTES else None
    if attribute is not None:
        value = attribute.group("value")
        return attribute.span("value") if is_plausible(value, name.kind) else None
    found = _ASSIGNED.match(data, name.end)
    if found is None or _is_other_sign(found):
        return None
    if found.group("quoted") is not None:
        return _quoted_span(data, name, found)
    return _bare_span(data, name, found, is_code=is_code)


def _is_other_sign(found: re.Match[bytes]) -> bool:
    """Say whether what follows a name is a pseudo-class of CSS, or the *to* of a sentence."""
    sign, close = found.group("sign"), found.group("close")
    if sign == b"to":
        return not close
    is_selector = close == b"]" and sign == b":" and not found.group("gap")
    return is_selector and not found.group("space")


def _is_opened(data: bytes, end: int, opener: bytes) -> bool:
    """Say whether a bracket behind a name is that of a setter, or of an array of C."""
    if opener == b"[":
        return _ARRAY.match(data, end) is not None
    return _ends_with(_SETTER, data, end)


def _quoted_span(data: bytes, name: _Name, found: re.Match[bytes]) -> tuple[int, int] | None:
    value, sign = found.group("quoted"), found.group("sign")
    # ``password "x"`` and ``("password", "x")`` are as often prose and lists of names, and what
    # is handed to a call as often names the value; both must look like nothing but a secret.
    is_weak = sign in _WEAK_SIGNS or _HOLDER.fullmatch(found.group("call")) is None
    if is_weak and not found.group("call") and not found.group("quote").endswith(b"`"):
        is_weak = not _is_pair(data, name.end, sign, found.end())
    if is_plausible(value, name.kind, is_strict=is_weak):
        return found.span("quoted")
    is_phrase = sign in _ASSIGNMENTS and not found.group("call")
    if (
        is_phrase
        and data.endswith(_PHRASE_WORDS, 0, name.word_end)
        and is_passphrase(value, is_set=data[name.end - 1 : name.end].isupper() and sign == b"=")
    ):
        return found.span("quoted")
    return None


def _is_pair(data: bytes, end: int, sign: bytes, stop: int) -> bool:
    """Say whether a name and the string after it are a pair, though no sign joins them."""
    if _is_option(data, end):
        return True
    start = max(0, end - 2 * _LONGEST_NAME)
    if sign == b",":
        return _PUT.search(data, start, end) is not None
    if sign in _BLANKS and _BOUND.search(data, start, end) is not None:
        return True
    if sign not in _BLANKS or _ALONE.match(data, stop) is None:
        return False
    return _DIRECTIVE.search(data, start, end) is not None


def _bare_span(
    data: bytes, name: _Name, found: re.Match[bytes], *, is_code: bool
) -> tuple[int, int] | None:
    sign, is_tight = found.group("sign"), not found.group("gap") and not found.group("space")
    if not _may_be_bare(data, name, found, is_code=is_code):
        return None
    value, end = _trimmed(found.group("bare"), found.end("bare"))
    if is_code and sign in _ASSIGNMENTS:
        # Without quotes a value is an expression, but for one inside a string or a remark.
        is_equal = sign in _EQUALS
        if not is_equal or not _is_in_string(data, name.word_end):
            return told_value(data, value, end, name.kind) if is_equal else None
    if sign == b">" and (found.group("close") or not data.startswith(b"</", end)):
        return None
    if sign == b":" and not is_tight and value.isalpha() and _GOES_ON.match(data, end):
        return None
    bare = Bare.EXPRESSION if is_code else Bare.WORD
    is_variable = not is_code and is_tight and sign == b"=" and _is_variable(data, name.end)
    if is_variable or sign in _BLANKS:
        bare = Bare.SET
    # ``"password: "`` is a prompt, and what follows as often a message.
    is_told = is_code and not is_tight and sign not in _BLANKS
    is_fine = is_plausible(value, name.kind, bare=bare, is_strict=is_told)
    return (found.start("bare"), end) if is_fine else None


def _may_be_bare(data: bytes, name: _Name, found: re.Match[bytes], *, is_code: bool) -> bool:
    """Say whether what joins a name to a value without quotes is a sign of an assignment."""
    sign, value = found.group("sign"), found.group("bare")
    if found.group("call") or found.group("mark") or (sign == b":" and value.startswith(b"-")):
        return False
    if sign not in _BLANKS:
        return sign == b">" or sign in _ASSIGNMENTS
    # ``--password hunter2``, ``IDENTIFIED BY hunter2``; but no message: ``--psk argument given``
    is_message = is_code and value.isalpha() and data.startswith(b" ", found.end())
    if value.startswith(b"-") or is_message:
        return False
    return _is_option(data, name.end) and not _is_told(data, name.end)


def _is_variable(data: bytes, end: int) -> bool:
    """Say whether a name is that of a variable of a shell, written in capitals."""
    return _CONSTANT_NAME.search(data, max(0, end - _LONGEST_NAME), end) is not None


def _trimmed(value: bytes, end: int) -> tuple[bytes, int]:
    """Leave out the sentence's full stop and brackets that the value does not open."""
    kept = value.rstrip(b".:")
    if kept[-1:] not in _CLOSING:
        return kept, end - (len(value) - len(kept))
    for opening, closing in ((b"(", b")"), (b"[", b"]"), (b"{", b"}")):
        while kept.endswith(closing) and kept.count(closing) > kept.count(opening):
            kept = kept[:-1]
    return kept, end - (len(value) - len(kept))


def _ends_with(expression: re.Pattern[bytes], data: bytes, end: int) -> bool:
    return expression.search(data, max(0, end - _LONGEST_NAME), end) is not None


def _is_option(data: bytes, end: int) -> bool:
    """Say whether a name that ends at `end` is one whose value follows a blank."""
    before = data[max(0, end - _LONGEST_NAME) : end].lower()
    # Most names are words of prose, and what makes an option is seen at little cost.
    if b"-" not in before and b"env " not in before and not before.endswith(b"by"):
        return False
    return _ends_with(_OPTION, data, end)


def _is_told(data: bytes, end: int) -> bool:
    """Say whether *identified by* is prose, and no statement of SQL."""
    if not data.endswith((b"by", b"BY"), 0, end):
        return False
    return _STATEMENT.search(data, _line_start(data, end, _STATEMENT_BYTES), end) is None


def _line_start(data: bytes, offset: int, reach: int) -> int:
    """Return where the line of an offset begins, no further back than a reach."""
    line = data.rfind(b"\n", max(0, offset - reach), offset)
    return max(0, offset - reach) if line < 0 else line + 1


def _is_in_string(data: bytes, offset: int) -> bool:
    head = data[_line_start(data, offset, _STRING_BYTES) : offset]
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
