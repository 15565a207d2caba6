"""``shardgate run`` and ``shardgate sync``: the whole path, with progress."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.console import announce_compiling, out, print_table, wait_for_run
from cli.samples import company_profile_yaml, write_samples
from cli.summary import print_summary, write_reports
from ingest.domain.repository import Repository, RightsBasis, VisitStatus
from ingest.errors import InputError
from ingest.register.registry import RegistrationRequest, register
from policies.decision import Tier
from store.catalog import JobSpec, ReleaseBook, ReleaseState
from workers import embedded
from workers.app import notify
from workers.context import Context, utc_now
from workers.settings import Settings

_CONSENT = timedelta(days=365)
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
        _write_company(settings)
    context = Context(settings=settings)
    repositories = [_register_one(context, repo)] if repo else _register_samples(context)
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
    embedded.start(settings)
    announce_compiling(settings.cache_dir)
    run_id = start_run(context, repositories, tiers=_TIERS if build else (), history=history)
    wait_for_run(context, run_id)
    is_whole = _print_trouble(context, run_id, repositories)
    print_summary(context, repositories)
    if not is_whole:
        raise typer.Exit(1)


def start_run(
    context: Context,
    repositories: Sequence[Repository],
    *,
    tiers: Sequence[str],
    history: bool = False,
) -> str:
    """Write a run with one mirror job per repository, wake the workers and return its id."""
    params = {"tiers": list(tiers), "history": history}
    run_id = context.jobs.start_run("sync", params, lambda run: first_jobs(run, repositories))
    notify([spec.id for spec in first_jobs(run_id, repositories)])
    return run_id


def first_jobs(run_id: str, repositories: Sequence[Repository]) -> list[JobSpec]:
    """Return the jobs that a run begins with: one mirror job per repository."""
    return [
        JobSpec.of(run_id=run_id, stage="mirror", scope=r.id, subject=r.id) for r in repositories
    ]


def find_repositories(context: Context, names: Sequence[str]) -> list[Repository]:
    """Return repositories by name, id or URL; all of them for no name.

    Raises:
        InputError: a name is unknown or stands for several.
    """
    known = context.catalog.list_repositories()
    if not names:
        return known
    return [find_repository(known, name) for name in names]


def find_repository(known: Sequence[Repository], name: str) -> Repository:
    """Return the one repository that a name, id or URL stands for."""
    found = [r for r in known if name in {r.name, r.id, r.url}]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{name} stands for {len(found)} repositories.", hint="Give the id.")
    raise InputError(
        f"There is no repository {name}.", hint="shardgate repo list shows what is registered."
    )


def _write_company(settings: Settings) -> None:
    path = settings.root / "company.yaml"
    if not path.exists():
        path.write_text(company_profile_yaml(), encoding="utf-8")


def _register_samples(context: Context) -> list[Repository]:
    """Register this repository and the samples; what is registered stays as it is."""
    requests = [
        RegistrationRequest(
            url=str(sample.path),
            owner=sample.owner,
            rights=sample.rights_basis,
            license=sample.license,
            release_consent=sample.release_consent,
            consent_until=context.today() + _CONSENT if sample.release_consent else None,
            evidence=sample.evidence,
        )
        for sample in write_samples(context.settings.root / "samples")
    ]
    here = Path(__file__).resolve().parent.parent
    if (here / ".git").exists():
        requests.insert(0, _request(context, str(here), owner="shardgate", spdx="Apache-2.0"))
    return [_register(context, request) for request in requests]


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
    return _register(context, request)


def _request(context: Context, url: str, *, owner: str, spdx: str) -> RegistrationRequest:
    return RegistrationRequest(
        url=url,
        owner=owner,
        rights=RightsBasis.OWNER_ATTESTED,
        license=spdx,
        release_consent=True,
        consent_until=context.today() + _CONSENT,
        evidence="LICENSE",
    )


def _register(context: Context, request: RegistrationRequest) -> Repository:
    known = find_registered(context, request)
    if known is not None:
        return known
    # The person who runs this names the path herself, which is the permission for a local one.
    return register(request, context.catalog, today=context.today(), allow_local=True)


def find_registered(context: Context, request: RegistrationRequest) -> Repository | None:
    """Return the repository that is registered under a request's URL."""
    from ingest.register.urls import canonicalise  # noqa: PLC0415 - beside its one use

    return context.catalog.find_by_url(canonicalise(request.url, allow_local=True).url)


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
