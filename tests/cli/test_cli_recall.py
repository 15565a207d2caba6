from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner, Result

from cli.main import build_app
from ingest.errors import InputError, ReleaseRefused
from release.pull import pull_release
from tests.strategies.recall import (
    build_parent,
    feed,
    publish,
    row_ids,
    standing,
    tombstones_of,
    without,
)


def _shardgate(home: Path, *arguments: str | Path) -> Result:
    words = list(map(str, arguments))
    own = {"SHARDGATE_HOME": str(home), "COLUMNS": "300"}
    return CliRunner().invoke(build_app(words[0]), words, env=own)


def test_a_recall_reaches_a_copy_and_the_copy_is_refused_from_then_on(tmp_path: Path) -> None:
    home, dest, key = tmp_path / "home", tmp_path / "dest", tmp_path / "public.pem"
    parent = build_parent(tmp_path)
    root, name, now = parent.directory.parent, parent.directory.name, datetime.now(UTC)
    copy = pull_release(parent.directory, dest, key, parent.manifest.tier).directory
    ids = row_ids(parent.directory, parent)[:3]
    new = without(parent, ids)
    feed(root, standing(**{name: ""}), now)
    spoken = ("--key", key, "--recalls", root / "recalls")
    fine = _shardgate(home, "recall", "apply", copy, *spoken)
    assert (fine.exit_code, "is not recalled" in fine.output) == (0, True)

    publish(root, tombstones_of(parent, ids, new.directory.name))
    feed(root, standing(**{name: new.directory.name, new.directory.name: ""}), now)
    applied = _shardgate(home, "recall", "apply", copy, *spoken)
    assert applied.exit_code == 0
    assert f"{name} is recalled: loaders skip 3 row ids" in applied.output
    assert f"{new.directory.name} replaces it" in applied.output
    for refused in (
        _shardgate(home, "release", "verify", parent.directory, "--key", key),
        _shardgate(home, "release", "verify", copy, "--key", key),
        _shardgate(home, "pull", copy, tmp_path / "again", "--key", key),
    ):
        assert isinstance(refused.exception, ReleaseRefused)
        assert new.directory.name in refused.exception.hint
    taken = _shardgate(home, "pull", copy, tmp_path / "again", "--key", key, "--drop-recalled")
    assert taken.exit_code == 0
    assert (tmp_path / "again" / "recalls" / "feed.releasable.dsse.json").is_file()
    nothing = _shardgate(home, "recall", "apply", copy, "--key", key, "--recalls", tmp_path)
    assert isinstance(nothing.exception, InputError)
