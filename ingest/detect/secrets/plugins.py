"""The plugins of detect-secrets, asked in memory about the lines the funnel picked.

Only the expressions and pure checks of the plugins are used. Their own driver reads files by
path, keeps settings in process globals, drops lines by its filters and may call a vendor to
"verify" a value; none of that is reached from here.

Filters ("ds lite"): vendor plugins lose placeholders only, the keyword plugin also types, calls
and labels. The entropy plugins leave
out lock files, identifiers and hash contexts, and hexadecimal without a secret word on the line.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from detect_secrets.filters.heuristic import is_potential_uuid, is_sequential_string
from detect_secrets.plugins import keyword
from detect_secrets.plugins.high_entropy_strings import (
    Base64HighEntropyString,
    HexHighEntropyString,
)
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.util.filetype import FileType, determine_file_type

from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.placeholders import (
    is_alphabet,
    is_filler,
    is_no_value,
    is_placeholder,
)
from ingest.detect.secrets.rules import PLUGIN_RULES, PluginRule
from ingest.detect.secrets.windows import Window
from ingest.domain.finding import Category, Confidence

DETECTOR_ID: Final = "detect-secrets"
_LOCK_SUFFIXES: Final = frozenset(
    ("lock", "package-lock.json", "cargo.lock", "yarn.lock", "go.sum", "sum", "requirements.txt")
)
_CONFIG_SUFFIXES: Final = frozenset(("env", ".env", ".npmrc", ".pypirc", ".netrc"))
_PASSWORD_WORD: Final = re.compile(r"pass|pwd|contrase", re.IGNORECASE)
_HASH_CONTEXT: Final = re.compile(
    r"sha[-_]?\d|md5|integrity|revision|etag|checksum|digest|commit|\bhash"
)
_SECRET_WORD: Final = re.compile(
    r"passw|passphrase|pwd|secret|token|credential|bearer|(?:api|access|private|auth|account"
    r"|signing|encryption|master|client|service|shared|db)[_.\- ]?key"
)
"""In lower case, as `_HASH_CONTEXT`: a caseless alternation is tried at every letter."""
_QUOTES: Final = re.compile("['\"`]")
_JWT_TAIL: Final = re.compile(r"[\w.+/=-]*", re.ASCII)
_ARTIFACTORY_EDGES: Final = '=:" \t\r\n\f\v'
_KEYWORD_REACH: Final = 16
"""Longest word of the keyword plugin, in ASCII characters, with room."""

_MODULES: Final = (
    "artifactory",
    "aws",
    "azure_storage_key",
    "basic_auth",
    "cloudant",
    "discord",
    "github_token",
    "gitlab_token",
    "ibm_cloud_iam",
    "ibm_cos_hmac",
    "jwt",
    "mailchimp",
    "npm",
    "openai",
    "private_key",
    "pypi_token",
    "sendgrid",
    "slack",
    "softlayer",
    "square_oauth",
    "stripe",
    "telegram_token",
    "twilio",
)


class VendorPlugins:
    """The plugins that know a vendor's format."""

    def __init__(self) -> None:
        classes = _plugin_classes()
        self._expressions = [tuple(classes[rule.plugin].denylist) for rule in PLUGIN_RULES]

    def matches(self, index: int, window: Window) -> Iterator[Match]:
        """Yield what the plugin of `PLUGIN_RULES` at `index` finds in a window."""
        rule = PLUGIN_RULES[index]
        for expression in self._expressions[index]:
            for found in expression.finditer(window.text):
                for begin, end in _value_spans(rule, found):
                    match = _vendor_match(rule, window, begin, end)
                    if match is not None:
                        yield match


@dataclass(frozen=True, slots=True)
class KeywordExpression:
    """One expression of the keyword plugin, and what tells at little cost that it cannot match."""

    expression: re.Pattern[str]
    group: int
    """Group of the value."""
    sign: str
    """What a match cannot do without."""
    takes_bare: bool
    """It takes a value without quotes."""
    looks_back: bool
    """It looks for a value before the keyword, so it needs the whole window."""


