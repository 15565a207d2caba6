"""Internal host names: a configured suffix, in a place where a host name can stand.

``threading.local``, ``self.config.internal`` and ``com.acme.internal`` end like hosts and are
code. So a name counts only

- in a URL, or after ``@`` (``ssh://db.corp``, ``git@code.corp:team``);
- as a whole quoted text, bare value of a configuration line, or before a port, when it has a
  digit or hyphen in a label (``"db-01.corp"``) or a word for a host stands before it
  (``host = "db.corp"``);
- anywhere, with two labels or more before the suffix and a hyphen in one of them
  (``build-7.eu.corp``), or when the suffix itself has several labels and none of these is a word
  that programs use (``db.corp.acme.example``): neither can be an attribute.

Names that every installation of a well-known product has are no company's secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ingest.detect.confidential.matches import Match
from ingest.domain.finding import Category, Confidence

_MAX_HOST: Final = 253
"""Longest host name (RFC 1035, section 2.3.4)."""
_TAIL: Final = re.compile(rb"[a-z0-9.-]*", re.IGNORECASE)
_LABEL: Final = re.compile(rb"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_QUOTES: Final = b"'\"`"
_AFTER_SCHEME: Final = re.compile(rb"://(?:[^\s/@'\"<>]{1,256}@)?$")
_AFTER_AT: Final = re.compile(rb"[A-Za-z0-9._%+-]@$")
_HOST_WORD: Final = re.compile(
    rb"(?:host|server|url|uri|endpoint|domain|addr|node|proxy|upstream|broker|gateway|registry"
    rb"|dns|smtp|ldap|ssh|ping|curl|nslookup)[a-z_]{0,12}[\"'\])]{0,2}\s{0,4}[:=(,\s]{1,3}"
    rb"[\"'`\[(\s-]{0,4}$",
    re.IGNORECASE,
)
_BARE_VALUE: Final = re.compile(
    rb"(?:^|\n)[ \t]*(?:-[ \t]+)?(?:export[ \t]+)?[\w.-]{1,64}[ \t]*[:=][ \t]*$"
)
_PORT: Final = re.compile(rb":[0-9]{2,5}(?![0-9])")
_LINE_END: Final = re.compile(rb"[ \t]*(?:[\r\n#;]|$)")
_DISTINCT: Final = re.compile(rb"[0-9-]")
_PUBLIC: Final = frozenset(
    (
        b"host.docker.internal",
        b"gateway.docker.internal",
        b"kubernetes.docker.internal",
        b"host.containers.internal",
        b"metadata.google.internal",
        b"cluster.local",
        b"svc.cluster.local",
        b"default.svc.cluster.local",
        b"kubernetes.default.svc.cluster.local",
    )
)
"""Host names of Docker Desktop, Podman, Google Cloud and Kubernetes that their manuals give."""
_EXAMPLE: Final = b"example"
_CONTEXT_BYTES: Final = 300
_WORD_BYTES: Final = 48
# fmt: off
_CODE_SUFFIXES: Final = frozenset((
    "py", "pyi", "js", "mjs", "cjs", "jsx", "ts", "tsx", "java", "kt", "scala", "groovy",
    "go", "rs", "c", "h", "cc", "cpp", "cxx", "hpp", "cs", "fs", "vb", "rb", "php", "swift",
    "m", "mm", "lua", "pl", "pm", "r", "jl", "dart", "ex", "exs", "erl", "hs", "clj", "vue",
    "svelte",
))
# fmt: on
"""Name hints of files where a bare assignment takes an expression."""


def host_expressions(suffixes: Iterable[str]) -> list[bytes]:
    """Return caseless funnel expressions; each match ends at the end of a suffix."""
    return [rb"[a-z0-9]\." + re.escape(suffix) + rb"\b" for suffix in _cleaned(suffixes)]


def company_host_expressions(hosts: Iterable[str]) -> list[bytes]:
    """Return caseless funnel expressions; each match ends at the end of a host name."""
    return [rb"\b" + re.escape(host) + rb"\b" for host in _cleaned(hosts) if b"." in host]


class CompanyHosts:
    """Hosts that the company names in full: those of its git remotes, registries and stores.

    A full name of two labels or more is no code, so no context is asked for.
    """

    def __init__(self, hosts: Iterable[str]) -> None:
        """Take host names; one without a dot is a word, and left out."""
        self._hosts = sorted(host for host in _cleaned(hosts) if b"." in host)

    def matches(self, data: bytes, ends: Sequence[int]) -> Iterator[Match]:
        """Yield the hosts, and hosts below them, that end at the hit ends."""
        for end in ends:
            start = _host_start(data, end)
            host = data[start:end].lower()
            if _is_closed(data, start, end) and any(
                host == own or host.endswith(b"." + own) for own in self._hosts
            ):
                yield Match(
                    start=start,
                    end=end,
                    rule_id="company-host",
                    category=Category.INTERNAL_HOST,
                    confidence=Confidence.HIGH,
                    evidence="listed",
                )


class Hosts:
    """The exact rule behind the funnel."""

    def __init__(self, suffixes: Iterable[str]) -> None:
        """Take DNS suffixes, with or without a leading dot."""
        self._suffixes = sorted(_cleaned(suffixes), key=len, reverse=True)

    def matches(self, data: bytes, ends: Sequence[int], suffix: str) -> Iterator[Match]:
        """Yield the hosts whose DNS suffix ends at the hit ends; `suffix` is the name hint."""
        for end in ends:
            start = _host_start(data, end)
            evidence = self._evidence(data, start, end, is_code=suffix in _CODE_SUFFIXES)
            if evidence:
                yield Match(
                    start=start,
                    end=end,
                    rule_id="internal-host",
                    category=Category.INTERNAL_HOST,
                    confidence=Confidence.HIGH if evidence == "url" else Confidence.MEDIUM,
                    evidence=evidence,
                )

    def _evidence(self, data: bytes, start: int, end: int, *, is_code: bool) -> str:
        """Return why the span is a host, or the empty text where it is none."""
        host = data[start:end].lower()
        suffix = next((s for s in self._suffixes if host.endswith(b"." + s)), None)
        if suffix is None:
            return ""
        labels = host[: -len(suffix) - 1].split(b".")
        if not _is_closed(data, start, end) or not _is_name(host, labels):
            return ""
        before = data[max(0, start - _CONTEXT_BYTES) : start]
        if _AFTER_SCHEME.search(before) or _AFTER_AT.search(before):
            return "url"
        if _is_unlike_code(labels, suffix):
            return "name"
        if _stands_as_value(data, before, end, is_code=is_code):
            return _value_evidence(before, labels)
        return ""


def _cleaned(suffixes: Iterable[str]) -> set[bytes]:
    return {s.strip(".").lower().encode() for s in suffixes if s.strip(".")}


def _host_start(data: bytes, end: int) -> int:
    """Return where the run of host characters that ends at `end` begins."""
    piece = data[max(0, end - _MAX_HOST) : end][::-1]
    run = _TAIL.match(piece)
    host = piece[: run.end() if run else 0][::-1]
    return end - len(host.lstrip(b".-"))


def _is_closed(data: bytes, start: int, end: int) -> bool:
    """Say whether the name neither goes on nor is part of an identifier or a call."""
    before, after = data[start - 1 : start] if start else b"", data[end : end + 2]
    if before in (b"_", b"$", b".", b"-") or before >= b"\x80":
        return False
    if after[:1] in (b"_", b"(", b"-", b"[", b"=") or after[:1] >= b"\x80":
        return False
    return not (after[:1] == b"." and after[1:2].isalnum())


def _is_name(host: bytes, labels: Sequence[bytes]) -> bool:
    """Say whether the labels are well formed and neither an example nor everybody's."""
    if host in _PUBLIC or _EXAMPLE in labels:
        return False
    return all(_LABEL.fullmatch(label) for label in labels)


def _is_unlike_code(labels: Sequence[bytes], suffix: bytes) -> bool:
    if b"." in suffix:
        return True
    return len(labels) > 1 and any(b"-" in label for label in labels)


def _stands_as_value(data: bytes, before: bytes, end: int, *, is_code: bool) -> bool:
    """Say whether the name fills a quoted text or a configuration value, or has a port."""
    opening, closing = before[-1:], data[end : end + 1]
    if opening and opening in _QUOTES:
        return closing == opening or closing in (b":", b"/")
    if _PORT.match(data, end):
        return True
    if is_code:
        return False
    return _BARE_VALUE.search(before) is not None and _LINE_END.match(data, end) is not None


def _value_evidence(before: bytes, labels: Sequence[bytes]) -> str:
    if _HOST_WORD.search(before[-_WORD_BYTES:]):
        return "host-word"
    return "value" if any(_DISTINCT.search(label) for label in labels) else ""
