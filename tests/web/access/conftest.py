"""An application over a home with users, and browsers that keep its cookies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from policies.access import Role
from store.catalog import Passwords
from tests.support.issuer import CLIENT_ID, CLIENT_SECRET, StandIn, running_issuer
from web.app import create_app
from web.services import Services
from workers.front_door import FrontDoor
from workers.settings import Settings

GOOD = "four words of chance"
HTTPS = "https://shardgate.example"


@dataclass(frozen=True, kw_only=True)
class Site:
    """The application, and ways to come to it."""

    app: FastAPI
    issuer: StandIn

    @property
    def services(self) -> Services:
        """Its services."""
        found: Services = self.app.state.services
        return found

    @property
    def door(self) -> FrontDoor:
        """Its front door."""
        return self.services.door

    def browser(self, address: str = "10.0.0.1") -> TestClient:
        """Return a browser without cookies that follows no redirect."""
        return TestClient(
            self.app, base_url=HTTPS, follow_redirects=False, client=(address, 50_000)
        )

    def logged_in(self, name: str) -> TestClient:
        """Return a browser of a user who came in by a link."""
        browser = self.browser()
        path = f"/login/link/{self.door.make_link(name, actor='root')}"
        answer = browser.post(path, data={"csrf_token": token_of(browser.get(path).text)})
        assert answer.status_code == 303
        return browser


def token_of(page: str) -> str:
    """Return the token of a page's form."""
    found = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found.group(1)


@pytest.fixture(scope="session")
def issuer() -> Iterator[StandIn]:
    """An OpenID Connect issuer on loopback."""
    with running_issuer() as found:
        yield found


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, issuer: StandIn) -> Iterator[Site]:
    """The application with `ann`, who is an administrator, and `bob`, who is a consumer."""
    root = tmp_path_factory.mktemp("site")
    secret = root / "client-secret"
    secret.write_text(CLIENT_SECRET)
    settings = site_settings(root, issuer, secret)
    app = create_app(settings)
    services: Services = app.state.services
    cheap = Passwords(passes=1, memory_kib=8, lanes=1)
    app.state.services = replace(services, door=FrontDoor(services.context, cheap))
    door = app.state.services.door
    door.users.add("ann", {Role.ADMINISTRATOR}, actor="root")
    door.users.add("bob", {Role.CONSUMER}, actor="root")
    door.set_password("ann", GOOD, actor="root")
    yield Site(app=app, issuer=issuer)
    services.context.catalog.close()


def site_settings(root: Path, issuer: StandIn, secret: Path) -> Settings:
    """Return settings with an issuer and a proxy in front."""
    return Settings(
        home=root / "home",
        public_url=HTTPS,
        web_max_body_bytes=50_000,
        oidc_issuer=issuer.url,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret_file=secret,
        oidc_roles=("sg-legal=reviewer-legal", "sg-audit=auditor", "pay=team:Payments"),
    )
