"""What became of the canaries: which arrived, past which layer, and which controls did not."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.domain.finding import Family
from policies.decision import Outcome, Tier
from policies.evaluate import judge_rows
from policies.examples import clean_row
from policies.model import Policy
from release.build.gate import Arrival, CanaryResult
from workers.canary.plants import Plant, PlantKind
from workers.canary.trial import Shipped, Trial, blob_id_of

_STOPPED_IN: Final[Mapping[Tier, frozenset[PlantKind]]] = {
    Tier.RELEASABLE: frozenset(PlantKind) - {PlantKind.CONTROL},
    Tier.INTERNAL_ONLY: frozenset({PlantKind.SECRET, PlantKind.UNSCANNED}),
}
"""What no policy may let into a tier. Of secrets the internal tier shows the file and no value."""
_OF_THE_FILE: Final = (
    *("path", "path_text", "suffix", "size", "language", "language_source", "is_generated"),
    *("is_minified", "is_test", "num_lines", "avg_line_length", "max_line_length"),
    *("alphanum_fraction", "alpha_fraction"),
)
"""Columns of the dossier that a clean file of that text would have too."""
_PERMISSIVE: Final = {"own_license_category": "permissive"}


def judge_shipped(
    plants: Sequence[Plant],
    trial: Trial,
    shipped: Shipped,
    *,
    where: tuple[Path, Policy],
    allowed: Collection[str] = (),
) -> CanaryResult:
    """Search the shards of a tier for every planted value.

    `where` is the folder of the shards, and the policy that decided. `allowed` are kinds that the
    company lets arrive.
    """
    folder, policy = where
    rows = _rows(folder, shipped)
    kinds = _STOPPED_IN[shipped.plan.tier] - {PlantKind(kind) for kind in allowed}
    hunted = [plant for plant in plants if plant.kind in kinds]
    places = {plant.name: _places(plant, rows) for plant in hunted}
    seen = [plant for plant in hunted if places[plant.name]]
    late = [plant for plant in seen if places[plant.name] <= shipped.leaking]
    clean = {row: text for row, text in rows.items() if row not in shipped.leaking}
    if shipped.plan.tier is Tier.RELEASABLE:
        controls = _wanted_controls(plants, trial, policy)
        missing = [plant.name for plant in controls if not _places(plant, clean)]
    else:
        # What is internal there is for the policy to say; that files pass at all has to show.
        controls = [plant for plant in plants if plant.kind not in kinds]
        missing = [] if clean else ["any file"]
    return CanaryResult(
        planted=len(hunted),
        controls=len(controls),
        arrived=tuple(_arrival(plant, trial) for plant in seen if plant not in late),
        late=tuple(_arrival(plant, trial) for plant in late),
        missing=tuple(missing),
    )


def _places(plant: Plant, rows: Mapping[str, bytes]) -> set[str]:
    """Return the ids of the rows that show a needle of a plant, plain or encoded."""
    forms = [form for needle in plant.needles for form in _forms(needle)]
    return {row for row, text in rows.items() if any(form in text for form in forms)}


def _forms(needle: bytes) -> tuple[bytes, ...]:
    return needle, needle.hex().encode(), base64.b64encode(needle).rstrip(b"=")


def _rows(folder: Path, shipped: Shipped) -> dict[str, bytes]:
    """Return row id to everything that the row shows, read from the files."""
    rows: dict[str, bytes] = {}
    for shard in shipped.written.shards:
        for row in pq.read_table(folder / shard.path).to_pylist():
            rows[row["id"]] = "\n".join(_texts(row)).encode()
    return rows


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - rows hold lists and structs
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def _arrival(plant: Plant, trial: Trial) -> Arrival:
    """Return an arrival with the layer that let it through, as far as the facts tell."""
    layer = plant.layer
    if plant.family is not None and _was_found(plant, plant.family, trial):
        decided = _row_of(trial.inputs.decisions, plant)
        is_redacted = bool(decided and decided["redact_categories"])
        layer = "redaction of what was found" if is_redacted else "policy, which let it pass"
    return Arrival(name=plant.name, kind=plant.kind.value, layer=layer)


def _was_found(plant: Plant, family: Family, trial: Trial) -> bool:
    """Tell whether the family's detector reported anything in the file or its path."""
    facts = trial.inputs.facts[family].select(["blob_id", "findings"]).to_pylist()
    blob_id = blob_id_of(plant.data)
    tree = _row_of(trial.inputs.trees, plant)
    in_text = any(row["findings"] for row in facts if row["blob_id"] == blob_id)
    return in_text or bool(tree and tree["path_findings"])


def _row_of(table: pa.Table, plant: Plant) -> dict[str, Any] | None:
    rows = table.to_pylist()
    return next((row for row in rows if row["path"] == plant.path), None)


def _wanted_controls(plants: Sequence[Plant], trial: Trial, policy: Policy) -> list[Plant]:
    """Return the clean files that the policy releases, were everything known of them right.

    A policy may release less than the one that comes with Shardgate: what it does not release
    even then is not waited for.
    """
    controls = [plant for plant in plants if plant.kind is PlantKind.CONTROL]
    ideal = []
    for plant in controls:
        row = _row_of(trial.dossier, plant) or {}
        known: dict[str, Any] = {name: row[name] for name in _OF_THE_FILE if name in row}
        if plant.license:
            known |= _PERMISSIVE | {"own_license_expression": plant.license}
        ideal.append(clean_row(known))
    verdicts = judge_rows(ideal, policy)
    return [
        plant
        for plant, (outcome, _) in zip(controls, verdicts, strict=True)
        if outcome == Outcome.RELEASABLE
    ]
