"""Releases without a script: what they passed, who sees which, and taking something back."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

import pyarrow.parquet as pq
import pytest

from cli.samples.canaries import canaries
from policies.decision import Tier
from policies.report.escape import display_text
from release.domain.grant import Purpose, Wish
from store.asking import Query
from store.catalog import GrantBook, ReleaseBook
from store.catalog.errands import ErrandKind
from tests.support.seeded import BEN, DORA, OWEN
from tests.support.taken_back import recall_of_its_own, withdraw_nothing
from tests.web.pages.conftest import Reader, Site, words_of
from workers.context import utc_now
from workers.reading import parse_url
from workers.reading.rows import FIELDS as ROW_FIELDS
from workers.reading.rows import list_rows


def release_of(site: Site, tier: Tier) -> str:
    """Return the path of the page of a tier's first release."""
    found = ReleaseBook(site.context.catalog, clock=utc_now).list_releases(tier)
    return f"/releases/{found[-1].id}"


@pytest.fixture(scope="module")
def dora(site: Site) -> Reader:
    """A consumer with a grant for releasable."""
    book = GrantBook(site.context.catalog, clock=utc_now)
    wish = Wish(consumer=DORA.name, tier=Tier.RELEASABLE, purpose=Purpose.INTERNAL_MODEL)
    book.add(book.draft(wish, utc_now() + timedelta(hours=1), by="ada"))
    return site.reader(DORA)


def test_a_release_tells_what_it_passed_and_what_is_in_it(site: Site, ada: Reader) -> None:
    site.settle()
    path = release_of(site, Tier.RELEASABLE)
    page = ada.get(path).text
    text = words_of(page)
    assert "36 of 70 files are in the release" in page
    assert "7 checks passed" in text
    assert "Nobody has pulled it" in text
    assert f"hf download shardgate/releasable --repo-type dataset --revision {path[10:]}" in text
    plot = ada.get(f"{path}/plots/languages.svg")
    assert plot.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in plot.headers["content-security-policy"]
    assert ada.get(f"{path}/plots/manifest.json").status_code == 404


def test_a_consumer_sees_what_was_granted_and_no_counts_of_other_rows(
    site: Site, dora: Reader
) -> None:
    page = dora.get("/releases").text
    out = ReleaseBook(site.context.catalog, clock=utc_now).list_releases(Tier.RELEASABLE)
    assert set(re.findall(r'href="/releases/(rel_\w+)"', page)) == {r.id for r in out if r.is_out}
    assert "/releases/new" not in page
    assert "Internal only" not in page
    released = dora.get(release_of(site, Tier.RELEASABLE)).text
    assert "In the other tier" not in released
    assert "Withdraw" not in released
    assert dora.get(release_of(site, Tier.INTERNAL_ONLY)).status_code == 404
    assert dora.get("/releases/new").status_code in (403, 404)


def test_the_rows_of_a_release_are_those_of_its_shards(
    site: Site, ada: Reader, dora: Reader
) -> None:
    site.settle()
    path = release_of(site, Tier.RELEASABLE)
    release = path.removeprefix("/releases/")
    folder = site.context.settings.shards_dir("releasable") / release
    columns = ["id", "path", "redactions"]
    shipped = pq.read_table(folder / "data", columns=columns).to_pylist()
    listed = partial(list_rows, site.context, release)
    found = listed(Query(limit=500)).items
    assert {(row.id, row.path, row.redactions) for row in found} == {
        (row["id"], row["path"], len(row["redactions"])) for row in shipped
    }
    parts = [
        listed(parse_url(f"redacted={word}&limit=500", ROW_FIELDS)).items for word in ("yes", "no")
    ]
    assert sorted(row.id for part in parts for row in part) == sorted(row.id for row in found)
    assert {row.id for row in parts[0]} == {row["id"] for row in shipped if row["redactions"]}

    assert f'href="{path}/rows"' in ada.get(path).text
    page = ada.get(f"{path}/rows", params={"path": "**/*.py"}).text
    shown = re.findall(r'class="path mono"[^>]*>([^<]+)<', page)
    assert shown == [display_text(row.path) for row in found if row.path.endswith(".py")] != []
    assert "/why/repo_" in page
    assert "/why/" not in dora.get(f"{path}/rows").text
    assert "/exports/" not in dora.get(f"{path}/rows").text
    taken = ada.get(f"/exports{path}/rows.csv", params={"redacted": "yes"})
    assert len(taken.text.splitlines()) == len(parts[0]) + 1
    assert dora.get(f"/exports{path}/rows.csv").status_code in (403, 404)


