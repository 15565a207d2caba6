"""What a rule names stands where a value was, in texts, identifiers and paths."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from ingest.domain.finding import Category
from policies.placeholders import NamedPlaceholder
from release.build import BuiltRelease
from release.build.redact import is_placeholder
from tests.strategies.release import Corpus, File, build_corpus, marker

KEY = marker(Category.PASSWORD, 1)
NAMED = tuple(
    NamedPlaceholder(rule_id=rule, category=Category.PASSWORD, text=text)
    for rule, text in (("FIRST", b"<FIRST_WORD>"), ("SECOND", b"<SECOND_WORD>"))
)
CORPUS = Corpus(
    files=(
        File(repo="a", path=b"both.py", data=b"k = '%s'\n" % KEY, reasons=("SECOND", "FIRST")),
        File(repo="a", path=b"none.py", data=b"n = '%s'\n" % KEY),
        File(repo="a", path=b"p/" + KEY, data=b"plain\n", reasons=("SECOND",)),
    )
)


def built(folder: Path, placeholders: tuple[NamedPlaceholder, ...]) -> BuiltRelease:
    return build_corpus(CORPUS, folder / "releases", placeholders=placeholders)


def test_the_placeholder_of_the_first_rule_that_fired_stands_there(tmp_path: Path) -> None:
    release = built(tmp_path, NAMED)
    rows = pq.read_table(release.directory / release.manifest.shards[0].path).to_pylist()
    assert {row["path"]: row["content"] for row in rows} == {
        "both.py": "k = '<FIRST_WORD>'\n",
        "none.py": "n = '<PASSWORD>'\n",
        "p/<SECOND_WORD>": "plain\n",
    }
    (told,) = (row["redactions"] for row in rows if row["path"] == "both.py")
    assert told[0]["placeholder"] == "<FIRST_WORD>"


def test_it_is_part_of_what_a_release_is_made_of(tmp_path: Path) -> None:
    plain, named, other = (
        built(tmp_path / str(n), p) for n, p in enumerate(((), NAMED, NAMED[::-1]))
    )
    assert len({r.manifest.release_id for r in (plain, named, other)}) == 3


def test_the_exit_scan_knows_what_the_policy_names() -> None:
    own = frozenset({b"<FIRST_WORD>"})
    for value in (b"<FIRST_WORD>", b"redacted_first_word", b"<FIRST_WORD>:<PASSWORD>"):
        assert is_placeholder(value, own)
        assert not is_placeholder(value)
