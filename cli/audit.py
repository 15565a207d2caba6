"""``shardgate audit …``: the chain of what happened, and whether it was tampered with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.console import err, out, print_table, safe
from cli.people import As, AsJson, acting
from store.catalog import AuditEntry, AuditLog
from workers.audit import verify_audit
from workers.audit_pack import make_pack
from workers.context import Context, utc_now
from workers.pack_check import check_pack
from workers.settings import Settings

app = typer.Typer(help="The chain of what happened.", no_args_is_help=True)


@app.command("list")
def list_entries(
    limit: Annotated[int, typer.Option(help="Newest entries to show; 0: all.", min=0)] = 50,
    as_json: AsJson = False,
) -> None:
    """List the newest entries of the chain, oldest first."""
    entries = AuditLog(Context(settings=Settings()).catalog, clock=utc_now).entries()[-limit:]
    if as_json:
        typer.echo(json.dumps([_record(entry) for entry in entries], indent=2))
        return
    print_table(
        "audit",
        ("seq", "when", "who", "what", "subject", "detail"),
        [
            (
                e.seq,
                e.at.isoformat(timespec="seconds"),
                e.actor,
                e.action,
                e.subject,
                json.dumps(dict(e.detail)),
            )
            for e in entries
        ],
    )


@app.command("verify")
def verify(
    heads: Annotated[
        Path | None, typer.Option(help="Folder of the checkpoints that were kept elsewhere.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the chain, its signed heads and the catalog; exit 1 where anything was changed."""
    report = verify_audit(Context(settings=Settings()), heads)
    if as_json:
        record = {
            "intact": report.is_intact,
            "entries": report.entries,
            "checkpoints": report.checkpoints,
            "unsealed": report.unsealed,
            "faults": list(report.faults),
        }
        typer.echo(json.dumps(record, indent=2))
    elif report.is_intact:
        out.print(
            f"the chain is intact: {report.entries:,} entries, {report.checkpoints:,} signed "
            f"checkpoints, {report.unsealed:,} entries after the newest"
        )
    for fault in () if as_json else report.faults:
        err.print(f"error: {safe(fault)}")
    if not report.is_intact:
        raise typer.Exit(1)


@app.command("pack")
def pack(
    release: Annotated[str, typer.Argument(help="Id of a published release.")],
    output: Annotated[Path | None, typer.Option(help="File; default: in the reports.")] = None,
    by: As = "",
) -> None:
    """Write the audit pack of a release: manifest, decisions, policy, reviews, audit chain."""
    settings = Settings()
    actor = acting(by)
    data = make_pack(Context(settings=settings), release, actor)
    path = output or settings.reports_dir / f"{release}.audit.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    out.print(f"audit pack of {safe(release)}: {path}")


@app.command("verify-pack")
def verify_pack(
    file: Annotated[Path, typer.Argument(help="An audit pack.")],
    key: Annotated[Path, typer.Option(help="Public key of the installation that made it.")],
    as_json: AsJson = False,
) -> None:
    """Check an audit pack offline, every part of it; exit 1 where something does not fit."""
    report = check_pack(file, key)
    if as_json:
        record = {
            "release_id": report.release_id,
            "intact": not report.faults,
            "parts": [
                {"name": part.name, "told": part.told, "faults": list(part.faults)}
                for part in report.parts
            ],
        }
        typer.echo(json.dumps(record, indent=2))
    else:
        for part in report.parts:
            if not part.faults:
                out.print(f"{part.name}: {safe(part.told)}")
        for fault in report.faults:
            err.print(f"error: {safe(fault)}")
    if report.faults:
        raise typer.Exit(1)


def _record(entry: AuditEntry) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": dict(entry.detail),
        "hash": entry.hash,
    }
