from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from workers.settings import Settings


def test_everything_is_under_the_home(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    folders = (settings.mirrors_dir, settings.lake_dir, settings.keys_dir, settings.run_dir)
    assert all(folder.is_relative_to(tmp_path) for folder in folders)
    assert settings.shards_dir("releasable") != settings.shards_dir("internal-only")


def test_the_socket_of_a_deep_home_fits_an_address(tmp_path: Path) -> None:
    deep = Settings(home=tmp_path / ("d" * 120))
    assert len(str(deep.socket_path).encode()) <= 100
    assert deep.socket_path != Settings(home=tmp_path / ("e" * 120)).socket_path


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().concurrency = 9  # type: ignore[misc]


@pytest.mark.parametrize("values", [{"concurrency": 0}, {"lease_seconds": 0}, {"nonsense": 1}])
def test_a_wrong_value_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**values)  # type: ignore[arg-type]


def test_the_environment_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHARDGATE_CONCURRENCY", "7")
    assert Settings().concurrency == 7
