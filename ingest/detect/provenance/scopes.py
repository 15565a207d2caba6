"""Under which license a directory stands: the nearest license file or manifest above a file.

In one directory several license files all hold, unless one of them (or the manifest) states a
choice that names the others. A manifest that says something else holds as well: the worst of the
two counts. A license file that was not read makes the scope unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ingest.detect.provenance.facts import UNKNOWN_LICENSE, LicenseFacts
from ingest.detect.provenance.terms import all_of, ids_of, is_choice, worst_of

_LICENSE_NAME = re.compile(
    rb"(?:[a-z0-9.+]{1,24}[-_])?(?:un)?licen[cs]es?(?:[-_.][\w.+-]{1,60})?"
    rb"|copying(?:[-_.][\w.+-]{1,60})?|copyright(?:\.(?:txt|md|rst))?|eula(?:\.(?:txt|md|rst))?"
)
_LICENSE_WORDS: Final = (b"licen", b"copy", b"eula")
_CODE_SUFFIX = re.compile(
    rb".*\.(?:py|pyi|js|mjs|cjs|jsx|ts|tsx|go|java|kt|rb|c|cc|cpp|cxx|h|hpp|cs|rs|php|swift|m|mm"
    rb"|scala|pl|pm|lua|sh|bash|bat|ps1|json|ya?ml|toml|xml|xsl|css|scss|less|svg|sql|proto|vue"
    rb"|tmpl|tpl|erb|ejs|j2|jinja|in|cmake|gradle|properties|cfg|ini|csv|tsv|po|strings|resx|snap"
    rb"|lock|map|d|ex|exs|clj|hs|ml|dart|r|jl|nix|ipynb|license|spdx|header)"
)
_OTHERS = re.compile(rb"third|3rd|dependenc|vendor|acknowledg|notices|report|template|header|check")
_MANIFESTS: Final = frozenset(
    b"package.json pyproject.toml setup.cfg setup.py cargo.toml composer.json pom.xml pkg-info "
    b"metadata description vcpkg.json dub.json bower.json pubspec.yaml chart.yaml".split()
)
_TEXTS_DIRECTORY: Final = b"LICENSES"
"""Where REUSE keeps the texts of a whole project (specification 3.3)."""
_INSTALLED: Final = b".dist-info"
"""Metadata of an installed Python package; texts lie in ``licenses`` there (PEP 639)."""
SIDE_SUFFIX: Final = b".license"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The license of a directory."""

    directory: bytes
    """Empty for the root of the tree."""
    expression: str
    category: str
    evidence: bytes
    """Path of the license file or manifest; the first where there are several."""
    training_restricted: bool
    has_foreign_holder: bool
    has_company_holder: bool
    is_unread: bool
    """A file of the scope has no completed facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeFile:
    """A license file or manifest; `facts` is None where it could not be read."""

    path: bytes
    facts: LicenseFacts | None
    is_skipped: bool
    """Holds no text of its own: a symlink, or empty. What could not be read is not skipped."""


def is_license_name(name: bytes) -> bool:
    """Tell whether a file name is that of a license which covers its directory.

    Source files about licensing (``license.go``) and lists of other people's licenses
    (``THIRD-PARTY-LICENSES``) are none.
    """
    lower = name.lower()
    return (
        any(word in lower for word in _LICENSE_WORDS)
        and bool(_LICENSE_NAME.fullmatch(lower))
        and not _CODE_SUFFIX.fullmatch(lower)
        and not _OTHERS.search(lower)
    )


def is_manifest_name(path: bytes) -> bool:
    """Tell whether a path is a package manifest, whose scan must not be missing."""
    return path.rpartition(b"/")[2].lower() in _MANIFESTS


def scope_directory(path: bytes) -> bytes:
    """Return the directory that a license file covers; texts in ``LICENSES/`` cover its parent."""
    directory = path.rpartition(b"/")[0]
    parent, _, last = directory.rpartition(b"/")
    if last == _TEXTS_DIRECTORY or (last == b"licenses" and parent.endswith(_INSTALLED)):
        return parent
    return directory


def is_license_file(path: bytes) -> bool:
    """Tell whether a path is a license file, by its name or by REUSE's directory."""
    directory, _, name = path.rpartition(b"/")
    return is_license_name(name) or directory.rpartition(b"/")[2] == _TEXTS_DIRECTORY


