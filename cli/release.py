"""``shardgate release …`` and ``shardgate pull``: shards out, and checked on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import byte_progress, human_bytes, out, print_table, wait_for_run
from ingest.errors import InputError, ReleaseRefused
from policies.decision import Tier
from release.build.redactor import RedactionMode
from release.pull import pull_release, verify_release
from store.catalog import AuditLog, ReleaseBook
from workers import embedded
from workers.audit import seal_audit
from workers.context import Context, utc_now
from workers.decisions import decide_anew
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
) -> None:
    """Decide over the present corpus and build one tier's release."""
    context = Context(settings=Settings())
    if not context.catalog.corpus():
        raise InputError("There is no snapshot to build from.", hint="Run: shardgate sync")
    embedded.start(context.settings)
    run_id = decide_anew(context, [tier.value], redaction=redaction.value)
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
) -> None:
    """Check signature, digests, rows and counts of a release offline, with the public key."""
    settings = Settings()
    folder = _folder(settings, release, tier)
    manifest = verify_release(folder, key or _public_key(settings), tier)
    out.print(
        f"{manifest.release_id} is intact: {manifest.tier.value}, {len(manifest.shards)} shards, "
        f"{manifest.counts.emitted:,} rows, signed"
    )


def pull(
    release: Annotated[str, typer.Argument(help="Release id, or folder of a release.")],
    dest: Annotated[Path, typer.Argument(help="Folder to copy into.")],
    tier: _TIER = Tier.RELEASABLE,
    key: _KEY = None,
) -> None:
    """Copy a release, going on where an earlier pull stopped, and verify it."""
    settings = Settings()
    folder = _folder(settings, release, tier)
    with byte_progress("pulling") as progress:
        pulled = pull_release(folder, dest, key or _public_key(settings), tier, progress=progress)
    out.print(f"pulled and verified: {pulled.directory}")
    book = ReleaseBook(Context(settings=settings).catalog, clock=utc_now)
    if book.find_release(folder.name) is not None:
        book.add_pull(folder.name, "local", "cli")
        context = Context(settings=settings)
        AuditLog(context.catalog, clock=utc_now).append("cli", "pull", folder.name)
        seal_audit(context)


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