class KeywordPlugin:
    """Values assigned to, or compared with, a name that sounds like a secret."""

    def expressions_for(self, suffix: str) -> tuple[KeywordExpression, ...]:
        """Return the plugin's expressions for a name hint.

        Files that hold bare ``NAME=value`` pairs are read like configuration.
        """
        hint = "ini" if suffix in _CONFIG_SUFFIXES else suffix
        return _expressions_of(determine_file_type(f"f.{hint}"))

    def matches(
        self, expressions: Sequence[KeywordExpression], window: Window, first_end: int
    ) -> Iterator[Match]:
        """Yield values; `first_end` is where, in the window, the first keyword ends."""
        text = window.text
        has_quotes = _QUOTES.search(text) is not None
        reach = max(0, first_end - _KEYWORD_REACH) if window.is_ascii else 0
        for rule in expressions:
            if rule.sign not in text or not (has_quotes or rule.takes_bare):
                continue
            for found in rule.expression.finditer(text, 0 if rule.looks_back else reach):
                match = _keyword_match(window, found, rule.group)
                if match is not None:
                    yield match


class EntropyPlugins:
    """Quoted strings that look random."""

    def __init__(self) -> None:
        self._base64 = Base64HighEntropyString()
        self._hex = HexHighEntropyString()

    def matches(self, suffix: str, window: Window) -> Iterator[Match]:
        """Yield random-looking strings of a window."""
        if suffix in _LOCK_SUFFIXES:
            return
        base64 = _varied(self._base64, window)
        hexadecimal = _varied(self._hex, window)
        if not base64 and not hexadecimal:
            return
        # What surrounds a string costs less to ask than whether it looks random.
        lower = window.text.lower()
        if _SECRET_WORD.search(lower):
            yield from _random(self._base64, "base64-entropy", window, base64)
            yield from _random(self._hex, "hex-entropy", window, hexadecimal)
        elif base64 and not _HASH_CONTEXT.search(lower):
            yield from _random(self._base64, "base64-entropy", window, base64)


def _varied(plugin: Any, window: Window) -> list[re.Match[str]]:  # noqa: ANN401
    """Return the strings that could be random enough for an entropy plugin."""
    # n different characters have at most log2(n) bits: a cheap bound for a slow sum.
    fewest = 2**plugin.entropy_limit
    return [found for found in plugin.regex.finditer(window.text) if len(set(found[2])) > fewest]


def _random(
    plugin: Any,  # noqa: ANN401
    rule_id: str,
    window: Window,
    strings: Iterable[re.Match[str]],
) -> Iterator[Match]:
    """Yield those of the strings that look random to an entropy plugin."""
    for found in strings:
        value = found.group(2)
        if is_potential_uuid(value) or is_sequential_string(value) or is_alphabet(value):
            continue
        if plugin.calculate_shannon_entropy(value) <= plugin.entropy_limit:
            continue
        start, end = window.span(*found.span(2))
        yield Match(
            start=start,
            end=end,
            detector_id=DETECTOR_ID,
            rule_id=rule_id,
            category=Category.GENERIC_SECRET,
            confidence=Confidence.LOW,
            evidence="entropy",
        )


_UNQUOTED: Final = frozenset(
    (
        keyword.FOLLOWED_BY_COLON_REGEX,
        keyword.FOLLOWED_BY_COLON_EQUAL_SIGNS_REGEX,
        keyword.FOLLOWED_BY_EQUAL_SIGNS_REGEX,
    )
)
"""Expressions of the keyword plugin that take a value without quotes."""

_REVERSED: Final = keyword.PRECEDED_BY_EQUAL_COMPARISON_SIGNS_QUOTES_REQUIRED_REGEX

