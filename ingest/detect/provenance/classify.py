"""Provenance facts of a whole tree: one row for every occurrence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import pyarrow as pa

from ingest.detect.provenance.annotations import AnnotationFinder
from ingest.detect.provenance.facts import (
    ContentFacts,
    LicenseFacts,
    UnitKey,
    read_content,
    read_licensing,
)
from ingest.detect.provenance.packages import installed_members, is_record, likely_members
from ingest.detect.provenance.paths import (
    DirectoryFacts,
    NameFacts,
    ambiguous_module,
    directory_facts,
    name_facts,
)
from ingest.detect.provenance.reuse import stating_directory
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
from ingest.detect.provenance.sources import (
    SUBMODULES_NAME,
    TreeSources,
    is_telling,
    submodule_paths,
)
from ingest.detect.provenance.terms import is_boilerplate, plain_name, registered_ids
from ingest.detect.provenance.verdict import Owner, Sign, Verdict, judge
from ingest.domain.artefacts import TREE_FACTS
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import ScanStatus
from ingest.domain.tree import SkipReason

_COLUMNS: Final = ("repo_id", "path", "blob_id", "suffix", "skip_reason")
_ENVIRONMENT_MARK: Final = b"pyvenv.cfg"
_SKIPPED: Final = "SKIPPED"
_TEXTLESS: Final = (SkipReason.SYMLINK.value, SkipReason.EMPTY.value)
_MIN_NAME: Final = 3
"""Letters of a company's name from which it can be told in a license id."""
_NO_SIGNS: Final[frozenset[Sign]] = frozenset()