def build_scopes(files: Iterable[ScopeFile]) -> dict[bytes, Scope]:
    """Return the scope of every directory that has one."""
    by_directory: dict[bytes, list[ScopeFile]] = {}
    for file in sorted(files, key=lambda f: f.path):
        by_directory.setdefault(scope_directory(file.path), []).append(file)
    found = ((d, build_scope(d, members)) for d, members in by_directory.items())
    return {directory: scope for directory, scope in found if scope is not None}


def build_scope(directory: bytes, members: list[ScopeFile]) -> Scope | None:
    """Return the scope that files (sorted by path) give; None if none speaks of a license."""
    licenses = [file for file in members if is_license_file(file.path)]
    telling = [f for f in members if f.facts is not None and f.facts.expression]
    told = [file for file in licenses if file in telling]
    # A license file without a license (or a link) may point at its neighbours; alone it is text
    # that nobody read. One that could not be read, or whose scan is missing, always is.
    silent = [f for f in licenses if not (told or _tells_nothing(f))]
    silent += [f for f in members if _must_be_read(f) and f not in silent]
    unread = [f for f in silent if f.facts is None]
    if not telling and not silent:
        return None
    expressions = _effective({f.facts.expression: f.facts.category for f in telling if f.facts})
    if silent:
        expressions[UNKNOWN_LICENSE] = "unknown"
    witness = (told or silent or telling)[0]
    facts = [file.facts for file in members if file.facts is not None]
    return Scope(
        directory=directory,
        expression=all_of(expressions),
        category=worst_of(expressions.values()),
        evidence=witness.path,
        training_restricted=any(f.training_restricted for f in facts),
        has_foreign_holder=any(f.has_foreign_holder for f in facts),
        has_company_holder=any(f.has_company_holder for f in facts),
        is_unread=bool(unread),
    )


def _must_be_read(file: ScopeFile) -> bool:
    """Tell whether a file is unread that should not be; side files speak for others, so always."""
    is_side = file.path.endswith(SIDE_SUFFIX)
    return file.facts is None and (is_side or not file.is_skipped)


def _tells_nothing(file: ScopeFile) -> bool:
    """Tell whether a file named COPYRIGHT lists holders and no terms."""
    name = file.path.rpartition(b"/")[2].lower()
    return file.facts is not None and name.startswith(b"copyright")


def _effective(categories: Mapping[str | None, str]) -> dict[str, str]:
    """Return the expressions that hold, with categories: a stated choice explains its members."""
    known = {expression: category for expression, category in categories.items() if expression}
    offered: set[str] = set()
    for choice in filter(is_choice, known):
        offered |= ids_of(choice)
    return {e: c for e, c in known.items() if is_choice(e) or not ids_of(e) <= offered}


class ScopeFinder:
    """The nearest scope above a directory, each directory looked up once."""

    def __init__(self, scopes: Mapping[bytes, Scope]) -> None:
        """Take the scopes by directory."""
        self._scopes = scopes
        self._nearest: dict[bytes, Scope | None] = {}

    def nearest(self, directory: bytes) -> Scope | None:
        """Return the scope of the directory or of the closest one above."""
        missing = []
        here = directory
        while here not in self._nearest and here not in self._scopes and here:
            missing.append(here)
            here = here.rpartition(b"/")[0]
        scope = self._nearest.get(here) or self._scopes.get(here)
        for path in (*missing, here):
            self._nearest[path] = scope
        return scope
