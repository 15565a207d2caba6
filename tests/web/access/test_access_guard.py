"""Around every route: headers, ids, limits, reports of browsers, and errors nobody expected."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator

import anyio
import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.responses import StreamingResponse
from structlog.testing import capture_logs

from tests.web.access.conftest import Site, token_of
from web.access import client_address, local_path
from web.access.guard import CONTENT_SECURITY_POLICY, Guard
from web.access.limits import Buckets
from web.access.principal import KNOWN
from web.problems import add_problem_handlers
from workers.settings import Settings


@pytest.fixture
def small() -> Iterator[TestClient]:
    """An application of three routes behind a guard with small limits."""
    app = FastAPI()
    add_problem_handlers(app)
    app.add_middleware(
        Guard, settings=Settings(web_rate=2.0, web_max_body_bytes=2_000, web_proxies=1)
    )

    @app.post("/echo")
    async def echo(request: Request) -> dict[str, object]:
        setattr(request.state, KNOWN, request.headers.get("authorization") in ("ann", "bob"))
        return {"bytes": len(await request.body()), "address": request.state.address}

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("a value that nobody may read")

    @app.get("/livez")
    def livez() -> dict[str, str]:
        return {}

    with TestClient(app, base_url="https://x") as client:
        yield client


@pytest.mark.parametrize(
    "path", ["/login", "/livez", "/nothing", "/hub/api/whoami-v2", "/openapi.json"]
)
def test_every_answer_tells_browsers_what_not_to_do(site: Site, path: str) -> None:
    headers = site.browser().get(path).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["strict-transport-security"].startswith("max-age=31536000")


def test_a_request_id_is_taken_over_when_it_is_one(small: TestClient) -> None:
    assert small.get("/livez", headers={"X-Request-ID": "abc-12345"}).headers["x-request-id"] == (
        "abc-12345"
    )
    made = small.get("/livez", headers={"X-Request-ID": "no id\\"}).headers["x-request-id"]
    assert len(made) == 32
    assert "strict-transport-security" not in small.get("/livez").headers


def test_bodies_end_at_the_limit_whatever_they_say(small: TestClient) -> None:
    assert small.post("/echo", content=b"x" * 2_000).json()["bytes"] == 2_000
    assert small.post("/echo", content=b"x" * 2_001).status_code == 413
    assert small.post("/echo", content=iter([b"x" * 1_000] * 3)).status_code == 413


def test_who_asks_too_often_waits_and_others_do_not(small: TestClient) -> None:
    ann, bob = ({"Authorization": name} for name in ("ann", "bob"))
    told = [small.post("/echo", headers=ann).status_code for _ in range(14)]
    assert told[:10] == [200] * 10
    assert told[-1] == 429
    refused = small.post("/echo", headers=ann)
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.headers["content-type"] == "application/problem+json"
    assert small.post("/echo", headers=bob).status_code == 200
    for _ in range(20):
        assert small.get("/livez", headers=ann).status_code == 200


def test_what_nobody_was_let_in_by_is_no_bucket_of_its_own(small: TestClient) -> None:
    told = [
        small.post("/echo", headers={"Authorization": f"new {n}"}).status_code for n in range(14)
    ]
    assert told[:10] == [200] * 10
    assert told[-1] == 429


def test_who_shows_ever_new_tokens_that_are_none_waits_and_their_neighbour_does_not(
    site: Site,
) -> None:
    neighbour = site.logged_in("bob")
    assert neighbour.post("/logout").status_code == 403
    browser = site.browser()
    told = [
        browser.get("/hub/api/whoami-v2", headers={"Authorization": f"Bearer {n}"}).status_code
        for n in range(250)
    ]
    assert set(told) == {401, 429}
    assert told[:100] == [401] * 100
    assert browser.get("/login").status_code == 200
    # A session that was let in from the same address goes on.
    assert neighbour.post("/logout").status_code == 403


def test_buckets_refill_and_forget_the_quietest() -> None:
    now = 0.0
    buckets = Buckets(2.0, clock=lambda: now)
    assert [buckets.take("a") for _ in range(10)] == [0.0] * 10
    assert buckets.take("a") == pytest.approx(0.5)
    assert buckets.wait("a") == pytest.approx(0.5)
    now = 0.5
    assert buckets.take("a") == 0.0
    for number in range(10_001):
        buckets.take(str(number))
    assert buckets.wait("a") == 0.0


def test_an_error_tells_its_kind_and_place_and_nothing_it_says(small: TestClient) -> None:
    with capture_logs() as logs:
        answer = small.get("/broken")
    assert answer.status_code == 500
    assert answer.json()["title"] == "Unexpected RuntimeError; this is a defect."
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    (defect,) = [entry for entry in logs if entry["event"] == "web.defect"]
    assert any("test_access_guard" in place for place in defect["where"])
    assert "a value" not in json.dumps([logs, answer.text])
    (answered,) = [entry for entry in logs if entry["event"] == "web.answered"]
    assert (answered["route"], answered["status"]) == ("/broken", 500)


@pytest.mark.parametrize(
    ("proxies", "said", "address"),
    [
        (0, "6.6.6.6", "10.0.0.9"),
        (1, "6.6.6.6, 192.0.2.7", "192.0.2.7"),
        (2, "6.6.6.6, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        (2, "192.0.2.7", "10.0.0.9"),
        (1, "", "10.0.0.9"),
    ],
)
def test_only_trusted_proxies_say_where_somebody_is(proxies: int, said: str, address: str) -> None:
    scope = {"client": ("10.0.0.9", 1), "headers": [(b"x-forwarded-for", said.encode())]}
    assert client_address(scope, proxies) == address


def test_a_report_is_logged_without_what_a_page_held(site: Site) -> None:
    report = {
        "csp-report": {
            "document-uri": "https://shardgate.example/groups/1?q=hidden#x",
            "violated-directive": "script-src 'self'",
            "blocked-uri": "inline",
            "script-sample": "alert(1)",
        }
    }
    with capture_logs() as logs:
        browser = site.browser()
        headers = {"Content-Type": "application/csp-report"}
        assert browser.post("/csp-reports", json=report, headers=headers).status_code == 204
    (entry,) = [e for e in logs if e["event"] == "web.csp_violation"]
    assert entry["directive"] == "script-src 'self'"
    assert entry["page"] == "/groups"
    assert "hidden" not in json.dumps(logs)
    assert "alert" not in json.dumps(logs)


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b'{"csp-report": 7}', b'"csp-report"', b"\xff"])
def test_what_is_no_report_is_refused(site: Site, body: bytes) -> None:
    assert site.browser().post("/csp-reports", content=body).status_code == 400


def test_a_report_ends_at_its_own_limit(site: Site) -> None:
    assert site.browser().post("/csp-reports", content=b"x" * 20_000).status_code == 413


@pytest.mark.parametrize("path", ["/", "/a?b=c", "/inbox/legal?rule=x&rule=y"])
def test_local_paths_stay_as_they_are(path: str) -> None:
    assert local_path(path) == path


def test_the_form_of_a_page_is_tied_to_its_browser(site: Site) -> None:
    one, two = (token_of(site.browser().get("/login").text) for _ in range(2))
    assert one != two


def busy(gate: anyio.Event) -> FastAPI:
    """An application in which two requests may wait, whose routes answer once a gate opens."""
    app = FastAPI()
    add_problem_handlers(app)
    app.add_middleware(Guard, settings=Settings(web_waiting=2))

    @app.get("/slow")
    async def slow() -> None:
        await gate.wait()

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"begun"
            await gate.wait()

        return StreamingResponse(parts())

    @app.get("/livez")
    async def livez() -> None:
        """Answer at once."""

    return app


def test_what_cannot_be_answered_in_time_is_refused_and_answers_that_go_on_do_not_count() -> None:
    async def run() -> None:
        gate, told = anyio.Event(), list[int]()
        transport = httpx.ASGITransport(app=busy(gate))
        async with httpx.AsyncClient(transport=transport, base_url="https://x") as client:

            async def ask(path: str) -> None:
                told.append((await client.get(path)).status_code)

            async with anyio.create_task_group() as tasks:
                for path in ("/stream", "/stream", "/stream", "/slow", "/slow"):
                    tasks.start_soon(ask, path)
                    await anyio.wait_all_tasks_blocked()
                refused = await client.get("/slow")
                assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
                assert (await client.get("/stream")).status_code == 503
                assert (await client.get("/livez")).status_code == 200
                gate.set()
            assert told == [200] * 5
            assert (await client.get("/slow")).status_code == 200

    # In a thread of its own: browsers that other tests drive keep a loop in this one.
    with start_blocking_portal() as portal:
        portal.call(run)
