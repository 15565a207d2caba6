"""The impact of a policy over millions of occurrences: ``python -m benchmarks.policy``.

The facts are synthetic: each column is drawn by a hash of the row's number, with the shares of an
ordinary corpus (two in a hundred files skipped, one in forty with a secret, one in ten under a
license of its own, one in ten a copy of another). They are written to one Parquet file as the lake
would, and replayed from it under the default policy and a changed one.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from ingest.domain.artefacts import facts_schema
from ingest.domain.finding import Family
from policies.columns import DOSSIER_COLUMNS, LICENSE_CATEGORIES, STATUSES, DossierColumn
from policies.database import open_dossier
from policies.document import default_policy_text, load_default_policy, load_policy
from policies.impact import Impact, weigh
from policies.replay import Replay

_LANGUAGES: Final = ("Python", "Java", "Go", "C", "JavaScript", "TypeScript", "Rust", "YAML")
_REPOSITORIES: Final = 2000
_EXTRA: Final = """
  - {id: TESTS_STAY, title: Tests stay, because: a rule of the benchmark, when: is_test,
     effect: internal-only}
  - {id: LONG_LINES, title: Long lines, because: a rule of the benchmark,
     when: max_line_length > 5000 AND alphanum_fraction < 0.3, effect: exclude}
  - {id: NO_LANGUAGE, title: No language, because: a rule of the benchmark,
     when: language IS NULL AND num_lines > 10000, effect: internal-only}
"""


def _draw(salt: int, one_in: int) -> str:
    return f"(hash(i * 64 + {salt}) % {one_in})"


def _rare(salt: int, one_in: int) -> str:
    return f"{_draw(salt, one_in)} = 0"


_REPOSITORY: Final = _draw(1, _REPOSITORIES)
_VALUES: Final = {
    "repo_id": f"'repo_' || printf('%016x', hash({_REPOSITORY}))",
    "commit_id": "printf('%040d', 0)",
    "path": f"encode('src/pkg' || {_draw(2, 500)} || '/file' || i || '.py')",
    "path_text": f"'src/pkg' || {_draw(2, 500)} || '/file' || i || '.py'",
    # One in ten rows repeats the content of another.
    "blob_id": "printf('%016x%016x%08x', hash(i * 9 // 10), hash(i * 9 // 10 + 7), 1)",
    "suffix": "'py'",
    "size": f"500 + {_draw(3, 20000)}",
    "skip_reason": f"CASE WHEN {_rare(4, 50)} THEN 'binary' END",
    "language": f"{list(_LANGUAGES)}[1 + {_draw(5, len(_LANGUAGES))}::INTEGER]",
    "language_source": "'path'",
    "num_lines": "60",
    "max_line_length": f"{_draw(6, 6000)}",
    "alphanum_fraction": f"{_draw(7, 100)} / 100",
    "own_license_category": f"CASE {_draw(8, 20)} WHEN 0 THEN 'permissive' WHEN 1 THEN 'copyleft' "
    "WHEN 2 THEN 'unknown' ELSE 'none' END",
    "scope_license_category": f"CASE WHEN {_rare(9, 20)} THEN 'permissive' ELSE 'none' END",
    "provenance": f"CASE {_draw(10, 20)} WHEN 0 THEN 'third_party' WHEN 1 THEN 'mixed' "
    "WHEN 2 THEN 'unknown' ELSE 'first_party' END",
    "rights_basis": f"CASE {_REPOSITORY} % 5 WHEN 0 THEN 'contract' ELSE 'owner-attested' END",
    "consent_valid": f"{_REPOSITORY} % 4 <> 0",
    "repo_name": "'name'",
    "owner": "'team'",
    "repo_license_expression": "'LicenseRef-Company'",
    "repo_license_category": "'proprietary'",
    "secret_count": _rare(11, 40),
    "password_count": _rare(11, 40),
    "strong_secret_count": _rare(11, 400),
    "pii_count": f"CASE WHEN {_rare(12, 30)} THEN {_draw(13, 80)} ELSE 0 END",
    "person_count": _rare(12, 30),
    "confidential_count": _rare(14, 25),
    "customer_count": _rare(14, 250),
    "undecoded": _rare(15, 500),
    "is_generated": _rare(16, 33),
    "is_minified": _rare(17, 200),
    "is_vendor": _rare(18, 15),
    "is_test": _rare(19, 6),
    "training_restricted": _rare(20, 900),
    "has_foreign_holder": _rare(21, 25),
    "secrets_status": f"CASE WHEN {_rare(22, 500)} THEN 'timed_out' ELSE 'completed' END",
}
_TYPES: Final = {
    "string": "VARCHAR",
    "bool": "BOOLEAN",
    "int32": "INTEGER",
    "int64": "BIGINT",
    "float": "FLOAT",
    "binary": "BLOB",
}


def write_dossier(path: Path, rows: int) -> None:
    """Write a synthetic dossier of so many rows."""
    columns = ", ".join(
        f"({_value(c)})::{_TYPES.get(str(c.type), 'VARCHAR[]')} AS {c.name}"
        for c in DOSSIER_COLUMNS
    )
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {columns} FROM range({rows}) r(i)) TO '{path}' "
            "(FORMAT parquet, COMPRESSION zstd)"
        )


def _value(column: DossierColumn) -> str:
    if column.name in _VALUES:
        return _VALUES[column.name]
    if column.values == STATUSES:
        return "'completed'"
    if column.values == LICENSE_CATEGORIES:
        return "'none'"
    if pa.types.is_list(column.type):
        return "[]"
    if pa.types.is_string(column.type):
        return "NULL"
    return "false" if pa.types.is_boolean(column.type) else "0"


def replay(path: Path) -> tuple[Impact, float, float]:
    """Return the impact of a changed policy over a dossier, with wall and processor seconds."""
    before = load_policy(default_policy_text() + _EXTRA)
    changed = default_policy_text() + _EXTRA
    changed = changed.replace("when: pii_count > 50", "when: pii_count > 20")
    after = load_policy(changed.replace("when: is_test,", "when: is_test AND is_vendor,"))
    wall, processor = time.perf_counter(), time.process_time()
    with open_dossier(path) as connection:
        content = facts_schema(Family.CONTENT).empty_table()
        replayed = Replay(connection, (before, after), content=content)
        impact = weigh(replayed.cells(), replayed.drifts(), (before.digest, after.digest))
    return impact, time.perf_counter() - wall, time.process_time() - processor


def main() -> None:
    """Write the dossier, replay it and print what it took."""
    parser = argparse.ArgumentParser(description="Impact of a policy over synthetic facts.")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--keep", type=Path, help="Where to keep the file, or to find it again.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.keep or Path(folder) / "dossier.parquet"
        if not path.exists():
            write_dossier(path, arguments.rows)
        impact, wall, processor = replay(path)
        size = path.stat().st_size
    seen = sum(before.files for before, _ in impact.totals.values())
    moved = sum(move.volume.files for move in impact.moves)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    rules = len(load_default_policy().rules) + _EXTRA.count("id:")
    print(f"{seen:,} occurrences, {rules} rules, {size / 1e6:,.0f} MB of Parquet")
    print(f"impact in {wall:.1f} s ({processor:.1f} s of processor time), peak {peak:.2f} GB")
    print(f"{moved:,} files would change their outcome")


if __name__ == "__main__":
    main()
