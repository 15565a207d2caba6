"""The API as programs use it: lists, decisions by two people, operations, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from httpx import Response

from policies.decision import Lane
from store.catalog import AuditLog, ReviewerBook
from tests.support.working import look_again
from tests.web.api.conftest import Api
from workers.context import utc_now
from workers.reviews import ReviewDesk

V1 = "/api/v1"
LISTS = (
    "repositories",
    "visits",
    "findings",
    "groups",
    "decisions",
    "releases",
    "withdrawals",
    "recalls",
    "grants",
    "tokens",
    "pulls",
    "audit/entries",
    "operations",
)


def items(answer: Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def registration(name: str, **more: object) -> dict[str, object]:
    url = f"https://git.example.com/{name}.git"
    return {"url": url, "owner": "core", "rights": "contract", "license": "MIT"} | more


@pytest.mark.parametrize("noun", LISTS)
def test_the_pages_of_a_list_are_the_list(api: Api, noun: str) -> None:
    who = api["all"]
    whole = items(who.get(f"{V1}/{noun}?limit=500"))
    paged, path = [], f"{V1}/{noun}?limit=3"
    while path and len(paged) < 30:
        answer = who.get(path)
        paged += items(answer)
        path = answer.json()["next"]
    assert paged == whole[: len(paged)]
    refused = who.get(f"{V1}/{noun}?colour=red")
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert problem["errors"][0]["pointer"] == "/query/colour"
    assert problem["request_id"] == refused.headers["x-request-id"]


def test_the_rows_of_a_release_are_paged_and_told_without_contents(api: Api) -> None:
    look_again(api.services.context)
    who = api["all"]
    release = items(who.get(f"{V1}/releases?state=published"))[0]["id"]
    whole = items(who.get(f"{V1}/releases/{release}/rows?limit=500"))
    paged, path = [], f"{V1}/releases/{release}/rows?limit=5"
    while path:
        answer = who.get(path)
        paged += items(answer)
        path = answer.json()["next"]
    assert paged == whole
    assert whole
    assert "content" not in whole[0]
    assert who.get(f"{V1}/releases/rel_none/rows").status_code == 404


def test_lists_are_filtered_by_the_grammar_of_the_pages(api: Api) -> None:
    who = api["ina"]
    found = items(who.get(f"{V1}/findings?lane=security&limit=500"))
    assert found
    assert {f["lane"] for f in found} == {"security"}
    others = items(who.get(f"{V1}/findings?lane!=security&limit=500"))
    assert len(found) + len(others) == len(items(who.get(f"{V1}/findings?limit=500")))
    one = found[0]["fingerprint"]
    same = items(who.get(f"{V1}/findings?fingerprint={one}"))
    assert {f["fingerprint"] for f in same} == {one}
    assert same == [f for f in found + others if f["fingerprint"] == one]
    groups = items(who.get(f"{V1}/groups?sort=-blocked&limit=500"))
    assert [g["blocked"] for g in groups] == sorted((g["blocked"] for g in groups), reverse=True)
    detail = who.get(f"{V1}/groups/{groups[0]['id']}").json()
    assert detail["group"] == groups[0]


def test_groups_are_those_that_reviewers_know(api: Api) -> None:
    api.decide()
    desk = ReviewDesk(api.services.context.anew())
    known = {g.id: (g.blocked.files, g.cases, desk.lane_of(g)) for g in desk.groups}
    found = items(api["ina"].get(f"{V1}/groups?limit=500"))
    assert {g["id"]: (g["blocked"], g["cases"], g["lane"] or "") for g in found} == known


def test_a_registrant_sees_what_is_of_their_team_alone(api: Api) -> None:
    reg = api["reg"]
    made = reg.post(f"{V1}/repositories", json=registration("mine", owner="crew"))
    assert made.status_code == 201, made.text
    mine = made.json()["id"]
    assert made.headers["location"] == f"{V1}/repositories/{mine}"
    assert [r["id"] for r in items(reg.get(f"{V1}/repositories"))] == [mine]
    assert items(reg.get(f"{V1}/findings")) == []
    assert items(reg.get(f"{V1}/visits")) == []
    foreign = next(r for r in items(api["aud"].get(f"{V1}/repositories")) if r["id"] != mine)
    unknown = reg.get(f"{V1}/repositories/repo_none")
    hidden = reg.get(f"{V1}/repositories/{foreign['id']}")
    assert (hidden.status_code, hidden.json()["title"]) == (404, unknown.json()["title"])
    refused = reg.post(f"{V1}/repositories", json=registration("x", owner="other"))
    assert refused.status_code == 422
    filtered = reg.get(f"{V1}/repositories?owner=*")
    assert [r["id"] for r in items(filtered)] == [mine]


def test_each_of_many_has_its_outcome(api: Api) -> None:
    batch = [registration("b1"), registration("b1"), registration("b2", owner="")]
    dry = api["root"].post(
        f"{V1}/repositories/batch", json={"repositories": batch, "dry_run": True}
    )
    assert [o["action"] for o in dry.json()] == ["add", "add", "refused"]
    done = api["root"].post(f"{V1}/repositories/batch", json={"repositories": batch})
    assert [o["action"] for o in done.json()] == ["add", "unchanged", "refused"]


def test_a_request_with_a_key_is_done_once(api: Api) -> None:
    root, headers = api["root"], {"Idempotency-Key": "k-1"}
    path = f"{V1}/repositories"
    first = root.post(path, json=registration("once"), headers=headers)
    again = root.post(path, json=registration("once"), headers=headers)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert "idempotent-replay" in again.headers
    assert "idempotent-replay" not in first.headers
    other = root.post(path, json=registration("other"), headers=headers)
    assert other.status_code == 422
    theirs = api["all"].post(path, json=registration("theirs"), headers=headers)
    assert theirs.status_code == 201
    bad = registration("once", license="Nonsense!")
    for _ in range(2):
        refused = root.post(path, json=bad, headers={"Idempotency-Key": "k-2"})
        assert refused.status_code == 422
    assert root.post(path, json=registration("k2"), headers={"Idempotency-Key": "k-2"}).is_success
    runs = {
        root.post(f"{first.headers['location']}/sync", headers={"Idempotency-Key": "k-3"}).text
        for _ in range(2)
    }
    assert len(runs) == 1
    entries = AuditLog(api.services.context.catalog, utc_now).entries()
    assert [e.subject for e in entries].count(first.json()["id"]) == 1


def test_a_decision_needs_two_people_and_says_which_version_was_looked_at(api: Api) -> None:
    for name in ("ina", "jon"):
        for lane in Lane:
            ReviewerBook(api.services.context.catalog, utc_now).add(name, lane, actor="root")
    api.decide()
    ina, jon = api["ina"], api["jon"]
    group = next(g for g in items(ina.get(f"{V1}/groups?kind=finding")) if g["lane"])
    wish = {"kind": "false_positive", "group": group["id"], "comment": "an example"}
    told = ina.post(f"{V1}/decisions/forecast", json=wish)
    assert told.status_code == 200, told.text
    assert told.json()["decision"]["kind"] == "false_positive"
    assert told.json()["outlook"]["stopped"]["files"] == 0
    made = ina.post(f"{V1}/decisions", json=wish)
    assert made.status_code == 201, made.text
    path, tag = made.headers["location"], made.headers["etag"]
    body = {"comment": "so it is"}
    assert jon.post(f"{path}/approve", json=body).status_code == 428
    assert jon.post(f"{path}/approve", json=body, headers={"If-Match": '"9"'}).status_code == 412
    own = ina.post(f"{path}/approve", json=body, headers={"If-Match": tag})
    assert own.status_code == 403
    done = jon.post(f"{path}/approve", json=body, headers={"If-Match": tag})
    assert done.status_code == 200, done.text
    assert done.json()["state"] == "active"
    assert [s["actor"] for s in done.json()["steps"]] == ["ina", "jon"]
    late = api["all"].post(f"{path}/reject", json=body, headers={"If-Match": tag})
    assert late.status_code in (409, 412, 422)
    register = api["aud"].get(f"{V1}/waivers").json()
    assert made.json()["id"] in [w["review"]["id"] for w in register["items"]]
    back = ina.post(f"{path}/withdraw", json=body, headers={"If-Match": done.headers["etag"]})
    assert back.json()["state"] == "withdrawn"


def test_long_work_is_an_operation_that_tells_how_far_it_is(api: Api) -> None:
    begun = api["rel"].post(f"{V1}/releases", json={"tier": "releasable"})
    assert begun.status_code == 202, begun.text
    path = begun.headers["location"]
    view = api["rel"].get(path).json()
    assert view["id"] == begun.json()["operation"]
    assert (view["state"], view["tiers"]) == ("running", ["releasable"])
    still = api["aud"].get(f"{V1}/operations/stillness").json()
    assert still["is_broker_there"]
    assert sum(stage["waiting"] for stage in still["stages"]) >= 1
    over = items(api["aud"].get(f"{V1}/operations?state=done"))[0]
    with api["aud"].stream("GET", f"{V1}/operations/{over['id']}/events") as stream:
        lines = [line for line in stream.iter_lines() if line]
    assert lines[0] == "event: end"
    assert json.loads(lines[1].removeprefix("data: "))["id"] == over["id"]
    assert api["aud"].get(f"{V1}/operations/run_none/events").status_code == 404


def test_grants_and_tokens_are_given_and_ended(api: Api) -> None:
    wish = {"consumer": "con", "tier": "releasable", "purpose": "public-model"}
    made = api["rel"].post(f"{V1}/grants", json=wish)
    assert made.status_code == 201, made.text
    assert [g["id"] for g in items(api["con"].get(f"{V1}/grants"))] == [made.json()["id"]]
    own = api["rel"].post(f"{V1}/grants", json=wish | {"consumer": "rel"})
    assert own.status_code == 422
    token = api["con"].post(f"{V1}/tokens", json={"scopes": ["pull"], "purpose": "public-model"})
    assert token.status_code == 201, token.text
    value, named = token.json()["value"], token.json()["token"]["id"]
    assert value not in api["root"].get(f"{V1}/tokens?limit=500").text
    assert {t["consumer"] for t in items(api["con"].get(f"{V1}/tokens"))} == {"con"}
    assert api["ina"].post(f"{V1}/tokens/{named}/revoke").status_code == 404
    assert api["con"].post(f"{V1}/tokens/{named}/revoke").json()["state"] == "revoked"
    ended = api["rel"].post(f"{V1}/grants/{made.json()['id']}/revoke")
    assert ended.json()["state"] == "revoked"
    tiers = {r["tier"] for r in items(api["con"].get(f"{V1}/releases"))}
    assert tiers <= {"releasable"}


def test_a_policy_is_tried_weighed_and_put_in_force_as_it_was_looked_at(api: Api) -> None:
    active = api["aud"].get(f"{V1}/policies/active").json()
    tried = api["ina"].post(f"{V1}/policies/test", json={"text": active["text"]})
    assert tried.json()["examples"] > 0
    assert tried.json()["failures"] == []
    broken = api["ina"].post(f"{V1}/policies/test", json={"text": "rules: ["})
    assert broken.status_code == 422
    stale = {"text": active["text"], "plan": "0" * 64}
    assert api["root"].post(f"{V1}/policies/apply", json=stale).status_code in (412, 422)
    assert api["ina"].post(f"{V1}/policies/apply", json=stale).status_code == 403


def test_the_chain_holds_and_names_who_asked(api: Api) -> None:
    told = api["aud"].get(f"{V1}/audit/verification").json()
    assert told["faults"] == []
    found = items(api["aud"].get(f"{V1}/audit/entries?action=repository.*&actor=root"))
    assert found
    assert {e["actor"] for e in found} == {"root"}


def test_withdrawing_shows_what_it_takes_before(api: Api) -> None:
    api.decide()
    repository = items(api["rel"].get(f"{V1}/repositories?sync=full"))[0]["id"]
    wish = {
        "selector": "repository",
        "repository": repository,
        "reason": "RIGHTS_CLAIM",
        "comment": "the contract ended",
    }
    told = api.found("rel", api["rel"].post(f"{V1}/withdrawals/forecast", json=wish))
    assert told.status_code == 200, told.text
    assert told.json()["places"] > 0
    wrong = api["rel"].post(f"{V1}/withdrawals", json=wish | {"repository": ""})
    assert wrong.status_code == 422


def test_rights_are_stated_anew_by_whom_looked_at_the_newest(api: Api) -> None:
    root = api["root"]
    made = root.post(f"{V1}/repositories", json=registration("rights"))
    path = made.headers["location"]
    again = root.post(f"{V1}/repositories", json=registration("rights", license="ISC"))
    assert again.status_code == 422
    assert "PUT /api/v1/repositories/ID/rights" in again.json()["hint"]
    tag = root.get(path).headers["etag"]
    said = {"owner": "core", "rights": "contract", "license": "ISC", "reason": "terms-changed"}
    assert root.put(f"{path}/rights", json=said).status_code == 428
    done = root.put(f"{path}/rights", json=said, headers={"If-Match": tag})
    assert done.json()["license"] == "ISC"
    assert done.headers["etag"] != tag
    late = root.put(f"{path}/rights", json=said, headers={"If-Match": tag})
    assert late.status_code == 412


def test_a_visit_tells_its_commands_and_a_repository_when_it_is_looked_at_next(api: Api) -> None:
    who = api["aud"]
    visit = items(who.get(f"{V1}/visits?limit=1"))[0]
    assert (visit["problem"], visit["do"]) == ("", "")
    told = who.get(f"{V1}/visits/{visit['id']}").json()
    assert told["visit"] == visit
    assert told["commands"][0]["line"].startswith("git ")
    state = who.get(f"{V1}/repositories/{visit['repository']}/sync").json()
    assert state["visits"][0] == told
    assert state["next_visit_at"].endswith("Z")
    for path in (f"visits/{visit['id']}", f"repositories/{visit['repository']}/sync"):
        assert api["reg"].get(f"{V1}/{path}").status_code == 404
    assert who.get(f"{V1}/visits/none").status_code == 404
