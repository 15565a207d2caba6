"""Grants, tokens and pulls in SQL: the pages together are the list, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from policies.decision import Tier
from release.domain.grant import Purpose, Wish
from store.asking import Filter, Query
from store.catalog import Catalog, GrantBook, HandedLists, ReleaseBook, Scope, TokenBook
from store.catalog.tables_pull import PullRow
from store.catalog.tokens import TokenRequest
from tests.store.catalog.test_catalog_lists import walk
from tests.strategies.grants import DAY, NOW, release_id_of, sha
from tests.support.clock import Clock

RELEASE = release_id_of(1)


@pytest.fixture
def lists(catalog: Catalog) -> HandedLists:
    """Five of each kind, of two consumers; one grant and one token are revoked, one is over."""
    clock = Clock(NOW)
    grants, tokens, releases = (
        kind(catalog, clock) for kind in (GrantBook, TokenBook, ReleaseBook)
    )
    releases.begin_release(RELEASE, Tier.RELEASABLE, {})
    releases.publish(RELEASE, sha(RELEASE), RELEASE, {})
    made = []
    for number in range(5):
        who = "trainers" if number % 2 else "judges"
        until = clock() + (timedelta(hours=1) if number == 3 else DAY * 9)
        wish = Wish(consumer=who, tier=Tier.RELEASABLE, purpose=Purpose.EVALUATION)
        grant = grants.draft(wish, until, by="ada")
        grants.add(grant)
        request = TokenRequest(
            consumer=who, scopes=[Scope.PULL], purpose="evaluation", expires_at=until
        )
        made.append((grant.id, tokens.create(request, actor="ada")[0].id))
        pull = {
            "release_id": RELEASE,
            "tier": "releasable",
            "destination": "local",
            "consumer": who,
            "at": clock(),
        }
        catalog.database.write(lambda s, pull=pull: s.execute(insert(PullRow).values(**pull)))
        clock.now += timedelta(minutes=number % 2)
    grants.revoke(made[0][0], by="ada")
    tokens.revoke(made[0][1], actor="ada")
    return HandedLists(catalog)


LATER = NOW + timedelta(hours=5)
ALL = {
    "granted": lambda lists: lambda q, after: lists.grants(q, after, LATER),
    "created": lambda lists: lambda q, after: lists.tokens(q, after, LATER),
    "at": lambda lists: lists.pulls,
}


@pytest.mark.parametrize("sort", sorted(ALL))
def test_pages_together_are_the_list(lists: HandedLists, sort: str) -> None:
    ask = ALL[sort](lists)
    for by in (sort, f"-{sort}", "consumer", "-consumer"):
        whole, total = ask(Query(sort=by, limit=50), None)
        assert (len(whole.rows), total, whole.end) == (5, 5, None)
        for limit in (1, 2, 4):
            assert walk(ask, Query(sort=by, limit=limit)) == list(whole.rows)
    one = Query(sort=sort, filters=(Filter(field="consumer", values=("judges",)),))
    found, total = ask(one, None)
    assert total == len(found.rows) == 3
    assert {row.consumer for row in found.rows} == {"judges"}
    with pytest.raises(ValueError, match="another list"):
        ask(Query(sort=sort), ("x",))


def test_states_are_those_of_a_moment(lists: HandedLists) -> None:
    for ask in (lists.grants, lists.tokens):
        found, _ = ask(Query(sort="consumer", limit=50), None, LATER)
        told = {}
        for state in ("active", "revoked", "expired"):
            only = Query(sort="consumer", filters=(Filter(field="state", values=(state,)),))
            told[state] = {row.id for row in ask(only, None, LATER)[0].rows}
        assert [len(told[state]) for state in ("active", "revoked", "expired")] == [3, 1, 1]
        assert all(row.id in told[row.state_at(LATER)] for row in found.rows)
