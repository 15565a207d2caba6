"""New, known, renamed, gone: what a discovery says before anything is registered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ingest.domain.repository import Repository, RightsBasis
from ingest.errors import InputError, MustWait, RegistrationRefused, SourceUnreachable
from ingest.register.registry import Action, RegistrationRequest
from tests.support.forge import Forge, ForgeRepository
from tests.support.gitserver import HOST
from workers.context import Context
from workers.discovery.apis import api_of, read_entries
from workers.discovery.filters import reason_to_leave_out
from workers.discovery.model import DiscoveryPlan, Filters, FoundRepository, Group, Kind, Standing
from workers.discovery.plan import Terms, apply_discovery, discover
from workers.hosts import pause_host
from workers.registering import register

TERMS = Terms(owner="platform", rights=RightsBasis.OWNER_ATTESTED, license="LicenseRef-Acme")
APPS = [
    ForgeRepository(number=1, name="billing", topics=("payments",)),
    ForgeRepository(number=2, name="site", visibility="public"),
    ForgeRepository(number=3, name="old", archived=True),
]


def look(context: Context, forge: Forge, kind: Kind = Kind.GITHUB, **filters: Any) -> DiscoveryPlan:
    name = filters.pop("name", "acme")
    credential = filters.pop("credential", "")
    ssh = filters.pop("ssh", False)
    group = Group(kind=kind, host=forge.host, name=name, credential=credential)
    return discover(context, group, Filters(**filters), ssh=ssh, resolve=lambda *_: ["127.0.0.1"])


def standings(plan: DiscoveryPlan) -> dict[str, str]:
    return {item.full_name: item.standing.value for item in plan.items}


def registered(context: Context) -> dict[str, Repository]:
    return {r.name: r for r in context.catalog.list_repositories()}


@pytest.mark.parametrize("kind", Kind)
def test_a_group_is_listed_registered_and_known_afterwards(
    context: Context, forge: Forge, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge.repositories, forge.token = list(APPS), "t" * 16
    monkeypatch.setenv("FORGE_TOKEN", f"bot:{forge.token}")
    plan = look(context, forge, kind, credential="env:FORGE_TOKEN")
    assert standings(plan) == {"acme/billing": "new", "acme/site": "new", "acme/old": "left out"}
    assert registered(context) == {}
    tried = apply_discovery(context, plan, TERMS, actor="ann", dry_run=True)
    assert [a.outcome.action for a in tried] == [Action.ADD, Action.ADD]
    assert registered(context) == {}
    applied = apply_discovery(context, plan, TERMS, actor="ann")
    assert [a.item.full_name for a in applied] == ["acme/billing", "acme/site"]
    billing = registered(context)["billing"]
    assert billing.url == f"https://{forge.host}/acme/billing.git"
    assert (billing.owner, billing.release_consent) == ("platform", False)
    again = look(context, forge, kind, credential="env:FORGE_TOKEN")
    assert standings(again) == {
        "acme/billing": "known",
        "acme/site": "known",
        "acme/old": "left out",
    }
    assert apply_discovery(context, again, TERMS, actor="ann") == []


def test_subgroups_are_asked_for_and_a_nested_group_is_one_part_of_the_path(
    context: Context, forge: Forge
) -> None:
    forge.repositories = [ForgeRepository(number=1, name="x", group="acme/platform/deep")]
    plan = look(context, forge, Kind.GITLAB, name="acme/platform")
    assert standings(plan) == {"acme/platform/deep/x": "new"}
    target = forge.requests[0][0]
    assert "/groups/acme%2Fplatform/projects?" in target
    assert "include_subgroups=true" in target


def test_a_registration_that_exists_is_never_changed(context: Context, forge: Forge) -> None:
    forge.repositories = list(APPS)
    request = RegistrationRequest(
        url=f"ssh://git@{HOST}:{forge.port}/acme/billing",
        owner="billing-team",
        rights=RightsBasis.CONTRACT,
        license="MIT",
    )
    mine = register(context, request, actor="bob")
    over_ssh = register(
        context, request.model_copy(update={"url": f"git@{HOST}:acme/site.git"}), actor="bob"
    )
    plan = look(context, forge, ssh=True)
    assert standings(plan)["acme/site"] == "known"
    assert "billing-team" in plan.of(Standing.KNOWN)[0].reason
    apply_discovery(context, plan, TERMS, actor="ann")
    assert registered(context)["site"] == over_ssh
    assert context.catalog.find_by_id(mine.id) == mine


def test_a_renamed_repository_is_seen_by_its_number_and_takes_its_rights_along(
    context: Context, forge: Forge
) -> None:
    forge.repositories = [APPS[0]]
    apply_discovery(context, look(context, forge), TERMS, actor="ann")
    old = registered(context)["billing"]
    context.catalog.save_repository(replace(old, owner="billing-team", evidence="contract 7"))
    forge.repositories = [replace(APPS[0], name="invoices")]
    plan = look(context, forge)
    (item,) = plan.items
    assert item.standing is Standing.RENAMED
    assert "acme/billing" in item.reason
    assert item.registered_id == old.id
    apply_discovery(context, plan, TERMS, actor="ann")
    found = registered(context)
    assert (found["invoices"].owner, found["invoices"].evidence) == ("billing-team", "contract 7")
    assert found["billing"].id == old.id  # for a person to retire
    assert standings(look(context, forge)) == {"acme/invoices": "known"}


def test_what_is_gone_is_told_and_nothing_is_done(context: Context, forge: Forge) -> None:
    forge.repositories = list(APPS[:2])
    apply_discovery(context, look(context, forge), TERMS, actor="ann")
    forge.repositories = [APPS[1]]
    plan = look(context, forge)
    assert standings(plan) == {"acme/billing": "gone", "acme/site": "known"}
    assert apply_discovery(context, plan, TERMS, actor="ann") == []
    assert "billing" in registered(context)


def test_a_known_one_that_a_filter_would_leave_out_is_known_and_not_gone(
    context: Context, forge: Forge
) -> None:
    forge.repositories = list(APPS[:2])
    apply_discovery(context, look(context, forge), TERMS, actor="ann")
    assert set(standings(look(context, forge, include=["nothing"])).values()) == {"known"}


def test_refused_terms_are_told_one_by_one(context: Context, forge: Forge) -> None:
    forge.repositories = list(APPS[:2])
    bad = replace(TERMS, license="No-Such-License")
    applied = apply_discovery(context, look(context, forge), bad, actor="ann")
    assert {a.outcome.action for a in applied} == {Action.REFUSED}
    assert all("Unknown license" in a.outcome.reason for a in applied)
    assert standings(look(context, forge))["acme/site"] == "new"


def test_a_paused_host_is_not_asked(context: Context, forge: Forge) -> None:
    pause_host(context, HOST, actor="ann", reason="so")
    with pytest.raises(MustWait, match="paused by ann"):
        look(context, forge)
    assert forge.requests == []


def test_addresses_of_other_hosts_and_malformed_ones_are_refused(
    context: Context, forge: Forge
) -> None:
    entry = {"full_name": "acme/x", "private": True}
    forge.body = json.dumps(
        [
            entry | {"id": 1, "clone_url": "https://evil.example/acme/x.git"},
            entry | {"id": 2, "clone_url": "ext::sh -c id"},
            entry | {"id": 2, "clone_url": "https://twice.example/a"},
        ]
    ).encode()
    plan = look(context, forge)
    assert [item.standing for item in plan.items] == [Standing.REFUSED] * 2
    assert "another host" in plan.items[0].reason + plan.items[1].reason


@pytest.mark.parametrize("body", [{"id": 1}, [1], [{"id": "x"}], [{"id": 1, "full_name": ""}]])
def test_an_answer_of_another_form_is_refused(body: Any) -> None:
    for kind in Kind:
        with pytest.raises(SourceUnreachable):
            read_entries(kind, body)


@pytest.mark.parametrize(
    ("host", "api", "path"),
    [
        ("github.com", "api.github.com", "/orgs/acme/repos"),
        ("acme.ghe.com", "api.acme.ghe.com", "/orgs/acme/repos"),
        ("git.example.com", "git.example.com", "/api/v3/orgs/acme/repos"),
    ],
)
def test_github_s_own_host_has_another_address_for_its_api(host: str, api: str, path: str) -> None:
    found = api_of(Group(kind=Kind.GITHUB, host=host, name="acme"))
    assert (found.host, found.path) == (api, path)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"host": "no host"}, RegistrationRefused),
        ({"host": "user@h.example"}, RegistrationRefused),
        ({"name": "/"}, InputError),
        ({"name": "a\nb"}, InputError),
        ({"credential": "t0ken-in-the-clear"}, RegistrationRefused),
    ],
)
def test_what_cannot_be_asked_for_is_refused_before_anything_is_asked(
    context: Context, changes: dict[str, str], error: type[Exception]
) -> None:
    group = replace(Group(kind=Kind.GITLAB, host="h.example", name="acme"), **changes)
    with pytest.raises(error) as caught:
        discover(context, group, Filters())
    assert "t0ken" not in str(caught.value)


FOUND = FoundRepository(
    remote_id="1",
    full_name="Acme/Payments-API",
    https_url="",
    ssh_url="",
    visibility="internal",
    topics=("Backend", "payments"),
)


@pytest.mark.parametrize(
    ("filters", "is_wanted"),
    [
        (Filters(), True),
        (Filters(include=["payments-*"]), True),
        (Filters(include=["acme/*"]), True),
        (Filters(include=["acme"]), False),
        (Filters(include=["*-web", "*-api"]), True),
        (Filters(exclude=["*-api"]), False),
        (Filters(include=["*"], exclude=["ACME/pay*"]), False),
        (Filters(visibility=["internal", "private"]), True),
        (Filters(visibility=["public"]), False),
        (Filters(topics=["backend"]), True),
        (Filters(topics=["front"]), False),
        (Filters(exclude_topics=["PAYMENTS"]), False),
    ],
)
def test_filters(filters: Filters, *, is_wanted: bool) -> None:
    assert (reason_to_leave_out(FOUND, filters) == "") is is_wanted


@pytest.mark.parametrize("mark", ["archived", "fork", "empty"])
def test_what_is_archived_a_fork_or_empty_has_to_be_asked_for(mark: str) -> None:
    field, option = f"is_{mark}", {"fork": "forks"}.get(mark, mark)
    found = replace(FOUND, **{field: True})
    assert reason_to_leave_out(found, Filters())
    assert reason_to_leave_out(found, Filters(**{option: True})) == ""
