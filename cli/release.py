"""``shardgate release …`` and ``shardgate pull``: shards out, and checked on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import byte_progress, human_bytes, out, print_table, wait_for_run
from cli.people import As, acting
from cli.release_show import show_manifest
from cli.run import find_repository
from ingest.errors import InputError, ReleaseRefused
from policies.decision import Tier
from release.build.redactor import RedactionMode
from release.domain.grant import Purpose
from release.pull import verify_release
from release.pull.recalls import RECALLS_FOLDER
from store.catalog import ReleaseBook
from workers import embedded
from workers.audit import record_accepted_loss
from workers.context import Context, utc_now
from workers.decisions import decide_anew
from workers.gate import ACCEPT_LOSS
from workers.pulling import Order
from workers.pulling import pull as pull_granted
from workers.settings import Settings

app = typer.Typer(help="Build, list and verify releases.", no_args_is_help=True)

_TIER = Annotated[Tier, typer.Option(help="releasable or internal-only.")]
_KEY = Annotated[
    Path | None, typer.Option("--key", help="Public key; default: this installation's.")
]


@app.command("build")
def build(
    tier: _TIER,
    redaction: Annotated[
        RedactionMode,
        typer.Option(help="What stands where a value was: placeholder or surrogate."),
    ] = RedactionMode.PLACEHOLDER,
    accept_loss: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REPO",
            help="Name or id of a repository that may lose most of its rows; can be repeated.",
        ),
    ] = None,
    as_: As = "",
) -> None:
    """Decide over the present corpus and build one tier's release."""
    context = Context(settings=Settings())
    if not context.catalog.corpus():
        raise InputError("There is no snapshot to build from.", hint="Run: shardgate sync")
    known = context.catalog.list_repositories()
    accepted = sorted({find_repository(known, name).id for name in accept_loss or ()})
    for repository in accepted:
        record_accepted_loss(context, repository, tier.value, acting(as_))
    embedded.start(context.settings)
    run_id = decide_anew(
        context, [tier.value], redaction=redaction.value, **{ACCEPT_LOSS: accepted}
    )
    wait_for_run(context, run_id)
    parked = context.jobs.parked(run_id)
    if parked:
        raise ReleaseRefused(parked[0].reason, hint="Nothing was published.")
    _print_releases(context, tier)


@app.command("list")
def list_releases() -> None:
    """List releases of both tiers, newest first."""
    _print_releases(Context(settings=Settings()), None)


@app.command("verify")
def verify(
    release: Annotated[str, typer.Argument(help="Release id, or folder of a release.")],
    tier: _TIER = Tier.RELEASABLE,
    key: _KEY = None,
    recalls: Annotated[
        Path | None,
        typer.Option(help="Folder of recalls; default: this installation's, if the key is."),
    ] = None,
) -> None:
    """Check a release offline: signature, digests, rows, counts, and that it was not recalled."""
    settings = Settings()
    folder = _folder(settings, release, tier)
    if recalls is None and key is None:
        recalls = settings.shards_dir(tier.value) / RECALLS_FOLDER
    manifest = verify_release(folder, key or _public_key(settings), tier, recalls=recalls)
    out.print(
        f"{manifest.release_id} is intact: {manifest.tier.value}, {len(manifest.shards)} shards, "
        f"{manifest.counts.emitted:,} rows, signed"
    )


@app.command("show")
def show(
    release: Annotated[str, typer.Argument(help="Release id, or folder of a release.")],
    tier: _TIER = Tier.RELEASABLE,
) -> None:
    """Tell in words what a release holds, which checks it passed and where it comes from."""
    show_manifest(_folder(Settings(), release, tier))


def pull(
    release: Annotated[str, typer.Argument(help="Release id, or folder of a release.")],
    dest: Annotated[Path, typer.Argument(help="Folder to copy into.")],
    tier: _TIER = Tier.RELEASABLE,
    consumer: Annotated[
        str, typer.Option(help="Whose grant it goes by; default: the login user.")
    ] = "",
    purpose: Annotated[
        Purpose | None,
        typer.Option(help="What is trained or measured; default: what the only grant is for."),
    ] = None,
    run: Annotated[
        str, typer.Option(help="Id of your training run; default: one for this pull alone.")
    ] = "",
    key: _KEY = None,
    drop_recalled: Annotated[
        bool, typer.Option("--drop-recalled", help="Copy a recalled release; loaders skip rows.")
    ] = False,
) -> None:
    """Copy a release by a grant, going on where an earlier pull stopped, and verify it."""
    order = Order(
        release=release,
        dest=dest,
        tier=tier,
        consumer=acting(consumer, "--consumer"),
        purpose=purpose,
        run_id=run,
        public_key=key,
        drop_recalled=drop_recalled,
    )
    with byte_progress("pulling") as progress:
        done = pull_granted(Context(settings=Settings()), order, progress)
    out.print(f"pulled and verified: {done.release.directory}")
    receipt = done.receipt
    if receipt is None:
        out.print("no release of this installation: no grant was asked for, no receipt was written")
        return
    out.print(f"for {receipt.purpose}, by {receipt.grant_id}")
    out.print(f"receipt: {done.receipt_file}", soft_wrap=True)
    out.print(f"training run {receipt.run_id}", soft_wrap=True)
    out.print(f"  shardgate attest {receipt.run_id}", soft_wrap=True)


def _folder(settings: Settings, release: str, tier: Tier) -> Path:
    if "/" in release or Path(release).is_dir():
        return Path(release)
    folder = settings.shards_dir(tier.value) / release
    if not folder.is_dir():
        raise InputError(
            f"There is no {tier.value} release {release}.", hint="Run: shardgate release list"
        )
    return folder


def _public_key(settings: Settings) -> Path:
    return Context(settings=settings).keys.public


def _print_releases(context: Context, tier: Tier | None) -> None:
    rows = [
        (
            r.id,
            r.tier.value,
            r.state.value,
            int(r.totals.get("rows", 0)),
            human_bytes(int(r.totals.get("bytes", 0))),
            r.reason,
        )
        for r in ReleaseBook(context.catalog, clock=utc_now).list_releases(tier)
    ]
    print_table("releases", ("release", "tier", "state", "rows", "bytes", "reason"), rows)
