"""Traces go from a request over a message to a job, and hold ids and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.trace import SpanKind

from ingest.errors import TerminalError
from web.access.guard import Guard
from workers import waking
from workers.runner import run_job
from workers.settings import Settings
from workers.tracing import TRACEPARENT, carried, configure_tracing, span

SECRET = "in/a/path/of-somebody"


class Exported:
    """Spans that a real provider exported to memory."""

    def __init__(self) -> None:
        sdk = pytest.importorskip("opentelemetry.sdk.trace", reason="requirements/otel.txt")
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

        self._memory = InMemorySpanExporter()
        self.provider = sdk.TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self._memory))

    @property
    def spans(self) -> list[Any]:
        return list(self._memory.get_finished_spans())

    def named(self, name: str) -> Any:
        (found,) = [s for s in self.spans if s.name == name]
        return found


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> Iterator[Exported]:
    found = Exported()
    # A process has one provider for good; a test has its own.
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", found.provider)
    yield found
    found.provider.shutdown()


class Channel:
    """Keeps the headers of what is published."""

    def __init__(self) -> None:
        self.headers: list[dict[str, Any]] = []

    def Producer(self) -> Channel:  # noqa: N802 - as kombu names it
        return self

    def publish(self, body: object, **options: Any) -> None:
        self.headers.append(options["headers"])


def test_a_message_carries_the_trace_of_who_sent_it(exported: Exported) -> None:
    channel = Channel()
    with span("asked", SpanKind.SERVER, {}):
        waking._publish(channel, "job_1", "shardgate.scan")
    (headers,) = channel.headers
    with span("work", SpanKind.CONSUMER, {"shardgate.job": "job_1"}, parent=headers[TRACEPARENT]):
        pass
    asked, work = exported.named("asked"), exported.named("work")
    assert work.context.trace_id == asked.context.trace_id
    assert work.parent.span_id == asked.context.span_id


def test_what_an_error_says_is_in_no_span(exported: Exported) -> None:
    with pytest.raises(TerminalError), span("decide", SpanKind.INTERNAL, {}):
        raise TerminalError(SECRET)
    failed = exported.named("decide")
    assert failed.attributes["error.type"] == "TerminalError"
    assert SECRET not in failed.to_json()


def test_a_job_is_a_span_of_ids(exported: Exported) -> None:
    job = SimpleNamespace(
        id="job_1", run_id="run_1", stage="mirror", scope="repo_1", subject=SECRET, attempt=1
    )
    seen: list[str] = []
    jobs = SimpleNamespace(
        claim=lambda *_: job,
        fail=lambda *_: True,
        heartbeat=lambda *_: True,
        settle=lambda *_: [],
    )
    catalog = SimpleNamespace(find_by_id=lambda _: seen.append(carried()[TRACEPARENT]))
    context = SimpleNamespace(jobs=jobs, catalog=catalog, settings=Settings())
    assert run_job(context, "job_1", lambda _: None)  # type: ignore[arg-type]
    found = exported.named("mirror")
    assert f"{found.context.span_id:016x}" in seen[0]
    assert set(found.attributes) == {
        *(f"shardgate.{name}" for name in ("job", "run", "repository", "attempt")),
        "error.type",
    }
    assert SECRET not in found.to_json()


def test_a_request_is_a_span_of_its_route_and_not_of_its_path(exported: Exported) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["route"] = SimpleNamespace(path="/why/{repository_id}/{path:path}")
        await send({"type": "http.response.start", "status": 503, "headers": []})

    async def send(_: Any) -> None:
        return

    async def ask(proxies: int) -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/why/repo_1/{SECRET}",
            "headers": [(b"traceparent", b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01")],
            "client": ("127.0.0.1", 1),
        }
        await Guard(app, Settings(web_proxies=proxies))(scope, ask, send)  # type: ignore[arg-type]

    asyncio.run(ask(0))
    asyncio.run(ask(1))
    direct, behind = exported.spans
    for found in (direct, behind):
        assert found.name == "GET /why/{repository_id}/{path:path}"
        assert found.attributes["http.response.status_code"] == 503
        assert SECRET not in found.to_json()
    assert direct.parent is None
    assert f"{behind.context.trace_id:032x}" == "a" * 32


def test_without_the_packages_it_is_said_once_and_all_else_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry.exporter.otlp", None)
    with structlog.testing.capture_logs() as logs:
        assert not configure_tracing(Settings(otel=True), "web")
        assert not configure_tracing(Settings(), "web")
    assert ["requirements/otel.txt" in line["event"] for line in logs] == [True]
    with span("anything", SpanKind.INTERNAL, {}):
        assert carried() == {}


def test_packages_that_send_traces_are_locked_with_hashes() -> None:
    text = (Path(__file__).parents[2] / "requirements" / "otel.txt").read_text()
    for name in ("opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"):
        assert f"{name}==" in text
    assert "--hash=sha256:" in text
