"""``shardgate release …`` and ``shardgate pull``: shards out, and checked on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.console import byte_progress, human_bytes, out, print_table, wait_for_run
from cli.people import As, acting
from cli.release_remote import Place, pull_remote, show_receipt
from cli.release_show import show_manifest
from ingest.errors import InputError, ReleaseRefused
from policies.decision import Tier
from release.build.redactor import RedactionMode
from release.domain.grant import Purpose
from release.exports import ExportFormat
from release.pull import Wanted, verify_release
from release.pull.recalls import RECALLS_FOLDER
from store.catalog import ReleaseBook
from workers import embedded
from workers.building import start_build
from workers.context import Context, utc_now
from workers.objects import upload_release
from workers.pulling import Order
from workers.pulling import pull as pull_granted
from workers.settings import Settings

app = typer.Typer(help="Build, list and verify releases.", no_args_is_help=True)

_TIER = Annotated[Tier, typer.Option(help="releasable or internal-only.")]
_KEY = Annotated[
    Path | None, typer.Option("--key", help="Public key; default: this installation's.")
]

_CONSUMER = Annotated[str, typer.Option(help="Whose grant it goes by; default: the login user.")]
_PURPOSE = Annotated[
    Purpose | None,
    typer.Option(help="What is trained or measured; default: what the only grant is for."),
]
_RUN = Annotated[
    str, typer.Option(help="Id of your training run; default: one for this pull alone.")
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
    if context.catalog.corpus():
        embedded.start(context.settings)
    run_id = start_build(
        context, tier, actor=acting(as_), redaction=redaction, accept_loss=accept_loss or ()
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
    consumer: _CONSUMER = "",
    purpose: _PURPOSE = None,
    run: _RUN = "",
    key: _KEY = None,
    drop_recalled: Annotated[
        bool, typer.Option("--drop-recalled", help="Copy a recalled release; loaders skip rows.")
    ] = False,
    server: Annotated[
        str, typer.Option("--from", help="URL of a server; its token is SHARDGATE_TOKEN.")
    ] = "",
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="File with the token, instead.")
    ] = None,
    streams: Annotated[
        int, typer.Option(min=1, max=32, help="Files that are read from a server at once.")
    ] = 4,
    plain_http: Annotated[
        bool, typer.Option("--plain-http", help="Send the token to another host unencrypted.")
    ] = False,
) -> None:
    """Copy a release by a grant, going on where an earlier pull stopped, and verify it."""
    if server:
        if consumer or purpose or run:
            raise InputError("The token says who pulls for which purpose and training run.")
        wanted = Wanted(release=release, tier=tier, drop_recalled=drop_recalled, streams=streams)
        place = Place(url=server, token_file=token_file, public_key=key, plain_http=plain_http)
        pull_remote(Settings(), place, wanted, dest)
        return
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
    show_receipt(done.receipt, done.receipt_file)
    if done.receipt is not None:
        out.print(f"  shardgate attest {done.receipt.run_id}", soft_wrap=True)


@app.command("export")
def export(
    release: Annotated[str, typer.Argument(help="Release id, or folder of a release.")],
    dest: Annotated[Path, typer.Argument(help="Folder to write into.")],
    form: Annotated[ExportFormat, typer.Option("--format", help="Whose loaders read it.")],
    tier: _TIER = Tier.RELEASABLE,
    consumer: _CONSUMER = "",
    purpose: _PURPOSE = None,
    run: _RUN = "",
    key: _KEY = None,
    drop_recalled: Annotated[
        bool, typer.Option("--drop-recalled", help="Also of a recalled release, without its rows.")
    ] = False,
) -> None:
    """Write the rows of a release in another format, by a grant as a pull; nothing is changed."""
    order = Order(
        release=release,
        dest=dest,
        tier=tier,
        consumer=acting(consumer, "--consumer"),
        purpose=purpose,
        run_id=run,
        public_key=key,
        drop_recalled=drop_recalled,
        form=form,
    )
    with byte_progress("exporting") as progress:
        done = pull_granted(Context(settings=Settings()), order, progress)
    out.print(f"verified and exported: {done.release.directory}", soft_wrap=True)
    show_receipt(done.receipt, done.receipt_file)


@app.command("upload")
def upload(
    release: Annotated[str, typer.Argument(help="Release id.")],
    by: As = "",
) -> None:
    """Put a releasable release into the object store, from which the hub then has it read."""
    count = upload_release(Context(settings=Settings()), release, actor=acting(by))
    out.print(f"{release}: {count} files put, all others were there")


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