class _Entry(NamedTuple):
    """An occurrence of the snapshot."""

    repo_id: str
    path: bytes
    key: UnitKey
    skip_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What a directory says of every file in it."""

    facts: DirectoryFacts
    above: Scope | None
    """The nearest scope, wherever it is."""
    inside: Scope | None
    """The same, if it may speak for this directory."""
    is_bulk: bool


def classify_tree(  # noqa: PLR0913 - every input is a table of its own
    snapshot: pa.Table,
    content: pa.Table,
    licensing: pa.Table,
    company: CompanyProfile,
    repository_license: str,
    *,
    sources: TreeSources | None = None,
) -> pa.Table:
    """Return provenance facts (schema `TREE_FACTS`), sorted by path, without path findings.

    `snapshot` has the schema `SNAPSHOT`, `content` and `licensing` are facts tables of its
    blobs. `repository_license` is the SPDX expression that the owner registered for first-party
    files. `sources` are texts that speak of other files; what is not given there restricts. A
    skipped occurrence has a row without provenance; a scanned one whose licensing facts are
    missing is of unknown provenance. The licensing facts say which holders are the company's;
    `company` only tells so of the holders in REUSE.toml and the like.
    """
    entries = sorted((_Entry(*row) for row in _rows(snapshot)), key=lambda entry: entry.path)
    tree = _Tree(
        entries,
        content=read_content(content),
        licensing=read_licensing(licensing),
        registered=registered_ids(repository_license),
        sources=sources or TreeSources(),
        company=company,
    )
    columns = zip(*map(tree.row, entries), strict=True) if entries else ([] for _ in TREE_FACTS)
    arrays = [pa.array(c, kind.type) for c, kind in zip(columns, TREE_FACTS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=TREE_FACTS)


def _rows(snapshot: pa.Table) -> Iterator[tuple[str, bytes, UnitKey, str | None]]:
    columns = (snapshot[name].to_pylist() for name in _COLUMNS)
    for repo_id, path, blob_id, suffix, skip_reason in zip(*columns, strict=True):
        yield repo_id, path, (blob_id, suffix), skip_reason


class _Tree:
    """A tree's facts, with what its directories say remembered."""

    def __init__(  # noqa: PLR0913 - every input is a table of its own
        self,
        entries: list[_Entry],
        *,
        content: dict[UnitKey, ContentFacts],
        licensing: dict[UnitKey, LicenseFacts],
        registered: frozenset[str],
        sources: TreeSources,
        company: CompanyProfile,
    ) -> None:
        """Read what the tree as a whole says: scopes, side files, imported directories."""
        self._content = content
        self._licensing = licensing
        names = frozenset(map(plain_name, company.names))
        self._owner = Owner(
            registered=registered, names=frozenset(n for n in names if len(n) >= _MIN_NAME)
        )
        self._sources = sources
        texts = {e.path: sources.texts.get(e.key[0]) for e in entries if is_telling(e.path)}
        self._vendor_roots = frozenset(_vendor_roots(entries, texts, sources))
        self._modules = frozenset(m for e in entries if (m := ambiguous_module(e.path)))
        scopes = build_scopes(self._scope_files(entries))
        scopes |= {d: s for d, s in _installed_scopes(scopes, texts).items() if d not in scopes}
        self._scopes = ScopeFinder(scopes)
        self._own_scopes = scopes
        self._sides = {
            entry.path.removesuffix(SIDE_SUFFIX): entry
            for entry in entries
            if entry.path.endswith(SIDE_SUFFIX)
        }
        stating = (
            (path, text) for path, text in texts.items() if stating_directory(path) is not None
        )
        self._annotations = AnnotationFinder(stating, sources.read_license, company.names)
        self._places: dict[bytes, _Place] = {}
        self._names: dict[bytes, NameFacts] = {}
        self._verdicts: dict[tuple[int, Scope | None, int, bool, frozenset[Sign]], Verdict] = {}

    def _scope_files(self, entries: list[_Entry]) -> Iterator[ScopeFile]:
        for entry in entries:
            facts = self._licensing.get(entry.key)
            is_manifest = facts is not None and facts.is_manifest
            if is_manifest or is_license_file(entry.path) or is_manifest_name(entry.path):
                yield self._scope_file(entry)

    def _scope_file(self, entry: _Entry) -> ScopeFile:
        return ScopeFile(
            path=entry.path,
            facts=self._licensing.get(entry.key),
            is_skipped=entry.skip_reason in _TEXTLESS,
        )

    def row(self, entry: _Entry) -> tuple[object, ...]:
        """Return the row of one occurrence, in the order of `TREE_FACTS`."""
        directory, _, name = entry.path.rpartition(b"/")
        place = self._places.get(directory) or self._place(directory)
        named = self._names.get(name)
        if named is None:
            named = self._names[name] = name_facts(name)
        content = self._content.get(entry.key)
        facts = self._licensing.get(entry.key)
        is_vendor = place.facts.vendor_root is not None or named.is_vendored
        is_output = named.is_build_output and facts is not None and is_boilerplate(facts.expression)
        is_scanned = entry.skip_reason is None
        scope = self._scope(entry.path, directory, place, is_vendor=is_vendor)
        stated = self._annotation(entry.path, facts, place, is_silent=is_output)
        verdict = None
        if is_scanned:
            seen = self._seen(entry, place, is_output=is_output)
            verdict = self._judge(facts, (stated, scope), is_vendor=is_vendor, seen=seen)
        source: str | None = content.language_source if content else None
        return (
            entry.repo_id,
            entry.path,
            ScanStatus.COMPLETED.value,
            "",
            (named.language or (content.language if content else None)) if is_scanned else None,
            ("path" if named.language else source) if is_scanned else None,
            is_vendor,
            place.facts.is_generated
            or named.is_generated
            or (content is not None and content.is_generated),
            place.facts.is_test or named.is_test,
            scope.expression if scope else None,
            scope.category if scope else None,
            scope.evidence if scope else None,
            # What lies above a vendored directory gives it nothing, but may forbid.
            any(s.training_restricted for s in (scope, stated, place.above) if s is not None),
            stated.expression if stated else None,
            stated.category if stated else None,
            stated.evidence if stated else None,
            is_output,
            verdict.provenance if verdict else None,
            verdict.evidence if verdict else (_SKIPPED,),
            (),
        )

    def _place(self, directory: bytes) -> _Place:
        facts = directory_facts(directory, self._vendor_roots, self._modules)
        above = self._scopes.nearest(directory)
        inside = above
        if facts.vendor_root is not None and above is not None:
            # A license above a vendored directory speaks for who vendored, not for what was.
            is_inside = (above.directory + b"/").startswith(facts.vendor_root + b"/")
            inside = above if is_inside else None
        is_bulk = self._sources.history.is_bulk(directory)
        place = _Place(facts=facts, above=above, inside=inside, is_bulk=is_bulk)
        self._places[directory] = place
        return place

    def _scope(
        self, path: bytes, directory: bytes, place: _Place, *, is_vendor: bool
    ) -> Scope | None:
        """Return the scope that holds for a path.

        A well-known library outside of any vendored directory stands under a license beside it
        and under no other.
        """
        if path in self._own_scopes:
            return self._own_scopes[path]
        scope = place.inside
        if is_vendor and place.facts.vendor_root is None and scope is not None:
            return scope if directory and scope.directory == directory else None
        return scope

    def _annotation(
        self, path: bytes, facts: LicenseFacts | None, place: _Place, *, is_silent: bool
    ) -> Scope | None:
        """Return what stands beside a file about this file alone; a side file comes first."""
        side = self._sides.get(path)
        if side is not None:
            stated = build_scope(path, [self._scope_file(side)])
            if stated is not None:
                return stated
        if not self._annotations:
            return None
        is_silent = is_silent or (facts is not None and facts.expression is None)
        return self._annotations.find(path, place.facts.vendor_root, is_silent=is_silent)

    def _seen(self, entry: _Entry, place: _Place, *, is_output: bool) -> frozenset[Sign]:
        sources = self._sources
        signs = set()
        if is_output:
            signs.add(Sign.BUILD_BOILERPLATE)
        if place.is_bulk:
            signs.add(Sign.BULK_IMPORT)
        if entry.key[0] in sources.known_content:
            signs.add(Sign.KNOWN_CONTENT)
        if entry.path in sources.history.outside_paths:
            signs.add(Sign.HISTORY_OUTSIDE_AUTHORS)
        if place.facts.vendor_root in sources.history.subtree_roots:
            signs.add(Sign.SUBTREE_IMPORT)
        if sources.is_company_inferred:
            signs.add(Sign.INFERRED_COMPANY)
        return frozenset(signs) if signs else _NO_SIGNS

    def _judge(
        self,
        facts: LicenseFacts | None,
        scopes: tuple[Scope | None, Scope | None],
        *,
        is_vendor: bool,
        seen: frozenset[Sign],
    ) -> Verdict:
        """Return the verdict; `scopes` are what is stated of the file, and its directory's."""
        stated, scope = scopes
        # Facts and scopes of directories live as long as this tree: their ids name them.
        key = (id(facts), stated, id(scope), is_vendor, seen)
        if key not in self._verdicts:
            self._verdicts[key] = judge(
                facts, stated or scope, self._owner, is_vendor=is_vendor, seen=seen
            )
        return self._verdicts[key]


