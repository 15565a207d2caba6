from __future__ import annotations

import json
from pathlib import Path

from policies.decision import Tier
from release.documents import fixed_texts, write_documents
from release.domain.manifest import Manifest
from tests.release.documents.conftest import Pair
from tests.strategies.release import (
    Corpus,
    File,
    blob_id_of,
    build_corpus,
    commit_of,
    repo_id_of,
)

_TIMELESS = {
    "NOTICE.txt",
    "totals.json",
    "languages.svg",
    "licenses.svg",
    "repositories.svg",
    "reasons.svg",
}


def _documents(pair: Pair) -> dict[str, bytes]:
    folder = pair.second.directory
    return {d.path: (folder / d.path).read_bytes() for d in pair.second.manifest.documents}


def test_the_same_draft_gives_the_same_documents(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(pair.second.directory / "data")
    written = write_documents(tmp_path, pair.draft)
    assert written == pair.second.manifest.documents
    assert {d.path: (tmp_path / d.path).read_bytes() for d in written} == _documents(pair)


def test_the_same_inputs_built_after_another_release_are_the_same_release(
    pair: Pair, tmp_path: Path
) -> None:
    corpus = Corpus(files=(File(repo="r", path=b"a.py", data=b"a = 1\n"),))
    tier = pair.second.manifest.tier
    first = build_corpus(corpus, tmp_path / "shards", Tier.RELEASABLE)
    again = build_corpus(
        corpus,
        tmp_path / "shards",
        Tier.RELEASABLE,
        parent_release_id=pair.first.manifest.release_id,
    )
    assert again.manifest == first.manifest
    itself = build_corpus(
        corpus, tmp_path / "shards", Tier.RELEASABLE, parent_release_id=first.manifest.release_id
    )
    assert itself.manifest == first.manifest
    assert tier in Tier


def test_what_speaks_of_no_time_and_no_parent_is_the_same_with_another_one(
    pair: Pair, tmp_path: Path
) -> None:
    (tmp_path / "data").symlink_to(pair.second.directory / "data")
    raw = json.loads(pair.draft.manifest.to_json()) | {
        "created_at": "2030-01-01T00:00:00Z",
        "parent_release_id": None,
    }
    later = Manifest.from_json(json.dumps(raw).encode())
    draft = type(pair.draft)(manifest=later, exclusions=pair.draft.exclusions)
    changed = {
        d.path
        for d in write_documents(tmp_path, draft)
        if (tmp_path / d.path).read_bytes() != _documents(pair)[d.path]
    }
    assert changed == {"README.md", "croissant.json"}
    assert not changed & _TIMELESS


def test_releasable_documents_name_nothing_that_rows_do_not_show(pair: Pair) -> None:
    if pair.second.manifest.tier is Tier.INTERNAL_ONLY:
        return
    seen = b"\n".join(_documents(pair).values())
    for hidden in (
        "secret-project",
        "never-named",
        "leaving",
        "inner",
        "ACME_DEAL_RULE",
        "Ada Person",
        repo_id_of("never-named"),
        blob_id_of(b"kept = 1\n"),
        blob_id_of(b"inner = 1\n"),
        *(commit_of(name) for name in ("one", "secret-project", "never-named")),
        "branch-of-one",
    ):
        assert hidden.encode() not in seen, hidden


def test_what_every_release_says_alike_is_all_there() -> None:
    fixed = b"\n".join(fixed_texts())
    for words in (b"What it may be used for", b"hereby granted", b"rules_digest", b"withdrawn"):
        assert words in fixed


def test_a_release_without_rows_has_documents_too(tmp_path: Path) -> None:
    nothing = Corpus(files=(File(repo="r", path=b"a", data=b"a", outcome="excluded"),))
    built = build_corpus(nothing, tmp_path / "shards")
    paths = {document.path for document in built.manifest.documents}
    assert paths == {*_TIMELESS, "README.md", "croissant.json"}
    card = (built.directory / "README.md").read_text()
    assert "configs:" not in card
    assert "The release has no rows" in card
