"""The grant for the samples is for the samples, and for nobody else's code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.domain.repository import Repository, RightsBasis
from policies.decision import Tier
from release.domain.grant import Purpose
from store.catalog import AuditLog, GrantBook, ReviewBook
from workers.context import Context, utc_now
from workers.sample_day import COLLEAGUE, INSTALLATION, begin_sample_day, end_sample_day
from workers.settings import Settings


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    made = Context(settings=Settings(home=tmp_path / "state"))
    yield made
    made.catalog.close()


def register(context: Context, name: str, url: str = "") -> None:
    path = context.settings.root.resolve() / "samples" / f"{name}.git"
    repository = Repository(
        id="repo_" + name.encode().hex().ljust(20, "0")[:20],
        url=url or path.as_uri(),
        name=name,
        owner="team",
        rights_basis=RightsBasis.OWNER_ATTESTED,
        license="MIT",
        release_consent=False,
        consent_until=None,
        evidence="",
    )
    context.catalog.save_repository(repository)


def grants(context: Context) -> GrantBook:
    return GrantBook(context.catalog, utc_now)


def test_one_decision_waits_and_one_grant_is_there_once(context: Context) -> None:
    register(context, "harbor-billing")
    for _ in range(2):
        begin_sample_day(context, "ada")
    (review,) = ReviewBook(context.catalog, context.policy).list_all()
    assert review.requested_by == COLLEAGUE
    (grant,) = grants(context).list_all()
    assert (grant.consumer, grant.granted_by) == ("ada", INSTALLATION)
    assert (grant.tier, grant.purpose) == (Tier.RELEASABLE, Purpose.EVALUATION)
    log = AuditLog(context.catalog, clock=utc_now)
    entry = log.last("grant.add", grant.id)
    assert entry is not None
    assert entry.actor == INSTALLATION


def test_nothing_is_granted_where_somebody_elses_repository_is_registered(
    context: Context,
) -> None:
    begin_sample_day(context, "ada")
    register(context, "harbor-billing")
    register(context, "own", "https://git.corp.example/team/own.git")
    begin_sample_day(context, "ada")
    assert not grants(context).list_all()
    assert not ReviewBook(context.catalog, context.policy).list_all()


def test_the_grant_ends_before_anything_else_is_built(context: Context) -> None:
    register(context, "harbor-billing")
    begin_sample_day(context, "ada")
    end_sample_day(context)
    (grant,) = grants(context).list_all()
    assert grant.revoked_at is None
    register(context, "own", "https://git.corp.example/team/own.git")
    end_sample_day(context)
    (grant,) = grants(context).list_all()
    assert grant.revoked_by == INSTALLATION