def test_rows_are_listed_of_what_is_out_and_whole(site: Site, ada: Reader, dora: Reader) -> None:
    site.settle()
    internal = release_of(site, Tier.INTERNAL_ONLY)
    assert ada.get(f"{internal}/rows").status_code == 200
    assert dora.get(f"{internal}/rows").status_code == 404
    assert ada.get("/releases/rel_nothing/rows").status_code == 404
    recalled = recall_of_its_own(site.context).releases[0].release_id
    assert ada.get(f"/releases/{recalled}").status_code == 200
    assert ada.get(f"/releases/{recalled}/rows").status_code == 404
    assert "/rows" not in ada.get(f"/releases/{recalled}").text


def test_nothing_of_a_release_is_told_between_a_withdrawal_and_the_look_at_it(
    site: Site, ada: Reader, dora: Reader
) -> None:
    site.settle()
    path = release_of(site, Tier.RELEASABLE)
    told = (f"{path}/rows", f"{path}/plots/repositories.svg")
    assert [dora.get(at).status_code for at in told] == [200, 200]
    assert "/plots/" in dora.get(path).text
    withdraw_nothing(site.context)
    for reader in (ada, dora):
        answers = [reader.get(at) for at in told]
        assert [answer.status_code for answer in answers] == [503, 503]
        assert "nothing is handed out before releases were looked at" in answers[0].text
        page = reader.get(path).text
        assert "It waits to be looked at again" in words_of(page)
        assert "/plots/" not in page
        assert "/rows" not in page
    site.settle()
    assert [dora.get(at).status_code for at in told] == [200, 200]


def test_who_may_not_build_is_offered_no_build(site: Site) -> None:
    ben = site.reader(BEN)
    assert "/releases/new" not in ben.get("/releases").text
    assert ben.get("/releases/new").status_code == 403
    assert site.reader(OWEN).get("/releases").status_code == 404


def test_a_build_says_what_it_would_find_and_begins_an_operation(site: Site, ada: Reader) -> None:
    form = ada.get("/releases/new").text
    assert "files as decided now" in words_of(form)
    refused = ada.post("/releases", form, tier="releasable", accept_loss="no-such-repository")
    assert refused.status_code == 422
    begun = ada.post("/releases", form, tier="releasable", redaction="placeholder")
    assert begun.headers["location"].startswith("/operations/run_")


def test_a_withdrawal_is_looked_at_before_it_is_made(site: Site, ada: Reader) -> None:
    form = ada.get("/withdrawals/new").text
    wish = {"selector": "repository", "scope": "all", "reason": "RIGHTS_CLAIM"}
    whole = wish | {"repository": "harbor-gateway", "comment": "A claim came in."}
    at = ada.post("/withdrawals/forecast", form, **whole).headers["location"]
    assert "Finding out what it would take back" in words_of(ada.get(at).text)
    site.find_out(ErrandKind.FORECAST)
    told = ada.get(at)
    assert "A claim came in." in told.text
    assert "Nothing was written yet" in words_of(told.text)
    assert re.search(r"[1-9]\d* rows of releases", words_of(told.text))
    assert "Withdraw it now" in told.text
    nowhere = ada.post("/withdrawals/forecast", form, **(whole | {"repository": ""}))
    assert nowhere.status_code == 422
    assert "Say why" in ada.post("/withdrawals", form, **(whole | {"comment": " "})).text
    token = canaries()["github_token"].text
    placed = whole | {"selector": "path", "value": f"deploy/{token}/**"}
    for path in ("/withdrawals/forecast", "/withdrawals"):
        refused = ada.post(path, form, **placed)
        assert (refused.status_code, "looks like a secret" in refused.text) == (422, True)
