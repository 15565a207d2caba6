"""``shardgate up | down | status | doctor``: the embedded stack."""

from __future__ import annotations

import contextlib
import platform
import shutil
import time
from typing import Annotated

import typer

from cli.console import err, human_bytes, out, print_table
from cli.first_run import register_samples, write_company
from cli.people import acting, local_user
from ingest.errors import ShardgateError
from ingest.mirror.git import git_version
from policies.access import Role
from policies.decision import Tier
from store.catalog import LINK_LIFE
from workers import embedded
from workers.context import Context
from workers.exposure import check_exposure
from workers.front_door import FrontDoor, login_url
from workers.keys import set_signing_key_apart
from workers.running import start_run
from workers.sample_day import begin_sample_day
from workers.settings import Settings

_MIN_FREE_BYTES = 2 * 10**9


def up(
    attach: Annotated[bool, typer.Option(help="Stay, and stop everything on Ctrl-C.")] = False,
    web: Annotated[bool, typer.Option(help="Start the web server too.")] = True,
    samples: Annotated[
        bool, typer.Option(help="Look at three invented repositories where none is registered.")
    ] = True,
) -> None:
    """Start the embedded broker, a worker and the web server, and print a link to log in."""
    settings = Settings()
    started = time.monotonic()
    context = Context(settings=settings)
    _ = context.catalog, context.keys
    door = FrontDoor(context)
    name = _administrator(door) if web else ""
    if web:
        check_exposure(settings, is_somebody_known=True)
    _print_states(embedded.start(settings, with_web=web))
    out.print(f"up in {time.monotonic() - started:.1f} s")
    if web and samples and not context.catalog.list_repositories():
        write_company(settings)
        start_run(context, register_samples(context), tiers=[tier.value for tier in Tier])
        begin_sample_day(context, name)
        out.print("  samples are being looked at; shardgate repo retire NAME takes one out")
    if web:
        link = door.make_link(name, actor=name)
        url = login_url(settings, link, port=embedded.web_port(settings))
        out.print(f"  open   {url}", soft_wrap=True)
        out.print(f"         logs {name} in, once, within {LINK_LIFE.seconds // 60} minutes")
    out.print(f"  state  {settings.root}", soft_wrap=True)
    out.print("  next   shardgate repo add --help; shardgate login-link NAME makes another link")
    out.print("  stop   " + ("Ctrl-C" if attach else "shardgate down"))
    if attach:
        try:
            with contextlib.suppress(KeyboardInterrupt):
                while all(state.pid for state in embedded.status(settings)):
                    time.sleep(0.5)
        finally:
            embedded.stop(settings)
            out.print("stopped")


def _administrator(door: FrontDoor) -> str:
    """Return the administrator that a link is for; the first one is who starts the stack."""
    mine = acting(local_user())
    first = door.users.add_first(mine, actor=mine)
    if first is not None:
        out.print(f"{mine} is a user now, with every role: shardgate user roles {mine} --help")
        return mine
    found = [u.name for u in door.users.list_all() if u.active and Role.ADMINISTRATOR in u.roles]
    return mine if mine in found else found[0]


def migrate() -> None:
    """Make the keys, and bring the catalog to the schema of this version."""
    context = Context(settings=Settings())
    set_signing_key_apart(context.settings.keys_dir)
    _ = context.keys
    context.catalog.close()
    out.print("the catalog has the schema of this version")


def down() -> None:
    """Stop the web server, the worker and the embedded broker; state stays."""
    embedded.stop(Settings())
    out.print("stopped")


def status() -> None:
    """Show processes, repositories with their last visit, and jobs that need a person."""
    settings = Settings()
    context = Context(settings=settings)
    _print_states(embedded.status(settings))
    rows = []
    for repository in context.catalog.list_repositories():
        visit = context.catalog.latest_visit(repository.id)
        rows.append(
            (
                repository.name,
                repository.owner,
                visit.status.value if visit else "never visited",
                visit.head_commit[:12] if visit else "",
                visit.cause if visit else "",
            )
        )
    print_table("repositories", ("name", "owner", "last visit", "head", "cause"), rows)
    parked = context.jobs.parked()
    if parked:
        print_table(
            "parked jobs (a person has to look)",
            ("stage", "repository", "attempts", "reason"),
            [(job.stage, job.scope, job.attempt, job.reason) for job in parked],
        )


def doctor() -> None:
    """Check what the stack needs; exit 1 when something is missing."""
    settings = Settings()
    checks = [
        ("python", platform.python_version(), True),
        _check_git(),
        _check_disk(settings),
        _check_keys(settings),
        (
            "broker",
            "answers" if embedded.ping(settings) else "does not answer (shardgate up)",
            True,
        ),
        ("catalog", settings.catalog_url.partition("@")[2] or settings.catalog_url, True),
    ]
    print_table(
        "doctor", ("what", "found", "ok"), [(n, f, "yes" if ok else "NO") for n, f, ok in checks]
    )
    if not all(ok for _, _, ok in checks):
        err.print("something is missing, see above")
        raise typer.Exit(1)


def _check_git() -> tuple[str, str, bool]:
    try:
        return "git", git_version(), True
    except ShardgateError as error:
        return "git", str(error), False


def _check_disk(settings: Settings) -> tuple[str, str, bool]:
    settings.root.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.root).free
    return "free disk", human_bytes(free), free > _MIN_FREE_BYTES


def _check_keys(settings: Settings) -> tuple[str, str, bool]:
    try:
        _ = Context(settings=settings).keys.private
    except ShardgateError as error:
        return "keys", str(error), False
    return "keys", str(settings.keys_dir), True


def _print_states(states: list[embedded.ProcessState]) -> None:
    print_table(
        "processes",
        ("process", "pid", "log"),
        [(s.name, str(s.pid) if s.pid else "not running", str(s.log)) for s in states],
    )
