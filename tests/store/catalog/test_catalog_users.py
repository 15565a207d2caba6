"""Users, their roles, sessions and ways to log in; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from ingest.errors import InputError
from policies.access import Role
from policies.decision import Lane
from store.catalog import (
    AuditLog,
    Catalog,
    Identity,
    LoginBook,
    LoginMethod,
    LoginRefused,
    LoginThrottled,
    Passwords,
    ReviewerBook,
    SessionBook,
    UserBook,
)
from store.catalog.reviewers import active_names
from store.catalog.sessions import MAX_SESSIONS

CHEAP = Passwords(passes=1, memory_kib=8, lanes=1)
DEARER = Passwords(passes=2, memory_kib=8, lanes=1)
GOOD = "four words of chance"
ROOT = "root"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


class Books:
    """All books over one catalog and one clock."""

    def __init__(self, catalog: Catalog) -> None:
        self.clock = Clock()
        self.catalog = catalog
        self.users = UserBook(catalog, self.clock)
        self.logins = LoginBook(catalog, self.clock, CHEAP)
        self.reviewers = ReviewerBook(catalog, self.clock)
        self.sessions = SessionBook(
            catalog, self.clock, idle=timedelta(hours=1), longest=timedelta(hours=12)
        )

    def add(self, name: str, *roles: Role, password: str = GOOD) -> None:
        self.users.add(name, roles, actor=ROOT)
        self.logins.set_password(name, password, actor=ROOT)

    def actions(self) -> list[str]:
        return [e.action for e in AuditLog(self.catalog, self.clock).entries()]

    def fail(self, name: str, address: str = "10.0.0.1") -> None:
        with pytest.raises(LoginRefused) as caught:
            self.logins.check(name, "a wrong password", address)
        assert not isinstance(caught.value, LoginThrottled)


@pytest.fixture
def books(catalog: Catalog) -> Books:
    return Books(catalog)


def test_roles_of_lanes_and_reviewers_are_the_same_thing(books: Books) -> None:
    books.add("ann", Role.REVIEWER_LEGAL, Role.AUDITOR)
    assert [(r.name, r.lane, r.active) for r in books.reviewers.list_all()] == [
        ("ann", Lane.LEGAL, True)
    ]
    books.reviewers.add("ann", Lane.PRIVACY, actor=ROOT)
    books.reviewers.remove("ann", Lane.LEGAL, actor=ROOT)
    ann = books.users.find("ann")
    assert ann is not None
    assert ann.roles == {Role.REVIEWER_PRIVACY, Role.AUDITOR}
    changed = books.users.change_roles("ann", {Role.REGISTRANT}, actor=ROOT)
    assert changed.roles == {Role.REGISTRANT}
    assert not any(r.active for r in books.reviewers.list_all())
    assert "reviewer.remove" in books.actions()
    assert books.actions().count("user.grant-role") == 2
    assert AuditLog(books.catalog, books.clock).verify().is_intact


def test_a_user_is_added_once_and_by_a_name(books: Books) -> None:
    user = books.users.add("ann", (), actor=ROOT, teams=["Payments", "Search"])
    assert (user.teams, user.active, user.has_password) == ({"Payments", "Search"}, True, False)
    assert books.users.change_teams("ann", ["Search"], actor=ROOT).teams == {"Search"}
    with pytest.raises(InputError, match="already"):
        books.users.add("ann", actor=ROOT)
    for name in ("", "Ann", "a b", "../x"):
        with pytest.raises(InputError, match="no name"):
            books.users.add(name, actor=ROOT)
    with pytest.raises(InputError, match="Teams"):
        books.users.change_teams("ann", ["\n"], actor=ROOT)
    for change in (
        lambda: books.users.change_roles("bob", {Role.AUDITOR}, actor=ROOT),
        lambda: books.users.set_active("bob", active=False, actor=ROOT),
        lambda: books.logins.set_password("bob", GOOD, actor=ROOT),
        lambda: books.logins.make_link("bob", actor=ROOT),
    ):
        with pytest.raises(InputError, match="no user bob"):
            change()
    assert books.users.find("bob") is None
    assert [u.name for u in books.users.list_all()] == ["ann"]


def test_somebody_always_stays_an_administrator(books: Books) -> None:
    assert not books.users.has_any()
    first = books.users.add_first("ann", actor="ann")
    assert first is not None
    assert first.roles == set(Role)
    assert books.users.add_first("bob", actor="bob") is None
    with pytest.raises(InputError, match="Nobody would be"):
        books.users.change_roles("ann", {Role.AUDITOR}, actor="ann")
    with pytest.raises(InputError, match="Nobody would be"):
        books.users.set_active("ann", active=False, actor="ann")
    books.users.add("bob", {Role.ADMINISTRATOR}, actor="ann")
    books.users.set_active("ann", active=False, actor="bob")
    assert books.users.find("ann") is not None
    assert books.users.add_first("ann", actor="ann") is None


@pytest.mark.parametrize("password", ["short", "x" * 257, "annannannannann", "aaaaaaaaaaaaaaa", ""])
def test_bad_passwords_are_refused(books: Books, password: str) -> None:
    books.users.add("ann", actor=ROOT)
    with pytest.raises(InputError, match="password"):
        books.logins.set_password("ann", password, actor=ROOT)


def test_a_password_is_checked_and_kept_as_a_hash_that_follows_its_costs(books: Books) -> None:
    books.add("ann")
    assert books.logins.check("ann", GOOD, "10.0.0.1") == "ann"
    dearer = LoginBook(books.catalog, books.clock, DEARER)

    def kept() -> str:
        query = text("SELECT password_hash FROM users")
        return str(books.catalog.database.read(lambda s: s.execute(query).scalar_one()))

    before = kept()
    assert before.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert dearer.check("ann", GOOD, "10.0.0.1") == "ann"
    assert kept().startswith("$argon2id$v=19$m=8,t=2,p=1$")
    after = kept()
    assert dearer.check("ann", GOOD, "10.0.0.1") == "ann"
    assert kept() == after
    books.users.set_active("ann", active=False, actor=ROOT)
    books.fail("ann")


def test_unknown_names_and_users_without_a_password_cost_the_same_work(books: Books) -> None:
    books.users.add("ann", actor=ROOT)
    looked_at = []

    class Counting(Passwords):
        def matches(self, stored: str, password: str) -> bool:
            looked_at.append(stored)
            return super().matches(stored, password)

    counting = Counting(passes=1, memory_kib=8, lanes=1)
    book = LoginBook(books.catalog, books.clock, counting)
    for name in ("ann", "nobody"):
        with pytest.raises(LoginRefused, match="do not go together"):
            book.check(name, "", "10.0.0.1")
    assert looked_at == ["", ""]
    assert not counting.matches("no hash", GOOD)


@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_an_account_waits_ever_longer_known_or_not(books: Books, name: str) -> None:
    books.add("ann")
    for number in range(5):
        books.fail(name, f"10.0.1.{number}")
    with pytest.raises(LoginThrottled) as caught:
        books.logins.check(name, GOOD, "10.0.2.1")
    assert caught.value.wait_seconds == 1
    for _ in range(12):
        books.clock.wait(seconds=300)
        books.fail(name)
    with pytest.raises(LoginThrottled) as caught:
        books.logins.check(name, GOOD, "10.0.2.1")
    assert caught.value.wait_seconds == 300
    books.clock.wait(hours=2)
    if name == "ann":
        assert books.logins.check(name, GOOD, "10.0.2.1") == "ann"


def test_an_address_that_tries_many_accounts_waits_and_others_do_not(books: Books) -> None:
    books.add("ann")
    for number in range(29):
        books.fail(f"user{number}")
    # A success is no failure: people behind one address do not add up.
    assert books.logins.check("ann", GOOD, "10.0.0.1") == "ann"
    books.fail("user29")
    with pytest.raises(LoginThrottled):
        books.logins.check("ann", GOOD, "10.0.0.1")
    assert books.logins.check("ann", GOOD, "10.0.0.2") == "ann"


def test_what_was_typed_as_a_name_is_not_kept(books: Books) -> None:
    books.fail("my password by mistake")
    query = text("SELECT key FROM login_failures")
    keys = books.catalog.database.read(lambda s: s.execute(query).scalars().all())
    assert all(len(key) == 64 for key in keys)


def test_a_link_logs_in_once_and_not_for_long(books: Books) -> None:
    books.users.add("ann", actor=ROOT)
    link = books.logins.make_link("ann", actor=ROOT)
    assert books.logins.use_link(link) == "ann"
    expired = books.logins.make_link("ann", actor=ROOT)
    books.clock.wait(minutes=15)
    ended = books.logins.make_link("ann", actor=ROOT)
    books.logins.set_password("ann", GOOD, actor=ROOT)
    left = books.logins.make_link("ann", actor=ROOT)
    books.users.set_active("ann", active=False, actor=ROOT)
    for value in (link, expired, ended, left, "", "x"):
        with pytest.raises(LoginRefused, match="used already"):
            books.logins.use_link(value)
    with pytest.raises(InputError, match="may log in"):
        books.logins.make_link("ann", actor=ROOT)


def test_a_session_ends_unused_in_all_and_when_it_is_closed(books: Books) -> None:
    books.users.add("ann", actor=ROOT)
    value = books.sessions.open("ann", LoginMethod.LINK)
    found = books.sessions.find(value)
    assert found is not None
    assert (found.name, found.method) == ("ann", LoginMethod.LINK)
    for _ in range(12):
        books.clock.wait(minutes=59)
        assert books.sessions.find(value) is not None
    books.clock.wait(minutes=12)
    assert books.sessions.find(value) is None
    idle = books.sessions.open("ann", LoginMethod.OIDC)
    books.clock.wait(minutes=60)
    assert books.sessions.find(idle) is None
    closed = books.sessions.open("ann", LoginMethod.PASSWORD)
    books.sessions.close(closed)
    books.sessions.close(closed)
    for wrong in (closed, "", "x" * 43, value[:-1]):
        assert books.sessions.find(wrong) is None
    kept = text("SELECT count(*) FROM sessions WHERE digest = :it")
    again = books.sessions.open("ann", LoginMethod.PASSWORD)
    count = books.catalog.database.read(lambda s: s.execute(kept, {"it": again}).scalar_one())
    assert count == 0, "the value itself is kept nowhere"


def test_a_change_of_password_roles_or_state_ends_all_sessions(books: Books) -> None:
    books.add("ann", Role.ADMINISTRATOR)
    books.add("bob", Role.AUDITOR)
    for change in (
        lambda: books.logins.set_password("bob", GOOD + "!", actor=ROOT),
        lambda: books.users.change_roles("bob", {Role.CONSUMER}, actor=ROOT),
        lambda: books.reviewers.add("bob", Lane.LEGAL, actor=ROOT),
        lambda: books.users.set_active("bob", active=False, actor=ROOT),
        lambda: books.users.set_active("bob", active=True, actor=ROOT),
        lambda: books.sessions.close_all("bob", actor=ROOT),
    ):
        value, other = (books.sessions.open(n, LoginMethod.PASSWORD) for n in ("bob", "ann"))
        change()
        assert books.sessions.find(value) is None
        assert books.sessions.find(other) is not None
    value = books.sessions.open("bob", LoginMethod.PASSWORD)
    roles = {Role.CONSUMER, Role.REVIEWER_LEGAL}
    books.users.change_roles("bob", roles, actor=ROOT)
    assert books.sessions.find(value) is not None, "nothing has changed"
    assert books.sessions.close_all("bob", actor=ROOT) == 1
    assert books.sessions.close_all("bob", actor=ROOT) == 0


def test_the_oldest_of_too_many_sessions_ends(books: Books) -> None:
    books.users.add("ann", actor=ROOT)
    values = []
    for _ in range(MAX_SESSIONS + 1):
        values.append(books.sessions.open("ann", LoginMethod.LINK))
        books.clock.wait(seconds=1)
    assert [books.sessions.find(v) is not None for v in values] == [False] + [True] * MAX_SESSIONS


def identity(**changes: object) -> Identity:
    said = {
        "issuer": "https://id.example",
        "external_id": "8f2",
        "name": "ann",
        "roles": frozenset({Role.REVIEWER_LEGAL, Role.AUDITOR}),
    }
    return Identity(**(said | changes))  # type: ignore[arg-type]


def test_an_identity_is_known_by_its_id_and_its_roles_follow_the_issuer(books: Books) -> None:
    assert books.logins.recognize(identity(teams=frozenset({"Search"}))) == "ann"
    ann = books.users.find("ann")
    assert ann is not None
    assert (ann.roles, ann.teams) == ({Role.REVIEWER_LEGAL, Role.AUDITOR}, {"Search"})
    renamed = identity(name="anna", roles=frozenset({Role.RELEASER}))
    assert books.logins.recognize(renamed) == "ann"
    changed = books.users.find("ann")
    assert changed is not None
    assert (changed.roles, changed.issuer) == ({Role.RELEASER}, "https://id.example")
    assert not any(r.active for r in books.reviewers.list_all())
    with pytest.raises(InputError, match="identity provider"):
        books.users.change_roles("ann", {Role.ADMINISTRATOR}, actor=ROOT)
    books.users.set_active("ann", active=False, actor=ROOT)
    with pytest.raises(LoginRefused):
        books.logins.recognize(identity())


def test_who_has_no_group_any_more_keeps_no_role_and_no_session(books: Books) -> None:
    books.logins.recognize(identity(roles=frozenset({Role.ADMINISTRATOR, Role.REVIEWER_LEGAL})))
    none = identity(roles=frozenset(), teams=frozenset())
    for left in ({Role.ADMINISTRATOR}, set()):
        value = books.sessions.open("ann", LoginMethod.OIDC)
        with pytest.raises(LoginRefused):
            books.logins.recognize(none)
        ann = books.users.find("ann")
        assert ann is not None
        assert ann.roles == left
        assert books.sessions.find(value) is None
        if left:  # the last administrator stays one until there is another
            books.add("bob", Role.ADMINISTRATOR)


def test_a_reviewer_who_may_not_log_in_does_not_count(books: Books) -> None:
    books.add("ann", Role.REVIEWER_LEGAL)
    books.reviewers.add("nobodys-user", Lane.LEGAL, actor=ROOT)

    def names() -> frozenset[str]:
        return books.catalog.database.read(lambda s: active_names(s, Lane.LEGAL))

    assert names() == {"ann", "nobodys-user"}
    books.users.set_active("ann", active=False, actor=ROOT)
    assert names() == {"nobodys-user"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"external_id": "other", "name": "bob"},
        {"issuer": "https://other.example", "name": "bob"},
        {"name": "No Name", "external_id": "x"},
        {"name": "eve", "external_id": "y", "roles": frozenset()},
    ],
)
def test_an_identity_takes_over_no_name(books: Books, changes: dict[str, object]) -> None:
    books.add("ann", Role.ADMINISTRATOR)
    books.logins.recognize(identity(name="bob", external_id="bobs"))
    with pytest.raises(LoginRefused):
        books.logins.recognize(identity(**changes))
