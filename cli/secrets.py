"""``shardgate secrets …``: the secrets of registered repositories, and what became of them."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from cli.console import out, print_table
from policies.report.escape import display_path
from policies.report.render_scan_jsonl import history_record
from policies.report.scan_model import HistorySecret
from store.catalog import RotationBook, RotationState
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.registered_secrets import secrets_of_repository
from workers.remarks import checked_remark
from workers.running import find_repository
from workers.settings import Settings

app = typer.Typer(
    help="Secrets of registered repositories, and what became of them.", no_args_is_help=True
)


class ListFormat(StrEnum):
    """How secrets are listed."""

    TABLE = "table"
    JSONL = "jsonl"


@app.command("list")
def list_secrets(
    repo: Annotated[str, typer.Argument(help="Name, id or URL of a repository.")],
    history: Annotated[
        bool, typer.Option("--history", help="Also those that only the history holds.")
    ] = False,
    form: Annotated[
        ListFormat, typer.Option("--format", help="How to write it: table or jsonl.")
    ] = ListFormat.TABLE,
) -> None:
    """List distinct secrets with first and last commit, place and rotation state."""
    context = Context(settings=Settings())
    repository = find_repository(context.catalog.list_repositories(), repo)
    secrets = secrets_of_repository(context, repository, with_history=history)
    if form is ListFormat.JSONL:
        for secret in secrets:
            typer.echo(json.dumps(history_record(secret), separators=(",", ":")))
        return
    columns = ("fingerprint", "type", "value", "first", "last", "at HEAD", "rotation", "path")
    print_table(f"secrets: {len(secrets):,}", columns, [_row(secret) for secret in secrets])


@app.command("rotate")
def rotate(
    fingerprint: Annotated[str, typer.Argument(help="As `secrets list` shows it.")],
    state: Annotated[
        RotationState,
        typer.Option(
            help="What became of it: unknown, active, rotated, revoked or false_positive."
        ),
    ],
    by: Annotated[str, typer.Option(help="Who says so.")],
    comment: Annotated[str, typer.Option(help="One line; never the secret.")] = "",
) -> None:
    """Record what became of a secret; earlier words are kept, the last one counts."""
    context = Context(settings=Settings())
    book = RotationBook(context.catalog, clock=utc_now)
    said = book.record(
        fingerprint, state, actor=by, comment=checked_remark(context, comment) if comment else ""
    )
    seal_audit(context)
    out.print(f"{said.fingerprint} is {said.state.value}, says {said.actor}")


def _row(secret: HistorySecret) -> tuple[str, ...]:
    return (
        secret.fingerprint,
        secret.type,
        secret.preview,
        f"{secret.first.date[:10]} {secret.first.commit[:8]}",
        f"{secret.last.date[:10]} {secret.last.commit[:8]}",
        "yes" if secret.at_head else "no",
        secret.rotation + (f" ({secret.rotated_by})" if secret.rotated_by else ""),
        display_path(secret.paths[0]) if secret.paths else "",
    )
