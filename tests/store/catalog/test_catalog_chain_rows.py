"""What was handed over, published, acknowledged and allowed is held against the chain too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from ingest.errors import ArtefactCorrupt
from policies.access import Role
from policies.decision import Lane, Tier
from policies.review import Move, ReviewState, Selector
from release.domain.grant import Purpose
from store.catalog import (
    AuditLog,
    Catalog,
    GrantBook,
    Identity,
    LoginBook,
    LoginRefused,
    Passwords,
    PullBook,
    RecallBook,
    RecalledRelease,
    RecallRecord,
    ReleaseBook,
    ReviewBook,
    ReviewerBook,
    RotationBook,
    RotationState,
    Scope,
    TokenBook,
    TokenRequest,
    UserBook,
    WithdrawalBook,
)
from store.catalog.audit import append_entry, entry_of
from store.catalog.chain_faults import read_chain
from store.catalog.chain_rows import check_pulls
from store.catalog.tables import AuditRow, ReleaseRow
from store.catalog.tables_users import UserRow
from tests.strategies.grants import DAY, NOW, grant, receipt, release_id_of, sha
from tests.strategies.reviews import POLICY, waiver
from tests.strategies.withdrawals import withdrawal
from tests.support.clock import Clock
from tests.support.edited import copied_catalog, edit

CHEAP = Passwords(passes=1, memory_kib=8, lanes=1)
DEARER = Passwords(passes=2, memory_kib=8, lanes=1)
PASSWORD = "correct horse battery staple"
ONE, OTHER = "1" * 32, "2" * 32
FIRST, SECOND = release_id_of(1), release_id_of(2)
NEW_FIELDS = {"row_sha256", "teams_sha256", "password_sha256", "replaced_by", "scopes"}


def fill(catalog: Catalog) -> None:
    """Do every kind of act by its book, one second after the other."""
    clock = Clock(NOW)
    handed_over(catalog, clock)
    taken_back(catalog, clock)
    allowed(catalog, clock)
    users(catalog, clock)
    steps(catalog)
    rotations = RotationBook(catalog, clock)
    for state in (RotationState.ACTIVE, RotationState.ROTATED):
        clock.now += timedelta(seconds=1)
        rotations.record(ONE, state, actor="ada", comment="see the ticket")
    rotations.record(OTHER, RotationState.REVOKED, actor="bob")


def handed_over(catalog: Catalog, clock: Clock) -> None:
    releases = ReleaseBook(catalog, clock)
    for number in range(1, 6):
        inputs = {"decisions": f"d{number}"}
        releases.begin_release(release_id_of(number), Tier.RELEASABLE, inputs)
    for name in (FIRST, SECOND):
        releases.publish(name, sha(name), name, {"rows": 3})
    releases.hold(release_id_of(3), "the exit scan found a key")
    releases.fail(release_id_of(4), "no room")
    GrantBook(catalog, clock).add(grant())
    pulls = PullBook(catalog, clock)
    for number, run in ((1, "run-1"), (2, "run-1"), (1, "run-2")):
        clock.now += timedelta(seconds=1)
        made = receipt(number, run_id=run)
        pulls.record(made, made.to_json(), "gpu-farm")


def taken_back(catalog: Catalog, clock: Clock) -> None:
    book = RecallBook(catalog, clock)
    part = RecalledRelease(release_id=FIRST, rows=2, replaced_by=SECOND)
    recall = RecallRecord(
        id="rcl_1",
        tier=Tier.RELEASABLE,
        reasons=("SECRET",),
        requests=(),
        releases=(part,),
        issued_at=clock(),
    )
    assert book.record(recall, actor="worker")
    whole = replace(part, release_id=SECOND, rows=0, replaced_by="")
    assert book.record(replace(recall, id="rcl_2", releases=(whole,)), actor="worker")
    book.acknowledge("rcl_1", "trainers", actor="eve", comment="retrained")
    book.acknowledge("rcl_1", "the team of words", actor="eve")
    book.lift("rcl_2", actor="ada")


def allowed(catalog: Catalog, clock: Clock) -> None:
    """Make a token that counts, one that was revoked and one that is over."""
    book = TokenBook(catalog, clock)
    for consumer, life in (("team", 9), ("former", 9), ("late", 1)):
        asked = TokenRequest(
            consumer=consumer,
            scopes=[Scope.PULL],
            purpose=Purpose.EVALUATION,
            expires_at=clock() + timedelta(days=life),
        )
        made, value = book.create(asked, actor="root")
        assert book.authenticate(value)
        if consumer == "former":
            book.revoke(made.id, actor="eve")
    clock.now += timedelta(days=2)


def users(catalog: Catalog, clock: Clock) -> None:
    book, logins = UserBook(catalog, clock), LoginBook(catalog, clock, CHEAP)
    # Somebody who was put out is the first administrator after all.
    book.add("root", actor="root")
    book.set_active("root", active=False, actor="root")
    book.add_first("root", actor="root")
    book.add("ann", {Role.AUDITOR, Role.REGISTRANT}, actor="root", teams=["Payments"])
    book.change_roles("ann", {Role.AUDITOR, Role.REVIEWER_LEGAL}, actor="root")
    book.change_teams("ann", ["Payments", "Search"], actor="root")
    logins.set_password("ann", PASSWORD, actor="root")
    assert LoginBook(catalog, clock, DEARER).check("ann", PASSWORD, "10.0.0.1") == "ann"
    logins.make_link("ann", actor="root")
    book.add("bob", {Role.RELEASER}, actor="root")
    book.set_active("bob", active=False, actor="root")
    book.change_roles("bob", {Role.ADMINISTRATOR}, actor="root")
    known = Identity(
        issuer="https://id",
        external_id="7",
        name="cat",
        roles=frozenset({Role.AUDITOR}),
        teams=frozenset({"Search"}),
    )
    for teams in ({"Search"}, {"Search"}, {"Ads", "Maps"}):
        logins.recognize(replace(known, teams=frozenset(teams)))
    leaves = replace(known, external_id="8", name="dan")
    logins.recognize(leaves)
    with suppress(LoginRefused):
        logins.recognize(replace(leaves, roles=frozenset()))


def steps(catalog: Catalog) -> None:
    ReviewerBook(catalog, clock=lambda: NOW).add("eve", Lane.LEGAL, actor="root")
    reviews = ReviewBook(catalog, POLICY)
    asked = replace(waiver("MINIFIED", "1", "rvw_1"), state=ReviewState.PROPOSED, version=1)
    reviews.propose(asked)
    reviews.approve("rvw_1", Move(actor="eve", at=asked.requested_at, comment="looked", seen=1))
    WithdrawalBook(catalog, POLICY).withdraw(
        withdrawal("wdr_1", Selector.REPOSITORY, repo_id="repo_1")
    )


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog in which every kind of act was done by its book."""
    path = tmp_path_factory.mktemp("chain") / "catalog.sqlite"
    catalog = Catalog(f"sqlite:///{path}")
    catalog.upgrade()
    fill(catalog)
    catalog.close()
    return path


