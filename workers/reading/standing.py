"""How repositories stand: files by outcome and what waits in which lane, by the decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from policies.database import open_dossier
from policies.decision import Lane, Outcome
from policies.report.model import NOTHING, OUTCOMES, Amount
from workers.context import Context
from workers.reading.present import Present, present_decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the decisions say of one repository."""

    outcomes: Mapping[Outcome, Amount]
    """Every outcome has an amount."""
    lanes: Mapping[Lane, int]
    """Files that wait for each lane; every lane has a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """Repositories by id; those that were not decided on are absent."""

    present: Present | None
    """Which decisions say so; None where there are none."""
    by_repository: Mapping[str, Standing] = field(default_factory=dict)


def read_standings(context: Context, repo_ids: Collection[str] | None = None) -> Standings:
    """Return how some repositories stand, or all."""
    present = present_decisions(context)
    if present is None:
        return Standings(present=None)
    path = context.lake.path("decisions", present.key)
    wanted = None if repo_ids is None else sorted(repo_ids)
    with open_dossier(path, "decisions") as connection:
        amounts = connection.execute(_AMOUNTS, [wanted]).fetchall()
        waiting = connection.execute(_WAITING, [wanted]).fetchall()
    outcomes: dict[str, dict[Outcome, Amount]] = {}
    lanes: dict[str, dict[Lane, int]] = {}
    for repo_id, outcome, files, size in amounts:
        found = outcomes.setdefault(repo_id, dict.fromkeys(OUTCOMES, NOTHING))
        found[Outcome(outcome)] = Amount(files=files, bytes=size)
    for repo_id, lane, files in waiting:
        lanes.setdefault(repo_id, dict.fromkeys(Lane, 0))[Lane(lane)] = files
    return Standings(
        present=present,
        by_repository={
            repo_id: Standing(outcomes=found, lanes=lanes.get(repo_id, dict.fromkeys(Lane, 0)))
            for repo_id, found in outcomes.items()
        },
    )


_AMOUNTS: Final = """
    SELECT repo_id, outcome, count(*), sum(size)::BIGINT FROM decisions
    WHERE $1::VARCHAR[] IS NULL OR list_contains($1::VARCHAR[], repo_id)
    GROUP BY ALL ORDER BY ALL
"""
_WAITING: Final = """
    SELECT repo_id, lane, count(*) FROM (
        SELECT repo_id, unnest(pending_lanes) AS lane FROM decisions
        WHERE $1::VARCHAR[] IS NULL OR list_contains($1::VARCHAR[], repo_id)
    ) GROUP BY ALL ORDER BY ALL
"""
