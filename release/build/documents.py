"""What goes out beside the rows: written, and scanned as the rows are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pyarrow as pa

from ingest.domain.finding import Finding
from ingest.errors import ReleaseRefused
from release.build.texts import Inspector
from release.documents import ReleaseDraft, find_parent, fixed_texts, write_documents
from release.documents.figures import load_figures
from release.domain.manifest import Document, Manifest

_TOKEN: Final = re.compile(rb"\w(?:[\w.+-]*\w)?")
_CHECKED_FORM: Final = re.compile(rb"(?:rel|repo|snap)_[0-9a-f]{20}")
_SHOWN_DIGITS: Final = 16


def add_documents(
    staging: Path,
    manifest: Manifest,
    exclusions: pa.Table,
    inspector: Inspector,
    rules: Mapping[str, str] | None = None,
) -> Manifest:
    """Write and scan the documents of the release in a staging folder; return its manifest.

    `rules` are the digests of what decided on the rows; none where they were taken over.

    Raises:
        ReleaseRefused: see `scan_documents`.
    """
    # A staging folder lies in the root of its tier: see `release.build.publish.open_staging`.
    root = staging.parents[2]
    parent = find_parent(root, manifest.parent_release_id, manifest.tier)
    draft = ReleaseDraft(manifest=manifest, exclusions=exclusions, parent=parent, rules=rules or {})
    documents = write_documents(staging, draft)
    scan_documents(staging, manifest, documents, inspector, digests=draft.rules.values())
    return replace(manifest, documents=documents)


def scan_documents(
    root: Path,
    manifest: Manifest,
    documents: Sequence[Document],
    inspector: Inspector,
    *,
    digests: Collection[str] = (),
) -> None:
    """Scan the finished documents of a release.

    `digests`, and those and ids that the manifest names, look like keys to any entropy test, and
    are taken out first. What every release says alike, such as a license text, gives nothing away.

    Raises:
        ReleaseRefused: a document shows a finding of a refused category; names rules and files,
            never a value.
    """
    made = _machine_values(manifest, documents) | {digest.encode() for digest in digests}
    leaks = [
        (document.path, finding)
        for document in documents
        for finding in _leaks((root / document.path).read_bytes(), document.path, made, inspector)
    ]
    if not leaks:
        return
    fixed = {leak.hmac for text in fixed_texts() for leak in inspector.leaks(text, "txt")}
    shown = sorted({f"{leak.rule_id} in {path}" for path, leak in leaks if leak.hmac not in fixed})
    if shown:
        raise ReleaseRefused(
            f"The exit scan found in the documents what must not leave: {'; '.join(shown)}.",
            hint="A name of a repository, language, license or holder gives something away:"
            " give the repository an alias, or exclude the files, and build again.",
            code="EXIT_SCAN",
        )


def _leaks(data: bytes, path: str, made: frozenset[bytes], inspector: Inspector) -> list[Finding]:
    def kept(token: re.Match[bytes]) -> bytes:
        is_made = token[0] in made or _CHECKED_FORM.fullmatch(token[0])
        return b"" if is_made else token[0]

    return inspector.leaks(_TOKEN.sub(kept, data), path.rpartition(".")[2])


def _machine_values(manifest: Manifest, documents: Sequence[Document]) -> frozenset[bytes]:
    """Return the digests, ids and versions that documents repeat."""

    def values() -> Iterator[str]:
        yield from (manifest.input_digest, manifest.policy_digest, manifest.schema_digest)
        yield from (manifest.exclusions_digest, *manifest.snapshots.values())
        yield from (*manifest.rulesets.values(), *manifest.tools.values())
        yield from (shard.sha256 for shard in manifest.shards)
        yield from (document.sha256 for document in documents)
        for measured in load_figures({}):
            yield from (measured.rules_digest, measured.rules_digest[:_SHOWN_DIGITS])

    return frozenset(value.encode() for value in values())
