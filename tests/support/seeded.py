"""An installation on which people have work to do: the samples, a hostile repository, reviews.

Made once a session, in this process and without a queue, and copied for whoever changes it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest

from cli.samples import company_profile_yaml, write_samples
from cli.samples.canaries import canaries
from ingest.domain.repository import Repository, RightsBasis
from ingest.register.registry import RegistrationRequest
from policies.access import LANE_ROLES, Role
from policies.decision import Lane, Tier
from policies.review import ReviewKind, ReviewReason
from store.catalog import JobSpec, UserBook
from tests.support.gitrepo import Commit, build_repository
from workers.context import Context, utc_now
from workers.registering import register
from workers.review_requests import Request
from workers.reviewing import Step, Words, ask, move
from workers.reviews import ReviewDesk
from workers.runner import drain
from workers.running import first_jobs
from workers.settings import Settings

HOSTILE: Final = "hostile"
SCRIPT: Final = "<script>document.title='owned'</script>"
IMAGE: Final = '"><img src=x onerror=document.title="owned">'
_TIERS: Final = [tier.value for tier in Tier]


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody of the seeded installation."""

    name: str
    roles: frozenset[Role]
    teams: tuple[str, ...] = ()


_REVIEWER: Final = frozenset(LANE_ROLES.values())
ADA: Final = Person(name="ada", roles=_REVIEWER | {Role.ADMINISTRATOR, Role.RELEASER})
BEN: Final = Person(name="ben", roles=_REVIEWER)
CLEO: Final = Person(name="cleo", roles=frozenset({Role.REVIEWER_LEGAL}))
OWEN: Final = Person(name="owen", roles=frozenset({Role.REGISTRANT}), teams=("payments-team",))
DORA: Final = Person(name="dora", roles=frozenset({Role.CONSUMER}))
PEOPLE: Final = (ADA, BEN, CLEO, OWEN, DORA)


def settings_of(home: Path, **more: object) -> Settings:
    """Return the settings of a seeded home."""
    # Nobody listens: a broker in memory takes every message at once.
    return Settings(home=home, allow_local=True, broker_url="memory://", **more)  # type: ignore[arg-type]


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of a test session have in common."""
    base = factory.getbasetemp()
    return (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "seeded"


def copied_home(shared: Path, to: Path) -> Path:
    """Return a copy of the seeded home, to be changed by whoever asked for it."""
    return Path(shutil.copytree(seeded_home(shared), to, symlinks=True))


def seeded_home(shared: Path) -> Path:
    """Return the one seeded home below a folder that all processes of a session share."""
    shared.mkdir(parents=True, exist_ok=True)
    home = shared / "home"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            shutil.rmtree(home, ignore_errors=True)
            seed(home)
            (shared / "done").touch()
    return home


def seed(home: Path) -> None:
    """Register, visit twice, decide, build both tiers, and ask for two reviews."""
    home.mkdir(parents=True)
    (home / "company.yaml").write_text(company_profile_yaml())
    context = Context(settings=settings_of(home))
    users = UserBook(context.catalog, utc_now)
    for person in PEOPLE:
        users.add(person.name, person.roles, actor="root", teams=person.teams)
    samples = [_registered(context, request) for request in _requests(context, home)]
    first, second = _hostile_commits()
    path = home / "samples" / f"{HOSTILE}.git"
    build_repository(path, [first])
    hostile = _registered(context, _own(path, f"team {SCRIPT}"))
    _run(context, [*samples, hostile], [])
    build_repository(path, [second])
    _run(context, [hostile], _TIERS)
    _review(context)
    context.catalog.close()


def _requests(context: Context, home: Path) -> list[RegistrationRequest]:
    year = context.today() + timedelta(days=365)
    return [
        RegistrationRequest(
            url=str(sample.path),
            owner=sample.owner,
            rights=sample.rights_basis,
            license=sample.license,
            release_consent=sample.release_consent,
            consent_until=year if sample.release_consent else None,
            evidence=sample.evidence,
        )
        for sample in write_samples(home / "samples")
    ]


def _own(path: Path, owner: str) -> RegistrationRequest:
    return RegistrationRequest(
        url=str(path),
        owner=owner,
        rights=RightsBasis.OWNER_ATTESTED,
        license="LicenseRef-Proprietary",
        release_consent=True,
        consent_until=date(2099, 12, 31),
        evidence=f"ATT {IMAGE}",
    )


def _registered(context: Context, request: RegistrationRequest) -> Repository:
    return register(context, request, actor="root")


def _hostile_commits() -> tuple[Commit, Commit]:
    planted = canaries()["github_token"].text.encode()
    text = b"# " + SCRIPT.encode() + b"</td></tr>\ntoken = '" + planted + b"'\n# {{ 7 * 7 }}\n"
    first: dict[bytes, bytes] = {
        f"{SCRIPT}.py".encode().replace(b"/", b"-"): text,
        IMAGE.encode().replace(b"/", b"-") + b".py": text,
        "right\u202eyp.tra".encode(): b"a = 1\n",
        b"line\nbreak.py": b"b = 2\n",
        b"\xff\xfe.py": b"c = 3\n",
        b"{{ 7 * 7 }}.py": b"d = 4\n",
        b"javascript:alert(1)/x.py": b"e = 5\n",
    }
    return Commit(files=first), Commit(files={b"later.py": b"f = 6\n", b"\xff\xfe.py": b"c = 4\n"})


def _run(context: Context, repositories: Sequence[Repository], tiers: Sequence[str]) -> None:
    params = {"tiers": list(tiers), "history": False}
    run_id = context.jobs.start_run("sync", params, lambda run: first_jobs(run, repositories))
    drain(context, run_id)


def _review(context: Context) -> None:
    desk = ReviewDesk(context)
    security, legal = (
        [g for g in desk.groups if desk.lane_of(g) == lane] for lane in (Lane.SECURITY, Lane.LEGAL)
    )
    asked = Request(
        kind=ReviewKind.FALSE_POSITIVE,
        by=BEN.name,
        reason=ReviewReason.INVENTED_DATA,
        comment=f"A value of the test suite, never issued. {IMAGE}",
        group_id=next(g.id for g in security if "harbor" in _name(context, g.repo_id)),
    )
    ask(context, asked)
    waived = Request(
        kind=ReviewKind.WAIVE,
        by=CLEO.name,
        reason=ReviewReason.LICENSE_CLARIFIED,
        comment="Counsel confirmed the exception in writing.",
        group_id=next(g.id for g in legal if g.rule_id == "LICENSE_COPYLEFT"),
        until=(utc_now() + timedelta(days=9)).date(),
    )
    review = ask(context, waived)
    move(context, Step.APPROVE, review.id, Words(actor=BEN.name, comment="Seen the letter."))
    run_id = context.jobs.start_run("release", {"tiers": []}, _decide)
    drain(context, run_id)


def _decide(run_id: str) -> list[JobSpec]:
    return [JobSpec.of(run_id=run_id, stage="decide", scope="", subject="all")]


def _name(context: Context, repository_id: str) -> str:
    found = context.catalog.find_by_id(repository_id)
    return found.name if found else ""
