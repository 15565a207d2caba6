"""``shardgate pulls`` and ``shardgate attest``: what was handed over, and proof of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from cli.console import out, print_table, safe
from cli.people import As, AsJson, acting
from ingest.errors import InputError
from release.domain.statement import Statement, TrainingRun
from release.files import read_document, write_whole
from release.pull import check_copies, open_statement
from store.catalog import PullBook, PullRecord
from workers.attesting import attest as attest_run
from workers.context import Context, utc_now
from workers.settings import Settings


def pulls(
    release: Annotated[str, typer.Option(help="Of one release only.")] = "",
    run: Annotated[str, typer.Option(help="For one training run only.")] = "",
    consumer: Annotated[str, typer.Option(help="By one consumer only.")] = "",
    as_json: AsJson = False,
) -> None:
    """List who pulled what, and for which training run; --json has tier, grant and time too."""
    book = PullBook(Context(settings=Settings()).catalog, clock=utc_now)
    found = book.list_all(release_id=release, run_id=run, consumer=consumer)
    if as_json:
        typer.echo(json.dumps([_record(pull) for pull in found], indent=2))
        return
    rows = [
        (
            p.release_id,
            p.run_id,
            p.purpose.value if p.purpose else "",
            f"{p.consumer} {p.at.date()}",
        )
        for p in found
    ]
    print_table("pulls", ("release", "training run", "purpose", "by"), rows, whole=3)


def attest(
    run: Annotated[str, typer.Argument(help="Training run, as pull named it.")] = "",
    output: Annotated[
        Path | None, typer.Option(help="File; - for standard output; default: RUN.intoto.jsonl.")
    ] = None,
    verify: Annotated[
        Path | None, typer.Option("--verify", help="Check this attestation instead, offline.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="Public key; default: this installation's.")
    ] = None,
    copies: Annotated[
        Path | None,
        typer.Option("--copies", help="With --verify: compare the pulled releases in this folder."),
    ] = None,
    by: As = "",
    as_json: AsJson = False,
) -> None:
    """Write, or check, a signed statement of exactly which shards a training run was given."""
    if bool(run) is (verify is not None):
        raise InputError("Name a training run, or a file with --verify.")
    if verify is not None:
        statement = _check(verify, key, copies)
        compared = f", and so are the copies in {safe(str(copies))}" if copies else ""
        head = f"{safe(str(verify))} is intact and signed{compared}"
    else:
        context = Context(settings=Settings())
        made = attest_run(context, run, by=acting(by))
        statement = made.statement
        if output == Path("-"):
            typer.echo(made.envelope)
            return
        place = output or Path(f"{run}.intoto.jsonl")
        place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(place, made.envelope + b"\n")
        head = f"attested: {place}"
    if as_json:
        typer.echo(statement.to_json())
        return
    out.print(head, soft_wrap=True)
    _print_statement(statement)


def _check(file: Path, key: Path | None, copies: Path | None) -> Statement:
    public = key or Context(settings=Settings()).keys.public
    statement = open_statement(read_document(file), public)
    if copies is not None:
        check_copies(statement, copies)
    return statement


def _print_statement(statement: Statement) -> None:
    for line in _lines(statement.predicate, len(statement.subject)):
        out.print(line, soft_wrap=True)


def _lines(run: TrainingRun, shards: int) -> Iterator[str]:
    rows = sum(release.rows for release in run.releases)
    yield f"training run {safe(run.run_id)} of {safe(run.consumer)}, for {run.purpose}"
    yield f"{shards:,} shards with {rows:,} rows, as of {run.attested_on}"
    for release in run.releases:
        replaced = f", replaced by {release.replaced_by}" if release.replaced_by else ""
        yield f"  {release.id}  {release.tier}  {safe(release.state)}{replaced}"
    for policy in run.policies:
        yield f"  policy {policy.digest.sha256}  {safe(policy.name) or '(no longer known)'}"
    for grant in run.grants:
        ended = f", revoked {grant.revoked_on}" if grant.revoked_on else ""
        by = f"granted by {safe(grant.granted_by)} until {grant.expires_on}{ended}"
        yield f"  {safe(grant.id)}  {by}"
    count = len(run.recalled)
    yield f"recalled by then: {f'{count} of the releases' if count else 'nothing'}"


def _record(pull: PullRecord) -> dict[str, object]:
    return {
        "release": pull.release_id,
        "tier": pull.tier.value,
        "run": pull.run_id or None,
        "at": pull.at.isoformat(),
        "consumer": pull.consumer,
        "purpose": pull.purpose.value if pull.purpose else None,
        "grant": pull.grant_id or None,
        "receipt_digest": pull.receipt_digest or None,
        "destination": pull.destination,
    }
