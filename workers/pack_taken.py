"""What was taken back, as a pack tells it: the recalls, their rows, and who asked for them.

A release that took rows out of another is decided with that one; why its rows left stands in the
recall that was published with it. A pack holds the recalls of all releases in that line, as their
readers got them, and the withdrawals that the recalls name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ingest.errors import InputError
from release.domain.manifest import Manifest
from release.domain.recall import Recall, ids_digest
from release.pull.recalls import check_tombstones, recall_path, recalls_folder, tombstones_path
from release.signing import RECALL_TYPE, verify
from store.catalog import RecallBook
from store.catalog.audit import AuditEntry
from workers.context import Context, utc_now
from workers.pack_members import TAKEN_BACK, WITHDRAWN_LATER
from workers.pack_said import find_contradictions, last_said, lineage, read_told

_SIGNED, _ROWS = ".dsse.json", ".parquet"


def recall_members(context: Context, releases: Sequence[str]) -> tuple[dict[str, bytes], set[str]]:
    """Return the files of every recall of some releases of one line, and who asked for them.

    Raises:
        InputError: a recall is not before its readers yet.
    """
    members: dict[str, bytes] = {}
    requests: set[str] = set()
    for recall in RecallBook(context.catalog, clock=utc_now).list_all():
        if recall.is_whole or not {part.release_id for part in recall.releases} & set(releases):
            continue
        folder = recalls_folder(context.settings.shards_dir(recall.tier.value) / "release")
        files = {
            _SIGNED: recall_path(folder, recall.id),
            _ROWS: tombstones_path(folder, recall.id),
        }
        try:
            members |= {
                f"{TAKEN_BACK}{recall.id}{end}": path.read_bytes() for end, path in files.items()
            }
        except FileNotFoundError:
            raise InputError(
                f"{recall.id} is recorded and not published yet.",
                hint="Ask for the pack again in a minute.",
            ) from None
        requests.update(recall.requests)
    return members, requests


def find_taken_faults(
    members: Mapping[str, bytes], manifest: Manifest, entries: Sequence[AuditEntry]
) -> list[str]:
    """Return what is told of taken rows otherwise than manifest and chain say.

    The files of the recalls are checked by `read_recalls`.
    """
    line = lineage(manifest.release_id, entries)
    recorded = {
        e.subject: e
        for e in entries
        if e.action == "recall" and e.detail["rows"] and set(e.detail["releases"]) & set(line)
    }
    told = {
        name.removeprefix(TAKEN_BACK).removesuffix(_SIGNED)
        for name in members
        if name.startswith(TAKEN_BACK) and name.endswith(_SIGNED)
    }
    withdrawals = read_told("withdrawal", members[WITHDRAWN_LATER])
    asked = {request for e in recorded.values() for request in e.detail["requests"]}
    last = last_said("withdrawal", entries)
    return [
        *(f"{recall_id} is recorded and not told" for recall_id in sorted(recorded.keys() - told)),
        *(f"it does not record {recall_id}" for recall_id in sorted(told - recorded.keys())),
        *find_contradictions(withdrawals, last),
        *(
            f"the withdrawal {one.id} is not what its digest says"
            for one in withdrawals
            if not one.is_as_said()
        ),
        *(
            f"the withdrawal {name} asked for it, and is not told"
            for name in sorted(asked & last.keys() - {one.id for one in withdrawals})
        ),
    ]


def read_recalls(members: Mapping[str, bytes], public_key: Path) -> list[tuple[Recall, pa.Table]]:
    """Return the recalls of a pack, each with its tombstones.

    Raises:
        ReleaseRefused: one is not signed by the key, or its rows are not those that were signed.
        KeyError: its rows are missing.
    """
    found = []
    for name, data in sorted(members.items()):
        if name.startswith(TAKEN_BACK) and name.endswith(_SIGNED):
            recall = Recall.from_json(verify(data, public_key, RECALL_TYPE))
            rows = members[f"{TAKEN_BACK}{recall.recall_id}{_ROWS}"]
            found.append((recall, check_tombstones(recall, rows)))
    return found


def is_all_told(manifest: Manifest, recalls: Iterable[tuple[Recall, pa.Table]]) -> bool:
    """Tell whether recalls name exactly the rows that a release left out of its parent."""
    if not manifest.tombstone_digest:
        return True
    left: set[str] = set()
    for _, rows in recalls:
        is_of_it = pc.and_kleene(
            pc.equal(rows["release_id"], manifest.parent_release_id),
            pc.equal(rows["replaced_by"], manifest.release_id),
        )
        left.update(rows.filter(is_of_it)["id"].to_pylist())
    return ids_digest(left) == manifest.tombstone_digest