def _vendor_roots(
    entries: list[_Entry], texts: dict[bytes, bytes | None], sources: TreeSources
) -> Iterator[bytes]:
    """Yield directories of others' code whatever their names are."""
    yield from sources.history.subtree_roots
    for entry in entries:
        directory, _, name = entry.path.rpartition(b"/")
        if name == _ENVIRONMENT_MARK and directory:
            yield directory
    for path, text in texts.items():
        directory, _, name = path.rpartition(b"/")
        if name == SUBMODULES_NAME and text:
            yield from submodule_paths(directory, text)


def _installed_scopes(
    scopes: dict[bytes, Scope], texts: dict[bytes, bytes | None]
) -> dict[bytes, Scope]:
    """Return the scopes that metadata of installed Python packages gives to their neighbours.

    Where several distributions bring files into one directory, nothing is said of it.
    """
    found: dict[bytes, Scope] = {}
    shared: set[bytes] = set()
    for record, text in texts.items():
        scope = scopes.get(record.rpartition(b"/")[0]) if is_record(record) else None
        if scope is None:
            continue
        members = likely_members(record) if text is None else installed_members(record, text)
        for member in members:
            if member in found:
                shared.add(member)
            found[member] = replace(scope, directory=member)
    return {member: scope for member, scope in found.items() if member not in shared}
