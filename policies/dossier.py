"""The dossier: everything known of each occurrence, joined into one row.

Joining is all that happens here. Facts of several scans of one unit are folded to the most
restrictive reading (the worst status, the highest count), so neither the order of rows nor a
row that stands twice can change a decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import duckdb
import pyarrow as pa

from ingest.domain.artefacts import SNAPSHOT, TREE_FACTS, facts_schema
from ingest.domain.finding import BLOB_FAMILIES, Family
from ingest.errors import ArtefactCorrupt
from policies.columns import DERIVED_COLUMNS, DOSSIER, DOSSIER_COLUMNS, DossierColumn
from policies.database import open_database
from policies.folds import folds, normal_category

__all__ = [
    "DERIVED_COLUMNS",
    "DOSSIER",
    "DOSSIER_COLUMNS",
    "RIGHTS",
    "DossierColumn",
    "assemble_dossier",
]

RIGHTS: Final = pa.schema(
    [
        pa.field("repo_id", pa.string(), nullable=False),
        pa.field("name", pa.string()),
        pa.field("owner", pa.string()),
        pa.field("rights_basis", pa.string()),
        pa.field("license", pa.string()),
        pa.field("license_category", pa.string()),
        pa.field("consent_valid", pa.bool_()),
    ]
)
"""One row per repository; `consent_valid` holds for the day on which the decision is made."""


def assemble_dossier(
    snapshots: pa.Table,
    facts: Mapping[Family, pa.Table],
    trees: pa.Table,
    rights: pa.Table,
) -> pa.Table:
    """Return one row of `DOSSIER` per occurrence, sorted by (repo_id, path).

    Args:
        snapshots: `SNAPSHOT` rows of every repository of the corpus.
        facts: facts tables by blob family; a family that is not given was not scanned.
        trees: `TREE_FACTS` rows.
        rights: `RIGHTS` rows; a repository without a row has no consent.

    A unit that was scanned twice should come with its last scan only: of two scans the worse
    one counts.

    Raises:
        ArtefactCorrupt: a table lacks columns, or a path stands twice in one repository.
    """
    with open_database() as connection:
        _register(connection, "snapshots", snapshots, SNAPSHOT)
        _register(connection, "trees", trees, TREE_FACTS)
        _register(connection, "rights", rights, RIGHTS)
        for family in BLOB_FAMILIES:
            schema = facts_schema(family)
            _register(
                connection, f"facts_{family}", facts.get(family, schema.empty_table()), schema
            )
        _refuse_repeated_paths(connection)
        for name, query in folds():
            connection.execute(f"CREATE TEMP TABLE {name} AS {query}")
        return connection.sql(_JOIN).to_arrow_table().cast(DOSSIER)


def _register(
    connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table, schema: pa.Schema
) -> None:
    missing = [field.name for field in schema if field.name not in table.column_names]
    if missing:
        raise ArtefactCorrupt(f"The table {name} lacks the columns {', '.join(missing)}.")
    connection.register(name, table.select(schema.names))


def _refuse_repeated_paths(connection: duckdb.DuckDBPyConnection) -> None:
    repeated = connection.execute(
        "SELECT repo_id FROM snapshots GROUP BY repo_id, path HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    if repeated:
        raise ArtefactCorrupt(f"Repository {repeated[0]} has a path twice in its snapshots.")


_SOURCES: Final[dict[str, str]] = {
    "path_text": "coalesce(try(decode(s.path)), s.path::VARCHAR)",
    "language": "coalesce(t.tree_language, c.language)",
    "language_source": (
        "CASE WHEN t.tree_language IS NULL THEN c.language_source ELSE t.tree_language_source END"
    ),
    "is_generated": "c.is_generated OR t.tree_is_generated",
    "training_restricted": "l.training_restricted OR t.scope_training_restricted",
    "repo_license_expression": "r.license",
    "repo_license_category": normal_category("r.license_category", "r.license"),
    **{
        f"{family}_status": f"coalesce({alias}.scan_status, 'missing')"
        for family, alias in {
            Family.CONTENT: "c",
            Family.SECRETS: "x",
            Family.PII: "p",
            Family.CONFIDENTIAL: "k",
            Family.LICENSING: "l",
            Family.PROVENANCE: "t",
        }.items()
    },
}


def _select() -> str:
    """Name the source of each column; one that stands in a single table needs no alias."""
    sources = {**{name: f"s.{name}" for name in SNAPSHOT.names}, **_SOURCES}
    return ", ".join(f"{sources.get(name, name)} AS {name}" for name in DOSSIER.names)


_JOIN = f"""
    SELECT {_select()}
    FROM snapshots s
    LEFT JOIN folded_content c ON (c.blob_id = s.blob_id AND c.suffix = s.suffix)
    LEFT JOIN folded_secrets x ON (x.blob_id = s.blob_id AND x.suffix = s.suffix)
    LEFT JOIN folded_pii p ON (p.blob_id = s.blob_id AND p.suffix = s.suffix)
    LEFT JOIN folded_confidential k ON (k.blob_id = s.blob_id AND k.suffix = s.suffix)
    LEFT JOIN folded_licensing l ON (l.blob_id = s.blob_id AND l.suffix = s.suffix)
    LEFT JOIN folded_trees t ON (t.repo_id = s.repo_id AND t.path = s.path)
    LEFT JOIN folded_rights r ON (r.repo_id = s.repo_id)
    ORDER BY s.repo_id, s.path
"""  # noqa: S608 - constants of this package
