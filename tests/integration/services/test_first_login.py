"""The first minute of an installation: `up`, a link, and whoever opens it is the administrator."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from policies.access import Role
from policies.review import ReviewState
from release.domain.grant import Purpose
from store.catalog import GrantBook, ReviewBook, Scope
from tests.integration.conftest import Installation, stopped_at_the_end
from tests.web.access.conftest import token_of
from web.access.cookies import LOGIN_COOKIE, SESSION_COOKIE
from workers import embedded
from workers.context import utc_now
from workers.front_door import FrontDoor
from workers.granting import make_token
from workers.reviews import ReviewDesk
from workers.sample_day import INSTALLATION

pytestmark = pytest.mark.integration


def link_in(text: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+/login/link/[A-Za-z0-9_-]{43}", text)
    assert found is not None
    return found.group(0)


def wait_for_release(installation: Installation) -> None:
    """Wait until the samples that a new home begins with came out as a releasable release."""
    deadline = time.monotonic() + 150
    while not any(installation.settings.shards_dir("releasable").glob("rel_*/manifest.json")):
        assert time.monotonic() < deadline, "the samples were not built"
        time.sleep(0.2)


def first_day(installation: Installation, site: str, session: dict[str, str], name: str) -> None:
    """Go all steps that one person alone can go: see, agree, pull; and no further."""
    context = installation.context
    with httpx.Client(base_url=site, headers=session, trust_env=False, timeout=60) as browser:
        assert "Your samples are being looked at" in browser.get("/start").text
        wait_for_release(installation)
        assert ReviewDesk(context, or_last=True).groups
        waiting = re.search(r"/reviews/(rvw_[0-9a-f]+)", browser.get("/start").text)
        assert waiting is not None
        page = browser.get(waiting[0])
        assert "Would free 1 file" in page.text
        words = {"csrf_token": token_of(page.text), "comment": "Seen.", "seen": "1"}
        assert browser.post(f"{waiting[0]}/approve", data=words).status_code == 303
    book = ReviewBook(context.catalog, context.policy)
    (review,) = book.list_all()
    assert [a.by for a in review.approvals] == [name]
    assert review.state_at(utc_now()) is ReviewState.ACTIVE
    _, value = make_token(context, [Scope.PULL], Purpose.EVALUATION, until=None, actor=name)
    hub = f"{site}/hub/api/datasets/shardgate/releasable"
    bearer = {"Authorization": f"Bearer {value}"}
    assert httpx.get(hub, headers=bearer, trust_env=False).status_code == 200
    (granted,) = GrantBook(context.catalog, utc_now).list_all()
    assert (granted.granted_by, granted.consumer) == (INSTALLATION, name)


@pytest.mark.timeout(300)
def test_up_serves_and_its_link_logs_the_first_administrator_in(tmp_path: Path) -> None:
    installation = Installation(home=tmp_path / "state")
    with stopped_at_the_end(installation):
        told = installation.run("up").stdout
        link = link_in(told)
        assert f":{embedded.web_port(installation.settings)}/" in link
        with httpx.Client(trust_env=False) as browser:
            page = browser.get(link)
            bits = page.cookies.get(LOGIN_COOKIE)
            entered = browser.post(
                link,
                data={"csrf_token": token_of(page.text)},
                headers={"Cookie": f"{LOGIN_COOKIE}={bits}"},
            )
        assert entered.status_code == 303
        door = FrontDoor(installation.context)
        who = door.of_session(entered.cookies[SESSION_COOKIE])
        assert who is not None
        assert who.roles == set(Role)
        session = {"Cookie": f"{SESSION_COOKIE}={entered.cookies[SESSION_COOKIE]}"}
        first_day(installation, link.partition("/login/")[0], session, who.name)
        (user,) = door.users.list_all()
        assert user.name == who.name
        assert link_in(installation.run("up").stdout) != link
        other = installation.run("login-link", user.name).stdout
        assert link_in(other).rpartition("/")[0] == link.rpartition("/")[0]
        assert re.search(r"web +\d+ ", installation.run("status").stdout)
        installation.run("down")
        assert [s.pid for s in embedded.status(installation.settings)] == [None] * 3
    log = (installation.settings.run_dir / "web.log").read_text()
    assert "web.answered" in log
    assert link.rpartition("/")[2] not in log


def test_nothing_is_served_to_other_machines_in_plain_text(tmp_path: Path) -> None:
    installation = Installation(home=tmp_path / "state")
    home = installation.home
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "web"],
        env={
            "PATH": os.environ["PATH"],
            "SHARDGATE_HOME": str(home),
            "SHARDGATE_WEB_HOST": "0.0.0.0",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 2
    assert "plain text" in done.stderr
