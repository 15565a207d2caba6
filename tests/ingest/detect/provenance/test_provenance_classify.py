"""A whole tree, from snapshot and facts to rows."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.provenance import TreeHistory, TreeSources, classify_tree, wanted_texts
from ingest.domain.artefacts import SNAPSHOT, TREE_FACTS, facts_schema
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Family
from ingest.domain.tree import suffix_of

NONE: dict[str, Any] = {
    "license_expression": None,
    "license_category": "none",
    "is_manifest": False,
    "training_restricted": False,
    "has_foreign_holder": False,
    "has_company_holder": False,
}
MIT = {**NONE, "license_expression": "MIT", "license_category": "permissive"}
GPL = {**NONE, "license_expression": "GPL-2.0-only", "license_category": "copyleft"}
OWN = {**MIT, "license_expression": "Apache-2.0", "has_company_holder": True}

CATEGORIES = {"MIT": "permissive", "GPL-2.0-only": "copyleft"}
REUSE = b'version = 1\n[[annotations]]\npath = "**"\nSPDX-License-Identifier = "GPL-2.0-only"\n'
FSF = {**NONE, "license_expression": "FSFULLR", "license_category": "permissive"}

Files = dict[bytes, dict[str, Any] | str | None]
"""Path to licensing facts; a word is a skip reason, None a scan that is missing."""


def classify(files: Files, **sources: Any) -> pa.Table:
    blobs = {path: f"{number:040x}" for number, path in enumerate(sorted(files))}
    snapshot = [
        {
            "repo_id": "repo_a",
            "commit_id": "c" * 40,
            "branch": "main",
            "committer_date": datetime(2024, 1, 1, tzinfo=UTC),
            "path": path,
            "mode": 0o100644,
            "blob_id": blobs[path],
            "size": 1,
            "suffix": suffix_of(path),
            "encoding": "utf-8",
            "skip_reason": facts if isinstance(facts, str) else None,
        }
        for path, facts in files.items()
    ]
    head = {"status": "completed", "reason": ""}
    units = [
        ({"blob_id": blobs[path], "suffix": suffix_of(path), **head}, facts)
        for path, facts in files.items()
        if isinstance(facts, dict)
    ]
    content = {"language": "Python", "language_source": "path", "is_generated": False}
    return classify_tree(
        pa.Table.from_pylist(snapshot, schema=SNAPSHOT),
        pa.Table.from_pylist([{**u, **content} for u, _ in units], facts_schema(Family.CONTENT)),
        pa.Table.from_pylist([{**u, **f} for u, f in units], facts_schema(Family.LICENSING)),
        CompanyProfile(names=("Acme Rockets",)),
        "Apache-2.0",
        sources=TreeSources(
            texts={blobs[path]: text for path, text in sources.pop("texts", {}).items()},
            read_license=lambda text: (text, CATEGORIES.get(text, "unknown"), False),
            known_content={blobs[path]: "x" for path in sources.pop("known", ())},
            **sources,
        ),
    )


def row(files: Files, path: bytes, **sources: Any) -> dict[str, Any]:
    return next(r for r in classify(files, **sources).to_pylist() if r["path"] == path)


def test_there_is_one_row_for_each_occurrence_sorted_by_path() -> None:
    table = classify({b"b.py": NONE, b"a/z.py": NONE, b"a": "symlink", b"c.py": None})

    assert table.schema.equals(TREE_FACTS)
    assert table["path"].to_pylist() == [b"a", b"a/z.py", b"b.py", b"c.py"]
    assert set(table["status"].to_pylist()) == {"completed"}
    assert table["path_findings"].to_pylist() == [[]] * 4


def test_a_skipped_occurrence_has_no_provenance() -> None:
    skipped = row({b"vendor/a.bin": "binary"}, b"vendor/a.bin")

    assert skipped["provenance"] is None
    assert skipped["provenance_evidence"] == ["SKIPPED"]
    assert skipped["language"] is None
    assert skipped["is_vendor"]


def test_missing_licensing_facts_are_unknown() -> None:
    found = row({b"a.py": None}, b"a.py")

    assert found["provenance"] == "unknown"
    assert found["provenance_evidence"] == ["LICENSING_MISSING"]


def test_a_copyleft_header_in_a_vendored_folder() -> None:
    found = row({b"LICENSE": OWN, b"third_party/x/a.c": GPL}, b"third_party/x/a.c")

    assert found["provenance"] == "third_party"
    assert found["provenance_evidence"] == ["OWN_NOTICE_FOREIGN", "VENDORED_PATH"]


def test_a_license_above_a_vendored_directory_does_not_cover_it() -> None:
    files: Files = {b"app/LICENSE": OWN, b"app/vendor/x/a.c": NONE, b"app/a.c": NONE}

    assert row(files, b"app/a.c")["scope_evidence"] == b"app/LICENSE"
    assert row(files, b"app/vendor/x/a.c")["scope_license_category"] is None
    assert row(files, b"app/vendor/x/a.c")["provenance"] == "third_party"


def test_a_license_inside_a_vendored_directory_covers_it() -> None:
    files: Files = {b"LICENSE": OWN, b"vendor/x/LICENSE": MIT, b"vendor/x/src/a.c": NONE}
    found = row(files, b"vendor/x/src/a.c")

    assert (found["scope_license_expression"], found["provenance"]) == ("MIT", "third_party")


def test_a_well_known_library_does_not_stand_under_our_license() -> None:
    files: Files = {b"LICENSE": OWN, b"static/jquery.min.js": NONE}

    assert row(files, b"static/jquery.min.js")["scope_evidence"] is None


def test_terms_against_training_reach_into_vendored_directories() -> None:
    files: Files = {b"LICENSE": {**OWN, "training_restricted": True}, b"vendor/a.c": NONE}

    assert row(files, b"vendor/a.c")["scope_training_restricted"]


def test_the_root_of_a_fork_makes_its_silent_files_third_party() -> None:
    upstream = {**MIT, "has_foreign_holder": True}
    found = row({b"LICENSE": upstream, b"src/a.py": NONE}, b"src/a.py")

    assert found["provenance"] == "third_party"
    assert found["provenance_evidence"] == [
        "ROOT_SCOPE",
        "SCOPE_FOREIGN_HOLDER",
        "SCOPE_FOREIGN_LICENSE",
    ]


def test_our_own_root_leaves_silent_files_ours() -> None:
    found = row({b"LICENSE": OWN, b"src/a.py": NONE}, b"src/a.py")

    assert found["provenance"] == "first_party"
    assert found["scope_license_expression"] == "Apache-2.0"


def test_a_manifest_is_a_scope() -> None:
    files: Files = {b"pkg/package.json": {**GPL, "is_manifest": True}, b"pkg/src/a.js": NONE}

    assert row(files, b"pkg/src/a.js")["scope_license_category"] == "copyleft"


def test_a_side_file_speaks_for_its_file_alone() -> None:
    files: Files = {b"LICENSE": OWN, b"img.svg": NONE, b"img.svg.license": GPL, b"a.svg": NONE}
    found = row(files, b"img.svg")

    assert found["annotation_license_expression"] == "GPL-2.0-only"
    assert found["annotation_evidence"] == b"img.svg.license"
    assert found["provenance"] == "third_party"
    assert found["scope_license_expression"] == "Apache-2.0"
    assert row(files, b"a.svg")["annotation_license_category"] is None


def test_a_reuse_file_speaks_for_silent_files_and_must_have_been_read() -> None:
    files: Files = {b"REUSE.toml": NONE, b"a.py": NONE, b"b.py": MIT}
    told = {"texts": {b"REUSE.toml": REUSE}}

    assert row(files, b"a.py", **told)["annotation_license_expression"] == "GPL-2.0-only"
    assert row(files, b"a.py", **told)["annotation_evidence"] == b"REUSE.toml"
    assert row(files, b"b.py", **told)["annotation_license_category"] is None
    assert row(files, b"a.py")["annotation_license_category"] == "unknown"
    assert row(files, b"a.py")["provenance"] == "unknown"


def test_the_metadata_of_an_installed_package_covers_its_neighbours() -> None:
    base = b"venv/lib/site-packages/"
    files: Files = {
        base + b"zip-1.0.dist-info/METADATA": {**MIT, "is_manifest": True},
        base + b"zip-1.0.dist-info/RECORD": NONE,
        base + b"zip-1.0.dist-info/licenses/COPYING": GPL,
        base + b"zip/a.py": NONE,
        base + b"zipper.py": NONE,
        base + b"other/a.py": NONE,
    }
    record = {base + b"zip-1.0.dist-info/RECORD": b"zip/a.py,,\nzipper.py,,\n"}

    for name in (b"zip/a.py", b"zipper.py"):
        found = row(files, base + name, texts=record)
        assert found["scope_license_expression"] == "GPL-2.0-only AND MIT"
    assert row(files, base + b"other/a.py", texts=record)["scope_license_category"] is None
    assert row(files, base + b"zip/a.py")["scope_license_category"] == "copyleft"


def test_a_submodule_is_vendored_under_any_name() -> None:
    files: Files = {b".gitmodules": NONE, b"modules/zip/a.c": NONE, b"modules/b.c": NONE}
    told = {"texts": {b".gitmodules": b'[submodule "z"]\n\tpath = modules/zip\n\turl = x\n'}}

    assert row(files, b"modules/zip/a.c", **told)["is_vendor"]
    assert not row(files, b"modules/b.c", **told)["is_vendor"]


def test_what_a_build_tool_wrote_into_its_output_is_boilerplate_there_only() -> None:
    files: Files = {b"aclocal.m4": FSF, b"a.c": FSF, b"x.m4": GPL}

    assert row(files, b"aclocal.m4")["is_build_boilerplate"]
    assert row(files, b"aclocal.m4")["provenance_evidence"] == ["BUILD_BOILERPLATE", "NO_SIGN"]
    assert not row(files, b"a.c")["is_build_boilerplate"]
    assert not row(files, b"x.m4")["is_build_boilerplate"]


def test_history_and_known_content_are_signs() -> None:
    files: Files = {b"lib/zip/a.c": NONE, b"sub/a.c": NONE, b"src/a.c": NONE}
    history = TreeHistory(
        outside_paths=frozenset({b"lib/zip/a.c"}),
        bulk_roots=frozenset({b"lib"}),
        subtree_roots=frozenset({b"sub"}),
    )
    told = {"history": history, "known": [b"src/a.c"]}

    bulk, subtree, known = (row(files, path, **told) for path in files)
    assert bulk["provenance_evidence"] == ["BULK_IMPORT", "HISTORY_OUTSIDE_AUTHORS", "NO_SIGN"]
    assert bulk["provenance"] == "first_party"
    assert subtree["provenance_evidence"] == ["SUBTREE_IMPORT", "VENDORED_PATH"]
    assert (known["provenance"], known["provenance_evidence"]) == (
        "third_party",
        ["KNOWN_CONTENT"],
    )


def test_only_files_that_speak_of_others_are_read() -> None:
    snapshot = [
        {"path": path, "blob_id": f"{n:040x}", "size": 5, "skip_reason": None}
        for n, path in enumerate([b"a.py", b"x/REUSE.toml", b".gitmodules", b"debian/copyright"])
    ]
    assert wanted_texts(pa.Table.from_pylist(snapshot)) == [f"{n:040x}" for n in (1, 2, 3)]


def test_an_unread_license_makes_everything_below_unknown() -> None:
    files: Files = {b"lib/LICENSE": None, b"lib/a.py": NONE, b"a.py": NONE}

    assert row(files, b"lib/a.py")["provenance"] == "unknown"
    assert row(files, b"lib/a.py")["scope_license_category"] == "unknown"
    assert row(files, b"a.py")["provenance"] == "first_party"


def test_a_virtual_environment_is_vendored_under_any_name() -> None:
    files: Files = {b"dev/pyvenv.cfg": NONE, b"dev/lib/a.py": NONE}

    assert row(files, b"dev/lib/a.py")["is_vendor"]


def test_generated_test_and_language_come_from_path_or_content() -> None:
    files: Files = {b"tests/a_pb2.py": NONE, b"BUILD": NONE, b"a.py": NONE}

    assert row(files, b"tests/a_pb2.py")["is_generated"]
    assert row(files, b"tests/a_pb2.py")["is_test"]
    assert row(files, b"BUILD")["language"] == "Starlark"
    assert row(files, b"a.py")["language"] == "Python"


@given(
    st.dictionaries(
        st.sampled_from(
            [b"LICENSE", b"a.py", b"vendor/a.py", b"vendor/COPYING", b"x/package.json"]
        ),
        st.sampled_from([NONE, MIT, GPL, OWN, None, "symlink"]),
        min_size=1,
    )
)
def test_rows_do_not_depend_on_the_order_of_the_snapshot(files: Files) -> None:
    assert classify(files).equals(classify(dict(reversed(files.items()))))


def test_a_large_tree_takes_seconds() -> None:
    files: Files = {b"LICENSE": OWN}
    files |= {b"src/m%d/p%d/f%d.py" % (i % 50, i % 700, i): NONE for i in range(20_000)}
    started = time.process_time()
    table = classify(files)

    assert table.num_rows == 20_001
    assert time.process_time() - started < 5