@pytest.fixture
def kept(template: Path, tmp_path: Path) -> Iterator[Catalog]:
    """A copy of it that a test may edit."""
    with copied_catalog(template, tmp_path) as catalog:
        yield catalog


def write_anew(catalog: Catalog, without: set[str]) -> None:
    """Write the chain as an earlier version did: its entries had none of some fields."""

    def transaction(session: Session) -> None:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.seq))
        entries = [entry_of(row) for row in rows]
        session.execute(delete(AuditRow))
        for entry in entries:
            detail = {k: v for k, v in entry.detail.items() if k not in without}
            if entry.action not in {"user.enable", "user.rehash", "release.hold"}:
                who = (entry.actor, entry.action, entry.subject)
                append_entry(session, entry.at, who, detail)

    catalog.database.write(transaction)


def test_what_the_books_wrote_is_as_the_chain_says(catalog: Catalog) -> None:
    fill(catalog)
    entries, faults = read_chain(catalog)
    assert faults == ()
    said = {entry.action for entry in entries}
    assert said >= {"pull", "release.hold", "recall.lift", "token.revoke", "user.rehash"}
    assert [e.actor for e in entries if e.action == "user.teams" and e.subject == "cat"] == [
        "oidc",
        "oidc",
    ]
    for run in ("run-1", "run-2"):
        check_pulls(catalog, run)


def test_entries_of_earlier_versions_say_less_and_that_is_no_fault(kept: Catalog) -> None:
    write_anew(kept, NEW_FIELDS)
    entries, faults = read_chain(kept)
    assert faults == ()
    assert not any(NEW_FIELDS & entry.detail.keys() for entry in entries)
    check_pulls(kept, "run-1")


