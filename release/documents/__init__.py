"""Documents: what goes out beside the rows, so that people and machines know what they hold.

Pure functions of a draft: the manifest to be, the rows as they stand in the finished files, the
exclusions, and the release before. What a document says of rows it has read from rows, so it can
name nothing that a reader of the rows could not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any, Final

from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.documents.card import CARD_FILE, write_card
from release.documents.croissant import CROISSANT_FILE, describe_croissant
from release.documents.difference import DIFFERENCE_FILE, find_difference
from release.documents.draft import ReleaseDraft, read_rows
from release.documents.figures import load_figures
from release.documents.notice import NOTICE_FILE, write_notice
from release.documents.plots import draw_plots
from release.documents.totals import TOTALS_FILE, total_up, totals_document
from release.domain.manifest import Document, Release
from release.domain.rows import INTERNAL_ROWS, rows_schema, schema_digest

__all__ = [
    "ReleaseDraft",
    "find_parent",
    "fixed_texts",
    "write_documents",
]

_MEDIA_TYPES: Final[Mapping[str, str]] = {
    "json": "application/json",
    "md": "text/markdown",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}
_CROISSANT_TYPE: Final = "application/ld+json"


def write_documents(staging: Path, draft: ReleaseDraft) -> tuple[Document, ...]:
    """Write all documents of a release into its folder, where its shards are; return their entries.

    The same draft gives the same bytes. `README.md`, `croissant.json` and `difference.json` speak
    of time or parent, the others do not.
    """
    rows = read_rows(staging, draft.manifest)
    before = _totals_of(draft.parent)
    rules = draft.rules or (before or {}).get("rules", {})
    totals = total_up(draft, rows)
    difference = find_difference(draft, rows, totals, before)
    contents = {
        NOTICE_FILE: write_notice(draft.manifest.release_id, rows),
        TOTALS_FILE: _json(totals_document(draft, totals, rules)),
        **draw_plots(totals, draft.manifest.release_id),
    }
    if difference is not None:
        contents[DIFFERENCE_FILE] = _json(asdict(difference))
    documents = [_write(staging, path, data) for path, data in contents.items()]
    described = describe_croissant(draft.manifest, totals, documents)
    documents.append(_write(staging, CROISSANT_FILE, _json(described)))
    card = write_card(draft, totals, difference, load_figures(rules))
    documents.append(_write(staging, CARD_FILE, card))
    return tuple(sorted(documents, key=lambda document: document.path))


def find_parent(root: Path, release_id: str | None, tier: Tier) -> Release | None:
    """Return a published release under the root of its tier, for comparison.

    None where nothing can be compared: it is gone, or was made with other columns.
    """
    if release_id is None:
        return None
    try:
        parent = Release.read(root / release_id)
    except ReleaseRefused:
        return None
    manifest = parent.manifest
    is_alike = manifest.tier is tier and manifest.schema_digest == schema_digest(rows_schema(tier))
    is_whole = all((parent.directory / shard.path).is_file() for shard in manifest.shards)
    return parent if is_alike and is_whole else None


def fixed_texts() -> tuple[bytes, ...]:
    """Return all that documents say of every release alike: it gives nothing away.

    That is what stands in the files of this package, and the names of columns.
    """
    files = sorted(resources.files(__package__).iterdir(), key=lambda file: file.name)
    columns = "\n".join(INTERNAL_ROWS.names)
    return (*(file.read_bytes() for file in files if file.is_file()), columns.encode())


def _totals_of(parent: Release | None) -> Mapping[str, Any] | None:
    """Return what a parent says of itself; None for one that was made before documents were."""
    if parent is None:
        return None
    try:
        totals: Mapping[str, Any] = json.loads((parent.directory / TOTALS_FILE).read_bytes())
        _ = totals["left_out"], totals["counts"]["withdrawn"], totals["rules"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return totals


def _write(folder: Path, path: str, data: bytes) -> Document:
    (folder / path).write_bytes(data)
    suffix = path.rpartition(".")[2]
    media_type = _CROISSANT_TYPE if path == CROISSANT_FILE else _MEDIA_TYPES[suffix]
    digest = hashlib.sha256(data).hexdigest()
    return Document(path=path, media_type=media_type, bytes=len(data), sha256=digest)


def _json(value: object) -> bytes:
    """Return JSON for people too: indented, in the order in which it was put together."""
    text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()
