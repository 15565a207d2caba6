"""Every route of the application by role and tier, compared with a table that people read.

The table stands in ``routes.txt`` beside this file. To take over what the application does now,
and then look at the difference as a reviewer would::

    SHARDGATE_WRITE_TABLE=1 python -m pytest tests/web/access/test_access_table.py

Each route's own check runs over real HTTP in an application without the routes' code; who asks
and, where a route looks it up, what it is about are put in.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from policies.access import Action, Principal, Role, Subject
from policies.decision import Lane, Tier
from release.domain.grant import Purpose, Wish
from store.catalog import GrantBook, Scope, TokenRequest
from tests.web.access.conftest import Site
from web.access import own, principal_of, shown_by_filter
from web.access.cookies import SESSION_COOKIE
from web.access.marks import MarkedRoute, marked_routes
from web.access.subjects import nothing_in_particular
from web.problems import add_problem_handlers
from workers.context import utc_now

TABLE = Path(__file__).with_name("routes.txt")
LETTERS = dict(zip(Role, "glpsrcua", strict=True))
HEAD = """\
# Who may use which route: one line each, in order of path and method.
#
# Roles, in this order: g registrant, reviewers l legal, p privacy, s security, r releaser,
# c consumer with a grant for releasable, u auditor, a administrator.
# A letter: may. "!": sees it and may not (403). "-": does not learn that it is there (404).
# Columns: what is somebody else's and of the internal tier; somebody else's and releasable;
# their own and releasable. Reviews are of the lane legal and were asked for by somebody else.
# Without a login every route but the public ones answers 401.
"""
SITUATIONS = (
    Subject(tier=Tier.INTERNAL_ONLY, owner="bob", lane=Lane.LEGAL, requested_by="bob"),
    Subject(tier=Tier.RELEASABLE, owner="bob", lane=Lane.LEGAL, requested_by="bob"),
    Subject(tier=Tier.RELEASABLE, owner="ann", lane=Lane.LEGAL, requested_by="bob"),
)
KNOWN = (own, shown_by_filter, nothing_in_particular)
"""Subjects that need no object: they are left as they are."""
SIGNS = {403: "!", 404: "-"}
DECIDING = (Action.REVIEW_DECIDE, Action.POLICY_APPLY)


def routes_of(site: Site) -> list[MarkedRoute]:
    return sorted(marked_routes(site.app), key=lambda route: (route.path, route.methods))


def filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "x", path)


def stripped(route: MarkedRoute) -> FastAPI:
    """Return an application with nothing of a route but its check."""
    app = FastAPI()
    add_problem_handlers(app)
    app.add_api_route(
        route.path, lambda: None, methods=list(route.methods), dependencies=[route.check]
    )
    return app


def cells(route: MarkedRoute) -> str:
    if route.mark.is_public:
        return "public"
    if route.mark.action is None:
        return "whoever is logged in"
    if route.mark.subject is None:
        return "by token and grant"
    app = stripped(route)
    with TestClient(app) as client:
        return " ".join(column(app, client, route, subject) for subject in SITUATIONS)


def column(app: FastAPI, client: TestClient, route: MarkedRoute, subject: Subject) -> str:
    if route.mark.subject is not None and route.mark.subject not in KNOWN:
        app.dependency_overrides[route.mark.subject] = lambda: subject
    signs = []
    for role, letter in LETTERS.items():
        who = Principal(name="ann", roles=frozenset({role}), tiers=frozenset({Tier.RELEASABLE}))
        app.dependency_overrides[principal_of] = lambda who=who: who
        status = client.request(route.methods[0], filled(route.path)).status_code
        signs.append(SIGNS.get(status, letter if status == 200 else "?"))
    return "".join(signs)


def line_of(route: MarkedRoute) -> str:
    action = route.mark.action or ""
    return f"{','.join(route.methods):9} {route.path:54} {action:16} {cells(route)}".rstrip()


def test_every_route_lets_in_whom_the_table_says(site: Site) -> None:
    lines = [line_of(route) for route in routes_of(site)]
    text = HEAD + "\n".join(lines) + "\n"
    if os.environ.get("SHARDGATE_WRITE_TABLE"):
        TABLE.write_text(text)
    assert text.splitlines() == TABLE.read_text().splitlines()
    assert "?" not in "".join(lines)


def private(site: Site) -> Iterator[tuple[str, str]]:
    for route in routes_of(site):
        if not route.mark.is_public:
            for method in route.methods:
                yield method, filled(route.path)


def test_without_a_login_nothing_but_what_is_public_is_told(site: Site) -> None:
    for number, (method, path) in enumerate(private(site)):
        # From ever other addresses, as so many refusals at once would be throttled.
        browser = site.browser(f"10.8.{number // 200}.{number % 200}")
        answer = browser.request(method, path)
        assert answer.status_code == 401, (method, path)
        browser.cookies.set(SESSION_COOKIE, "x" * 43)
        assert browser.request(method, path).status_code == 401, (method, path)


def test_nothing_changes_without_a_form_of_the_session(site: Site) -> None:
    browser = site.logged_in("ann")
    changing = [(m, p) for m, p in private(site) if m not in ("GET", "HEAD", "OPTIONS")]
    assert ("POST", "/logout") in changing
    for method, path in changing:
        status = browser.request(method, path).status_code
        # The hub knows no sessions.
        assert status == (401 if path.startswith("/hub/") else 403), (method, path)


def test_whoever_asked_for_something_decides_on_it_nowhere(site: Site) -> None:
    asked = Subject(lane=Lane.LEGAL, requested_by="ann", owner="ann")
    everything = Principal(name="ann", roles=frozenset(Role))
    for route in routes_of(site):
        if route.mark.action is Action.REVIEW_DECIDE:
            assert route.mark.subject not in KNOWN, f"{route.path} does not say who asked"
        if route.mark.action in DECIDING and route.mark.subject is not None:
            app = stripped(route)
            app.dependency_overrides[route.mark.subject] = lambda: asked
            app.dependency_overrides[principal_of] = lambda: everything
            with TestClient(app) as client:
                answer = client.request(route.methods[0], filled(route.path))
            assert answer.status_code == 403, route.path


@pytest.mark.parametrize("role", [None, *Role])
def test_the_hub_goes_by_token_and_grant_whatever_somebody_is(
    site: Site, role: Role | None
) -> None:
    name = f"hub-{role or 'program'}"
    if role:
        site.door.users.add(name, {role}, actor="root")
    book = GrantBook(site.services.context.catalog, clock=utc_now)

    def told(tier: Tier, purpose: Purpose, *scopes: Scope | Action) -> int:
        soon = utc_now() + timedelta(hours=1)
        request = TokenRequest(consumer=name, scopes=scopes, purpose=purpose.value, expires_at=soon)
        _, value = site.door.tokens.create(request, actor="root")
        headers = {"Authorization": f"Bearer {value}"}
        path = f"/hub/api/datasets/shardgate/{tier}"
        return site.browser().get(path, headers=headers).status_code

    inside, outside = Purpose.INTERNAL_MODEL, Purpose.PUBLIC_MODEL
    for tier in Tier:
        assert told(tier, inside, Scope.PULL) == 403
    wish = Wish(consumer=name, tier=Tier.INTERNAL_ONLY, purpose=inside)
    book.add(book.draft(wish, utc_now() + timedelta(hours=1), by="root"))
    # There is no release yet: who is let in is told that.
    assert told(Tier.INTERNAL_ONLY, inside, Scope.PULL) == 404
    assert told(Tier.INTERNAL_ONLY, outside, Scope.PULL) == 403
    assert told(Tier.RELEASABLE, inside, Scope.PULL) == 403
    assert told(Tier.INTERNAL_ONLY, inside, Action.FINDING_READ) == 403
