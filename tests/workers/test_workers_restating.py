"""Rights stated anew: with a reason in the chain, by whom they concern, over nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cli.samples.canaries import canaries
from ingest.domain.repository import Repository, RightsBasis
from ingest.errors import Conflict, InputError
from ingest.register.registry import RegistrationRequest
from store.catalog import AuditLog
from workers.audit import verify_audit
from workers.context import Context, utc_now
from workers.reading.page import NotFound
from workers.reading.repositories import find_repository, rights_version
from workers.registering import register, registrations
from workers.restating import Cause, Restatement, restate
from workers.settings import Settings


@pytest.fixture
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    return Context(settings=Settings(home=tmp_path_factory.mktemp("home")))


def request(**given: object) -> RegistrationRequest:
    values: dict[str, object] = {
        "url": "https://git.example/one.git",
        "owner": "core",
        "rights": RightsBasis.OWNER_ATTESTED,
        "license": "Apache-2.0",
    }
    return RegistrationRequest.model_validate(values | given)


def stated(before: Repository, **given: object) -> Restatement:
    seen = rights_version(before)
    return Restatement(request=request(**given), cause=Cause.RENEWED, seen=seen)


def test_a_consent_is_given_with_a_reason_that_the_chain_keeps(context: Context) -> None:
    before = register(context, request(), actor="ada")
    until = context.today() + timedelta(days=365)
    given = {"release_consent": True, "consent_until": until, "evidence": "ATT-7"}
    changes = restate(context, before.id, stated(before, **given), actor="owen", owners={"core"})
    assert changes == ("release_consent", "consent_until", "evidence")
    after = context.catalog.find_by_id(before.id)
    assert after is not None
    assert after.has_valid_consent(until)
    entry = AuditLog(context.catalog, clock=utc_now).last("repository.restate", before.id)
    assert entry is not None
    assert entry.actor == "owen"
    assert entry.detail["cause"] == "consent-renewed"
    assert entry.detail["consent_until"] == until.isoformat()
    assert find_repository(context, before.id).version == rights_version(after)
    assert verify_audit(context).is_intact
    again = stated(after, **given)
    assert restate(context, before.id, again, actor="owen") == ()


def test_of_two_who_state_it_the_second_is_told(context: Context) -> None:
    before = register(context, request(), actor="ada")
    restate(context, before.id, stated(before, license="MIT"), actor="owen")
    with pytest.raises(Conflict, match="meanwhile"):
        restate(context, before.id, stated(before, license="BSD-3-Clause"), actor="olga")
    # What is written in the same moment is noticed by the catalog itself.
    book = registrations(context, "late")
    assert not book.restate(before, replace(before, owner="late"), ["owner"], "other")
    found = context.catalog.find_by_id(before.id)
    assert found is not None
    assert (found.license, found.owner) == ("MIT", "core")


def test_nobody_states_what_is_not_theirs_or_does_not_hold(context: Context) -> None:
    before = register(context, request(), actor="ada")
    wrong: list[tuple[str, Restatement, set[str] | None]] = [
        ("own teams", stated(before, owner="payments"), {"core"}),
        ("may not register", stated(before, owner="payments"), {"payments"}),
        (
            "looks like a secret",
            stated(before, evidence=canaries()["github_token"].text),
            None,
        ),
        ("another repository", stated(before, url="https://git.example/two.git"), None),
        ("not for git.example", stated(before, credential="env:TOKEN"), None),
        ("license", stated(before, license="Nonsense!"), None),
    ]
    for words, restatement, owners in wrong:
        with pytest.raises(InputError, match=words):
            restate(context, before.id, restatement, actor="eve", owners=owners)
    with pytest.raises(NotFound):
        restate(context, "repo_none", stated(before), actor="eve")
    assert context.catalog.find_by_id(before.id) == before


def test_a_credential_that_was_allowed_stays_allowed(context: Context) -> None:
    named = {"credential": "env:TOKEN"}
    before = register(context, request(**named), actor="root", any_host=True)
    changes = restate(context, before.id, stated(before, license="MIT", **named), actor="owen")
    assert changes == ("license",)
