"""Several proposals are decided on in one request, each by itself."""

from __future__ import annotations

from typing import Any

from ingest.domain.repository import Repository
from tests.web.api.conftest import Api
from web.api.asking import PREFIX as V1


def proposed(api: Api, name: str, comment: str) -> dict[str, Any]:
    """Ask as somebody for all paths of a repository to stay internal."""
    repositories: list[Repository] = api.services.context.anew().catalog.list_repositories()
    body = {
        "kind": "keep_internal",
        "comment": comment,
        "repository": repositories[0].id,
        "pattern": f"nowhere/{name}/{comment[-1]}/*",
        "lane": "legal",
    }
    made = api[name].post(f"{V1}/decisions", json=body)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def looked(review: dict[str, Any], version: int | None = None) -> dict[str, Any]:
    return {"decision": review["id"], "if_match": version or review["version"]}


def decided(api: Api, name: str, step: str, *which: dict[str, Any]) -> list[dict[str, Any]]:
    body = {"step": step, "comment": "looked at each", "decisions": list(which)}
    answer = api[name].post(f"{V1}/decisions/batch", json=body)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def test_each_of_several_proposals_has_its_outcome(api: Api) -> None:
    first, second, third = (proposed(api, "ina", f"not for release {n}") for n in "abc")
    mine = proposed(api, "jon", "not for release d")
    told = decided(
        api,
        "jon",
        "approve",
        looked(first),
        looked(second, version=7),
        looked(mine),
        {"decision": "rvw_nowhere", "if_match": 1},
        looked(third),
    )
    assert [one["outcome"] for one in told] == ["done", "changed", "refused", "refused", "done"]
    assert [one["state"] for one in told] == ["active", "proposed", "proposed", None, "active"]
    assert [one["version"] for one in told] == [2, 1, 1, 0, 2]
    assert told[2]["refusal"] == "You asked for it: another person decides on it."
    rejected = decided(api, "jon", "reject", looked(second), looked(first, version=2))
    assert [one["outcome"] for one in rejected] == ["done", "refused"]
    assert rejected[0]["state"] == "rejected"


def test_whoever_asked_agrees_to_nothing_of_theirs_whatever_they_are(api: Api) -> None:
    own = proposed(api, "all", "not for release e")
    (told,) = decided(api, "all", "approve", looked(own))
    assert (told["outcome"], told["state"]) == ("refused", "proposed")
    body = {"step": "approve", "comment": "x", "decisions": [looked(own)]}
    for name, status in (("root", 403), ("rel", 403), ("aud", 403), ("reg", 404), ("con", 404)):
        assert api[name].post(f"{V1}/decisions/batch", json=body).status_code == status


def test_a_batch_names_each_proposal_once(api: Api) -> None:
    own = proposed(api, "ina", "not for release f")
    body = {"step": "approve", "comment": "x", "decisions": [looked(own), looked(own)]}
    assert api["jon"].post(f"{V1}/decisions/batch", json=body).status_code == 422
    assert api["jon"].get(f"{V1}/decisions/{own['id']}").json()["state"] == "proposed"
