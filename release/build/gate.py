"""The release gate: what a finished draft must show before it is published.

Each check looks at something that another part of the build already promises, by another way: at
the files that were written and not at what was meant to be written. A check that passes tells what
it looked at in numbers, which become part of the manifest; one that does not stops the release and
says what happened and what to do.

What the world may change while a release is built is looked at again at the moment of publishing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.errors import ReleaseRefused
from policies.database import open_database
from policies.decision import Tier
from release.build.inputs import ReleaseInputs
from release.build.plan import ReleasePlan
from release.build.shards import WrittenShards
from release.domain.manifest import GateCheck, Shard
from release.domain.rows import Counts, Fate

_SHOWN: Final = 5


class Check(StrEnum):
    """The checks, in the order of a manifest."""

    EXIT_SCAN = "exit-scan"
    CANARIES = "canaries"
    COUNTS = "counts"
    WIPE_OUT = "wipe-out"
    PENDING_LANES = "pending-lanes"
    CONSENT = "consent"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A release that is written, and not yet published."""

    folder: Path
    inputs: ReleaseInputs
    plan: ReleasePlan
    written: WrittenShards
    counts: Counts
    exclusions: pa.Table
    """`release.domain.EXCLUSIONS`."""

    @property
    def tier(self) -> Tier:
        """Tier of all its rows."""
        return self.plan.tier

    def emitted_by_repository(self) -> dict[str, int]:
        """Return how many rows each repository has in the files, none for those without."""
        return count_by_repository(self.folder, self.written.shards)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A canary that was not stopped; never its value."""

    name: str
    kind: str
    layer: str
    """What should have stopped it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryResult:
    """What became of the canaries of one tier."""

    planted: int
    controls: int
    """Clean files that had to arrive."""
    arrived: tuple[Arrival, ...] = ()
    late: tuple[Arrival, ...] = ()
    """Stopped by the exit scan alone: the layer that had to stop them before did not."""
    missing: tuple[str, ...] = ()
    """Controls that did not arrive."""


def refusal(check: Check, what: str, hint: str) -> ReleaseRefused:
    """Return the refusal of one check."""
    code = check.value.upper().replace("-", "_")
    return ReleaseRefused(f"Stopped by the check {check.value}: {what}", hint=hint, code=code)


def in_order(checks: Iterable[GateCheck]) -> tuple[GateCheck, ...]:
    """Return passed checks in the order of the gate."""
    order = [check.value for check in Check]
    return tuple(sorted(checks, key=lambda check: order.index(check.name)))


def count_by_repository(folder: Path, shards: Sequence[Shard]) -> dict[str, int]:
    """Return how many rows each repository has in the shards of a release."""
    counts: dict[str, int] = {}
    for shard in shards:
        column = pq.read_table(folder / shard.path, columns=["repo_id"])["repo_id"]
        for pair in column.value_counts().to_pylist():
            counts[pair["values"]] = counts.get(pair["values"], 0) + pair["counts"]
    return counts


def check_exit_scan(shards: Sequence[Shard], categories: Collection[str]) -> GateCheck:
    """Return what the exit scan looked at; it raises by itself where it objects."""
    rows = sum(shard.rows for shard in shards)
    numbers = {"rows": rows, "shards": len(shards), "categories": len(categories)}
    return GateCheck(name=Check.EXIT_SCAN.value, numbers=numbers)


def check_counts(draft: Draft) -> GateCheck:
    """Compare what is in the files with what was planned, and with everything that was seen.

    Raises:
        ReleaseRefused: a row is missing, doubled or was never planned, a folded copy has no row
            that stands for it, or an occurrence of a snapshot was not decided on.
    """
    written = _read(draft, ["id"])["id"]
    planned = draft.plan.rows["id"]
    expected = planned.filter(
        pc.invert(pc.is_in(planned, pa.array(sorted(draft.written.held_ids), pa.string())))
    )
    folded = draft.exclusions.filter(pc.equal(draft.exclusions["fate"], Fate.FOLDED.value))
    faults = {
        "rows that were planned are in no file": missing_from(written, expected),
        "rows are in a file that nobody planned": missing_from(expected, written),
        "rows are in the files twice": len(written) - len(pc.unique(written)),
        "rows of the manifest are in no file": draft.counts.emitted - len(written),
        "copies were folded into a row that is not there": missing_from(
            written, folded["counterpart"]
        ),
        "entries of the snapshots were not decided on": draft.inputs.snapshots.num_rows
        - draft.inputs.decisions.num_rows,
        "decisions are not accounted for": draft.inputs.decisions.num_rows - draft.counts.seen,
    }
    return judge_counts(faults, draft.counts)


def judge_counts(faults: Mapping[str, int], counts: Counts) -> GateCheck:
    """Return the passed check of counts.

    Args:
        faults: what may be wrong, in words, to how often it is.
        counts: of the release.

    Raises:
        ReleaseRefused: something is wrong.
    """
    found = [f"{abs(number):,} {fault}" for fault, number in faults.items() if number]
    if found:
        raise refusal(
            Check.COUNTS,
            f"{'; '.join(found)}.",
            "This is a defect of shardgate or of the disk: build again, and report it if it stays.",
        )
    return GateCheck(name=Check.COUNTS.value, numbers=asdict(counts))


