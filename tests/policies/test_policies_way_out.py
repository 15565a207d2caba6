"""The smallest sets of approvals, against trying all of them by reviews in force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha1
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Category, Family
from ingest.domain.repository import RightsBasis
from policies.columns import FINDING_FAMILIES, STRONG_SECRETS, counter_name
from policies.database import open_database
from policies.document import load_default_policy, load_policy
from policies.evaluate import decide, judge_rows
from policies.examples import clean_row
from policies.folds import FAMILY_NOUNS
from policies.model import COPY_RESTRICTED, Policy
from policies.review import (
    Review,
    ReviewKind,
    ReviewRefused,
    Target,
    check_binding,
    lane_of_category,
    rule_version,
)
from policies.review.binding import clearing_lane
from policies.steps import Content, Found, Step, StepKind
from policies.unlock import rank_consents, rank_unlocks
from policies.why_not import why_not
from tests.strategies.policies import FACTS, Row, as_dossier, occurrence
from tests.strategies.reviews import active, review

POLICY = load_default_policy()
NO_CONTENT = facts_schema(Family.CONTENT).empty_table()
REPOS = ("r1", "r2")
AT_PLACES = ("is_vendor", "is_generated", "path_finding_count", "provenance", "scope_is_root")
OF_OWNERS = ("consent_valid", "rights_basis")
OF_FINDINGS = ("secret_count", "strong_secret_count", "pii_count", "confidential_count")
OF_CONTENTS = sorted(
    FACTS.keys() - {*AT_PLACES, *OF_OWNERS, *OF_FINDINGS, "customer_count", "codename_count"}
)
CATEGORIES = (Category.PROVIDER_TOKEN, Category.PASSWORD, Category.PERSON, Category.CUSTOMER)


@dataclass(frozen=True)
class Corpus:
    """Places of one content, the first of them the file that is asked about."""

    places: tuple[Row, ...]
    found: tuple[Found, ...]
    kept: bool
    """Whether people decided to keep it internal in the repository of the file."""

    def rows(self) -> list[Row]:
        return [with_findings(row, self.found) for row in self.places]

    def reviews(self, blob: str, repo: str) -> list[Review]:
        if not self.kept:
            return []
        target = Target(blob_ids=(blob,), repo_id=repo)
        return [review("rvw_kept", ReviewKind.KEEP_INTERNAL, target)]


def with_findings(row: Row, found: Iterable[Found]) -> Row:
    """Return the row as the scans would fill it in with these findings."""
    row = dict(row)
    for family, categories in FINDING_FAMILIES.items():
        here = [one for one in found if one.category in categories]
        row[f"{FAMILY_NOUNS[family]}_count"] = sum(one.count for one in here)
        row[f"{FAMILY_NOUNS[family]}_categories"] = sorted({one.category.value for one in here})
        for category in categories:
            row[counter_name(category)] = sum(o.count for o in here if o.category is category)
    strong = sum(one.count for one in found if one.category in STRONG_SECRETS)
    return {**row, "strong_secret_count": strong}


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """A content at one to three places in two repositories, clean but for a few facts."""

    def facts(names: Sequence[str], most: int) -> Row:
        chosen = draw(st.sets(st.sampled_from(sorted(names)), max_size=most))
        return {name: draw(FACTS[name]) for name in sorted(chosen)}

    content, owners = facts(OF_CONTENTS, 2), {repo: facts(OF_OWNERS, 1) for repo in REPOS}
    places = []
    for number in range(draw(st.integers(1, 3))):
        repo = draw(st.sampled_from(REPOS))
        here = facts(AT_PLACES, 1)
        given_here = content | owners[repo] | here
        places.append(occurrence(repo, b"%d" % number, "1", **given_here))
    found = [
        Found(category=draw(st.sampled_from(CATEGORIES)), fingerprint=f"{n:032x}", count=n + 1)
        for n in range(draw(st.integers(0, 3)))
    ]
    return Corpus(tuple(places), tuple(found), draw(st.booleans()) and draw(st.booleans()))


def asked(kind: StepKind, name: str, blob: str, policy: Policy) -> Review:
    """Return the review that a step is.

    Raises:
        ReviewRefused: nobody may ask for it.
    """
    target = Target(rule_id=name, rule_version=rule_version(policy, name), blob_ids=(blob,))
    made = review(f"rvw_{name}", ReviewKind(kind.value), target)
    made = replace(made, lane=clearing_lane(policy, name))
    check_binding(made, policy)
    return made


def universe(corpus: Corpus, policy: Policy) -> list[Step]:
    """Return everything that one person can do about it: one review, or one word of an owner."""
    steps = [Step(kind=StepKind.CONSENT, subject=repo) for repo in REPOS]
    steps += [Step(kind=StepKind.RIGHTS, subject=basis.value) for basis in RightsBasis]
    steps += [
        Step(
            kind=StepKind.FALSE_POSITIVE,
            subject=one.category.value,
            lane=lane_of_category(one.category).value,
            fingerprints=(one.fingerprint,),
        )
        for one in corpus.found
    ]
    steps += [Step(kind=StepKind.WITHDRAW, subject="rvw_kept", lane="legal")] * corpus.kept
    # A waiver of what no place is held for, whatever the rights, is nothing.
    rows = [
        {**row, "rights_basis": basis, "consent_valid": consent}
        for row in corpus.rows()
        for basis in (row["rights_basis"], *(basis.value for basis in RightsBasis))
        for consent in (row["consent_valid"], True)
    ]
    names = {name for _, reasons in judge_rows(rows, policy) for name in reasons}
    for name in sorted({*names, COPY_RESTRICTED}):
        for kind in (StepKind.WAIVE, StepKind.REDACT):
            try:
                lane = asked(kind, name, "0" * 40, policy).lane
            except (ReviewRefused, KeyError):
                continue
            steps.append(Step(kind=kind, subject=name, lane=lane.value))
    return steps


def released(corpus: Corpus, sets: Sequence[Sequence[Step]], policy: Policy) -> list[bool]:
    """Tell which sets release the file: each in a world of its own, all decided at once."""
    rows: list[Row] = []
    said: list[Review] = []
    for number, steps in enumerate(sets):
        blob = sha1(b"%d" % number).hexdigest()
        first = corpus.places[0]["repo_id"]
        false = {name for step in steps for name in step.fingerprints}
        left = [one for one in corpus.found if one.fingerprint not in false]
        for row in corpus.places:
            repo = row["repo_id"]
            here = {"repo_id": f"{number}.{repo}", "blob_id": blob}
            for step in steps:
                if step.kind is StepKind.CONSENT and step.subject == repo:
                    here["consent_valid"] = True  # type: ignore[assignment]
                if step.kind is StepKind.RIGHTS and repo == first:
                    here["rights_basis"] = step.subject
            rows.append(with_findings({**row, **here}, left))
        if not any(step.kind is StepKind.WITHDRAW for step in steps):
            said += corpus.reviews(blob, f"{number}.{first}")
        cleared = (StepKind.WAIVE, StepKind.REDACT)
        said += [asked(s.kind, s.subject, blob, policy) for s in steps if s.kind in cleared]
    named = [replace(one, id=f"rvw_{number}") for number, one in enumerate(said)]
    table = decide(
        as_dossier(rows), policy, content=NO_CONTENT, input_digest="", reviews=active(*named)
    )
    wanted = {f"{n}.{corpus.places[0]['repo_id']}": n for n in range(len(sets))}
    path = corpus.places[0]["path"]
    outcomes = {
        wanted[row["repo_id"]]: row["outcome"] == "releasable"
        for row in table.select(["repo_id", "path", "outcome"]).to_pylist()
        if row["repo_id"] in wanted and row["path"] == path
    }
    return [outcomes[number] for number in range(len(sets))]


def smaller(steps: Sequence[Step], size: int) -> Iterator[tuple[Step, ...]]:
    for few in range(size):
        yield from combinations(steps, few)


def check(corpus: Corpus, policy: Policy = POLICY) -> None:
    """Check the law: every told set releases the file, and no set of fewer acts does."""
    row, *copies = corpus.rows()
    blob, repo = str(row["blob_id"]), str(row["repo_id"])
    way = why_not(
        row,
        policy,
        content=Content(copies=copies, found=corpus.found),
        reviews=active(*corpus.reviews(blob, repo)),
    )
    sizes = {sum(step.size for step in steps) for steps in way.sets}
    assert len(sizes) <= 1
    assert bool(way.sets) != bool(way.dead_ends)
    # Three acts are enough to tell that nothing helps: what is stuck stays so.
    most = sizes.pop() if sizes else 3
    tried = list(smaller(universe(corpus, policy), min(most, 4)))
    assert all(released(corpus, way.sets, policy)) if way.sets else True
    found = released(corpus, tried, policy) if tried else []
    assert not any(found), [set_ for set_, is_out in zip(tried, found, strict=True) if is_out]


@settings(max_examples=10)
@given(corpus=corpora())
def test_every_told_set_releases_the_file_and_no_smaller_one_does(corpus: Corpus) -> None:
    check(corpus)


NULLS = """\
version: "1"
name: nulls
licenses:
  - {id: NOTICE, because: it says so, when: own_license_category <> 'none', source: own}
