"""What the API finds out beside a request: previews, discoveries, liftings; hosts; values."""

from __future__ import annotations

from datetime import timedelta

from store.catalog import AuditLog
from store.catalog.errands import ErrandKind
from tests.support.working import find_out
from tests.web.api.conftest import Api
from tests.web.api.test_api_nouns import V1, items
from workers.context import utc_now
from workers.discovery.model import (
    DiscoveryPlan,
    Group,
    Kind,
    PlannedRepository,
    Standing,
)
from workers.errands import ask_lift, errand_book
from workers.reading.page import as_json


def test_a_repository_is_looked_at_before_it_is_registered(api: Api) -> None:
    known = api.services.context.catalog.list_repositories()
    source = next(repository.url for repository in known if "harbor" in repository.name)
    wish = {"url": source, "forecast": False}
    begun = api["reg"].post(f"{V1}/repositories/previews", json=wish)
    path, told_at = begun.headers["location"], begun.json()["result"]
    assert api["reg"].get(path).json()["says"] == "It waits for a worker."
    seen = api.found("reg", begun)
    assert seen.status_code == 200, seen.text
    assert seen.json()["files"]["files"] > 0
    assert seen.json()["is_registered"]
    over = api["reg"].get(path).json()
    assert (over["kind"], over["state"], over["by"]) == ("preview", "done", "reg")
    # Another one's questions are not there for who sees their own only.
    for hidden in (path, told_at):
        assert api["con"].get(hidden).status_code == 404
    refused = api["reg"].post(f"{V1}/repositories/previews", json={"url": "ext::sh"})
    assert refused.status_code == 422
    assert api["root"].get(f"{V1}/discoveries/{begun.json()['operation']}").status_code == 404


def planned(number: int, standing: Standing) -> PlannedRepository:
    return PlannedRepository(
        standing=standing,
        full_name=f"acme/found-{number}",
        url=f"https://git.example.com/acme/found-{number}",
        repository_id="",
        remote_id=str(number),
        reason="",
    )


def test_of_what_a_host_lists_some_are_registered(api: Api) -> None:
    wish = {"kind": "gitea", "group": "acme"}
    assert api["root"].post(f"{V1}/discoveries", json=wish).status_code == 422
    assert api["reg"].post(f"{V1}/discoveries", json=wish).status_code == 404
    begun = api["root"].post(f"{V1}/discoveries", json=wish | {"host": "git.example.com"}).json()
    path = begun["result"]
    assert api["root"].get(path).status_code == 409
    group = Group(kind=Kind.GITEA, host="git.example.com", name="acme")
    found = [planned(1, Standing.NEW), planned(2, Standing.NEW), planned(3, Standing.LEFT_OUT)]
    plan = as_json(DiscoveryPlan(group=group, items=found, requests=1))
    book = errand_book(api.services.context)
    while book.claim(timedelta(minutes=1), [ErrandKind.DISCOVER]) is not None:
        pass
    assert book.finish(begun["operation"], plan)
    assert len(api["root"].get(path).json()["items"]) == 3
    terms = {"owner": "platform", "rights": "contract", "license": "MIT"}
    ask = terms | {"only": ["2", "3"]}
    done = api["root"].post(f"{path}/registrations", json=ask).json()
    assert [(o["full_name"], o["outcome"]["action"]) for o in done] == [("acme/found-2", "add")]
    dry = api["root"].post(f"{path}/registrations", json=terms | {"dry_run": True}).json()
    assert [o["outcome"]["action"] for o in dry] == ["add", "unchanged"]


def test_a_host_is_paused_and_resumed(api: Api) -> None:
    path = f"{V1}/hosts/paused.example.com"
    assert api["rel"].post(f"{path}/pause", json={"reason": "It moves."}).status_code == 403
    told = api["root"].post(f"{path}/pause", json={"reason": "It moves."})
    assert (told.json()["paused_by"], told.json()["reason"]) == ("root", "It moves.")
    names = [h["name"] for h in api["aud"].get(f"{V1}/hosts").json() if h["paused_at"]]
    assert "paused.example.com" in names
    assert api["root"].post(f"{path}/resume").json()["host"]["paused_at"] is None
    assert api["root"].post(f"{path}/resume").status_code == 422


def test_lines_are_masked_and_a_value_is_seen_with_a_reason_that_is_kept(api: Api) -> None:
    api.decide()
    found = items(api["ina"].get(f"{V1}/groups?kind=finding&lane=security&limit=500"))
    path = f"{V1}/groups/{found[0]['id']}"
    (first, *_) = api["aud"].get(f"{path}/snippets").json()
    segments = [s for line in first["lines"] for s in line["segments"]]
    assert any(s["is_hit"] and s["is_masked"] for s in segments)
    assert api["aud"].post(f"{path}/unmask", json={"reason": "incident"}).status_code == 403
    assert api["ina"].post(f"{path}/unmask", json={"reason": "curious"}).status_code == 422
    beyond = {"reason": "incident", "place": 49}
    assert api["ina"].post(f"{path}/unmask", json=beyond).status_code == 404
    seen = api["ina"].post(f"{path}/unmask", json={"reason": "incident"})
    value = seen.json()["value"]
    assert value
    assert value not in "".join(s["text"] for s in segments)
    (entry,) = AuditLog(api.services.context.catalog, utc_now).entries()[-1:]
    assert (entry.actor, entry.action) == ("ina", "finding.unmask")
    assert value not in str(entry)


def test_a_recall_that_does_not_stand_is_not_lifted_and_that_is_told(api: Api) -> None:
    assert api["rel"].post(f"{V1}/recalls/rcl_none/lift").status_code == 404
    context = api.services.context
    asked = ask_lift(context, "rcl_none", actor="rel")
    find_out(context, [ErrandKind.LIFT])
    over = api["rel"].get(f"{V1}/operations/{asked}").json()
    assert (over["kind"], over["state"]) == ("lift", "failed")
    assert "no recall of whole releases" in over["says"]