def check_lanes(draft: Draft, grants: Collection[str] | None) -> GateCheck:
    """Look up the decision behind each row that was written.

    `grants` are the rules that grant release; where they are not known, any reason has to do.

    Raises:
        ReleaseRefused: a row was not decided to be of this tier, waits for a lane, or is released
            though nothing grants it.
    """
    with open_database() as connection:
        connection.register("written", _read(draft, ["id", "tier"]))
        connection.register("planned", draft.plan.rows.select(["id", "repo_id", "raw_path"]))
        connection.register("decisions", draft.inputs.decisions)
        given = {
            "tier": draft.tier.value,
            "is_known": grants is not None,
            "grants": sorted(grants or ()),
        }
        rows = connection.execute(_LANES, given).fetchall()
    if rows:
        shown = ", ".join(sorted({f"{row} ({why})" for row, why in rows})[:_SHOWN])
        raise refusal(
            Check.PENDING_LANES,
            f"{len(rows):,} rows are not decided to be {draft.tier.value}: {shown}.",
            "Look at a row's file with: shardgate why REPOSITORY PATH; then build again.",
        )
    return GateCheck(name=Check.PENDING_LANES.value, numbers={"rows": draft.counts.emitted})


def check_consents(
    rows: Mapping[str, int], until: Mapping[str, date | None], today: date, margin_days: int
) -> GateCheck:
    """Look whether each repository with rows may be released on this day.

    Args:
        rows: repository to its rows in the release.
        until: repository to the last day of its consent; None or absent: there is none.
        today: the day in UTC.
        margin_days: for how many days more a consent has to hold.

    Raises:
        ReleaseRefused: a consent is missing, withdrawn, expired or ends within the margin.
    """
    needed = today + timedelta(days=margin_days)
    lapsed = [name for name in sorted(rows) if rows[name] and not _holds(until.get(name), needed)]
    if lapsed:
        more = f" and {len(lapsed) - _SHOWN} more" if len(lapsed) > _SHOWN else ""
        raise refusal(
            Check.CONSENT,
            f"no valid release consent for {', '.join(lapsed[:_SHOWN])}{more}, "
            f"{sum(rows[name] for name in lapsed):,} rows.",
            "Ask the owners to register a consent that lasts, or build without: "
            "shardgate release build decides again.",
        )
    return GateCheck(
        name=Check.CONSENT.value,
        numbers={"repositories": sum(1 for n in rows.values() if n), "margin_days": margin_days},
    )


def check_unchanged(before: Mapping[str, str], now: Mapping[str, str]) -> GateCheck:
    """Compare digests of what was decided on with those of this moment.

    Raises:
        ReleaseRefused: one differs; the names of those that do are told.
    """
    changed = sorted(
        name for name in before.keys() | now.keys() if before.get(name) != now.get(name)
    )
    if changed:
        raise refusal(
            Check.UNCHANGED,
            f"changed after the decision: {', '.join(changed)}.",
            "Nothing was published. Run: shardgate release build",
        )
    return GateCheck(name=Check.UNCHANGED.value, numbers={"digests": len(before)})


def check_canaries(result: CanaryResult) -> GateCheck:
    """Judge the canary run of the tier.

    Raises:
        ReleaseRefused: a canary arrived, or a control did not, so that the run proves nothing.
    """
    if result.arrived:
        shown = "; ".join(f"{a.name} ({a.kind}), past the {a.layer}" for a in result.arrived)
        raise refusal(
            Check.CANARIES,
            f"{len(result.arrived)} of {result.planted} canaries arrived: {shown}.",
            "Real files of this kind would arrive too. Look at what changed in that layer: a rule "
            "of the policy, a ruleset, the list of terms.",
        )
    if result.missing or not result.controls:
        shown = ", ".join(result.missing) or "the policy releases no clean file at all"
        raise refusal(
            Check.CANARIES,
            f"control did not arrive: {shown}.",
            "A path that lets nothing through proves nothing: look at what holds a clean file.",
        )
    numbers = {
        "planted": result.planted,
        "controls": result.controls,
        "stopped_by_exit_scan": len(result.late),
    }
    return GateCheck(name=Check.CANARIES.value, numbers=numbers)


def _holds(until: date | None, needed: date) -> bool:
    return until is not None and needed <= until


def _read(draft: Draft, columns: list[str]) -> pa.Table:
    """Read columns of all files; the schema of the writer stands in where there is no file."""
    tables = [
        pq.read_table(draft.folder / shard.path, columns=columns) for shard in draft.written.shards
    ]
    empty = pa.table({name: pa.array([], pa.string()) for name in columns})
    return pa.concat_tables([empty, *tables], promote_options="permissive")


def missing_from(present: pa.ChunkedArray, wanted: pa.ChunkedArray) -> int:
    """Return how many of the wanted values are not present."""
    is_there = pc.is_in(wanted, value_set=present.combine_chunks())
    return int(len(wanted) - (pc.sum(is_there).as_py() or 0))


_LANES: Final = """
SELECT w.id, CASE
    WHEN d.outcome IS NULL THEN 'no decision'
    WHEN d.outcome <> $tier OR w.tier <> $tier THEN 'of another tier'
    WHEN $tier = 'releasable' AND len(d.pending_lanes) > 0 THEN 'waits for a lane'
    WHEN $tier = 'releasable' AND NOT CASE WHEN $is_known
        THEN list_has_any(d.reasons, $grants::VARCHAR[]) ELSE len(d.reasons) > 0 END
        THEN 'no grant'
END AS why
FROM written w
LEFT JOIN planned p ON p.id = w.id
LEFT JOIN decisions d ON d.repo_id = p.repo_id AND d.path = p.raw_path
WHERE why IS NOT NULL
ORDER BY w.id
"""
