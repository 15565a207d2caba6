"""Webhooks over HTTP: two answers, and no more bytes than are allowed."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ingest.domain.repository import RightsBasis
from ingest.register.registry import RegistrationRequest, register
from store.catalog import PollBook
from tests.workers.test_workers_webhooks import hook, payload
from web.app import create_app
from workers.context import Context, utc_now
from workers.settings import Settings
from workers.webhook_secrets import Provider, make_secret


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home", webhook_bytes=2000)
    make_secret(made, Provider.GITHUB, rotate=False)
    return made


def test_a_push_is_taken_at_once_and_whoever_cannot_sign_learns_nothing(home: Settings) -> None:
    context = Context(settings=home)
    request = RegistrationRequest(
        url="https://git.example.com/acme/app",
        owner="team",
        rights=RightsBasis.CONTRACT,
        license="MIT",
    )
    repository = register(request, context.catalog, today=context.today(), allow_local=False)
    with TestClient(create_app(home)) as client:
        signed = hook(context, "github", "d1")
        unknown = hook(context, "github", "d2", payload("github", "acme/other"))
        answers = [
            client.post("/webhooks/github", content=sent.body, headers=dict(sent.headers))
            for sent in (signed, signed, unknown)
        ]
        assert {(a.status_code, a.content) for a in answers} == {(202, b"")}
        wrong = dict(signed.headers) | {"x-hub-signature-256": "sha256=" + "0" * 64}
        refused = [
            client.post("/webhooks/github", content=signed.body, headers=wrong),
            client.post("/webhooks/gitlab", content=signed.body, headers=dict(signed.headers)),
            client.post("/webhooks/other", content=signed.body),
        ]
        assert {(a.status_code, a.content) for a in refused} == {(404, b"")}
        assert client.post("/webhooks/github", content=b"x" * 2001).status_code == 413
        assert client.get("/webhooks/github").status_code == 405
    poll = PollBook(context.catalog, utc_now).find(repository.id)
    assert poll is not None
    assert poll.hook_at is not None
    context.catalog.close()
