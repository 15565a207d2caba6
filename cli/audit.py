"""``shardgate audit …``: the chain of what happened, and whether it was tampered with."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cli.console import err, out, print_table, safe
from cli.people import AsJson
from store.catalog import AuditEntry, AuditLog
from workers.audit import verify_audit
from workers.context import Context, utc_now
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
def verify(as_json: AsJson = False) -> None:
    """Check the chain and its signed checkpoints; exit 1 where anything was changed."""
    report = verify_audit(Context(settings=Settings()))
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
