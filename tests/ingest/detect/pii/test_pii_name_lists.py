from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ingest.detect.pii.gazetteer import Gazetteer
from ingest.detect.pii.name_lists import load_gazetteer

_WORDS = frozenset({"will", "young"})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    load_gazetteer(_WORDS, folder)
    return folder


@pytest.fixture
def kept(made: Path, tmp_path: Path) -> Path:
    """A folder in which the lists were made."""
    return shutil.copytree(made, tmp_path / "cache")


def load_anew(folder: Path) -> Gazetteer:
    load_gazetteer.cache_clear()
    return load_gazetteer(_WORDS, folder)


def test_lists_that_are_read_back_are_those_that_were_made(kept: Path) -> None:
    (file,) = kept.iterdir()
    made_at = file.stat().st_mtime_ns
    assert load_anew(kept) == Gazetteer.load(_WORDS)
    assert file.stat().st_mtime_ns == made_at


@pytest.mark.parametrize("torn", [b"", b"{}", b'{"first": ["anna'])
def test_torn_lists_are_made_anew(kept: Path, torn: bytes) -> None:
    (file,) = kept.iterdir()
    file.write_bytes(torn)
    assert load_anew(kept).is_first("Emily")
    assert len(file.read_bytes()) > 100_000


def test_lists_that_others_may_write_are_not_believed(kept: Path) -> None:
    (file,) = kept.iterdir()
    file.write_text('{"first": [], "last": [], "caseless_first": [], "caseless_last": []}')
    file.chmod(0o666)
    assert load_anew(kept).is_first("Emily")


def test_other_words_make_other_lists(kept: Path) -> None:
    load_gazetteer.cache_clear()
    assert load_gazetteer(frozenset({"emily"}), kept).is_first("Will")
    assert not load_gazetteer(frozenset({"emily"}), kept).is_first("Emily")
