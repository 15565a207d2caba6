"""Where the cases of one group stand, and where else the same finding does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from ingest.domain.finding import Family
from policies.database import open_database
from policies.decision import Outcome
from policies.model import Policy
from policies.report.group import open_cases
from policies.report.model import Group
from policies.report.places import show_paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file in which a rule fired."""

    repo_id: str
    path: bytes
    """As it may be shown."""
    blob_id: str
    suffix: str
    """With the blob it names the text that was scanned."""
    line: int
    """Of the first hit; 0 where the whole file, or its path, is meant."""
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Cases of a group."""

    here: tuple[Case, ...]
    """By path."""
    elsewhere: tuple[Case, ...]
    """Files of other repositories with the same finding, whatever rule holds them there."""
    elsewhere_count: int
    """All of those; the list is cut."""


def list_cases(  # noqa: PLR0913 - as `group_violations`
    decisions: pa.Table,
    group: Group,
    *,
    facts: Mapping[Family, pa.Table],
    trees: pa.Table,
    policy: Policy,
    limit: int,
) -> Cases:
    """Return at most `limit` cases each; the other arguments are as of `group_violations`."""
    of_group = [group.repo_id, group.rule_id, group.kind, group.key, group.label, limit]
    with open_database() as connection:
        open_cases(connection, decisions, facts=facts, trees=trees, policy=policy)
        here = connection.execute(_HERE, of_group).fetchall()
        elsewhere, count = [], 0
        if group.kind != "license":
            same = [group.repo_id, group.key, group.label]
            elsewhere = connection.execute(_ELSEWHERE, [*same, limit]).fetchall()
            (count,) = connection.execute(_COUNT, same).fetchall()[0]
    places = [(row[0], row[1]) for row in (*here, *elsewhere)]
    shown = iter(show_paths(places, trees))
    cases = tuple(_case(row, next(shown)) for row in (*here, *elsewhere))
    return Cases(here=cases[: len(here)], elsewhere=cases[len(here) :], elsewhere_count=int(count))


def _case(row: tuple[str, bytes, str, str, int, str], shown: bytes) -> Case:
    repo_id, _, blob_id, suffix, line, outcome = row
    return Case(
        repo_id=repo_id,
        path=shown,
        blob_id=blob_id,
        suffix=suffix,
        line=line,
        outcome=Outcome(outcome),
    )


_HERE: Final = """
    SELECT DISTINCT c.repo_id, c.path, d.blob_id, d.suffix, c.line, d.outcome
    FROM cases c JOIN decisions d USING (repo_id, path)
    WHERE c.repo_id = $1 AND c.rule_id = $2 AND c.kind = $3 AND c.key = $4 AND c.label = $5
    ORDER BY c.path LIMIT $6
"""
_ELSEWHERE: Final = """
    SELECT c.repo_id, c.path, any_value(d.blob_id), any_value(d.suffix), min(c.line),
        any_value(d.outcome)
    FROM cases c JOIN decisions d USING (repo_id, path)
    WHERE c.repo_id <> $1 AND c.kind <> 'license' AND c.key = $2 AND c.label = $3
    GROUP BY c.repo_id, c.path ORDER BY c.repo_id, c.path LIMIT $4
"""
_COUNT: Final = """
    SELECT count(DISTINCT (repo_id, path)) FROM cases
    WHERE repo_id <> $1 AND kind <> 'license' AND key = $2 AND label = $3
"""
