"""Operations without a script: what runs, what is parked, and which hosts hold."""

from __future__ import annotations

import re

from store.catalog import JobSpec
from tests.support.seeded import BEN, DORA, OWEN
from tests.web.pages.conftest import Reader, Site, words_of
from workers.hosts import host_book


def test_the_list_says_why_nothing_moves_and_what_it_runs_on(ada: Reader) -> None:
    text = words_of(ada.get("/operations").text)
    assert "Visit and decide" in text
    assert re.search(r"[\d.]+ GB free of", text)
    assert "Secrets" in text
    part = ada.client.get(
        "/operations?state=done", headers={"HX-Request": "true", "HX-Target": "list"}
    )
    assert "<html" not in part.text


def test_an_operation_tells_its_stages_in_their_order(ada: Reader) -> None:
    page = ada.get("/operations?state=done").text
    *_, first = re.findall(r"/operations/run_[0-9a-z]+", page)
    text = words_of(ada.get(first).text)
    assert text.index("Fetch") < text.index("List files") < text.index("Look into files")
    assert ada.get("/operations/run_none").status_code == 404


def test_one_that_runs_is_told_live_and_is_read_without_a_script(site: Site, ada: Reader) -> None:
    run_id = site.context.jobs.start_run("sync", {}, _one_job)
    page = ada.get(f"/operations/{run_id}").text
    (events,) = re.findall(r'data-events="([^"]+)"', page)
    assert f'<a href="/operations/{run_id}">Look again</a>' in page
    assert re.search(r'<script src="/static/[0-9a-f]+/live.js" defer></script>', page)
    taken = site.context.jobs.claim(_one_job(run_id)[0].id, "tester", 60)
    assert taken is not None
    site.context.jobs.complete(taken)
    site.context.jobs.finish_run(run_id)
    told = ada.get(events)
    assert told.headers["content-type"].startswith("text/event-stream")
    assert told.text.startswith("event: end")
    over = ada.get(f"/operations/{run_id}").text
    assert "data-events" not in over
    assert "live.js" not in over


def test_a_parked_job_starts_over(site: Site, ada: Reader) -> None:
    jobs = site.context.jobs
    run_id = jobs.start_run("sync", {}, _one_job)
    job_id = _one_job(run_id)[0].id
    taken = jobs.claim(job_id, "tester", 60)
    assert taken is not None
    jobs.fail(taken, "The disk is full.", None)
    page = ada.get("/operations").text
    assert "The disk is full." in page
    answer = ada.post(f"/operations/parked/{job_id}/retry", page, next=f"/operations/{run_id}")
    assert answer.headers["location"] == f"/operations/{run_id}"
    assert "The disk is full." not in ada.get("/operations").text
    again = ada.post(f"/operations/parked/{job_id}/retry", page, next="https://evil.example/")
    assert again.headers["location"] == "/"


def test_a_host_is_paused_with_a_reason_and_resumed(site: Site, ada: Reader) -> None:
    page = ada.get("/operations").text
    ada.post("/operations/hosts/git.example.com/pause", page, reason="It is being moved.")
    assert host_book(site.context).find("git.example.com").is_paused
    assert "ada: It is being moved." in words_of(ada.get("/operations").text)
    ada.post("/operations/hosts/git.example.com/resume", page)
    assert not host_book(site.context).find("git.example.com").is_paused


def _one_job(run_id: str) -> list[JobSpec]:
    return [JobSpec.of(run_id=run_id, stage="mirror", scope="", subject="nobody")]


def test_who_may_not_retry_sees_no_button(site: Site) -> None:
    ben = site.reader(BEN)
    assert "/retry" not in ben.get("/operations").text
    for person in (DORA, OWEN):
        assert site.reader(person).get("/operations").status_code == 404


def test_who_registers_follows_what_they_asked_for_and_nothing_else(site: Site) -> None:
    owen = site.reader(OWEN)
    form = owen.get("/repositories/new").text
    url = "https://git.example.com/team/mine"
    asked = owen.post("/repositories/previews", form, url=url).headers["location"]
    errand = asked.rpartition("/")[2]
    text = words_of(owen.get(f"/operations/{errand}").text)
    assert "Look at a repository" in text
    assert "It waits for a worker." in text
    runs = site.context.jobs.running_runs() or ["run_none"]
    assert owen.get(f"/operations/{runs[0]}").status_code == 404
    assert "/operations" not in owen.get("/repositories/new").text
