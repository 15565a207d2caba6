"""Who was recognized is remembered, and never longer than it is true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from policies.access import Role
from policies.decision import Tier
from release.domain.grant import Purpose, Wish
from store.catalog import GrantBook, LoginRefused, Scope, TokenRequest
from workers import recognized
from workers.context import Context, utc_now
from workers.front_door import FrontDoor
from workers.recognized import Recognized
from workers.settings import Settings


def test_what_was_found_is_remembered_until_something_changes_or_time_is_over() -> None:
    state = {"mark": 1, "now": 0.0, "asked": 0}

    def find() -> str | None:
        state["asked"] += 1
        return f"found {state['asked']}"

    known = Recognized[str](lambda: int(state["mark"]), clock=lambda: state["now"])
    assert [known.get("a", find) for _ in range(3)] == ["found 1"] * 3
    assert known.get("b", find) == "found 2"
    state["mark"] = 2
    assert known.get("a", find) == "found 3"
    state["now"] = 1.0
    assert known.get("a", find) == "found 4"
    assert known.get("a", lambda: None) == "found 4"
    state["mark"] = 3
    assert known.get("a", lambda: None) is None
    assert known.get("a", find) == "found 5"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """An empty home."""
    context = Context(settings=Settings(home=tmp_path / "home"))
    yield context
    context.catalog.close()


@pytest.fixture
def door(context: Context, monkeypatch: pytest.MonkeyPatch) -> FrontDoor:
    """A door that forgets nobody by the clock: what is seen is seen by the audit chain."""
    monkeypatch.setattr(recognized, "_KEPT_SECONDS", 1e9)
    door = FrontDoor(context)
    door.users.add("eve", [Role.CONSUMER, Role.REGISTRANT], actor="root", teams={"crew"})
    return door


def token_of(door: FrontDoor) -> str:
    request = TokenRequest(
        consumer="eve",
        scopes=[Scope.PULL],
        purpose=Purpose.EVALUATION.value,
        expires_at=utc_now() + timedelta(days=1),
    )
    return door.tokens.create(request, actor="eve")[1]


def test_what_is_given_and_taken_away_counts_with_the_next_request(
    context: Context, door: FrontDoor
) -> None:
    value, session = token_of(door), door.enter_by_link(door.make_link("eve", actor="root"))
    grants = GrantBook(context.catalog, clock=utc_now)
    wish = Wish(consumer="eve", tier=Tier.RELEASABLE, purpose=Purpose.EVALUATION)
    grant = grants.draft(wish, utc_now() + timedelta(hours=1), by="root")
    seen = {}
    changes: dict[str, Callable[[], object]] = {
        "nothing": lambda: None,
        "granted": lambda: grants.add(grant),
        "moved": lambda: door.users.change_teams("eve", {"fleet"}, actor="root"),
        "revoked": lambda: grants.revoke(grant.id, by="root"),
        "demoted": lambda: door.users.change_roles("eve", [Role.CONSUMER], actor="root"),
        "shut out": lambda: door.users.set_active("eve", active=False, actor="root"),
    }
    for name, change in changes.items():
        change()
        seen[name] = door.of_session(session), door.of_bearer(value)
    of_session = {name: who for name, (who, _) in seen.items() if who is not None}
    assert (of_session["nothing"].tiers, of_session["granted"].tiers) == (
        frozenset(),
        {Tier.RELEASABLE},
    )
    assert (of_session["granted"].teams, of_session["moved"].teams) == ({"crew"}, {"fleet"})
    assert of_session["revoked"].tiers == frozenset()
    assert Role.REGISTRANT in of_session["revoked"].roles
    # Whose roles change logs in anew; what programs hold is cut down.
    assert "demoted" not in of_session
    of_token = {name: found[1] for name, (_, found) in seen.items() if found is not None}
    assert of_token["granted"].tiers == {Tier.RELEASABLE}
    assert of_token["revoked"].tiers == frozenset()
    assert of_token["demoted"].roles == {Role.CONSUMER}
    assert seen["shut out"] == (None, None)


def test_what_is_ended_is_recognized_no_more(door: FrontDoor) -> None:
    value, session = token_of(door), door.enter_by_link(door.make_link("eve", actor="root"))
    other = door.enter_by_link(door.make_link("eve", actor="root"))
    known = door.of_bearer(value)
    assert known is not None
    assert door.of_session(session) is not None
    assert door.of_session(other) is not None
    door.tokens.revoke(known[0].id, actor="eve")
    door.leave(session)
    assert (door.of_bearer(value), door.of_session(session)) == (None, None)
    assert door.of_session(other) is not None
    door.end_sessions("eve", actor="root")
    assert door.of_session(other) is None
    with pytest.raises(LoginRefused):
        door.enter_by_link("no-link")
