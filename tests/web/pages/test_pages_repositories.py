"""Repositories without a script: the list, files by tier, registering; and where people begin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.domain.problem import WORDS, Problem
from ingest.domain.repository import GitCommand, Repository, RightsBasis, Visit, VisitStatus
from store.catalog import HostBook
from tests.support.seeded import ADA, DORA, HOSTILE, IMAGE, SCRIPT, settings_of
from tests.web.pages.conftest import Reader, Site, words_of
from web.app import create_app
from workers.context import utc_now
from workers.reading.syncing import tell_visit


def test_the_list_tells_how_files_stand_and_what_they_wait_for(ada: Reader) -> None:
    page = ada.get("/repositories").text
    text = words_of(page)
    assert "4 repositories" in text
    assert "0 of 13 files releasable" in text
    assert "No consent" in text
    assert "Security 2 waiting" in text
    assert SCRIPT not in page


def test_a_repository_shows_its_files_by_tier_and_what_is_new(site: Site, ada: Reader) -> None:
    page = ada.get(site.repository(HOSTILE)).text
    text = words_of(page)
    assert "6 of 8 files may be released" in text
    assert "1 added, 1 changed, 0 removed" in text
    assert "0 new, 0 gone, 1 carried over" in text
    assert "right\\u{202e}yp.tra" in text
    assert SCRIPT not in page
    assert IMAGE not in page


def test_a_folder_is_opened_by_its_url(site: Site, ada: Reader) -> None:
    path = site.repository("harbor-billing")
    text = words_of(ada.get(f"{path}?folder=src/harbor_billing").text)
    assert "settings.py" in text
    assert "pyproject.toml" not in text
    part = ada.client.get(f"{path}?folder=src", headers={"HX-Request": "true", "HX-Target": "tree"})
    assert "<html" not in part.text


def test_a_repository_is_taken_out_of_the_corpus_and_back(site: Site, ada: Reader) -> None:
    path = site.repository("harbor-gateway")
    page = ada.get(path).text
    ada.post(f"{path}/retire", page, comment="It is being split.")
    out = words_of(ada.get(path).text)
    assert "retired: It is being split." in out
    ada.post(f"{path}/restore", page)
    assert "retired" not in words_of(ada.get(path).text)


def test_people_begin_with_the_first_steps_and_then_with_what_is_theirs(site: Site) -> None:
    reader = site.reader(ADA)
    assert reader.get("/").headers["location"] == "/start"
    page = reader.get("/start").text
    assert "Pull it" in words_of(page)
    reader.post("/start/dismiss", page)
    assert reader.get("/").headers["location"] == "/inbox/legal"
    assert site.reader(DORA).get("/").headers["location"] == "/releases"


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("rel_5", "/releases/rel_5"),
        ("grp_0", "/groups/grp_0"),
        ("run_7", "/operations/run_7"),
    ],
)
def test_an_id_leads_to_its_page(ada: Reader, asked: str, led: str) -> None:
    assert ada.get(f"/find?q={asked}").headers["location"] == led


def test_a_name_leads_to_its_repository_and_other_words_to_a_list(site: Site, ada: Reader) -> None:
    found = ada.get("/find?q=harbor-billing")
    assert found.headers["location"] == site.repository("harbor-billing")
    assert "harbor-gateway" in words_of(ada.get("/find?q=harbor").text)
    assert "Nothing fits" in words_of(ada.get("/find?q=nothing+like+it").text)


def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(ada: Reader) -> None:
    page = ada.get("/repositories/repo_none")
    assert page.status_code == 404
    assert "<h1>" in page.text
    other = ada.client.get("/repositories/repo_none", headers={"Accept": "application/json"})
    assert other.headers["content-type"] == "application/problem+json"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Site]:
    """A site of its own, with nothing but its people: what is registered there is seen nowhere."""
    app = create_app(settings_of(tmp_path / "home"))
    users = app.state.services.door.users
    users.add(ADA.name, ADA.roles, actor="root")
    yield Site(app=app)
    app.state.services.context.catalog.close()


def test_what_went_wrong_is_told_in_plain_words_with_what_to_do(empty: Site) -> None:
    url = "https://git.example.com/team/gone"
    repository = Repository(
        id="repo_gone",
        url=url,
        name="gone",
        owner="payments-team",
        rights_basis=RightsBasis.CONTRACT,
        license="MIT",
        release_consent=False,
        consent_until=None,
        evidence="",
    )
    command = GitCommand(
        argv=("fetch", "--prune", url),
        returncode=128,
        milliseconds=2100,
        message="fatal: not found",
    )
    visit = Visit(
        repository_id=repository.id,
        started_at=utc_now(),
        finished_at=utc_now(),
        status=VisitStatus.FAILED,
        cause="fatal: not found",
        head_commit="",
        branch="",
        refs_digest="",
        ref_count=0,
        problem=Problem.AUTH_FAILED.value,
        commands=(command,),
    )
    catalog = empty.context.catalog
    catalog.save_repository(repository)
    visit_id = catalog.add_visit(visit)
    book = HostBook(catalog, utc_now)
    book.pause("git.example.com", actor="ada", reason="It moves tonight.")
    text = words_of(empty.reader(ADA).get("/repositories/repo_gone").text)
    words = WORDS[Problem.AUTH_FAILED]
    for told in (words.says, words.do, "git said: fatal: not found", "It moves tonight."):
        assert told in text
    assert f"git fetch --prune {url}" in text
    assert "ended with 128 after 2.1 s" in text
    assert "never told of a push" in text
    assert tell_visit(empty.context, visit_id).visit.do == words.do
