"""Licenses that package manifests declare, by the file's name.

A manifest speaks for its package, so its license is also the scope of what lies below it.
"""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Iterable
from typing import Final

from ingest.detect.licensing.algebra import UNREADABLE, LicenseAlgebra
from ingest.detect.licensing.evidence import PROPRIETARY, UNKNOWN, Evidence, Kind
from ingest.detect.licensing.names import read_name
from ingest.detect.licensing.qualifiers import is_narrowed
from ingest.detect.licensing.tags import normal_operators

_MAX_BYTES: Final = 2 * 1024 * 1024
_MAX_VALUES: Final = 40
_MAX_VALUE_CHARS: Final = 400

_FILE_NAME: Final = re.compile(
    r"(?:(?:see|file) ){0,2}[./]{0,3}(?:licen[cs]e|copying|copyright|notice)(?:[.-][\w.-]{0,20})?"
    r"(?: file)?",
    re.IGNORECASE,
)
"""Points at a text that is a scope itself."""

Declared = Iterable[str]
"""SPDX expressions or names; all hold."""


def is_manifest(suffix: str) -> bool:
    """Tell whether a name hint is a manifest that may declare a license."""
    return suffix in _READERS


def find_declared(data: bytes, suffix: str, algebra: LicenseAlgebra) -> list[Evidence]:
    """Return one sign for each declared license; a manifest that cannot be read gives unknown.

    A reader's failure is no license: the file says something that we cannot see.
    """
    reader = _READERS.get(suffix)
    if reader is None or len(data) > _MAX_BYTES:
        return []
    try:
        values = list(reader(data.decode("utf-8")))[:_MAX_VALUES]
    except (ValueError, configparser.Error, RecursionError, AttributeError, TypeError):
        values = [UNKNOWN] if b"licen" in data.lower() else []
    found = []
    for value in values:
        if _FILE_NAME.fullmatch(value.strip()):
            continue
        start, end = _span(data, value)
        spdx = read_declared(value, algebra, slash="OR" if suffix == "cargo.toml" else "AND")
        found.append(Evidence(start=start, end=end, kind=Kind.MANIFEST, spdx=spdx, score=1.0))
    return found


def read_declared(value: str, algebra: LicenseAlgebra, *, slash: str = "AND") -> str:
    """Return the SPDX expression of a declared value: an expression, a name, or unknown."""
    value = value.strip()
    if value.upper() in {"UNLICENSED", "PROPRIETARY", "PRIVATE"}:
        return PROPRIETARY
    terms = algebra.read(normal_operators(value, slash=slash))
    if terms is not UNREADABLE and all(algebra.is_known(name) for name in terms.ids):
        return terms.expression
    named = read_name(value[:_MAX_VALUE_CHARS])
    if named is not None and is_narrowed(value):
        return UNKNOWN
    if named is not None:
        return algebra.read(named.spdx).expression
    return terms.expression


def _span(data: bytes, value: str) -> tuple[int, int]:
    """Return where a declared value stands; the first line where it is composed."""
    needle = value.encode()[:_MAX_VALUE_CHARS]
    start = data.find(needle, max(0, data.lower().find(b"licen")))
    if needle and start >= 0:
        return start, start + len(needle)
    end = data.find(b"\n")
    return 0, len(data) if end <= 0 else end


def _package_json(text: str) -> Declared:
    package = json.loads(text)
    if not isinstance(package, dict):
        return
    # npm's retired `licenses` list does not say whether its members are a choice: all hold.
    for key in ("license", "licence", "licenses"):
        for item in _listed(package.get(key)):
            if isinstance(item, dict):
                yield str(item.get("type") or item.get("name") or UNKNOWN)
            elif item and not str(item).upper().startswith("SEE LICENSE IN "):
                # npm's words for "the text says so" point at a text that is a scope itself.
                yield str(item)


def _composer_json(text: str) -> Declared:
    package = json.loads(text)
    values = [str(v) for v in _listed(package.get("license")) if v]
    # Composer documents a list as a choice (schema: "license").
    if values:
        yield " OR ".join(f"({v})" for v in values) if len(values) > 1 else values[0]


def _pyproject(text: str) -> Declared:
    document = tomllib.loads(text)
    project = document.get("project", {})
    poetry = document.get("tool", {}).get("poetry", {})
    for declared in (project.get("license"), poetry.get("license")):
        if isinstance(declared, dict):
            # A file reference points at a text that is a scope itself.
            if text_value := declared.get("text"):
                yield _shortened(str(text_value))
        elif declared:
            yield str(declared)
    yield from _classified(project.get("classifiers", []))
    yield from _classified(poetry.get("classifiers", []))


def _setup_cfg(text: str) -> Declared:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    if parser.has_section("metadata"):
        section = parser["metadata"]
        value = section.get("license", "")
        if value.strip():
            yield _shortened(value)
        yield from _classified(
            section.get("classifiers", section.get("classifier", "")).split("\n")
        )


