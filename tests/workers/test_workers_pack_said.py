"""What a pack tells of people is held against the chain: nothing is left out, added or changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from policies.review import Review, Reviews, Selector, Withdrawal
from store.catalog.audit import AuditEntry
from tests.strategies.reviews import NOW, waiver
from tests.strategies.withdrawals import withdrawal
from workers.pack_said import Told, find_faults, find_moment_faults, told_digest

DAY = timedelta(days=1)
WAIVER = waiver("GENERATED", "1")
PLACED = waiver("GENERATED", repo_id="r", pattern="customers/acme/", name="rvw_p")
TAKEN = withdrawal("wdr_p", Selector.PATH, "customers/acme/", repo_id="r")


def step(action: str, subject: str, detail: dict[str, Any], at: datetime = NOW - DAY) -> AuditEntry:
    plain = {"seq": int(at.timestamp()), "actor": "ada", "prev_hash": "", "hash": ""}
    return AuditEntry(at=at, action=action, subject=subject, detail=detail, **plain)


def agreed(review: Review, **changes: Any) -> AuditEntry:
    asked = review.asked()
    names = ("kind", "lane", "starts_at", "expires_at")
    detail = {name: asked[name] for name in names} | {"asked": review.digest, "state": "approved"}
    return step("review.approve", review.id, detail | changes)


def taken(one: Withdrawal, state: str = "active") -> AuditEntry:
    return step("withdrawal.withdraw", one.id, {"said": one.digest, "state": state})


def told(one: Review | Withdrawal, **changes: Any) -> Told:
    said = one.asked() if isinstance(one, Review) else one.said()
    kind = "review" if isinstance(one, Review) else "withdrawal"
    return Told(kind=kind, record={"id": one.id, **said, "digest": one.digest, **changes})


def test_what_stood_and_is_told_as_it_stood_has_no_faults() -> None:
    entries = [agreed(WAIVER), agreed(PLACED), taken(TAKEN)]
    assert find_faults([told(WAIVER), told(PLACED)], "review", entries, NOW) == []
    assert find_faults([told(TAKEN)], "withdrawal", entries, NOW) == []
    everything = Reviews(items=(PLACED, WAIVER), withdrawals=(TAKEN,))
    assert told_digest([told(PLACED), told(WAIVER)], [told(TAKEN)]) == everything.digest


@pytest.mark.parametrize(
    ("entry", "told_too", "said"),
    [
        (agreed(WAIVER), False, "was in force, and is not told"),
        (agreed(WAIVER, state="proposed"), True, "was not in force"),
        (agreed(WAIVER, state="withdrawn"), True, "was not in force"),
        (agreed(WAIVER, state="rejected"), False, ""),
        (agreed(WAIVER, asked="0" * 64), True, "does not record"),
        (agreed(WAIVER, lane="privacy"), True, "does not record"),
        (step("review.approve", WAIVER.id, {"state": "approved"}, NOW + DAY), False, ""),
        (step("review.approve", WAIVER.id, {"state": "approved"}, NOW + DAY), True, "not record"),
    ],
)
def test_a_review_left_out_made_active_or_changed_is_seen(
    entry: AuditEntry, *, told_too: bool, said: str
) -> None:
    faults = find_faults([told(WAIVER)] if told_too else [], "review", [entry], NOW)
    assert [said in fault for fault in faults] == ([True] if said else [])


def test_a_review_counts_from_its_start_to_its_end() -> None:
    early = agreed(WAIVER, starts_at=(NOW + DAY).isoformat())
    over = agreed(WAIVER, expires_at=NOW.isoformat())
    for entry in (early, over):
        assert find_faults([], "review", [entry], NOW) == []
    assert len(find_faults([], "review", [early], NOW + DAY)) == 1


def test_an_entry_that_does_not_tell_when_is_believed_either_way() -> None:
    detail = {"asked": WAIVER.digest, "state": "approved"}
    entries = [step("review.approve", WAIVER.id, detail)]
    assert find_faults([], "review", entries, NOW) == []
    assert find_faults([told(WAIVER)], "review", entries, NOW) == []


def test_a_withdrawal_left_out_added_or_lifted_is_seen() -> None:
    assert len(find_faults([], "withdrawal", [taken(TAKEN)], NOW)) == 1
    assert len(find_faults([told(TAKEN)], "withdrawal", [], NOW)) == 1
    assert len(find_faults([told(TAKEN)], "withdrawal", [taken(TAKEN, "lifted")], NOW)) == 1
    assert find_faults([], "withdrawal", [taken(TAKEN, "lifted")], NOW) == []
    assert len(find_faults([told(TAKEN)] * 2, "withdrawal", [taken(TAKEN)], NOW)) == 1


def test_fields_have_the_digest_unless_a_pattern_is_masked() -> None:
    assert told(WAIVER).is_as_said()
    assert not told(WAIVER, comment="another word").is_as_said()
    masked = PLACED.asked()["target"] | {"pattern": "<PATTERN>/<PATTERN>/"}
    assert told(PLACED, target=masked).is_as_said()
    assert told(TAKEN, value="<PATTERN>/<PATTERN>/").is_as_said()
    blob = withdrawal("wdr_b", Selector.BLOB, "1" * 40)
    assert told(blob).is_as_said()
    assert not told(blob, scope="releasable").is_as_said()


def test_a_release_was_decided_while_it_or_what_it_came_from_was_built() -> None:
    first = step("publish", "rel_1", {"manifest": "m"}, NOW)
    second = step("publish", "rel_2", {"manifest": "n", "parent": "rel_1"}, NOW + DAY)
    entries = [first, second]
    begun = NOW - timedelta(minutes=5)
    assert find_moment_faults(begun, ("rel_1", begun), entries) == []
    assert find_moment_faults(NOW, ("rel_2", None), entries) == []
    for moment, release in ((begun - DAY, "rel_1"), (NOW + DAY, "rel_1"), (NOW, "rel_3")):
        assert len(find_moment_faults(moment, (release, begun), entries)) == 1
    assert len(find_moment_faults(NOW + DAY, ("rel_2", None), entries)) == 1