rules:
  - {id: GRANT_ALL, title: Grants, because: a test, when: consent_valid, effect: grant}
  - {id: COMMONS, title: Commons, because: a test, effect: internal-only,
     when: own_license_expression LIKE '%Commons%'}
  - {id: SIZE_KNOWN, title: Lines, because: a test, effect: hold, lane: privacy,
     when: num_lines > 100 AND NOT is_generated}
"""
"""Conditions without a guard: they are NULL where the file states no license, or no lines."""


@pytest.mark.parametrize("expression", [None, "MIT", "Commons-Clause"])
@pytest.mark.parametrize("lines", [None, 500])
def test_what_fires_because_a_fact_is_not_known_is_cleared_by_nobody(
    expression: str | None, lines: int | None
) -> None:
    facts = {"own_license_expression": expression, "num_lines": lines, "consent_valid": False}
    check(Corpus((occurrence("r1", b"a", "1", **facts),), (), kept=False), load_policy(NULLS))


def test_consent_alone_is_smaller_than_two_waivers() -> None:
    way = why_not(clean_row({"consent_valid": False}), POLICY)
    assert way.sets == ((Step(kind=StepKind.CONSENT, subject="repo_example"),),)


def test_a_finding_that_is_none_clears_every_rule_that_it_fired_and_so_does_taking_it_out() -> None:
    found = [Found(category=Category.CUSTOMER, fingerprint="a" * 32, count=2)]
    way = why_not(with_findings(clean_row({}), found), POLICY, content=Content(found=found))
    kind, prints = StepKind.FALSE_POSITIVE, ("a" * 32,)
    false_positive = Step(kind=kind, subject="CUSTOMER", lane="privacy", fingerprints=prints)
    redaction = Step(kind=StepKind.REDACT, subject="CUSTOMER_NAMED", lane="privacy")
    assert way.sets == ((false_positive,), (redaction,))


def test_three_findings_are_three_reviews_and_so_a_waiver_is_smaller() -> None:
    found = [
        Found(category=Category.PROVIDER_TOKEN, fingerprint=f"{n:032x}", count=1) for n in range(3)
    ]
    row = with_findings(clean_row({}), found)
    way = why_not(row, POLICY, content=Content(found=found))
    waiver = Step(kind=StepKind.WAIVE, subject="LEAKED_CREDENTIAL", lane="security")
    assert way.sets == ((waiver,),)


def test_two_equal_files_are_freed_by_one_waiver() -> None:
    places = tuple(occurrence("r1", path, "1", is_generated=True) for path in (b"a", b"b"))
    way = why_not(places[0], POLICY, content=Content(copies=places[1:]))
    assert way.sets == ((Step(kind=StepKind.WAIVE, subject="GENERATED", lane="legal"),),)


def test_a_copy_without_consent_takes_a_waiver_of_the_copy() -> None:
    file, copy = occurrence("r1", b"a", "1"), occurrence("r2", b"b", "1", consent_valid=False)
    way = why_not(file, POLICY, content=Content(copies=[copy]))
    assert way.sets == ((Step(kind=StepKind.WAIVE, subject="COPY_RESTRICTED", lane="legal"),),)


def test_what_people_decided_is_withdrawn_and_each_decision_by_itself() -> None:
    row = occurrence("r1", b"a", "1")
    target = Target(blob_ids=("1" * 40,), repo_id="r1")
    kept = [review(f"rvw_{n}", ReviewKind.KEEP_INTERNAL, target) for n in (1, 2)]
    (way,) = why_not(row, POLICY, reviews=active(*kept)).sets
    assert [(s.kind, s.subject) for s in way] == [
        (StepKind.WITHDRAW, "rvw_1"),
        (StepKind.WITHDRAW, "rvw_2"),
    ]


def test_what_was_not_scanned_is_a_dead_end() -> None:
    way = why_not(clean_row({"secrets_status": "timed_out", "consent_valid": False}), POLICY)
    assert way.sets == ()
    assert way.dead_ends == ("NOT_SCANNED",)


def test_a_restricted_near_copy_needs_a_step_of_its_own() -> None:
    way = why_not(clean_row({}), POLICY, copied="NEAR_COPY_RESTRICTED")
    assert way.sets == ((Step(kind=StepKind.WAIVE, subject="NEAR_COPY_RESTRICTED", lane="legal"),),)


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
        occurrence("r2", b"e", "5", size=7, is_minified=True),
        occurrence("r2", b"f", "6", size=99, is_minified=True, consent_valid=False),
        occurrence("r2", b"g", "7", size=99, secrets_status="failed"),
    ) == [
        ("CUSTOMER_NAMED", "r2", 30),
        ("CUSTOMER_NAMED", "r1", 10),
        ("MINIFIED", "r2", 7),
        ("GENERATED", "r2", 5),
    ]


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
