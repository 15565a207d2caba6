from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.decision import Tier
from release.domain.grant import (
    Grant,
    Purpose,
    Refusal,
    Wish,
    check_run,
    choose_grant,
    may_pull,
    unnamed_run,
    why_refused,
)
from tests.strategies.grants import DAY, NOW, grant

KINDS = [
    (tier, purpose)
    for tier, purpose in product(Tier, Purpose)
    if (tier, purpose) != (Tier.INTERNAL_ONLY, Purpose.PUBLIC_MODEL)
]
"""What can be granted at all."""
ENDS = {"before": NOW - timedelta(seconds=1), "now": NOW, "after": NOW + timedelta(seconds=1)}
REVOKED: dict[bool, dict[str, Any]] = {
    False: {},
    True: {"revoked_by": "eve", "revoked_at": NOW - DAY},
}


def wish(tier: Tier, purpose: Purpose, consumer: str = "trainers") -> Wish:
    return Wish(consumer=consumer, tier=tier, purpose=purpose)


@pytest.mark.parametrize("asked", list(product(Tier, Purpose)), ids=str)
def test_a_pull_is_allowed_by_a_live_grant_for_the_very_same_thing_and_by_nothing_else(
    asked: tuple[Tier, Purpose],
) -> None:
    allowed = set()
    for row in product([None, *KINDS], REVOKED, ENDS, ["trainers", "somebody"]):
        granted, revoked, ends, consumer = row
        held = granted and grant(
            tier=granted[0],
            purpose=granted[1],
            granted_at=NOW - 2 * DAY,
            expires_at=ENDS[ends],
            **REVOKED[revoked],
        )
        if may_pull(held, wish(*asked, consumer), NOW):
            allowed.add(row)
        if asked not in KINDS:
            assert why_refused(held, wish(*asked, consumer), NOW) is Refusal.NEVER
    only = {(asked, False, "after", "trainers")}
    assert allowed == (only if asked in KINDS else set())


@pytest.mark.parametrize(
    ("changes", "asked", "expected"),
    [
        ({}, {}, None),
        ({}, {"consumer": "somebody"}, Refusal.OTHER_CONSUMER),
        ({}, {"purpose": Purpose.EVALUATION}, Refusal.OTHER_PURPOSE),
        ({}, {"purpose": Purpose.INTERNAL_MODEL}, Refusal.OTHER_PURPOSE),
        ({}, {"tier": Tier.INTERNAL_ONLY}, Refusal.NEVER),
        (
            {"purpose": Purpose.EVALUATION},
            {"purpose": Purpose.EVALUATION, "tier": Tier.INTERNAL_ONLY},
            Refusal.OTHER_TIER,
        ),
        (REVOKED[True], {}, Refusal.REVOKED),
        ({"expires_at": NOW}, {}, Refusal.EXPIRED),
        ({"granted_at": NOW + DAY / 2}, {}, Refusal.NOT_YET),
        ({"granted_at": NOW}, {}, None),
    ],
)
def test_a_refusal_says_why(
    changes: dict[str, Any], asked: dict[str, Any], expected: Refusal | None
) -> None:
    asked = {"consumer": "trainers", "tier": Tier.RELEASABLE, "purpose": Purpose.PUBLIC_MODEL} | (
        asked
    )
    assert why_refused(grant(**changes), Wish(**asked), NOW) is expected


def test_without_a_grant_everything_is_refused() -> None:
    assert not any(may_pull(None, wish(*asked), NOW) for asked in product(Tier, Purpose))


@pytest.mark.parametrize(
    "changes",
    [
        {"consumer": "ada"},
        {"consumer": ""},
        {"consumer": "Ada Lovelace"},
        {"granted_by": ""},
        {"expires_at": NOW - DAY},
        {"expires_at": datetime(2030, 2, 1)},  # noqa: DTZ001
        {"granted_at": datetime(2030, 1, 1, tzinfo=timezone(timedelta(hours=1)))},
        {"revoked_by": "eve"},
        {"revoked_at": NOW},
        {"tier": Tier.INTERNAL_ONLY},
        {"comment": "two\nlines"},
    ],
    ids=str,
)
def test_a_grant_that_cannot_be_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        grant(**changes)


