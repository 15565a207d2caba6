from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.decision import Tier
from release.documents import find_parent
from release.documents.difference import COLUMNS, compare
from release.domain.manifest import Manifest
from release.domain.rows import RELEASABLE_ROWS
from release.recall import ReReleaseSpec, re_release
from tests.release.documents.conftest import Pair
from tests.strategies.recall import MOMENT, drop_of, tools_of
from tests.strategies.release import Corpus, File, build_corpus, repo_id_of


def _changes(pair: Pair, group: str) -> dict[str, tuple[int, int, int]]:
    difference = json.loads(pair.read("difference.json"))
    return {
        c["name"]: (c["added"], c["removed"], c["changed"]) for c in difference["groups"][group]
    }


def test_the_whole_is_rows_added_removed_and_changed(pair: Pair) -> None:
    difference = json.loads(pair.read("difference.json"))
    assert difference["parent_release_id"] == pair.first.manifest.release_id
    whole = difference["whole"]
    assert (whole["added"], whole["removed"], whole["changed"]) == (2, 2, 1)
    assert (whole["rows_before"], whole["rows_after"]) == (5, 5)
    assert _changes(pair, "languages") == {"Python": (1, 1, 1), "unknown": (1, 1, 0)}
    assert _changes(pair, "licenses")["Apache-2.0"] == (0, 1, 0)
    assert _changes(pair, "reasons")["OWN_ATTESTED"] == (1, 0, 0)


def test_a_repository_without_rows_now_goes_by_its_id_in_the_releasable_tier(pair: Pair) -> None:
    names = _changes(pair, "repositories")
    shown = repo_id_of("leaving") if pair.second.manifest.tier is Tier.RELEASABLE else "leaving"
    assert names[shown] == (0, 1, 0)
    assert names["one"] == (1, 1, 1)


def test_a_name_that_has_an_alias_now_is_not_shown_again(tmp_path: Path) -> None:
    files = (File(repo="old-name", path=b"a.py", data=b"a = 1\n"),)
    more = (*files, File(repo="old-name", path=b"b.py", data=b"b = 1\n"))
    first = build_corpus(Corpus(files=files), tmp_path / "shards")
    second = build_corpus(
        Corpus(files=more, aliases={"old-name": "new-name"}),
        tmp_path / "shards",
        parent_release_id=first.manifest.release_id,
    )
    assert "new-name" in (second.directory / "difference.json").read_text()
    for path in second.directory.iterdir():
        assert path.is_dir() or b"old-name" not in path.read_bytes()


def test_a_parent_that_is_not_there_or_not_alike_is_none(pair: Pair, tmp_path: Path) -> None:
    manifest = pair.first.manifest
    root = pair.first.directory.parent
    assert find_parent(root, None, manifest.tier) is None
    assert find_parent(root, "rel_" + "0" * 20, manifest.tier) is None
    found = find_parent(root, manifest.release_id, manifest.tier)
    assert found is not None
    assert found.manifest == manifest
    other = next(tier for tier in Tier if tier is not manifest.tier)
    assert find_parent(root, manifest.release_id, other) is None
    copy = tmp_path / manifest.release_id
    copy.mkdir()
    (copy / "manifest.json").write_bytes(manifest.to_json())
    assert find_parent(tmp_path, manifest.release_id, manifest.tier) is None


def test_the_first_release_has_no_difference_and_says_so(pair: Pair) -> None:
    assert not (pair.first.directory / "difference.json").exists()
    card = (pair.first.directory / "README.md").read_text()
    assert "No release of this tier came before it." in card
    assert "difference.json" not in card


_ROWS = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.sampled_from("pq"), st.sampled_from("12"), st.sampled_from("xy")
    ),
    max_size=6,
    unique_by=lambda row: row[:3],
)
"""Repository, path as shown (two files can share one), number, and content of a row."""
_Rows = list[tuple[str, str, str, str]]


def _table(rows: _Rows) -> pa.Table:
    lines = [
        {
            # The id follows from the content as a rule, and does not for the second file.
            "id": f"{repo}{path}{number}{content if number == '1' else ''}",
            "content_id": content,
            "repo_id": repo,
            "repo_name": f"name-{repo}",
            "path": path,
            "language": content,
            "license_type": "permissive",
            "length_bytes": 1,
            "eligibility_reasons": ["R"],
        }
        for repo, path, number, content in rows
    ]
    fields = [RELEASABLE_ROWS.field(name) for name in COLUMNS]
    return pa.Table.from_pylist(lines, schema=pa.schema(fields))


@settings(max_examples=25, deadline=None)
@given(then=_ROWS, now=_ROWS)
def test_changes_conserve_rows(then: _Rows, now: _Rows) -> None:
    tables = [_table(rows) for rows in (then, now)]
    whole, groups = compare(*tables, Tier.RELEASABLE)
    for changes in (*groups.values(), [whole]):
        for change in changes:
            assert change.rows_after - change.rows_before == change.added - change.removed
    assert (whole.rows_before, whole.rows_after) == (len(then), len(now))
    ids = [{(r["id"], r["content_id"]) for r in table.to_pylist()} for table in tables]
    same = len(ids[0] & ids[1])
    assert whole.changed + whole.removed + same == len(then)
    # What stands at a place then and now is the same or changed, not added and removed.
    places = [Counter(row[:2] for row in rows) for rows in (then, now)]
    assert whole.changed + same == sum((places[0] & places[1]).values())


def test_a_release_is_not_its_own_parent(pair: Pair) -> None:
    manifest: Manifest = replace(pair.first.manifest, documents=())
    assert manifest.parent_release_id is None
    assert pair.second.manifest.parent_release_id == manifest.release_id


def test_what_was_taken_back_is_not_named_by_what_replaces_it(tmp_path: Path) -> None:
    files = (
        File(repo="one", path=b"a.py", data=b"a = 1\n"),
        File(repo="one", path=b"b.py", data=b"b = 1\n", license="LicenseRef-Falcon"),
    )
    first = build_corpus(Corpus(files=files), tmp_path / "shards")
    table = drop_of(first, license_expression="LicenseRef-Falcon")
    second = re_release(first, table, ReReleaseSpec(created_at=MOMENT), tools_of(first))
    assert second.manifest.counts.emitted == 1
    assert b"Falcon" in (first.directory / "totals.json").read_bytes()
    for path in second.directory.iterdir():
        assert path.is_dir() or b"Falcon" not in path.read_bytes()
    whole = json.loads((second.directory / "difference.json").read_bytes())["whole"]
    assert (whole["removed"], whole["rows_after"]) == (1, 1)
