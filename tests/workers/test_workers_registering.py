"""Registering for any face: one at a time, from a file, or many with an outcome for each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cli.samples.canaries import canaries
from ingest.domain.repository import RightsBasis
from ingest.errors import InputError, RegistrationRefused
from ingest.register.registry import Action, RegistrationRequest
from store.catalog import AuditLog, RepositoryState
from workers.context import Context, utc_now
from workers.registering import (
    apply_plan,
    plan_file,
    register,
    register_many,
    restore,
    retire,
)
from workers.running import retry_parked, start_run
from workers.settings import Settings


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    return Context(settings=Settings(home=tmp_path_factory.mktemp("home")))


def request(name: str, **given: object) -> RegistrationRequest:
    values: dict[str, object] = {
        "url": f"https://git.example/{name}.git",
        "owner": "core",
        "rights": RightsBasis.OWNER_ATTESTED,
        "license": "Apache-2.0",
    }
    return RegistrationRequest.model_validate(values | given)


def actions(context: Context) -> list[tuple[str, str]]:
    return [(e.actor, e.action) for e in AuditLog(context.catalog, clock=utc_now).entries()]


def test_who_registers_stands_in_the_chain_and_registers_for_their_own_teams(
    context: Context,
) -> None:
    found = register(context, request("one"), actor="ada", owners={"core"})
    assert context.catalog.find_by_id(found.id) == found
    assert actions(context)[-1] == ("ada", "repository.register")
    with pytest.raises(RegistrationRefused, match="own teams"):
        register(context, request("other"), actor="ada", owners={"payments"})


def test_each_of_many_has_its_outcome_and_the_others_are_written(context: Context) -> None:
    until = context.today() + timedelta(days=9)
    requests = [
        request("many"),
        request("many"),
        request("many", license="MIT"),
        request("bad", owner=""),
        request("own", owner="payments"),
        request("consent", release_consent=True, consent_until=until, evidence="doc"),
    ]
    dry = register_many(context, requests[:1], actor="ada", dry_run=True)
    assert [o.action for o in dry] == [Action.ADD]
    found = register_many(context, requests, actor="ada", owners={"core", ""})
    assert [o.action for o in found] == [
        Action.ADD,
        Action.UNCHANGED,
        Action.UPDATE,
        Action.REFUSED,
        Action.REFUSED,
        Action.ADD,
    ]
    assert "owner is missing" in found[3].reason
    assert found[2].reason == "changes license"
    foreign = register_many(context, [request("many", owner="me")], actor="eve", owners={"me"})
    assert [o.action for o in foreign] == [Action.REFUSED]


def test_a_credential_is_named_for_the_host_it_is_bound_to(context: Context) -> None:
    token, own = request("bound", credential="env:GIT_TOKEN"), context.settings.keys_dir / "hmac"
    with pytest.raises(RegistrationRefused, match=r"not for git\.example"):
        register(context, token, actor="ada")
    bound = Settings(home=context.settings.home, credential_hosts=("env:GIT_TOKEN=git.example",))
    assert register(Context(settings=bound), token, actor="ada").credential == "env:GIT_TOKEN"
    with pytest.raises(RegistrationRefused, match=r"not for other\.example"):
        register(
            Context(settings=bound),
            request("x", url="https://other.example/x", credential="env:GIT_TOKEN"),
            actor="ada",
            any_host=True,
        )
    assert register(context, request("cli", credential="env:T"), actor="cli", any_host=True)
    for mine in ("env:SHARDGATE_DATABASE_URL", "env:shardgate_token", f"file:{own}"):
        with pytest.raises(RegistrationRefused, match="of this installation"):
            register(context, request("y", credential=mine), actor="cli", any_host=True)
        entry = "- {url: https://git.example/y, owner: core, rights: contract, license: MIT,"
        (change,) = plan_file(context, f"{entry} credential: '{mine}'}}")
        assert change.action is Action.REFUSED


def test_a_file_is_written_whole_or_not_at_all(context: Context) -> None:
    entry = "- {url: https://git.example/%s.git, owner: core, rights: contract, license: MIT}\n"
    bad = plan_file(context, entry % "file" + "- {url: nonsense}\n")
    with pytest.raises(RegistrationRefused, match="1 of 2"):
        apply_plan(context, bad, actor="ada")
    good = plan_file(context, entry % "file")
    assert apply_plan(context, good, actor="ada") == 1
    assert apply_plan(context, plan_file(context, entry % "file"), actor="ada") == 0


def test_a_repository_is_retired_and_taken_back(context: Context) -> None:
    found = register(context, request("old"), actor="ada")
    retire(context, found.id, comment="moved to another company", actor="ada")
    assert context.catalog.repository_state(found.id) == (
        RepositoryState.QUARANTINED,
        "retired: moved to another company",
    )
    retire(context, found.id, comment="again", actor="eve")
    restore(context, found.id, actor="bob")
    assert context.catalog.repository_state(found.id) == (RepositoryState.ACTIVE, "")
    assert actions(context)[-2:] == [("ada", "repository.retire"), ("bob", "repository.restore")]
    with pytest.raises(InputError, match="no repository"):
        restore(context, "repo_none", actor="bob")


def test_a_run_begins_with_a_mirror_job_for_each_repository(context: Context) -> None:
    found = register(context, request("run"), actor="ada")
    run_id = start_run(context, [found], tiers=["releasable"])
    assert [(c.stage, c.count) for c in context.jobs.counts(run_id)] == [("mirror", 1)]
    assert context.catalog.run_tiers(run_id) == ["releasable"]
    assert not retry_parked(context, "job_none")
    with pytest.raises(InputError, match="No repository"):
        start_run(context, [])


def planted() -> list[str]:
    """Return evidence that must not be kept; put together here, none was ever issued."""
    card = " ".join(f"{part:04}" for part in (4539, 1488, 343, 6467))
    token = canaries()["github_token"].text
    # Of all such numbers the one with the fewest digits.
    return [f"see {token}", f"paid by card {card}", f"asked for by pan: BFZPK{'7177'}K"]


@pytest.mark.parametrize("evidence", planted(), ids=["token", "card", "pan"])
def test_what_an_owner_states_is_looked_at_before_it_is_kept(
    context: Context, evidence: str
) -> None:
    bad = request("stated", evidence=evidence)
    with pytest.raises(RegistrationRefused, match="evidence holds") as refused:
        register(context, bad, actor="ada")
    assert evidence.rsplit(maxsplit=1)[-1] not in str(refused.value)
    (outcome,) = register_many(context, [bad], actor="ada")
    assert outcome.action is Action.REFUSED
    entry = "- {url: https://git.example/p.git, owner: core, rights: contract, license: MIT"
    text = f"{entry}, evidence: '{evidence}'}}\n"
    with pytest.raises(RegistrationRefused, match="evidence holds"):
        apply_plan(context, plan_file(context, text), actor="ada")
    assert "stated" not in {r.name for r in context.catalog.list_repositories()}


def test_names_and_mail_addresses_of_colleagues_are_no_secrets(context: Context) -> None:
    said = request("mailed", owner="ann.example@corp.internal", evidence="Mail of Ann Example")
    assert register(context, said, actor="ada").owner == "ann.example@corp.internal"
