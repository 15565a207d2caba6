"""One file told over the API: why it is where it is, and what would release it."""

from __future__ import annotations

from urllib.parse import quote

from policies.decision import Outcome
from policies.report.escape import display_path
from tests.support.seeded import HOSTILE
from tests.web.api.conftest import Api
from web.api.asking import PREFIX as V1
from workers.corpus import corpus_keys, load_decisions


def files_of(api: Api, name: str) -> tuple[str, dict[bytes, str]]:
    """Return the id of a repository, and path to outcome of its files."""
    api.decide()
    context = api.services.context.anew()
    (found,) = (r for r in context.catalog.list_repositories() if r.name == name)
    decisions = load_decisions(context, corpus_keys(context))
    assert decisions is not None
    rows = decisions.select(["repo_id", "path", "outcome"]).to_pylist()
    return found.id, {r["path"]: r["outcome"] for r in rows if r["repo_id"] == found.id}


def test_every_file_is_told_whatever_the_bytes_of_its_path(api: Api) -> None:
    repository, files = files_of(api, HOSTILE)
    base = f"{V1}/repositories/{repository}"
    assert b"\xff\xfe.py" in files
    for path, outcome in files.items():
        told = api["aud"].get(f"{base}/why?path={quote(path, safe='')}")
        assert told.status_code == 200, told.text
        record = told.json()
        assert (record["repo_id"], record["outcome"]) == (repository, outcome)
        assert record["path"] == display_path(path) or "****" in record["path"]
        assert record["rules"] or outcome == Outcome.RELEASABLE
    held = next(path for path, outcome in files.items() if outcome != Outcome.RELEASABLE)
    way = api["aud"].get(f"{base}/why-not?path={quote(held, safe='')}").json()
    assert way["outcome"] == files[held]
    assert way["ways"] or way["dead_ends"]
    assert all(
        {"kind", "subject", "lane", "fingerprints"} == step.keys()
        for steps in way["ways"]
        for step in steps
    )


def test_what_is_not_there_or_may_not_be_seen_is_a_404(api: Api) -> None:
    repository, files = files_of(api, HOSTILE)
    path = quote(next(iter(files)), safe="")
    base = f"{V1}/repositories/{repository}"
    for what in ("why", "why-not"):
        assert api["aud"].get(f"{base}/{what}?path=no/such").status_code == 404
        assert api["reg"].get(f"{base}/{what}?path={path}").status_code == 404
        assert api["con"].get(f"{base}/{what}?path={path}").status_code == 404
        for odd in ("", "?path=", "?path=a&path=b", f"?path={'x' * 5000}"):
            assert api["aud"].get(f"{base}/{what}{odd}").status_code == 422


def test_the_single_approvals_that_would_release_most_are_ranked(api: Api) -> None:
    api.decide()
    assert api["reg"].post(f"{V1}/unlocks").status_code == 404
    ranked = api.found("ina", api["ina"].post(f"{V1}/unlocks")).json()
    sizes = [item["bytes"] for item in ranked["items"]]
    assert sizes == sorted(sizes, reverse=True)
    assert ranked["total"] == len(sizes) > 0
    assert all(item["repository"] and item["files"] for item in ranked["items"])
