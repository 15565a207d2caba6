"""``shardgate backup …``: a copy of everything that cannot be made again, and the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import byte_progress, err, human_bytes, out
from cli.people import As, acting
from workers.backup import KEYS, MIRRORS, Backup, check_backup, create_backup, restore_backup
from workers.context import Context
from workers.settings import Settings

app = typer.Typer(help="Copies of an installation, and installations out of one.")

Key = Annotated[
    Path | None, typer.Option(help="Public key to believe; default: the one in the backup.")
]


@app.command("create")
def create(
    folder: Annotated[Path, typer.Argument(help="Where to; a backup that is there is renewed.")],
    keys: Annotated[bool, typer.Option(help="Also the keys of the installation.")] = True,
    mirrors: Annotated[
        bool, typer.Option(help="Also the mirrors; else repositories are cloned again.")
    ] = False,
    as_: As = "",
) -> None:
    """Copy catalog, lake, releases, audit heads and keys, while everything runs."""
    context = Context(settings=Settings())
    with byte_progress("copying") as told:
        also = [part for part, wanted in ((KEYS, keys), (MIRRORS, mirrors)) if wanted]
        backup = create_backup(context, folder, told, by=acting(as_), also=also)
    _print(backup)
    if keys:
        err.print("It holds the keys of this installation: keep it as they are kept.")


@app.command("verify")
def verify(folder: Annotated[Path, typer.Argument()], key: Key = None) -> None:
    """Compare every byte of a backup with its signed list."""
    _print(check_backup(folder, key))
    out.print("intact")


@app.command("restore")
def restore(folder: Annotated[Path, typer.Argument()], key: Key = None, as_: As = "") -> None:
    """Fill an empty home and an empty catalog from a backup, and verify every release."""
    context = Context(settings=Settings())
    with byte_progress("restoring") as told:
        restored = restore_backup(context, folder, told, by=acting(as_), public_key=key)
    _print(restored.backup)
    out.print(
        f"restored: {restored.releases} published releases and {restored.audit_entries} audit "
        "entries verify"
    )
    if MIRRORS not in restored.backup.parts:
        out.print("next: shardgate sync clones the repositories again")


def _print(backup: Backup) -> None:
    rows = sum(backup.rows.values())
    out.print(
        f"backup of {backup.created_at:%Y-%m-%d %H:%M} UTC by version {backup.shardgate}: "
        f"{rows:,} rows, {len(backup.files):,} files, {human_bytes(backup.size_bytes)}"
    )
