"""The company's package scopes and prefixes, as package managers of several languages write them.

- ``@acme`` (npm scope) in ``@acme/ui``;
- ``com.acme`` (Maven group, Java package, .NET namespace) in ``com.acme.pay`` and ``com/acme/pay``;
- ``acme_`` and ``acme-`` (distribution and module prefixes) in ``acme_utils`` and ``acme-utils``;
- ``go.acme.dev/`` and ``acme/`` (Go module paths, image names) in ``go.acme.dev/pay/v2``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from ingest.detect.confidential.matches import Match
from ingest.domain.finding import Category, Confidence

_MIN_CHARS: Final = 3
_REACH: Final = 2


def scope_expressions(packages: Iterable[str]) -> list[bytes]:
    """Return caseless funnel expressions; each match ends at the end of a scope."""
    return [form for package in _cleaned(packages) for form in _literals(package)]


class Scopes:
    """The exact rule behind the funnel."""

    def __init__(self, packages: Iterable[str]) -> None:
        """Take the scopes as the company file has them."""
        patterns = b"|".join(
            _pattern(package) for package in sorted(_cleaned(packages), key=len, reverse=True)
        )
        self._scope = re.compile(patterns or rb"(?!)", re.IGNORECASE)
        self._reach = max((len(p.encode()) for p in _cleaned(packages)), default=0) + _REACH

    def matches(self, data: bytes, ends: Sequence[int]) -> Iterator[Match]:
        """Yield the scopes that end near the ascending hit ends."""
        for end in ends:
            start = max(0, end - self._reach)
            for found in self._scope.finditer(data, start, min(len(data), end + self._reach)):
                if found.end() <= end + 1 and found.end() >= end - 1:
                    yield Match(
                        start=found.start(),
                        end=found.end(),
                        rule_id="package-scope",
                        category=Category.PACKAGE_SCOPE,
                        confidence=Confidence.HIGH,
                        evidence="scope",
                    )


def _cleaned(packages: Iterable[str]) -> list[str]:
    stripped = {package.strip() for package in packages}
    return sorted(p for p in stripped if len(p.strip("@./_-")) >= _MIN_CHARS)


def _literals(package: str) -> list[bytes]:
    """Return what the scope always shows; without the joint, which only has to follow."""
    if package.startswith("@"):
        return [re.escape(package.rstrip("/").encode()) + b"/"]
    if _is_dotted(package):
        words = [re.escape(word.encode()) for word in package.strip(".").split(".")]
        return [b"[./]".join(words)]
    if package[-1:] in ("_", "-"):
        return [re.escape(package[:-1].encode()) + b"[_-]"]
    return [re.escape(package.encode())]


def _pattern(package: str) -> bytes:
    bare = re.escape(package.rstrip("/").encode())
    if package.startswith("@"):
        return rb"(?<![\w.%+-])" + bare + rb"(?=/[\w-])"
    if _is_dotted(package):
        words = [re.escape(word.encode()) for word in package.strip(".").split(".")]
        # one separator throughout: a package, or the folder of one
        dotted, slashed = rb"\.".join(words), b"/".join(words)
        return rb"(?<![\w.@-])" + dotted + rb"(?![\w-])|(?<![\w.-])" + slashed + rb"(?![\w-])"
    if package.endswith("/"):
        return rb"(?<![\w.-])" + bare + rb"(?=/\w)"
    joint = package[-1:] if package[-1:] in "_-" else ""
    if joint:
        stem = re.escape(package[:-1].encode())
        return rb"(?<![A-Za-z0-9])" + stem + rb"(?=[_-]\w)"
    return rb"(?<![\w.-])" + bare + rb"(?![\w-])"


def _is_dotted(package: str) -> bool:
    return "." in package.strip(".") and "/" not in package
