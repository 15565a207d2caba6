"""Pages asked for without a browser: some alone, the rest over a seeded home."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from policies.decision import Lane
from store.catalog.errands import ErrandKind
from tests.support.seeded import ADA, BEN, Person, copied_home, settings_of, shared_folder
from tests.support.working import find_out, settle
from web.app import create_app
from web.pages.assets import router as assets
from web.pages.theme import router as theme
from web.services import Services
from workers.context import Context


@pytest.fixture(scope="session")
def bare() -> TestClient:
    """The pages that need no home."""
    app = FastAPI()
    for page in (assets, theme):
        app.include_router(page)
    return TestClient(app)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who has logged in, and follows no redirect."""

    client: TestClient
    name: str

    def get(self, path: str, **more: object) -> httpx.Response:
        """Ask for a page as a browser does."""
        headers = {"Accept": "text/html"}
        return self.client.get(path, headers=headers, **more)  # type: ignore[arg-type]

    def post(self, path: str, page: str, **fields: object) -> httpx.Response:
        """Send a form that a page held."""
        data = {"csrf_token": token_of(page), **fields}
        return self.client.post(path, data=data, headers={"Accept": "text/html"})


@dataclass(frozen=True, kw_only=True)
class Site:
    """The application over a copy of the seeded home."""

    app: FastAPI

    @property
    def context(self) -> Context:
        """Its installation."""
        services: Services = self.app.state.services
        return services.context

    def reader(self, person: Person) -> Reader:
        """Return somebody, logged in by a link."""
        client = TestClient(self.app, base_url="https://shardgate.example", follow_redirects=False)
        path = f"/login/link/{self.app.state.services.door.make_link(person.name, actor='root')}"
        answer = client.post(path, data={"csrf_token": token_of(client.get(path).text)})
        assert answer.status_code == 303
        return Reader(client=client, name=person.name)

    def group_of(self, reader: Reader, lane: Lane, **filters: str) -> str:
        """Return the path of the first open group of an inbox on which nobody has acted."""
        text = reader.get(f"/inbox/{lane}", params=filters).text
        rows = [row for row in text.split("<tr data-row") if "/groups/grp_" in row]
        free = next(row for row in rows if ">Open</span>" in row)
        found = re.search(r"/groups/grp_[0-9a-f]+", free)
        assert found is not None
        return found.group()

    def settle(self) -> None:
        """Do what waits for workers."""
        settle(self.context)

    def find_out(self, kind: ErrandKind) -> None:
        """Run the errands of a kind."""
        find_out(self.context, [kind])

    def repository(self, name: str) -> str:
        """Return the path of a repository's page."""
        (found,) = (r for r in self.context.catalog.list_repositories() if r.name == name)
        return f"/repositories/{found.id}"


def token_of(page: str) -> str:
    """Return the token of a page's forms."""
    found = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found.group(1)


def words_of(page: str) -> str:
    """Return what a page says, without its elements."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application over a home of its own."""
    home = tmp_path_factory.mktemp("site") / "home"
    copied_home(shared_folder(tmp_path_factory), home)
    app = create_app(settings_of(home, web_rate=10_000))
    yield Site(app=app)
    app.state.services.context.catalog.close()


@pytest.fixture(scope="session")
def ada(site: Site) -> Reader:
    """A reviewer of every lane, who administers too."""
    return site.reader(ADA)


@pytest.fixture(scope="session")
def ben(site: Site) -> Reader:
    """Another reviewer of every lane."""
    return site.reader(BEN)
