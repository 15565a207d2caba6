"""What the API refuses to people who otherwise may: more than they were given, and others'."""

from __future__ import annotations

from datetime import timedelta

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi.testclient import TestClient

from policies.access import Action, Role
from policies.decision import Tier
from store.catalog import ReleaseBook, RepositoryState, Scope, TokenRequest
from tests.web.api.conftest import Api
from tests.web.api.test_api_nouns import V1, items, registration
from web.api.operations import tell
from workers.context import utc_now


def own(api: Api, role: Role) -> TestClient:
    """Return a client of somebody whom no other test counts the things of."""
    door, name = api.services.door, f"my-{role}"
    if name not in api.clients:
        door.users.add(name, {role}, actor="setup")
        request = TokenRequest(
            consumer=name,
            scopes=[Scope.PULL, *Action],
            purpose="public-model",
            expires_at=utc_now() + timedelta(hours=1),
        )
        bearer = f"Bearer {door.tokens.create(request, actor='setup')[1]}"
        api.clients[name] = TestClient(api.app, headers={"Authorization": bearer})
    return api.clients[name]


@pytest.mark.parametrize(
    "credential",
    [
        "env:SHARDGATE_DATABASE_URL",
        "env:shardgate_broker_url",
        "file:/run/secrets/shardgate_database_url",
        "env:GIT_TOKEN",
    ],
)
def test_who_registers_names_no_credential_that_is_not_bound_to_the_host(
    api: Api, credential: str
) -> None:
    evil = registration("evil", owner="my-registrant", credential=credential)
    told = own(api, Role.REGISTRANT).post(f"{V1}/repositories", json=evil)
    assert told.status_code == 422, told.text
    many = (
        own(api, Role.REGISTRANT)
        .post(f"{V1}/repositories/batch", json={"repositories": [evil]})
        .json()
    )
    assert [o["action"] for o in many] == ["refused"]


def test_a_token_gives_on_no_more_than_it_has(api: Api) -> None:
    ask = {"scopes": ["token.write", "token.read"], "purpose": "public-model"}
    value = api["rel"].post(f"{V1}/tokens", json=ask).json()["value"]
    small = TestClient(api.app, headers={"Authorization": f"Bearer {value}"})
    for wish in (
        ask | {"scopes": ["grant.write"]},
        ask | {"purpose": "internal-model"},
        ask | {"until": str(utc_now().date() + timedelta(days=300))},
    ):
        assert small.post(f"{V1}/tokens", json=wish).status_code == 422
    mine = small.post(f"{V1}/tokens", json=ask | {"scopes": ["token.read"]})
    assert mine.status_code == 201, mine.text


def test_a_visit_builds_nothing(api: Api) -> None:
    one = items(api["root"].get(f"{V1}/repositories"))[0]["id"]
    path = f"{V1}/repositories/{one}/sync"
    assert api["root"].post(path, json={"tiers": ["releasable"]}).status_code == 422


def test_a_consumer_sees_what_is_out_and_no_reason(api: Api) -> None:
    book = ReleaseBook(api.services.context.catalog, clock=utc_now)
    book.begin_release("rel_held", Tier.RELEASABLE, {})
    book.hold("rel_held", "heldword of somebody")
    wish = {"consumer": "my-consumer", "tier": "releasable", "purpose": "public-model"}
    assert api["rel"].post(f"{V1}/grants", json=wish).is_success
    con, staff = own(api, Role.CONSUMER), api["aud"]
    assert [r["id"] for r in items(staff.get(f"{V1}/releases?q=heldword"))] == ["rel_held"]
    assert items(con.get(f"{V1}/releases?q=heldword")) == []
    assert items(con.get(f"{V1}/releases?state=held")) == []
    assert con.get(f"{V1}/releases/rel_held").status_code == 404
    assert staff.get(f"{V1}/releases/rel_held").json()["reason"]
    out = items(con.get(f"{V1}/releases"))
    assert {r["state"] for r in out} <= {"published", "recalled"}
    assert {r["reason"] for r in out} <= {""}


def test_who_planned_a_policy_does_not_put_it_in_force(api: Api) -> None:
    api.decide()
    text = api["aud"].get(f"{V1}/policies/active").json()["text"] + "\n"
    begun = api["root"].post(f"{V1}/policies/impact", json={"text": text})
    assert api["root"].get(begun.json()["result"]).status_code == 409
    plan = api.found("root", begun)
    assert plan.status_code == 200, plan.text
    wish = {"text": text, "plan": plan.json()["plan"]}
    assert api["root"].post(f"{V1}/policies/apply", json=wish).status_code == 403
    assert api["all"].post(f"{V1}/policies/apply", json=wish).status_code == 202


def test_a_registrant_takes_back_what_their_team_took_out_alone(api: Api) -> None:
    made = own(api, Role.REGISTRANT).post(
        f"{V1}/repositories", json=registration("back", owner="my-registrant")
    )
    path, why = made.headers["location"], {"comment": "it moved"}
    mine = own(api, Role.REGISTRANT)
    for who, status in ((mine, 200), (api["root"], 422)):
        assert who.post(f"{path}/retire", json=why).is_success
        assert own(api, Role.REGISTRANT).post(f"{path}/restore").status_code == status
    assert api["root"].post(f"{path}/restore").is_success
    catalog = api.services.context.catalog
    catalog.set_state(made.json()["id"], RepositoryState.QUARANTINED, "guard: blocked")
    assert own(api, Role.REGISTRANT).post(f"{path}/restore").status_code == 422
    assert api["root"].post(f"{path}/restore").is_success


def test_of_others_repositories_a_registrant_learns_nothing(api: Api) -> None:
    theirs = registration("secretname", owner="other", evidence="TICKET-9")
    assert api["root"].post(f"{V1}/repositories", json=theirs).is_success
    url = "ssh://git@git.example.com/secretname"
    for more in ({}, {"license": "Apache-2.0"}, {"url": url}):
        guess = registration("secretname", owner="my-registrant") | more
        told = own(api, Role.REGISTRANT).post(f"{V1}/repositories", json=guess)
        body = {"repositories": [guess], "dry_run": True}
        (one,) = own(api, Role.REGISTRANT).post(f"{V1}/repositories/batch", json=body).json()
        assert (told.status_code, one["action"], one["name"]) == (422, "refused", "")
        assert told.json()["title"] == one["reason"] == "You may not register this repository."


def test_who_may_listen_no_more_is_told_nothing_more(api: Api) -> None:
    running = api["rel"].post(f"{V1}/releases", json={"tier": "releasable"}).json()["operation"]
    answers = iter([True, False])

    async def first() -> dict[str, str]:
        return await anext(tell(api.services.context, running, lambda: next(answers)), {})

    # In a thread of its own: a browser that other tests left open has a loop in this one.
    with start_blocking_portal() as portal:
        assert portal.call(first)["event"] == "progress"
        assert portal.call(first) == {}
