"""``shardgate run`` and ``shardgate sync``: the whole path, with progress."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.console import announce_compiling, err, out, print_table, safe, wait_for_run
from cli.first_run import SAMPLE_CONSENT, register_local, register_samples, write_company
from cli.summary import print_summary, write_reports
from ingest.domain.repository import Repository, RightsBasis, VisitStatus
from ingest.errors import InputError
from ingest.register.registry import RegistrationRequest
from policies.decision import Tier
from store.catalog import ReleaseBook, ReleaseState
from workers import embedded
from workers.context import Context, utc_now
from workers.hosts import reasons_to_wait
from workers.running import find_repositories, start_run
from workers.settings import Settings

_GOOD = (VisitStatus.FULL, VisitStatus.PARTIAL)
_PUBLISHED = ReleaseState.PUBLISHED
_TIERS = tuple(tier.value for tier in Tier)


def run_path(
    repo: Annotated[
        str, typer.Option(help="Path or URL; default: this repository and samples.")
    ] = "",
    keep: Annotated[bool, typer.Option(help="Leave the stack running afterwards.")] = True,
) -> None:
    """Run the whole path with the embedded stack and show what came out."""
    settings = Settings()
    settings.root.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    if not repo:
        write_company(settings)
    context = Context(settings=settings)
    repositories = [_register_one(context, repo)] if repo else _register_here(context)
    try:
        embedded.start(settings)
        announce_compiling(settings.cache_dir)
        run_id = start_run(context, repositories, tiers=_TIERS)
        wait_for_run(context, run_id)
    except KeyboardInterrupt:
        embedded.stop(settings)
        out.print("stopped; what was done is kept, the same command goes on from there")
        raise
    if not keep:
        embedded.stop(settings)
    is_whole = _print_trouble(context, run_id, repositories)
    print_summary(context, repositories)
    report = write_reports(context, repositories)
    _print_ending(context, repositories, report, time.monotonic() - started)
    if not is_whole:
        raise typer.Exit(1)


def sync(
    names: Annotated[list[str] | None, typer.Argument(help="Repositories; default: all.")] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Also scan every reachable blob.")
    ] = False,
    build: Annotated[bool, typer.Option("--build", help="Also build both tiers.")] = False,
) -> None:
    """Bring repositories up to date: mirror, snapshot, detect, decide."""
    settings = Settings()
    context = Context(settings=settings)
    repositories = find_repositories(context, names or [])
    if not repositories:
        raise InputError("No repository is registered.", hint="Run: shardgate repo add --help")
    for reason in reasons_to_wait(context, (r.url for r in repositories)):
        err.print(f"{safe(reason)} Its repositories wait.", soft_wrap=True)
    embedded.start(settings)
    announce_compiling(settings.cache_dir)
    run_id = start_run(context, repositories, tiers=_TIERS if build else (), history=history)
    wait_for_run(context, run_id)
    is_whole = _print_trouble(context, run_id, repositories)
    print_summary(context, repositories)
    if not is_whole:
        raise typer.Exit(1)


def _register_here(context: Context) -> list[Repository]:
    """Register this repository, where it is one, and the samples."""
    here = Path(__file__).resolve().parent.parent
    if not (here / ".git").exists():
        return register_samples(context)
    request = _request(context, str(here), owner="shardgate", spdx="Apache-2.0")
    return [register_local(context, request), *register_samples(context)]


def _register_one(context: Context, url: str) -> Repository:
    """Register the user's own repository under the strictest terms: nothing may be released."""
    path = Path(url).expanduser()
    if path.exists():
        url = str(path.resolve())
    elif "://" not in url and ":" not in url:
        raise InputError(f"There is no folder {url}.", hint="Give a path or an https or ssh URL.")
    request = RegistrationRequest(
        url=url,
        owner="unknown",
        rights=RightsBasis.OWNER_ATTESTED,
        license="LicenseRef-Proprietary",
        release_consent=False,
        consent_until=None,
        evidence="run --repo",
    )
    return register_local(context, request)


def _request(context: Context, url: str, *, owner: str, spdx: str) -> RegistrationRequest:
    return RegistrationRequest(
        url=url,
        owner=owner,
        rights=RightsBasis.OWNER_ATTESTED,
        license=spdx,
        release_consent=True,
        consent_until=context.today() + SAMPLE_CONSENT,
        evidence="LICENSE",
    )


def _print_trouble(context: Context, run_id: str, repositories: Sequence[Repository]) -> bool:
    """Show what a person has to look at; tell whether every repository was visited and done."""
    visits = [(r.name, context.catalog.latest_visit(r.id)) for r in repositories]
    bad = [(name, v.status.value, v.cause) for name, v in visits if v is not None and v.cause]
    if bad:
        print_table("visits with a remark", ("repository", "status", "cause"), bad)
    parked = context.jobs.parked(run_id)
    if parked:
        print_table(
            "parked jobs (what they cover is not released)",
            ("stage", "repository", "reason"),
            [(job.stage, job.scope, job.reason) for job in parked],
        )
    is_visited = all(v is not None and v.status in _GOOD for _, v in visits)
    return is_visited and not parked


def _print_ending(
    context: Context, repositories: Sequence[Repository], report: Path, seconds: float
) -> None:
    settings = context.settings
    for tier in Tier:
        out.print(f"{tier.value + ' shards':22} {settings.shards_dir(tier.value)}")
    out.print(f"{'report':22} {report}")
    name = repositories[-1].name
    out.print(f"\ndone in {seconds:.1f} s. Next:")
    out.print(f"  .venv/bin/shardgate report {name} --format html")
    out.print(f"  .venv/bin/shardgate why {name} README.md")
    out.print("  .venv/bin/shardgate release list")
    book = ReleaseBook(context.catalog, clock=utc_now)
    newest = [r.id for r in book.list_releases(Tier.RELEASABLE) if r.state is _PUBLISHED][:1]
    for release_id in newest:
        # Nobody grants to themselves, so the first pull of somebody alone is a team's.
        grant = "grant add trainers --tier releasable --purpose public-model"
        out.print(f"  .venv/bin/shardgate {grant}", soft_wrap=True)
        pull = f"pull {release_id} data/ --consumer trainers"
        out.print(f"  .venv/bin/shardgate {pull}", soft_wrap=True)
