"""Attesting a training run: every shard, every grant, and what became of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from ingest.errors import ArtefactCorrupt, InputError, ReleaseRefused
from policies.decision import Tier
from release.domain.grant import Purpose, Wish
from release.ports import ignore_progress
from release.pull import check_copies, open_statement
from store.catalog import AuditLog, GrantBook, PolicyBook
from tests.support.releases import folder_of, installation
from workers.attesting import attest
from workers.audit import verify_audit
from workers.context import Context, utc_now
from workers.pulling import Handover, Order, pull

RUN = "spring-1"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """An installation that handed both tiers to one run, and one of them to another."""
    made = installation(tmp_path_factory.mktemp("attesting") / "home")
    for tier in Tier:
        wish = Wish(consumer="trainers", tier=tier, purpose=Purpose.INTERNAL_MODEL)
        book = GrantBook(made.catalog, clock=utc_now)
        book.add(book.draft(wish, utc_now() + timedelta(days=1), by="ada"))
        handed(made, tier, RUN)
    handed(made, Tier.RELEASABLE, "other")
    yield made
    made.catalog.close()


def handed(context: Context, tier: Tier, run: str) -> Handover:
    order = Order(
        release=folder_of(context, tier).name,
        dest=context.settings.root / "dest",
        tier=tier,
        consumer="trainers",
        run_id=run,
    )
    return pull(context, order, ignore_progress)


def test_a_run_is_attested_with_exactly_the_shards_that_it_was_given(context: Context) -> None:
    made = attest(context, RUN, by="bob")
    statement = open_statement(made.envelope, context.keys.public)
    assert statement == made.statement
    dest = context.settings.root / "dest"
    assert check_copies(statement, dest) == len(statement.subject)
    run = statement.predicate
    assert (run.run_id, run.consumer, run.purpose) == (RUN, "trainers", Purpose.INTERNAL_MODEL)
    assert {(r.id, r.tier) for r in run.releases} == {
        (folder_of(context, tier).name, tier) for tier in Tier
    }
    assert {r.state for r in run.releases} == {"published"}
    assert len(run.grants) == len(run.receipts) == 2
    (other,) = attest(context, "other", by="bob").statement.predicate.releases
    assert other.tier is Tier.RELEASABLE


def test_a_statement_names_the_policy_as_the_catalog_knows_it(context: Context) -> None:
    (before,) = attest(context, "other", by="bob").statement.predicate.policies
    assert before.name == ""
    policies = PolicyBook(context.catalog, clock=utc_now)
    policies.activate_policy(before.digest.sha256, "default", "text")
    (after,) = attest(context, "other", by="bob").statement.predicate.policies
    assert (after.name, after.digest) == ("default", before.digest)


def test_attesting_is_written_into_the_chain(context: Context) -> None:
    attest(context, RUN, by="bob")
    assert verify_audit(context).is_intact
    head = AuditLog(context.catalog, clock=utc_now).head()
    assert head is not None
    assert (head.actor, head.action, head.subject) == ("bob", "attest", RUN)


def test_a_run_that_nothing_was_pulled_for_is_not_attested(context: Context) -> None:
    with pytest.raises(InputError, match="No shard was pulled"):
        attest(context, "unknown", by="bob")


def test_a_grant_that_was_revoked_afterwards_is_shown_as_such(context: Context) -> None:
    run = attest(context, "other", by="bob").statement.predicate
    assert run.grants[0].revoked_on is None
    GrantBook(context.catalog, clock=utc_now).revoke(run.grants[0].id, by="eve")
    after = attest(context, "other", by="bob").statement.predicate
    assert after.grants[0].revoked_on is not None


@pytest.mark.parametrize(
    "change",
    [
        "receipt = (SELECT receipt FROM pulls WHERE run_id = 'other')",
        "receipt = replace(receipt, 'A', 'B')",
        "run_id = 'other' WHERE tier = 'internal-only' --",
    ],
    ids=["of another run", "altered", "moved to another run"],
)
def test_a_receipt_that_somebody_put_into_the_catalog_is_refused(
    context: Context, change: str
) -> None:
    aside = Context(settings=context.settings.model_copy(update={"database_url": _copy(context)}))
    aside.catalog.database.write(
        lambda s: s.execute(text(f"UPDATE pulls SET {change} WHERE run_id = '{RUN}'"))
    )
    run = "other" if change.startswith("run_id") else RUN
    with pytest.raises(ReleaseRefused):
        attest(aside, run, by="bob")
    aside.catalog.close()


@pytest.mark.parametrize(
    "change",
    [
        f"DELETE FROM pulls WHERE run_id = '{RUN}'",
        f"DELETE FROM pulls WHERE run_id = '{RUN}' AND tier = 'internal-only'",
        f"UPDATE pulls SET receipt = NULL WHERE run_id = '{RUN}'",
        f"UPDATE pulls SET run_id = NULL WHERE run_id = '{RUN}'",
        f"UPDATE pulls SET consumer = 'zoe' WHERE run_id = '{RUN}'",
        f"UPDATE training_runs SET purpose = 'evaluation' WHERE id = '{RUN}'",
    ],
)
def test_a_run_whose_pulls_are_not_those_of_the_chain_is_not_attested(
    context: Context, change: str
) -> None:
    aside = Context(settings=context.settings.model_copy(update={"database_url": _copy(context)}))
    aside.catalog.database.write(lambda s: s.execute(text(change)))
    with pytest.raises(ArtefactCorrupt, match=f"The catalog was edited: .*{RUN}") as caught:
        attest(aside, RUN, by="bob")
    assert caught.value.exit_code == 1
    assert not verify_audit(aside).is_intact
    aside.catalog.close()


def _copy(context: Context) -> str:
    """Return the URL of a copy of the catalog, made by the database itself."""
    home: Path = context.settings.root
    place = home / f"copy-{utc_now().timestamp()}.sqlite"
    source, target = sqlite3.connect(home / "catalog.sqlite"), sqlite3.connect(place)
    source.backup(target)
    source.close()
    target.close()
    return f"sqlite:///{place}"