def _setup_py(text: str) -> Declared:
    for match in re.finditer(
        r"\blicense(?:_expression)?\s{0,9}=\s{0,9}[\"']([^\"'\n]{1,200})[\"']", text
    ):
        yield match[1]
    yield from _classified(re.findall(r"[\"'](License ::[^\"'\n]{1,160})[\"']", text))


def _cargo(text: str) -> Declared:
    document = tomllib.loads(text)
    for table in (document.get("package", {}), document.get("workspace", {}).get("package", {})):
        declared = table.get("license")
        if isinstance(declared, str) and declared:
            yield declared


def _pom(text: str) -> Declared:
    block = re.search(r"<licenses>(.{0,8000}?)</licenses>", text, re.DOTALL)
    if block:
        # Maven lists licenses without saying whether they are a choice: all hold.
        for match in re.finditer(r"<name>\s{0,99}([^<]{1,200}?)\s{0,99}</name>", block[1]):
            yield match[1]


def _core_metadata(text: str) -> Declared:
    head = text.split("\n\n", 1)[0][:65536]
    expressions = re.findall(r"(?m)^License-Expression: *(\S[^\n]{0,300})", head)
    if expressions:
        yield from expressions
        return
    for value in re.findall(r"(?m)^License: *(\S[^\n]{0,300})", head):
        if value.strip().upper() != "UNKNOWN":
            yield _shortened(value)
    yield from _classified(re.findall(r"(?m)^Classifier: *(License ::[^\n]{1,160})", head))


def _gemspec(text: str) -> Declared:
    for match in re.finditer(r"\.licenses?\s{0,9}=\s{0,9}([^\n]{1,300})", text):
        # CocoaPods may write a hash, whose other values are a file's name or a text.
        typed = re.findall(
            r"(?::type\s{0,9}=>|\btype:)\s{0,9}[\"']([^\"'\n]{1,200})[\"']", match[1]
        )
        yield from typed or re.findall(r"[\"']([^\"'\n]{1,200})[\"']", match[1])


def _mix(text: str) -> Declared:
    """Yield the licenses of Hex's package options; the documentation says that all hold."""
    for match in re.finditer(r"\blicenses:\s{0,9}\[([^\]]{1,300})\]", text):
        yield from re.findall(r'"([^"\n]{1,200})"', match[1])


def _meson(text: str) -> Declared:
    """Yield the licenses of ``project()``; Meson's reference says that all of a list hold."""
    project = re.search(r"\bproject\s{0,9}\((.{0,4000}?)\)", text, re.DOTALL)
    for match in re.finditer(
        r"\blicense\s{0,9}:\s{0,9}(\[[^\]]{1,300}\]|'[^'\n]{1,200}')", project[1] if project else ""
    ):
        yield from re.findall(r"'([^'\n]{1,200})'", match[1])


def _assigned(text: str) -> Declared:
    """Yield the value of ``license = "..."``, as LuaRocks, Nimble and DUB have it."""
    for match in re.finditer(
        r"(?m)^[ \t]{0,40}license[ \t]{0,40}=?[ \t]{0,40}[\"']([^\"'\n]{1,200})[\"']", text
    ):
        yield match[1]


def _nuspec(text: str) -> Declared:
    # nuspec reference, "license": type "file" points at a text that is a scope itself.
    yield from re.findall(r"<license\s+type=\"expression\"[^>]{0,99}>([^<]{1,200})</license>", text)


def _msbuild(text: str) -> Declared:
    yield from re.findall(r"<PackageLicenseExpression>([^<]{1,200})<", text)


def _field(text: str) -> Declared:
    """Yield the value of a ``license:`` line, as Cabal and opam have it."""
    for match in re.finditer(r"(?mi)^license:[ \t]{0,40}\"?([^\"\n]{1,200})", text):
        yield match[1]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if value else []


def _shortened(value: str) -> str:
    """Return the first line of a value: some paste a whole license text here."""
    return value.strip().split("\n", 1)[0][:_MAX_VALUE_CHARS]


def _classified(values: Iterable[object]) -> Declared:
    """Yield license names of trove classifiers; a bare "OSI Approved" names none."""
    for value in values:
        parts = [part.strip() for part in str(value).split("::")]
        if parts[0] == "License" and len(parts) > 1 and parts[-1] != "OSI Approved":
            yield " :: ".join(parts)


_READERS: Final[dict[str, Callable[[str], Declared]]] = {
    "package.json": _package_json,
    "composer.json": _composer_json,
    "pyproject.toml": _pyproject,
    "setup.cfg": _setup_cfg,
    "setup.py": _setup_py,
    "cargo.toml": _cargo,
    "pom.xml": _pom,
    "pkg-info": _core_metadata,
    "metadata": _core_metadata,
    "gemspec": _gemspec,
    "podspec": _gemspec,
    "nuspec": _nuspec,
    "csproj": _msbuild,
    "fsproj": _msbuild,
    "vbproj": _msbuild,
    "exs": _mix,
    "build": _meson,
    "rockspec": _assigned,
    "nimble": _assigned,
    "sdl": _assigned,
    "cabal": _field,
    "opam": _field,
}
