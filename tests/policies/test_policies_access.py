"""Who may do what: a table that a person can check, and laws that hold for everybody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.access import (
    LANE_ROLES,
    Action,
    Answer,
    Principal,
    Role,
    Subject,
    answer,
    may,
    owners_seen_by,
    tiers_seen_by,
)
from policies.decision import Lane, Tier

LETTERS = {
    Role.REGISTRANT: "g",
    Role.REVIEWER_LEGAL: "l",
    Role.REVIEWER_PRIVACY: "p",
    Role.REVIEWER_SECURITY: "s",
    Role.RELEASER: "r",
    Role.CONSUMER: "c",
    Role.AUDITOR: "u",
    Role.ADMINISTRATOR: "a",
}
# Action; who may do it to what is somebody else's; who to what is their own and of a granted tier.
# g registrant, reviewers l legal, p privacy, s security; r releaser, c consumer, u auditor,
# a administrator.
TABLE = """
repository.read   lpsrua glpsrua
repository.write  a      ga
visit.read        lpsrua glpsrua
finding.read      lpsrua glpsrua
finding.unmask    ps     ps
review.read       lpsrua glpsrua
review.propose    lpsr   glpsr
review.decide     lps    lps
policy.read       glpsrua glpsrua
policy.test       lpsra  lpsra
policy.apply      a      a
release.read      lpsrua lpsrcua
release.build     r      r
release.withdraw  lpsra  lpsra
grant.read        lpsrua lpsrcua
grant.write       ra     ra
token.read        ua     glpsrcua
token.write       a      glpsrcua
pull.read         lpsrua lpsrcua
pull.take         -      c
audit.read        ua     ua
operation.read    lpsrua glpsrua
operation.retry   ra     ra
host.write        a      a
user.write        a      a
list.export       lpsrua glpsrua
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]

roles = st.frozensets(st.sampled_from(Role))
subjects = st.builds(
    Subject,
    tier=st.none() | st.sampled_from(Tier),
    owner=st.sampled_from(["", "ann", "payments", "search"]),
    lane=st.none() | st.sampled_from(Lane),
    requested_by=st.sampled_from(["", "ann", "bob"]),
    is_filtered=st.booleans(),
)
actions = st.sampled_from(Action)


def principal(*of: Role, **more: object) -> Principal:
    return Principal(name="ann", roles=frozenset(of), **more)  # type: ignore[arg-type]


def test_the_table_names_every_action() -> None:
    assert [row[0] for row in ROWS] == [action.value for action in Action]


@pytest.mark.parametrize(("action", "others", "own"), ROWS, ids=[row[0] for row in ROWS])
def test_each_role_may_what_the_table_says(action: str, others: str, own: str) -> None:
    about_others = Subject(owner="bob", tier=Tier.INTERNAL_ONLY)
    about_own = Subject(owner="ann", tier=Tier.RELEASABLE)
    for role, letter in LETTERS.items():
        who = principal(role, tiers=frozenset({Tier.RELEASABLE}))
        assert may(who, Action(action), about_others) is (letter in others), role
        assert may(who, Action(action), about_own) is (letter in own), role


@given(actions, subjects)
def test_who_has_no_role_may_nothing(action: Action, subject: Subject) -> None:
    assert answer(principal(), action, subject) is Answer.HIDDEN


@given(roles, actions, subjects, st.frozensets(st.sampled_from(Action)))
def test_a_token_never_does_more_than_its_holder(
    of: frozenset[Role], action: Action, subject: Subject, scopes: frozenset[Action]
) -> None:
    person = principal(*of)
    allowed = may(replace(person, scopes=scopes), action, subject)
    assert allowed is (action in scopes and may(person, action, subject))


@given(roles, roles, actions, subjects)
def test_a_further_role_takes_nothing_away(
    some: frozenset[Role], more: frozenset[Role], action: Action, subject: Subject
) -> None:
    if may(principal(*some), action, subject):
        assert may(principal(*some, *more), action, subject)


@given(roles, subjects)
def test_nobody_decides_on_what_they_asked_for(of: frozenset[Role], subject: Subject) -> None:
    asked = replace(subject, requested_by="ann")
    for action in (Action.REVIEW_DECIDE, Action.POLICY_APPLY):
        assert not may(principal(*of), action, asked)
    everything = principal(*Role)
    assert answer(everything, Action.REVIEW_DECIDE, asked) is Answer.FORBIDDEN


@given(roles, actions, subjects)
def test_who_may_do_something_may_see_it(
    of: frozenset[Role], action: Action, subject: Subject
) -> None:
    noun = action.value.split(".")[0] + ".read"
    if noun in set(Action) and may(principal(*of), action, subject):
        assert may(principal(*of), Action(noun), subject) or subject.is_filtered


@given(actions, st.sampled_from(["", "bob", "payments"]))
def test_a_consumer_of_one_tier_learns_nothing_of_the_other(action: Action, owner: str) -> None:
    who = principal(Role.CONSUMER, tiers=frozenset({Tier.RELEASABLE}))
    subject = Subject(tier=Tier.INTERNAL_ONLY, owner=owner)
    assert answer(who, action, subject) is Answer.HIDDEN
    assert answer(who, action, Subject(owner=owner)) is Answer.HIDDEN
    assert tiers_seen_by(who) == {Tier.RELEASABLE}
    assert owners_seen_by(who) == frozenset()


def test_a_reviewer_decides_in_their_lane_only() -> None:
    for lane, role in LANE_ROLES.items():
        for other in Lane:
            told = answer(principal(role), Action.REVIEW_DECIDE, Subject(lane=other))
            assert told is (Answer.ALLOWED if other is lane else Answer.FORBIDDEN)
        assert principal(role).lanes == {lane}


def test_a_registrant_is_bound_to_their_teams() -> None:
    who = principal(Role.REGISTRANT, teams=frozenset({"payments"}))
    assert may(who, Action.REPOSITORY_WRITE, Subject(owner="payments"))
    assert answer(who, Action.FINDING_READ, Subject(owner="search")) is Answer.HIDDEN
    assert answer(who, Action.FINDING_READ) is Answer.HIDDEN
    assert may(who, Action.FINDING_READ, Subject(is_filtered=True))
    assert not may(who, Action.REPOSITORY_WRITE, Subject(is_filtered=True))
    assert owners_seen_by(who) == {"payments", "ann"}
    assert owners_seen_by(principal(Role.AUDITOR)) is None
