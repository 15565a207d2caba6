"""Logging in and out, as a browser does it and as an attacker tries it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey

from policies.access import Action, Role
from store.catalog import AuditLog, Scope, TokenRequest
from tests.web.access.conftest import GOOD, HTTPS, Site, token_of
from web.access.cookies import LOGIN_COOKIE, SESSION_COOKIE, csrf_of
from workers.audit import verify_audit
from workers.context import utc_now


def log_in(browser: TestClient, name: str = "ann", password: str = GOOD, **more: str) -> int:
    form = {"csrf_token": token_of(browser.get("/login").text), "name": name, "password": password}
    return browser.post("/login", data=form | more).status_code


def test_a_password_lets_in_and_leads_back(site: Site) -> None:
    browser = site.browser()
    page = browser.get("/login?next=/releases%3Ftier%3Dinternal-only")
    assert 'value="/releases?tier=internal-only"' in page.text
    assert "company account" in page.text
    form = {"csrf_token": token_of(page.text), "name": " Ann ", "password": GOOD}
    answer = browser.post("/login", data=form | {"next": "/releases?tier=internal-only"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/releases?tier=internal-only")
    (cookie,) = [c for c in answer.headers.get_list("set-cookie") if SESSION_COOKIE + "=" in c]
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=43200"):
        assert part in cookie
    assert "Domain" not in cookie
    again = browser.get("/login?next=/audit")
    assert (again.status_code, again.headers["location"]) == (303, "/audit")
    who = site.door.of_session(browser.cookies[SESSION_COOKIE])
    assert who is not None
    assert (who.name, who.roles, who.scopes) == ("ann", {Role.ADMINISTRATOR}, None)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/\n/evil",
        "/é",
    ],
)
def test_nobody_is_led_elsewhere(site: Site, elsewhere: str) -> None:
    browser = site.browser()
    token = token_of(browser.get("/login", params={"next": elsewhere}).text)
    form = {"csrf_token": token, "name": "ann", "password": GOOD, "next": elsewhere}
    assert browser.post("/login", data=form).headers["location"] == "/"


def test_a_wrong_password_and_an_unknown_name_are_told_the_same(site: Site) -> None:
    texts = set()
    for name in ("ann", "nobody", "no name", "x\0y"):
        browser = site.browser("10.1.0.1")
        form = {"csrf_token": token_of(browser.get("/login").text), "name": name}
        answer = browser.post("/login", data=form | {"password": "a wrong password"})
        assert answer.status_code == 403
        assert SESSION_COOKIE not in browser.cookies
        texts.add(answer.text.replace(token_of(answer.text), ""))
    assert len(texts) == 1


def test_who_fails_too_often_has_to_wait(site: Site) -> None:
    browser = site.browser("10.2.0.1")
    tried = [log_in(browser, "carl", "a wrong password") for _ in range(7)]
    assert tried == [403] * 6 + [429] or tried == [403] * 5 + [429] * 2
    form = {"csrf_token": token_of(browser.get("/login").text), "name": "carl", "password": GOOD}
    answer = browser.post("/login", data=form)
    assert int(answer.headers["retry-after"]) >= 1
    assert "Too many tries" in answer.text


def test_a_login_form_from_elsewhere_is_refused(site: Site) -> None:
    browser, other = site.browser(), site.browser()
    token = token_of(browser.get("/login").text)
    form = {"name": "ann", "password": GOOD}
    assert other.post("/login", data=form | {"csrf_token": token}).status_code == 403
    assert browser.post("/login", data=form).status_code == 403
    assert browser.post("/login", data=form | {"csrf_token": "é"}).status_code == 403
    foreign = {"Sec-Fetch-Site": "cross-site"}
    data = form | {"csrf_token": token}
    assert browser.post("/login", data=data, headers=foreign).status_code == 403
    assert browser.post("/login", data=data).status_code == 303


def test_a_link_is_used_by_a_click_and_not_by_a_look(site: Site) -> None:
    link = site.door.make_link("bob", actor="root")
    browser = site.browser()
    for _ in range(3):
        page = browser.get(f"/login/link/{link}")
        assert (page.status_code, "bob" in page.text) == (200, False)
    assert browser.post(f"/login/link/{link}").status_code == 403
    form = {"csrf_token": token_of(page.text)}
    assert browser.post(f"/login/link/{link}", data=form).status_code == 303
    assert site.door.of_session(browser.cookies[SESSION_COOKIE]) is not None
    other = site.browser()
    form = {"csrf_token": token_of(other.get(f"/login/link/{link}").text)}
    again = other.post(f"/login/link/{link}", data=form)
    assert again.status_code == 403
    assert "used already" in again.text


def test_logging_out_ends_the_session_and_needs_a_form_of_it(site: Site) -> None:
    browser = site.logged_in("bob")
    session = browser.cookies[SESSION_COOKIE]
    assert browser.post("/logout").status_code == 403
    assert site.door.of_session(session) is not None
    other = token_of(site.browser().get("/login").text)
    assert browser.post("/logout", data={"csrf_token": other}).status_code == 403
    headers = {"X-CSRF-Token": csrf_of(session)}
    answer = browser.post("/logout", headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert SESSION_COOKIE not in browser.cookies
    assert site.door.of_session(session) is None


def test_a_new_login_ends_the_session_before(site: Site) -> None:
    browser = site.browser()
    assert log_in(browser) == 303
    first = browser.cookies[SESSION_COOKIE]
    form_browser = site.browser()
    token = token_of(form_browser.get("/login").text)
    browser.cookies.set(LOGIN_COOKIE, form_browser.cookies[LOGIN_COOKIE])
    data = {"csrf_token": token, "name": "ann", "password": GOOD}
    assert browser.post("/login", data=data).status_code == 303
    assert browser.cookies[SESSION_COOKIE] != first
    assert site.door.of_session(first) is None


def test_without_a_session_people_log_in_and_programs_are_told(site: Site) -> None:
    browser = site.browser()
    page = {"Accept": "text/html"}
    led = browser.post("/logout", headers=page)
    assert (led.status_code, led.headers["location"]) == (303, "/login")
    told = browser.post("/logout")
    assert (told.status_code, told.headers["www-authenticate"]) == (401, "Bearer")
    assert told.json()["request_id"] == told.headers["x-request-id"]
    htmx = {"HX-Request": "true", "HX-Current-URL": f"{HTTPS}/inbox/legal?rule=x"}
    moved = browser.post("/logout", headers=htmx)
    assert moved.headers["hx-redirect"] == "/login?next=/inbox/legal%3Frule%3Dx"


def test_tokens_and_sessions_of_who_was_shut_out_end(site: Site) -> None:
    site.door.users.add("dora", {Role.REGISTRANT}, actor="root", teams=["Search"])
    request = TokenRequest(
        consumer="dora",
        scopes=[Action.REPOSITORY_READ, Scope.PULL],
        purpose="evaluation",
        expires_at=utc_now() + timedelta(hours=1),
    )
    _, value = site.door.tokens.create(request, actor="root")
    token = site.door.active_token(value)
    assert token is not None
    who = site.door.of_token(token)
    assert who.roles == {Role.REGISTRANT, Role.CONSUMER}
    assert who.scopes == {Action.REPOSITORY_READ, Action.RELEASE_READ, Action.PULL_TAKE}
    assert who.teams == {"Search"}
    browser = site.logged_in("dora")
    site.door.users.set_active("dora", active=False, actor="root")
    assert site.door.active_token(value) is None
    assert site.door.of_session(browser.cookies[SESSION_COOKIE]) is None
    assert browser.post("/logout").status_code == 401
    bearer = {"Authorization": f"Bearer {value}"}
    mixed = site.logged_in("bob")
    assert mixed.post("/logout", headers=bearer).status_code == 401, "the header counts alone"


def test_logins_stand_in_the_chain_and_no_secret_does(site: Site) -> None:
    browser = site.browser()
    assert log_in(browser) == 303
    site.logged_in("bob")
    site.door.set_password("ann", GOOD, actor="root")
    assert log_in(site.browser()) == 303
    entries = AuditLog(site.services.context.catalog, utc_now).entries()
    assert {"session.open", "user.password", "user.login-link"} <= {e.action for e in entries}
    assert verify_audit(site.services.context).is_intact
    session = browser.cookies[SESSION_COOKIE].encode()
    files = [p for p in site.services.context.settings.root.rglob("*") if p.is_file()]
    assert not [p for p in files if session in p.read_bytes() or GOOD.encode() in p.read_bytes()]


def come_from_issuer(site: Site, browser: TestClient, back: str = "/") -> str:
    """Let a browser go to the issuer; return the path that it is sent back to."""
    go = browser.get("/login/oidc", params={"next": back})
    assert go.status_code == 303
    sent = httpx.get(go.headers["location"], trust_env=False)
    assert sent.status_code == 302
    assert sent.headers["location"].startswith(HTTPS)
    return sent.headers["location"].removeprefix(HTTPS)


def test_the_issuer_lets_in_with_the_roles_of_groups(site: Site) -> None:
    groups = ["sg-legal", "pay", "other"]
    site.issuer.reset(preferred_username="Grace", groups=groups)
    browser = site.browser()
    answer = browser.get(come_from_issuer(site, browser, "/inbox/legal"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox/legal")
    who = site.door.of_session(browser.cookies[SESSION_COOKIE])
    assert who is not None
    assert (who.name, who.roles, who.teams) == ("grace", {Role.REVIEWER_LEGAL}, {"Payments"})
    asked = parse_qs(urlsplit(browser.get("/login/oidc").headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) == len(asked["state"][0]) == 64


LIES = {
    "no role": {"groups": ["nothing"]},
    "nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "issuer": {"iss": "https://evil.example"},
    "audience": {"aud": "another-client"},
    "late": {"exp": 1_000_000_000, "iat": 999_999_000},
    "no subject": {"sub": None},
    "no name": {"preferred_username": None},
    "a name of ours": {"sub": "other", "preferred_username": "ann"},
    "groups of no kind": {"groups": 7},
}


@pytest.mark.parametrize("lie", LIES)
def test_what_the_issuer_does_not_say_rightly_lets_nobody_in(site: Site, lie: str) -> None:
    said = {"preferred_username": "mallory", "groups": ["sg-audit"], "sub": "mal"}
    site.issuer.reset(**(said | LIES[lie]))
    browser = site.browser("10.3.0.1")
    assert browser.get(come_from_issuer(site, browser)).status_code == 403
    assert SESSION_COOKIE not in browser.cookies


def test_a_token_that_another_key_signed_lets_nobody_in(site: Site) -> None:
    site.issuer.reset(preferred_username="mallory", groups=["sg-audit"], sub="mal")
    site.issuer.signing = RSAKey.generate_key(2048, {"kid": "k1"})
    browser = site.browser("10.3.0.1")
    assert browser.get(come_from_issuer(site, browser)).status_code == 403


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(site: Site) -> None:
    site.issuer.reset(preferred_username="grace", groups=["sg-legal"])
    browser, other = site.browser("10.3.0.1"), site.browser("10.3.0.1")
    path = come_from_issuer(site, browser)
    come_from_issuer(site, other)
    for stranger in (other, site.browser("10.3.0.1")):
        assert stranger.get(path).status_code == 403
    for changed in (
        path.replace("code=", "code=x"),
        path.replace("iss=", "iss=x"),
        "/login/oidc/callback",
        "/login/oidc/callback?error=access_denied",
        path + "&error=access_denied",
    ):
        assert browser.get(changed).status_code == 403
    path = come_from_issuer(site, browser)
    kept = browser.cookies[LOGIN_COOKIE]
    assert browser.get(path).status_code == 303
    browser.cookies.set(LOGIN_COOKIE, kept)
    assert browser.get(path).status_code == 403
