"""Checkpoints of the audit chain: its head, signed and kept beside the catalog, not in it.

A chain verifies in itself when its end was cut off, or when all of it was computed anew. So the
head is signed (DSSE, Ed25519) into a file of its own, named by its sequence number and never
written again. Each names the checkpoint before it, so a missing file is noticed too. What is kept
on another machine, and only that, also shows that the newest checkpoints were taken away.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ingest.errors import InputError, ReleaseRefused
from release.signing import sign, verify
from store.catalog import AuditEntry, AuditLog
from store.catalog.audit import check_entries

CHECKPOINT_TYPE: Final = "application/vnd.shardgate.audit-checkpoint+json"
_SUFFIX: Final = ".json"
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A head of the chain that was signed."""

    seq: int
    hash: str
    """`AuditEntry.hash` of the entry with this number."""
    previous: str
    """SHA-256 hex of the file of the checkpoint before; empty for the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """What `verify_chain` found."""

    entries: int
    checkpoints: int
    faults: tuple[str, ...]
    """What does not fit, each in one sentence; empty for an intact chain."""
    unsealed: int
    """Entries after the newest checkpoint: to cut these off would not be noticed."""

    @property
    def is_intact(self) -> bool:
        """Tell whether everything fits."""
        return not self.faults


def seal(log: AuditLog, folder: Path, private_key: Path) -> Path | None:
    """Sign the chain's head into a file of its own, and return that; None for an empty chain.

    A head that was signed before is left as it is.
    """
    head = log.head()
    if head is None:
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{head.seq:0{_DIGITS}d}{_SUFFIX}"
    if not path.exists():
        earlier = [file for file in _files(folder) if file.name < path.name]
        previous = _digest(earlier[-1].read_bytes()) if earlier else ""
        said = {"seq": head.seq, "hash": head.hash, "previous": previous}
        payload = json.dumps(said, sort_keys=True).encode()
        _write_once(path, sign(payload, private_key, CHECKPOINT_TYPE))
    return path


def verify_chain(
    entries: Sequence[AuditEntry], folder: Path, public_key: Path, heads: Path | None = None
) -> ChainReport:
    """Check a chain in itself and against every checkpoint.

    `heads` is a folder with the checkpoints that were kept elsewhere, which nobody who can write
    to `folder` could take away or write anew.

    Raises:
        InputError: that folder has none.
    """
    checkpoints = read_checkpoints(folder)
    if heads is None:
        return verify_entries(entries, checkpoints, public_key)
    kept = read_checkpoints(heads)
    if not kept:
        raise InputError(
            f"{heads} has no checkpoint.",
            hint="It takes the files of the folder audit/ as they are.",
        )
    report = verify_entries(entries, checkpoints | kept, public_key)
    other = [name for name in kept if name in checkpoints and checkpoints[name] != kept[name]]
    faults = (
        *(f"checkpoint {name}: the one that was kept elsewhere is another" for name in other),
        *(
            f"checkpoint {name}: it was kept elsewhere, and is gone here"
            for name in kept.keys() - checkpoints.keys()
        ),
    )
    return replace(report, faults=(*report.faults, *faults))


def read_checkpoints(folder: Path) -> dict[str, bytes]:
    """Return every checkpoint of a folder by its name, oldest first."""
    return {file.name: file.read_bytes() for file in _files(folder)}


def verify_entries(
    entries: Sequence[AuditEntry], checkpoints: Mapping[str, bytes], public_key: Path
) -> ChainReport:
    """Check a chain and its checkpoints, by their names, wherever they come from."""
    report = check_entries(entries)
    faults = [f"entry {report.broken_seq}: {report.cause}"] if not report.is_intact else []
    if entries and not checkpoints:
        faults.append("no head of the chain is signed: it may have been cut anywhere")
    by_seq = {entry.seq: entry for entry in entries}
    known = {_digest(data) for data in checkpoints.values()}
    newest = 0
    for name, data in sorted(checkpoints.items()):
        found = _read(data, public_key)
        if found is None:
            faults.append(f"checkpoint {name}: not signed by this installation's key")
            continue
        newest = max(newest, found.seq)
        faults += _faults(found, name, by_seq, known)
    return ChainReport(
        entries=len(entries),
        checkpoints=len(checkpoints),
        faults=tuple(faults),
        unsealed=sum(seq > newest for seq in by_seq),
    )


def _faults(
    checkpoint: Checkpoint, name: str, entries: Mapping[int, AuditEntry], known: set[str]
) -> list[str]:
    faults = []
    entry = entries.get(checkpoint.seq)
    if entry is None:
        faults.append(f"entry {checkpoint.seq}: it was signed and is gone: the chain was cut")
    elif entry.hash != checkpoint.hash:
        faults.append(f"entry {checkpoint.seq}: it is not the one that was signed")
    if checkpoint.previous and checkpoint.previous not in known:
        faults.append(f"checkpoint {name}: the checkpoint before it is gone or was changed")
    if name != f"{checkpoint.seq:0{_DIGITS}d}{_SUFFIX}":
        faults.append(f"checkpoint {name}: it was signed for entry {checkpoint.seq}")
    return faults


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{'[0-9]' * _DIGITS}{_SUFFIX}"))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(data: bytes, public_key: Path) -> Checkpoint | None:
    try:
        said: Any = json.loads(verify(data, public_key, CHECKPOINT_TYPE))
        return Checkpoint(**said)
    except (ReleaseRefused, ValueError, TypeError):
        return None


def _write_once(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; one that another process wrote first stays."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(data)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
