"""How repositories stand: files by outcome and what waits in which lane, by the decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
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
    known = _standings(context.lake.path("decisions", present.key))
    if repo_ids is None:
        return Standings(present=present, by_repository=known)
    wanted = {repo_id: known[repo_id] for repo_id in repo_ids if repo_id in known}
    return Standings(present=present, by_repository=wanted)


@lru_cache(maxsize=2)
def _standings(path: Path) -> Mapping[str, Standing]:
    """Count the decisions of an artefact; one never changes, and counts are asked for by page."""
    with open_dossier(path, "decisions") as connection:
        amounts = connection.execute(_AMOUNTS).fetchall()
        waiting = connection.execute(_WAITING).fetchall()
    outcomes: dict[str, dict[Outcome, Amount]] = {}
    lanes: dict[str, dict[Lane, int]] = {}
    for repo_id, outcome, files, size in amounts:
        found = outcomes.setdefault(repo_id, dict.fromkeys(OUTCOMES, NOTHING))
        found[Outcome(outcome)] = Amount(files=files, bytes=size)
    for repo_id, lane, files in waiting:
        lanes.setdefault(repo_id, dict.fromkeys(Lane, 0))[Lane(lane)] = files
    return {
        repo_id: Standing(outcomes=found, lanes=lanes.get(repo_id, dict.fromkeys(Lane, 0)))
        for repo_id, found in outcomes.items()
    }


_AMOUNTS: Final = """
    SELECT repo_id, outcome, count(*), sum(size)::BIGINT FROM decisions
    GROUP BY ALL ORDER BY ALL
"""
_WAITING: Final = """
    SELECT repo_id, lane, count(*) FROM (
        SELECT repo_id, unnest(pending_lanes) AS lane FROM decisions
    ) GROUP BY ALL ORDER BY ALL
"""
