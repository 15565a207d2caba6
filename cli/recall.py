"""``shardgate recall …``: what was taken back out of releases, and who knows of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.console import out, print_table
from cli.people import As, AsJson, acting
from ingest.errors import InputError
from policies.decision import Tier
from release.pull import apply_recalls
from release.pull.recalls import RECALLS_FOLDER, Reader
from store.catalog import RecallBook, RecallRecord
from workers.context import Context, utc_now
from workers.settings import Settings
from workers.withdrawal_steps import acknowledge_recall
from workers.withdrawals import acknowledgements, unacknowledged

app = typer.Typer(help="Rows taken back out of published releases.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Rows taken back out of published releases."""


@app.command("apply")
def apply(
    copy: Annotated[Path, typer.Argument(help="Folder of a release that was pulled.")],
    tier: Annotated[Tier, typer.Option(help="releasable or internal-only.")] = Tier.RELEASABLE,
    recalls: Annotated[
        Path | None, typer.Option(help="Folder of recalls; default: this installation's.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="Public key; default: this installation's.")
    ] = None,
) -> None:
    """Put the present recalls beside a copy, so that loaders skip the rows that were taken back."""
    settings = Settings()
    offered = recalls or settings.shards_dir(tier.value) / RECALLS_FOLDER
    public_key = key or Context(settings=settings).keys.public
    manifest, known = apply_recalls(copy, offered, Reader(public_key=public_key, tier=tier))
    release_id, until = manifest.release_id, known.feed.not_after
    if not known.is_recalled(release_id):
        out.print(f"{release_id} is not recalled; known until {until}")
        return
    dropped = len(known.dropped_ids(release_id))
    other = known.replacement(release_id)
    out.print(f"{release_id} is recalled: loaders skip {dropped:,} row ids; known until {until}")
    if other is not None:
        out.print(f"  {other} replaces it")


_ID = Annotated[str, typer.Argument(help="Id of the recall.")]


@app.command("list")
def list_recalls(
    tier: Annotated[Tier | None, typer.Option(help="One tier only.")] = None,
    as_json: AsJson = False,
) -> None:
    """List recalls, newest first, and who has not said that they know."""
    context = Context(settings=Settings())
    found = RecallBook(context.catalog, utc_now).list_all(tier)
    waiting = {recall.id: list(unacknowledged(context, recall)) for recall in found}
    if as_json:
        rows = [_plain(recall) | {"waits_for": waiting[recall.id]} for recall in found]
        typer.echo(json.dumps(rows, indent=2))
        return
    print_table(
        "recalls",
        ("recall", "tier", "issued", "reasons", "releases", "rows", "waits for"),
        [
            (
                r.id,
                r.tier.value,
                r.issued_at.isoformat(timespec="seconds"),
                ", ".join(r.reasons),
                len(r.releases),
                "lifted" if r.lifted else r.rows or "all",
                ", ".join(waiting[r.id]) or "nobody",
            )
            for r in found
        ],
        whole=1,
    )


@app.command("show")
def show(recall_id: _ID) -> None:
    """Show a recall: releases, what replaces them, who has them and who knows."""
    context = Context(settings=Settings())
    found = _known(context, recall_id)
    out.print(f"{found.id}: {', '.join(found.reasons)}, asked for by {', '.join(found.requests)}")
    print_table(
        "releases",
        ("release", "rows", "replaced by"),
        [
            (r.release_id, r.rows or "all", r.replaced_by or "nothing replaces it")
            for r in found.releases
        ]
        + [(name, "lifted", "") for name in found.lifted],
        whole=1,
    )
    print_table(
        "acknowledged",
        ("consumer", "by", "at", "comment"),
        [
            (a.consumer, a.actor, a.at.isoformat(timespec="seconds"), a.comment)
            for a in acknowledgements(context, found)
        ],
    )
    waiting = unacknowledged(context, found)
    print_table(
        "not acknowledged",
        ("consumer", "release", "training run", "at"),
        [
            (consumer, p.release_id, p.run_id, p.at.isoformat(timespec="seconds"))
            for consumer, pulls in waiting.items()
            for p in pulls
        ],
    )


@app.command("ack")
def ack(
    recall_id: _ID,
    consumer: Annotated[str, typer.Option(help="Who no longer uses what was recalled.")],
    comment: Annotated[str, typer.Option(help="One line; never a secret.")] = "",
    by: As = "",
) -> None:
    """Say that a consumer no longer uses what was recalled; it is kept and audited."""
    context = Context(settings=Settings())
    said = acknowledge_recall(context, recall_id, consumer, actor=acting(by), comment=comment)
    out.print(f"{said.consumer} knows of {said.recall_id} since {said.at.date().isoformat()}")


@app.command("lift")
def lift(recall_id: _ID, by: As = "") -> None:
    """Lift a recall of whole releases, which are judged and verified again before."""
    from workers.lifting import lift_recall  # noqa: PLC0415 - it brings along the detectors

    found = lift_recall(Context(settings=Settings()), recall_id, actor=acting(by))
    out.print(f"{found.id} is lifted: {', '.join(found.lifted)} may be used")


def _known(context: Context, recall_id: str) -> RecallRecord:
    found = RecallBook(context.catalog, utc_now).find(recall_id)
    if found is None:
        raise InputError(
            f"There is no recall {recall_id}.", hint="shardgate recall list shows those."
        )
    return found


def _plain(recall: RecallRecord) -> dict[str, object]:
    return {
        "recall": recall.id,
        "tier": recall.tier.value,
        "issued_at": recall.issued_at.isoformat(timespec="seconds"),
        "reasons": list(recall.reasons),
        "requests": list(recall.requests),
        "rows": recall.rows,
        "lifted": list(recall.lifted),
        "releases": [
            {"release": r.release_id, "rows": r.rows, "replaced_by": r.replaced_by}
            for r in recall.releases
        ],
    }
