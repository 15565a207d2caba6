"""Backups: everything that cannot be made again, in one folder, and an installation out of one.

What is copied, in this order, so that a running installation can be backed up:

1. feeds of recalls and signed heads of the audit chain: the catalog, read later, knows at least
   as much as they say. The other way round a restored installation would know of fewer recalls
   than its readers.
2. the catalog, as of one moment.
3. the lake, the releases and, if wanted, keys and mirrors. These are written before the catalog
   names them and never changed, so everything that the catalog names is there.

A signed list with the SHA-256 of every file comes last: a folder without it is no backup.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from ingest.errors import ArtefactCorrupt, InputError
from policies.decision import Tier
from release.files import flush_folder, read_document, sha256_of, write_whole
from release.pull.recalls import RECALLS_FOLDER
from release.pull.verify import verify_bytes
from release.signing import sign, verify
from store.catalog import AuditLog, ReleaseBook
from store.catalog.dump import dump_catalog, load_catalog
from store.catalog.schema import HEAD_REVISION
from workers.audit import record_export, seal_audit, verify_audit
from workers.context import Context, utc_now
from workers.keys import PUBLIC_FILE, SIGNING

BACKUP_TYPE: Final = "application/vnd.shardgate.backup+json"
LIST_FILE: Final = "backup.dsse.json"
_CATALOG: Final = "catalog"
_FILES: Final = "files"
_AUDIT: Final = "audit"
KEYS: Final = "keys"
MIRRORS: Final = "mirrors"
_SHARDS: Final = {tier: f"shards-{tier.value}" for tier in Tier}
_ALWAYS: Final = (_AUDIT, "lake", *_SHARDS.values(), "company.yaml", "terms.csv")
"""What of a home cannot be made again; compiled rules and reports can."""
_FORMAT: Final = 1
_PRIVATE_MODE: Final = 0o700
_OWNERS_MODE: Final = 0o600
"""Of a file, what its owner may do of that."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup says of itself."""

    created_at: datetime
    shardgate: str
    """Version that wrote it."""
    revision: str
    """Of the catalog's schema."""
    rows: dict[str, int]
    """Table to rows."""
    files: dict[str, tuple[int, str]]
    """Path in the folder to size in bytes and SHA-256 in hex."""
    parts: tuple[str, ...]
    """Folders of the home that it holds."""

    @property
    def size_bytes(self) -> int:
        """Bytes of all files."""
        return sum(size for size, _ in self.files.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was found to be right after a restore."""

    backup: Backup
    releases: int
    """Published releases, each verified byte by byte."""
    audit_entries: int


def create_backup(
    context: Context,
    folder: Path,
    progress: Progress,
    *,
    by: str,
    also: Collection[str] = (KEYS,),
) -> Backup:
    """Write a backup; files that the folder has from a backup before are not copied again.

    Args:
        context: of the installation.
        folder: where to; made where it is missing, readable by its owner only.
        progress: is told how many bytes of how many were copied.
        by: who.
        also: `KEYS`, without which nothing stored can be matched or signed for, and `MIRRORS`;
            without these repositories are cloned again.

    Raises:
        InputError: the folder lies in the home, or holds something else.
    """
    root = context.settings.root
    target = _prepared(folder, root)
    parts = (*_ALWAYS, *(part for part in (KEYS, MIRRORS) if part in also))
    if KEYS in also and (root / SIGNING).is_dir():
        parts += (SIGNING,)
    record_export(context, by, "installation", {"format": "backup", "parts": list(parts)})
    first = [root / _AUDIT, *(root / shards / RECALLS_FOLDER for shards in _SHARDS.values())]
    for path in first:
        _copy_tree(path, target / _FILES / path.relative_to(root), lambda _: None)
    shutil.rmtree(target / _CATALOG, ignore_errors=True)
    rows = dump_catalog(context.catalog, target / _CATALOG)
    total = sum(path.stat().st_size for part in parts for path in _walk(root / part))
    done = 0
    for part in parts:
        done = _copy_tree(
            root / part,
            target / _FILES / part,
            lambda bytes_: progress(min(bytes_, total), total),
            done,
            skip=first,
        )
    flush_folder(target)
    listed = {
        name: (path.stat().st_size, sha256_of(path)) for name, path in _contents(target).items()
    }
    backup = Backup(
        created_at=utc_now(),
        shardgate=version("shardgate"),
        revision=HEAD_REVISION,
        rows=rows,
        files=listed,
        parts=parts,
    )
    shutil.copyfile(context.keys.public, target / PUBLIC_FILE)
    write_whole(target / LIST_FILE, sign(_to_json(backup), context.keys.private, BACKUP_TYPE))
    return backup


def _prepared(folder: Path, root: Path) -> Path:
    """Return where a backup of a home is written to, without the list of one that was there."""
    target = folder.absolute()
    if target.is_relative_to(root):
        raise InputError("A backup inside of what it is a backup of is none.")
    if target.exists() and any(target.iterdir()) and not (target / _FILES).is_dir():
        raise InputError(f"{folder} holds something else.", hint="Name a new folder.")
    target.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_MODE)
    # A folder that was there, or that parents were made for, may be open to others.
    target.chmod(_PRIVATE_MODE)
    (target / LIST_FILE).unlink(missing_ok=True)
    return target


def check_backup(folder: Path, public_key: Path | None = None) -> Backup:
    """Return what a backup says of itself, after every byte of it was compared with that.

    Without a key the one in the folder is believed: that shows damage, and no forgery.

    Raises:
        ReleaseRefused: the list is missing, or signed by another key.
        ArtefactCorrupt: a file is missing, damaged or not listed.
    """
    envelope = read_document(folder / LIST_FILE)
    backup = _from_json(verify(envelope, public_key or folder / PUBLIC_FILE, BACKUP_TYPE))
    found = _contents(folder)
    if found.keys() != backup.files.keys():
        missing, extra = backup.files.keys() - found.keys(), found.keys() - backup.files.keys()
        raise ArtefactCorrupt(
            f"The backup is not what was written: {len(missing)} files are missing, "
            f"{len(extra)} were added."
        )
    for name, (size, digest) in backup.files.items():
        if found[name].stat().st_size != size or sha256_of(found[name]) != digest:
            raise ArtefactCorrupt(f"The backup is damaged: {name} is not what was written.")
    return backup


def restore_backup(
    context: Context,
    folder: Path,
    progress: Progress,
    *,
    by: str,
    public_key: Path | None = None,
) -> Restored:
    """Fill an empty home and an empty catalog from a backup, and verify what came of it.

    Raises:
        InputError: something is there already, the keys are nowhere, or another version wrote it.
        ReleaseRefused, ArtefactCorrupt: as `check_backup`; or a restored release does not verify.
    """
    backup = check_backup(folder, public_key)
    settings = context.settings
    if backup.revision != HEAD_REVISION:
        raise InputError(
            f"The backup was written by version {backup.shardgate}, with another schema.",
            hint="Restore it with that version, then upgrade.",
        )
    for part in backup.parts:
        if any(_walk(settings.root / part)):
            raise InputError(
                f"{settings.root / part} is there already.", hint="Restore into a new home."
            )
    if KEYS not in backup.parts and not settings.keys_dir.exists():
        raise InputError(
            "The backup was made without keys, and the home has none.",
            hint=f"Put them into {settings.keys_dir} first; new ones would match nothing stored.",
        )
    settings.root.mkdir(parents=True, exist_ok=True, mode=_PRIVATE_MODE)
    done, size = 0, backup.size_bytes
    for part in backup.parts:
        source = folder / _FILES / part
        done = _copy_tree(source, settings.root / part, lambda bytes_: progress(bytes_, size), done)
    for part in {KEYS, SIGNING} & set(backup.parts):
        (settings.root / part).chmod(_PRIVATE_MODE)
    load_catalog(context.catalog, folder / _CATALOG)
    restored = _verified(context, backup)
    log = AuditLog(context.catalog, clock=utc_now)
    log.append(by, "installation.restore", "installation", {"of": backup.created_at.isoformat()})
    seal_audit(context)
    return restored


def _verified(context: Context, backup: Backup) -> Restored:
    """Check releases and the chain as they stand now."""
    records = [r for r in ReleaseBook(context.catalog, clock=utc_now).list_releases() if r.is_out]
    for record in records:
        folder = context.settings.shards_dir(record.tier.value) / record.path
        verify_bytes(folder, context.keys.public, record.tier)
    chain = verify_audit(context)
    if not chain.is_intact:
        raise ArtefactCorrupt(f"The restored audit chain does not verify: {chain.faults[0]}")
    return Restored(backup=backup, releases=len(records), audit_entries=chain.entries)


def _copy_tree(
    source: Path,
    target: Path,
    told: Callable[[int], None],
    done: int = 0,
    *,
    skip: Sequence[Path] = (),
) -> int:
    """Copy plain files that are not there yet; return the bytes gone through."""
    for path in _walk(source):
        if any(path.is_relative_to(folder) for folder in skip):
            continue
        place = target / path.relative_to(source)
        try:
            stat = path.stat()
            if not _is_same(place, stat):
                _copy_file(path, place)
        except FileNotFoundError:
            continue  # the work of a job that was going on; nothing names it
        done += stat.st_size
        told(done)
    return done


def _is_same(place: Path, stat: os.stat_result) -> bool:
    try:
        there = place.stat()
    except FileNotFoundError:
        return False
    return (there.st_size, there.st_mtime_ns) == (stat.st_size, stat.st_mtime_ns)


def _copy_file(source: Path, target: Path) -> None:
    # The mode of a call is that of the last folder alone, as the umask leaves the others.
    for folder in reversed([target.parent, *target.parent.parents]):
        if not folder.exists():
            folder.mkdir(exist_ok=True, mode=_PRIVATE_MODE)
    shutil.copy2(source, target)
    target.chmod(target.stat().st_mode & _OWNERS_MODE)


def _walk(place: Path) -> Iterator[Path]:
    """Yield a plain file, or those of a folder that are no half-written ones."""
    if place.is_file():
        yield place
    for path in sorted(place.rglob("*")) if place.is_dir() else ():
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield path


def _contents(folder: Path) -> dict[str, Path]:
    """Return what a backup lists: name in the folder to file."""
    found = (path for part in (_CATALOG, _FILES) for path in _walk(folder / part))
    return {path.relative_to(folder).as_posix(): path for path in found}


def _to_json(backup: Backup) -> bytes:
    document = {
        "format": _FORMAT,
        "created_at": backup.created_at.isoformat(),
        "shardgate": backup.shardgate,
        "revision": backup.revision,
        "rows": backup.rows,
        "files": {name: list(pair) for name, pair in backup.files.items()},
        "parts": list(backup.parts),
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _from_json(payload: bytes) -> Backup:
    raw: dict[str, Any] = json.loads(payload)
    if raw["format"] != _FORMAT:
        raise InputError("The backup was written by a newer version.")
    return Backup(
        created_at=datetime.fromisoformat(raw["created_at"]),
        shardgate=raw["shardgate"],
        revision=raw["revision"],
        rows=raw["rows"],
        files={name: (size, digest) for name, (size, digest) in raw["files"].items()},
        parts=tuple(raw["parts"]),
    )