_SIGNS: Final = {
    keyword.FOLLOWED_BY_ARROW_FUNCTION_SIGN_QUOTES_REQUIRED_REGEX: "=",
    keyword.FOLLOWED_BY_COLON_EQUAL_SIGNS_REGEX: ":=",
    keyword.FOLLOWED_BY_COLON_QUOTES_REQUIRED_REGEX: ":",
    keyword.FOLLOWED_BY_COLON_REGEX: ":",
    keyword.FOLLOWED_BY_EQUAL_SIGNS_OPTIONAL_BRACKETS_OPTIONAL_AT_SIGN_QUOTES_REQUIRED_REGEX: "",
    keyword.FOLLOWED_BY_EQUAL_SIGNS_QUOTES_REQUIRED_REGEX: "=",
    keyword.FOLLOWED_BY_EQUAL_SIGNS_REGEX: "=",
    keyword.FOLLOWED_BY_OPTIONAL_ASSIGN_QUOTES_REQUIRED_REGEX: "(",
    keyword.FOLLOWED_BY_QUOTES_AND_SEMICOLON_REGEX: ";",
    _REVERSED: "",
}
"""A sign without which an expression cannot match: a cheap way out of a backtracking search."""


@cache
def _expressions_of(kind: FileType) -> tuple[KeywordExpression, ...]:
    """Return the expressions for a file type of detect-secrets."""
    expressions: Mapping[re.Pattern[str], int] = keyword.REGEX_BY_FILETYPE.get(
        kind, keyword.QUOTES_REQUIRED_DENYLIST_REGEX_TO_GROUP
    )
    return tuple(
        KeywordExpression(
            expression=expression,
            group=group,
            sign=_SIGNS[expression],
            takes_bare=expression in _UNQUOTED,
            looks_back=expression is _REVERSED,
        )
        for expression, group in expressions.items()
    )


def _plugin_classes() -> dict[str, Any]:
    classes: dict[str, Any] = {}
    for name in _MODULES:
        classes.update(vars(importlib.import_module(f"detect_secrets.plugins.{name}")))
    return classes


def _value_spans(rule: PluginRule, found: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the character spans of the values in one match of a vendor's expression."""
    if rule.rule_id == "jwt":
        if JwtTokenDetector.is_formally_valid(found.group()):
            # The plugin's expression stops before the signature.
            tail = _JWT_TAIL.match(found.string, found.end())
            yield found.start(), tail.end() if tail else found.end()
    elif rule.rule_id == "artifactory":
        value = found.group()
        begin = found.start() + len(value) - len(value.lstrip(_ARTIFACTORY_EDGES))
        yield begin, begin + len(value.strip(_ARTIFACTORY_EDGES))
    elif rule.is_whole or not found.re.groups:
        yield found.span()
    else:
        yield from (found.span(n) for n in range(1, found.re.groups + 1) if found.group(n))


def _vendor_match(rule: PluginRule, window: Window, begin: int, end: int) -> Match | None:
    value = window.text[begin:end].rstrip()
    category, confidence = rule.category, rule.confidence
    if category is Category.URI_CREDENTIAL and is_placeholder(value):
        return None
    if category is Category.PROVIDER_TOKEN and is_filler(value.encode()):
        return None
    if rule.rule_id == "artifactory" and sum(c.isdigit() for c in value) < 2:  # noqa: PLR2004
        # The format is two letters and any word: upper-case prose fits it.
        category, confidence = Category.GENERIC_SECRET, Confidence.LOW
    start, stop = window.span(begin, begin + len(value))
    return Match(
        start=start,
        end=stop,
        detector_id=DETECTOR_ID,
        rule_id=rule.rule_id,
        category=category,
        confidence=confidence,
        evidence="format",
    )


def _keyword_match(window: Window, found: re.Match[str], group: int) -> Match | None:
    value = found.group(group)
    if is_placeholder(value.strip()) or is_no_value(value.strip()):
        return None
    begin, end = found.span(group)
    around = found.group()[: begin - found.start()] + found.group()[end - found.start() :]
    is_password = _PASSWORD_WORD.search(around) is not None
    start, stop = window.span(begin, end)
    return Match(
        start=start,
        end=stop,
        detector_id=DETECTOR_ID,
        rule_id="keyword",
        category=Category.PASSWORD if is_password else Category.GENERIC_SECRET,
        confidence=Confidence.LOW,
        evidence="keyword",
    )