def test_a_grant_expires_without_anyone_acting() -> None:
    held = grant()
    assert [held.state_at(held.expires_at - DAY / 2), held.state_at(held.expires_at)] == [
        "active",
        "expired",
    ]
    assert grant(**REVOKED[True]).state_at(NOW + 9 * DAY) == "revoked"


grants = st.builds(
    lambda kind, days, revoked, number: grant(
        id=f"grt_{number}",
        tier=kind[0],
        purpose=kind[1],
        granted_at=NOW - 9 * DAY,
        expires_at=NOW + days * DAY,
        **REVOKED[revoked],
    ),
    st.sampled_from(KINDS),
    st.integers(-8, 8),
    st.booleans(),
    st.integers(0, 99),
)


@given(st.lists(grants, max_size=6), st.sampled_from(list(product(Tier, Purpose))))
def test_of_several_grants_one_that_allows_it_is_taken_and_order_is_irrelevant(
    held: list[Grant], asked: tuple[Tier, Purpose]
) -> None:
    chosen = choose_grant(held, wish(*asked), NOW)
    allowed = [g for g in held if may_pull(g, wish(*asked), NOW)]
    if isinstance(chosen, Grant):
        assert chosen in allowed
        assert chosen.expires_at == max(g.expires_at for g in allowed)
        assert choose_grant(held, wish(*asked), NOW, preferred=allowed[0].id).id == allowed[0].id  # type: ignore[union-attr]
    else:
        assert not allowed
    assert choose_grant(held[::-1], wish(*asked), NOW) == chosen


@given(st.lists(grants, max_size=6), grants)
def test_revoking_a_grant_or_waiting_never_allows_more(held: list[Grant], more: Grant) -> None:
    asked = wish(more.tier, more.purpose)
    if not isinstance(choose_grant([*held, more], asked, NOW), Grant):
        assert not isinstance(choose_grant(held, asked, NOW), Grant)
        assert not isinstance(choose_grant([*held, more], asked, NOW + 3 * DAY), Grant)


def test_the_reason_of_a_grant_that_ended_is_told_before_that_there_is_none() -> None:
    asked = wish(Tier.RELEASABLE, Purpose.PUBLIC_MODEL)
    other, ended = grant(purpose=Purpose.EVALUATION), grant(id="grt_2", expires_at=NOW)
    assert choose_grant([other], asked, NOW) is Refusal.NO_GRANT
    assert choose_grant([other, ended], asked, NOW) is Refusal.EXPIRED
    assert choose_grant([grant(**REVOKED[True])], asked, NOW) is Refusal.REVOKED


@pytest.mark.parametrize("name", ["", "-x", "a b", "../x", "a/b", "x" * 129, "naïve", "a\n"])
def test_a_run_whose_name_could_lead_elsewhere_is_none(name: str) -> None:
    with pytest.raises(ValueError, match="named"):
        check_run(name)


def test_the_same_unnamed_pull_is_the_same_run_and_another_one_is_another() -> None:
    asked = wish(Tier.RELEASABLE, Purpose.PUBLIC_MODEL)
    name = unnamed_run(asked, "rel_1")
    assert check_run(name) == name == unnamed_run(asked, "rel_1")
    others = [
        unnamed_run(asked, "rel_2"),
        unnamed_run(wish(Tier.RELEASABLE, Purpose.EVALUATION), "rel_1"),
        unnamed_run(wish(Tier.RELEASABLE, Purpose.PUBLIC_MODEL, "b"), "rel_1"),
    ]
    assert len({name, *others}) == 4