def test_what_is_older_than_its_entries_is_no_fault(kept: Catalog) -> None:
    """A pull named no run and no grant, and a publication was written in two steps."""
    write_anew(kept, NEW_FIELDS)
    edit(
        kept,
        "INSERT INTO pulls (release_id, tier, destination, consumer, at) "
        f"VALUES ('{FIRST}', 'releasable', 'disk', 'cli', '2029-12-31 00:00:00')",
    )
    assert read_chain(kept)[1] == (f"pull {FIRST}: the chain does not know it",)
    log = AuditLog(kept, lambda: NOW + DAY)
    log.append("cli", "pull", FIRST)
    log.append("worker", "publish", FIRST, {"manifest": sha(FIRST)})
    assert read_chain(kept)[1] == ()


PULL = f"pull {FIRST} for run-1 by grt_1"
OF_PULL = f"WHERE run_id = 'run-1' AND release_id = '{FIRST}'"
OF_RELEASE = f"WHERE id = '{FIRST}'"
OF_HELD = f"WHERE id = '{release_id_of(3)}'"
OF_BUILT = f"WHERE id = '{release_id_of(5)}'"
DAWN = "'2030-01-01 00:00:00'"
OF_ACK = "WHERE consumer = 'trainers'"
GONE = "the chain knows it, and it is gone"
UNKNOWN = "the chain does not know it"
OTHERWISE = "it is not as the chain says"
EDITS = [
    # Pulls and training runs.
    *(
        (f"UPDATE pulls SET {change} {OF_PULL}", f"{PULL}: {OTHERWISE}")
        for change in (
            "consumer = 'zoe'",
            "tier = 'internal-only'",
            "purpose = 'evaluation'",
            "destination = 'elsewhere'",
            "at = '2031-01-01 00:00:00'",
            "receipt_digest = 'f'",
            "receipt_digest = NULL",
            "receipt = NULL",
            "receipt = replace(receipt, 'trainers', 'traders')",
        )
    ),
    (f"UPDATE pulls SET run_id = 'run-3' {OF_PULL}", "pull "),
    (f"UPDATE pulls SET run_id = NULL {OF_PULL}", "pull "),
    (f"UPDATE pulls SET grant_id = 'grt_2' {OF_PULL}", "pull "),
    (f"UPDATE pulls SET release_id = '{release_id_of(5)}' {OF_PULL}", "pull "),
    (f"DELETE FROM pulls {OF_PULL}", f"{PULL}: {GONE}"),
    ("DELETE FROM pulls WHERE run_id = 'run-1'", "pull "),
    *(
        (
            f"UPDATE training_runs SET {change} WHERE id = 'run-1'",
            f"training run run-1: {OTHERWISE}",
        )
        for change in (
            "consumer = 'zoe'",
            "purpose = 'evaluation'",
            "created_at = '2020-01-01 00:00:00'",
        )
    ),
    ("DELETE FROM training_runs WHERE id = 'run-1'", f"training run run-1: {GONE}"),
    (
        "INSERT INTO training_runs VALUES ('run-9', 'zoe', 'evaluation', '2030-01-01 00:00:00')",
        f"training run run-9: {UNKNOWN}",
    ),
    # Releases.
    *(
        (f"UPDATE releases SET {change} {OF_RELEASE}", f"release {FIRST}: {OTHERWISE}")
        for change in (
            "state = 'held'",
            "state = 'building'",
            "state = 'failed'",
            "tier = 'internal-only'",
            "manifest_digest = 'f'",
            "path = 'elsewhere'",
            "totals = '{\"rows\": 2}'",
            "totals = '{\"rows\": NaN}'",
            'params = \'{"decisions": "d9"}\'',
            "published_at = NULL",
            "created_at = '2020-01-01 00:00:00'",
        )
    ),
    (f"DELETE FROM releases {OF_RELEASE}", f"release {FIRST}: {GONE}"),
    (f"UPDATE releases SET state = 'published' {OF_HELD}", f"release {release_id_of(3)}: "),
    (f"UPDATE releases SET reason = '' {OF_HELD}", f"release {release_id_of(3)}: {OTHERWISE}"),
    (f"DELETE FROM releases {OF_HELD}", f"release {release_id_of(3)}: {GONE}"),
    (
        f"UPDATE releases SET state = 'published' {OF_BUILT}",
        f"release {release_id_of(5)}: {UNKNOWN}",
    ),
    ("UPDATE releases SET totals = 'none'", "releases: one cannot be read"),
    # Recalls and acknowledgements.
    ("DELETE FROM recalled_releases", f"recall rcl_1: {OTHERWISE}"),
    ("UPDATE recalled_releases SET replaced_by = ''", f"recall rcl_1: {OTHERWISE}"),
    ("UPDATE recalls SET tier = 'internal-only' WHERE id = 'rcl_1'", f"recall rcl_1: {OTHERWISE}"),
    (
        "UPDATE recalls SET issued_at = '2020-01-01 00:00:00' WHERE id = 'rcl_1'",
        f"recall rcl_1: {OTHERWISE}",
    ),
    *(
        (
            f"UPDATE acknowledgements SET {change} {OF_ACK}",
            f"acknowledgement of rcl_1 by trainers: {OTHERWISE}",
        )
        for change in ("actor = 'zoe'", "comment = ''", "at = '2020-01-01 00:00:00'")
    ),
    (f"UPDATE acknowledgements SET consumer = 'others' {OF_ACK}", "acknowledgement of rcl_1 by "),
    (f"UPDATE acknowledgements SET recall_id = 'rcl_2' {OF_ACK}", "acknowledgement of rcl_"),
    (f"DELETE FROM acknowledgements {OF_ACK}", f"acknowledgement of rcl_1 by trainers: {GONE}"),
    (
        "DELETE FROM acknowledgements WHERE consumer LIKE 'the %'",
        f"acknowledgement of rcl_1 by {sha('the team of words')}: {GONE}",
    ),
    (
        "INSERT INTO acknowledgements VALUES ('rcl_1', 'zoe', 'zoe', '', '2030-01-01 00:00:00')",
        f"acknowledgement of rcl_1 by zoe: {UNKNOWN}",
    ),
    # Tokens.
    *(
        (f"UPDATE tokens SET {change} WHERE consumer = 'team'", "token tok_")
        for change in (
            "consumer = 'zoe'",
            "scopes = 'pull token.read'",
            "purpose = 'public-model'",
            "run_id = 'run-1'",
            "digest = 'f'",
            "created_by = 'zoe'",
            "created_at = '2020-01-01 00:00:00'",
            "expires_at = '2099-01-01 00:00:00'",
            "revoked_at = '2030-01-01 00:00:00'",
            "id = 'tok_9'",
        )
    ),
    ("UPDATE tokens SET expires_at = 'never'", "tokens: one cannot be read"),
    ("UPDATE tokens SET revoked_at = NULL WHERE consumer = 'former'", "token tok_"),
    ("DELETE FROM tokens WHERE consumer = 'former'", "token tok_"),
    # Users.
    *(
        (f"UPDATE users SET {change} WHERE name = 'ann'", f"user ann: {OTHERWISE}")
        for change in (
            "teams = '[\"Ads\"]'",
            "active = 0",
            "password_hash = ''",
            "password_hash = '$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA'",
            "issuer = 'https://id', external_id = '9'",
            "created_by = 'zoe'",
            "created_at = '2020-01-01 00:00:00'",
        )
    ),
    ("UPDATE users SET password_hash = 'x' WHERE name = 'cat'", f"user cat: {OTHERWISE}"),
    ("UPDATE users SET external_id = '9' WHERE name = 'cat'", f"user cat: {OTHERWISE}"),
    ("UPDATE users SET teams = '[\"Search\"]' WHERE name = 'cat'", f"user cat: {OTHERWISE}"),
    ("UPDATE users SET active = 1 WHERE name = 'bob'", f"user bob: {OTHERWISE}"),
    ("UPDATE users SET teams = 'none' WHERE name = 'bob'", "users: one cannot be read"),
    ("DELETE FROM users WHERE name = 'dan'", f"user dan: {GONE}"),
    (
        "INSERT INTO users SELECT 'zoe', '', '[]', 1, '', '', '', at, at FROM audit LIMIT 1",
        f"user zoe: {UNKNOWN}",
    ),
    (
        "INSERT INTO user_roles VALUES ('ann', 'administrator', 'root', '2030-01-01 00:00:00')",
        f"user ann: {OTHERWISE}",
    ),
    (
        "INSERT INTO user_roles VALUES ('zoe', 'administrator', 'root', '2030-01-01 00:00:00')",
        f"roles of zoe: {UNKNOWN}",
    ),
    ("UPDATE user_roles SET role = 'releaser' WHERE name = 'ann'", f"user ann: {OTHERWISE}"),
    ("UPDATE user_roles SET granted_by = 'zoe' WHERE name = 'ann'", f"user ann: {OTHERWISE}"),
    ("DELETE FROM user_roles WHERE name = 'ann'", f"user ann: {OTHERWISE}"),
    # Rotations.
    *(
        (f"UPDATE rotations SET {change} WHERE seq = 2", f"rotation {ONE}: {OTHERWISE}")
        for change in (
            "state = 'false_positive'",
            "actor = 'zoe'",
            "comment = ''",
            "at = '2020-01-01 00:00:00'",
            "seq = 0",
        )
    ),
    (f"UPDATE rotations SET fingerprint = '{OTHER}' WHERE seq = 2", "rotation "),
    ("DELETE FROM rotations WHERE seq = 2", f"rotation {ONE}: {OTHERWISE}"),
    ("DELETE FROM rotations WHERE seq = 3", f"rotation {OTHER}: {GONE}"),
    (
        f"INSERT INTO rotations SELECT 9, '{'3' * 32}', 'active', 'ada', '', at FROM audit LIMIT 1",
        f"rotation {'3' * 32}: {UNKNOWN}",
    ),
    # Steps of reviews and withdrawals.
    *(
        (
            f"UPDATE review_events SET {change} WHERE version = 2",
            f"review rvw_1, step 2: {OTHERWISE}",
        )
        for change in ("action = 'reject'", "comment = ''", "at = '2020-01-01 00:00:00'")
    ),
    ("DELETE FROM review_events WHERE version = 1", f"review rvw_1, step 1: {GONE}"),
    (
        f"INSERT INTO review_events VALUES ('e', 'rvw_1', 3, 'propose', 'zoe', '', {DAWN})",
        f"review rvw_1, step 3: {UNKNOWN}",
    ),
    ("UPDATE withdrawal_events SET actor = 'zoe'", f"withdrawal wdr_1, step 1: {OTHERWISE}"),
    ("UPDATE withdrawal_events SET comment = ''", f"withdrawal wdr_1, step 1: {OTHERWISE}"),
    ("DELETE FROM withdrawal_events", f"withdrawal wdr_1, step 1: {GONE}"),
]


