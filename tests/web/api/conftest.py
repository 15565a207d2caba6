"""The API over a seeded home, asked by people of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from policies.access import Action, Role
from release.domain.grant import Purpose
from store.catalog import JobSpec, Scope, TokenRequest
from tests.support.seeded import copied_home, settings_of, shared_folder
from web.app import create_app
from web.services import Services
from workers.context import utc_now
from workers.decisions import decide_anew
from workers.errand_runner import run_errand
from workers.errands import errand_book
from workers.runner import run_job

STAFF = {
    "root": frozenset({Role.ADMINISTRATOR}),
    "ina": frozenset({Role.REVIEWER_LEGAL, Role.REVIEWER_PRIVACY, Role.REVIEWER_SECURITY}),
    "jon": frozenset({Role.REVIEWER_LEGAL, Role.REVIEWER_PRIVACY, Role.REVIEWER_SECURITY}),
    "rel": frozenset({Role.RELEASER}),
    "aud": frozenset({Role.AUDITOR}),
    "reg": frozenset({Role.REGISTRANT}),
    "con": frozenset({Role.CONSUMER}),
    "all": frozenset(Role),
}


@dataclass(frozen=True, kw_only=True)
class Api:
    """The application, and clients of it by who they are."""

    app: FastAPI
    clients: dict[str, TestClient]
    tokens: dict[str, str]

    @property
    def services(self) -> Services:
        """Its services."""
        found: Services = self.app.state.services
        return found

    def decide(self) -> None:
        """Make the decisions anew, as a worker would."""
        context = self.services.context.anew()
        run_id = decide_anew(context)
        spec = JobSpec.of(run_id=run_id, stage="decide", scope="", subject="all")
        assert run_job(context, spec.id, lambda _: None)

    def found(self, name: str, begun: Response) -> Response:
        """Find out what somebody asked for, as a worker would, and return what they are told."""
        assert begun.status_code == 202, begun.text
        context, asked = self.services.context.anew(), begun.json()
        # Those of others stay as they are: some would reach hosts.
        while (errand := errand_book(context).claim(timedelta(minutes=1))) is not None:
            if errand.id == asked["operation"]:
                run_errand(context, errand)
        return self[name].get(asked["result"])

    def __getitem__(self, name: str) -> TestClient:
        return self.clients[name]


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The application over a copy of the seeded home, with a token for everybody."""
    home = copied_home(shared_folder(tmp_path_factory), tmp_path_factory.mktemp("api") / "home")
    app = create_app(settings_of(home, web_rate=100_000))
    services: Services = app.state.services
    clients, tokens = {}, {}
    for name, roles in STAFF.items():
        services.door.users.add(name, roles, actor="setup", teams={"crew"})
        request = TokenRequest(
            consumer=name,
            scopes=[Scope.PULL, *Action],
            purpose=Purpose.PUBLIC_MODEL.value,
            expires_at=utc_now() + timedelta(hours=1),
        )
        tokens[name] = services.door.tokens.create(request, actor="setup")[1]
        clients[name] = TestClient(app, headers={"Authorization": f"Bearer {tokens[name]}"})
    yield Api(app=app, clients=clients, tokens=tokens)
    services.context.catalog.close()
