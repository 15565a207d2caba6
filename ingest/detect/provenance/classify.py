"""Provenance facts of a whole tree: one row for every occurrence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from ingest.detect.provenance.facts import (
    ContentFacts,
    LicenseFacts,
    UnitKey,
    read_content,
    read_licensing,
)
from ingest.detect.provenance.paths import (
    DirectoryFacts,
    directory_facts,
    is_generated_name,
    is_test_name,
    is_vendored_name,
    language_of_name,
)
from ingest.detect.provenance.scopes import (
    SIDE_SUFFIX,
    Scope,
    ScopeFile,
    ScopeFinder,
    build_scope,
    build_scopes,
    is_license_file,
    is_manifest_name,
)
from ingest.detect.provenance.terms import registered_ids
from ingest.detect.provenance.verdict import Verdict, judge
from ingest.domain.artefacts import TREE_FACTS
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import ScanStatus
from ingest.domain.tree import SkipReason

_COLUMNS: Final = ("repo_id", "path", "blob_id", "suffix", "skip_reason")
_ENVIRONMENT_MARK: Final = b"pyvenv.cfg"
_SKIPPED: Final = "SKIPPED"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An occurrence of the snapshot."""

    repo_id: str
    path: bytes
    key: UnitKey
    skip_reason: str | None


def classify_tree(
    snapshot: pa.Table,
    content: pa.Table,
    licensing: pa.Table,
    company: CompanyProfile,
    repository_license: str,
) -> pa.Table:
    """Return provenance facts (schema `TREE_FACTS`), sorted by path, without path findings.

    `snapshot` has the schema `SNAPSHOT`, `content` and `licensing` are facts tables of its
    blobs. `repository_license` is the SPDX expression that the owner registered for first-party
    files. A skipped occurrence has a row without provenance; a scanned one whose licensing facts
    are missing is of unknown provenance. `company` is not read: the licensing facts say which
    holders are the company's.
    """
    del company
    entries = sorted(_entries(snapshot), key=lambda entry: entry.path)
    tree = _Tree(entries, read_content(content), read_licensing(licensing), repository_license)
    return pa.Table.from_pylist([tree.row(entry) for entry in entries], schema=TREE_FACTS)


def _entries(snapshot: pa.Table) -> Iterator[_Entry]:
    columns = (snapshot[name].to_pylist() for name in _COLUMNS)
    for repo_id, path, blob_id, suffix, skip_reason in zip(*columns, strict=True):
        yield _Entry(repo_id=repo_id, path=path, key=(blob_id, suffix), skip_reason=skip_reason)


_TEXTLESS: Final = (SkipReason.SYMLINK.value, SkipReason.EMPTY.value)


class _Tree:
    """A tree's facts, with what its directories say remembered."""

    def __init__(
        self,
        entries: list[_Entry],
        content: dict[UnitKey, ContentFacts],
        licensing: dict[UnitKey, LicenseFacts],
        repository_license: str,
    ) -> None:
        """Read what the tree as a whole says: scopes, side files, virtual environments."""
        self._content = content
        self._licensing = licensing
        self._registered = registered_ids(repository_license)
        self._environments = frozenset(
            entry.path.rpartition(b"/")[0]
            for entry in entries
            if entry.path.rpartition(b"/")[2] == _ENVIRONMENT_MARK and b"/" in entry.path
        )
        self._scopes = ScopeFinder(build_scopes(self._scope_files(entries)))
        self._sides = {
            entry.path.removesuffix(SIDE_SUFFIX): entry
            for entry in entries
            if entry.path.endswith(SIDE_SUFFIX)
        }
        self._directories: dict[bytes, DirectoryFacts] = {}
        self._verdicts: dict[tuple[LicenseFacts | None, Scope | None, bool], Verdict] = {}

    def _scope_files(self, entries: list[_Entry]) -> Iterator[ScopeFile]:
        for entry in entries:
            file = self._scope_file(entry)
            is_manifest = file.facts is not None and file.facts.is_manifest
            if is_manifest or is_license_file(entry.path) or is_manifest_name(entry.path):
                yield file

    def _scope_file(self, entry: _Entry) -> ScopeFile:
        return ScopeFile(
            path=entry.path,
            facts=self._licensing.get(entry.key),
            is_skipped=entry.skip_reason in _TEXTLESS,
        )

    def row(self, entry: _Entry) -> dict[str, object]:
        """Return the row of one occurrence."""
        directory, _, name = entry.path.rpartition(b"/")
        place = self._place(directory)
        content = self._content.get(entry.key)
        is_vendor = place.vendor_root is not None or is_vendored_name(name)
        above = self._scopes.nearest(directory)
        scope = self._scope(entry.path, above, place, is_vendor=is_vendor)
        language = language_of_name(name)
        is_scanned = entry.skip_reason is None
        verdict = self._judge(entry, scope, is_vendor=is_vendor) if is_scanned else None
        return {
            "repo_id": entry.repo_id,
            "path": entry.path,
            "status": ScanStatus.COMPLETED.value,
            "reason": "",
            "language": _language(language, content) if is_scanned else None,
            "language_source": _language_source(language, content) if is_scanned else None,
            "is_vendor": is_vendor,
            "is_generated": place.is_generated
            or is_generated_name(name)
            or (content is not None and content.is_generated),
            "is_test": place.is_test or is_test_name(name),
            "scope_license_expression": scope.expression if scope else None,
            "scope_license_category": scope.category if scope else None,
            "scope_evidence": scope.evidence if scope else None,
            # What lies above a vendored directory gives it nothing, but may forbid.
            "scope_training_restricted": any(
                s.training_restricted for s in (scope, above) if s is not None
            ),
            "provenance": verdict.provenance.value if verdict else None,
            "provenance_evidence": list(verdict.evidence) if verdict else [_SKIPPED],
            "path_findings": [],
        }

    def _place(self, directory: bytes) -> DirectoryFacts:
        if directory not in self._directories:
            self._directories[directory] = directory_facts(directory, self._environments)
        return self._directories[directory]

    def _scope(
        self, path: bytes, above: Scope | None, place: DirectoryFacts, *, is_vendor: bool
    ) -> Scope | None:
        """Return the scope that holds for a path.

        A license above a vendored directory speaks for who vendored, not for what was vendored:
        it does not count for the files below. A side file (REUSE ``.license``) is the nearest
        scope of all.
        """
        scope = above
        if is_vendor and above is not None:
            root = place.vendor_root
            own = above.directory == path.rpartition(b"/")[0] and above.directory
            inside = root is not None and (above.directory + b"/").startswith(root + b"/")
            scope = above if inside or (root is None and own) else None
        side = self._sides.get(path)
        return build_scope(path, [self._scope_file(side)]) or scope if side else scope

    def _judge(self, entry: _Entry, scope: Scope | None, *, is_vendor: bool) -> Verdict:
        key = (self._licensing.get(entry.key), scope, is_vendor)
        if key not in self._verdicts:
            self._verdicts[key] = judge(key[0], scope, self._registered, is_vendor=is_vendor)
        return self._verdicts[key]


def _language(by_name: str | None, content: ContentFacts | None) -> str | None:
    return by_name or (content.language if content else None)


def _language_source(by_name: str | None, content: ContentFacts | None) -> str | None:
    if by_name:
        return "path"
    return content.language_source if content else None