@pytest.mark.parametrize(("statement", "told"), EDITS, ids=[statement for statement, _ in EDITS])
def test_an_edited_row_is_found(kept: Catalog, statement: str, told: str) -> None:
    edit(kept, statement)
    _, faults = read_chain(kept)
    assert any(fault.startswith(told) for fault in faults), faults


@pytest.mark.parametrize(
    "change",
    [
        f"DELETE FROM pulls {OF_PULL}",
        "DELETE FROM pulls WHERE run_id = 'run-1'",
        f"UPDATE pulls SET receipt = NULL {OF_PULL}",
        f"UPDATE pulls SET run_id = 'run-3' {OF_PULL}",
        f"UPDATE pulls SET consumer = 'zoe' {OF_PULL}",
        f"UPDATE pulls SET at = 'once' {OF_PULL}",
        "UPDATE training_runs SET consumer = 'zoe' WHERE id = 'run-1'",
    ],
)
def test_a_run_whose_pulls_were_edited_is_told_apart(kept: Catalog, change: str) -> None:
    edit(kept, change)
    check_pulls(kept, "run-2")
    with pytest.raises(ArtefactCorrupt, match="The catalog was edited: "):
        check_pulls(kept, "run-1")


def test_an_edit_is_found_on_every_database(catalog: Catalog) -> None:
    fill(catalog)

    def transaction(session: Session) -> None:
        session.execute(update(ReleaseRow).where(ReleaseRow.id == FIRST).values(path="elsewhere"))
        session.execute(update(UserRow).where(UserRow.name == "ann").values(teams=["Ads"]))
        session.execute(text("UPDATE tokens SET scopes = 'pull token.read'"))

    catalog.database.write(transaction)
    _, faults = read_chain(catalog)
    nouns = sorted(fault.split()[0] for fault in faults)
    assert nouns == ["release", "token", "token", "token", "user"]
