"""The smallest sets of approvals, against trying all of them; and which approval frees most."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Category, Family
from ingest.domain.repository import RightsBasis
from policies.database import open_database
from policies.document import load_default_policy
from policies.evaluate import decide, judge_rows
from policies.examples import clean_row
from policies.lint import finding_facts
from policies.model import BLOCKING, NO_GRANT, Effect
from policies.review import lane_that_clears
from policies.unlock import rank_consents, rank_unlocks
from policies.why_not import Step, StepKind, why_not
from tests.strategies.policies import Row, as_dossier, dossier_rows, occurrence

POLICY = load_default_policy()
NO_CONTENT = facts_schema(Family.CONTENT).empty_table()


BASES = tuple(Step(kind=StepKind.RIGHTS, subject=basis.value) for basis in RightsBasis)
CONSENT = Step(kind=StepKind.CONSENT, subject="repo_example")


def reasons_under(row: Row) -> dict[frozenset[Step], set[str]]:
    """Return what the policy says under each combination of consent and at most one basis."""
    cases = {
        frozenset(steps): {
            **row,
            **({"consent_valid": True} if CONSENT in steps else {}),
            "rights_basis": next((s.subject for s in steps if s in BASES), row["rights_basis"]),
        }
        for size in range(3)
        for steps in combinations((CONSENT, *BASES), size)
        if len({*steps} & {*BASES}) < 2
    }
    verdicts = judge_rows(list(cases.values()), POLICY)
    return {steps: set(said) for steps, (_, said) in zip(cases, verdicts, strict=True)}


def is_released(reasons: set[str], waived: set[str]) -> bool:
    """Tell by the letter of DESIGN: nothing blocks, and something or somebody grants."""
    left = [rule for name in reasons - waived if (rule := POLICY.find_rule(name)) is not None]
    granted = NO_GRANT in waived or any(rule.effect is Effect.GRANT for rule in left)
    return granted and not any(rule.effect in BLOCKING for rule in left)


@settings(max_examples=25)
@given(row=dossier_rows())
def test_no_smaller_set_of_approvals_releases_a_file(row: Row) -> None:
    counts = ("model_person_count", "codename_count", "customer_count")
    row = {**row, **dict.fromkeys(counts, 0)}
    under = reasons_under(row)
    sets = {frozenset(steps) for steps in why_not(row, POLICY).sets}
    released: dict[int, set[frozenset[Step]]] = {}
    for facts, reasons in under.items():
        lanes = {name: lane_that_clears(POLICY, name) for name in reasons | {NO_GRANT}}
        waivers = [
            Step(kind=StepKind.WAIVE, subject=name, lane=lane.value)
            for name, lane in lanes.items()
            if lane is not None
        ]
        for size in range(len(waivers) + 1):
            for chosen in combinations(waivers, size):
                if is_released(reasons, {step.subject for step in chosen}):
                    found = frozenset({*facts, *chosen})
                    released.setdefault(len(found), set()).add(found)
    assert sets == (released[min(released)] if released else set())


def test_consent_alone_is_smaller_than_two_waivers() -> None:
    way = why_not(clean_row({"consent_valid": False}), POLICY)
    assert way.sets == ((Step(kind=StepKind.CONSENT, subject="repo_example"),),)


def test_a_finding_that_is_none_clears_every_rule_that_it_fired() -> None:
    facts = finding_facts(Family.CONFIDENTIAL, Category.CUSTOMER, 2)
    way = why_not(clean_row(facts), POLICY)
    false_positive = Step(kind=StepKind.FALSE_POSITIVE, subject="CUSTOMER", lane="privacy")
    waiver = Step(kind=StepKind.WAIVE, subject="CUSTOMER_NAMED", lane="privacy")
    assert way.sets == ((false_positive,), (waiver,))


def test_what_was_not_scanned_is_a_dead_end() -> None:
    way = why_not(clean_row({"secrets_status": "timed_out", "consent_valid": False}), POLICY)
    assert way.sets == ()
    assert way.dead_ends == ("NOT_SCANNED",)


def test_a_restricted_copy_needs_a_step_of_its_own() -> None:
    way = why_not(clean_row({}), POLICY, copied="COPY_RESTRICTED")
    assert way.sets == ((Step(kind=StepKind.WAIVE, subject="COPY_RESTRICTED", lane="legal"),),)


def unlocks(*rows: Row) -> list[tuple[str, str, int]]:
    table = decide(as_dossier(list(rows)), POLICY, content=NO_CONTENT, input_digest="")
    return [(u.reason, u.repo_id, u.volume.bytes) for u in rank_unlocks(table, POLICY)]


def test_approvals_are_ranked_by_what_each_alone_would_release() -> None:
    held = {"confidential_count": 1, "customer_count": 1}
    assert unlocks(
        occurrence("r1", b"a", "1", size=10, **held),
        occurrence("r2", b"b", "2", size=30, **held),
        occurrence("r2", b"c", "3", size=5, is_generated=True),
        occurrence("r2", b"d", "4", size=99, is_generated=True, **held),
        occurrence("r2", b"e", "5", size=99, is_minified=True),
    ) == [("CUSTOMER_NAMED", "r2", 30), ("CUSTOMER_NAMED", "r1", 10), ("GENERATED", "r2", 5)]


@pytest.mark.parametrize("other", [{"is_minified": True}, {"is_generated": True}])
def test_a_copy_that_is_held_for_another_reason_is_no_single_approval(other: Row) -> None:
    held = occurrence("r1", b"a", "1", confidential_count=1, customer_count=1)
    assert unlocks(held, occurrence("r2", b"b", "1", **other)) == []


def test_consents_are_ranked_by_what_they_would_release() -> None:
    rows = [
        occurrence("r1", b"a", "1", size=10, consent_valid=False),
        occurrence("r2", b"b", "2", size=30, consent_valid=None),
        occurrence("r2", b"c", "3", size=5, consent_valid=False, is_generated=True),
        occurrence("r3", b"d", "4", size=70),
    ]
    with open_database() as connection:
        connection.register("dossier", as_dossier(rows))
        found = rank_consents(connection, POLICY, content=NO_CONTENT)
    assert [(u.repo_id, u.volume.files, u.volume.bytes) for u in found] == [
        ("r2", 1, 30),
        ("r1", 1, 10),
    ]
