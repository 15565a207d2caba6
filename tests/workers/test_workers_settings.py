from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ingest.errors import ConfigurationError
from workers.settings import SECRETS_DIR, SETTINGS_FILE, Settings


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


def test_environment_comes_before_secrets_and_secrets_before_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file, folder = tmp_path / "settings.toml", tmp_path / "secrets"
    folder.mkdir()
    file.write_text('concurrency = 3\nlease_seconds = 44\ndatabase_url = "sqlite:///file.db"\n')
    (folder / "shardgate_database_url").write_text("sqlite:///secret.db\n")
    (folder / "shardgate_lease_seconds").write_text("55\n")
    monkeypatch.setenv(SETTINGS_FILE, str(file))
    monkeypatch.setenv(SECRETS_DIR, str(folder))
    monkeypatch.setenv("SHARDGATE_LEASE_SECONDS", "66")

    settings = Settings()

    assert settings.database_url == "sqlite:///secret.db"
    assert (settings.lease_seconds, settings.concurrency) == (66, 3)


@pytest.mark.parametrize("variable", [SETTINGS_FILE, SECRETS_DIR])
def test_a_named_source_has_to_be_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "nowhere"))

    with pytest.raises(ConfigurationError, match=variable):
        Settings()


def test_a_file_with_an_unknown_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "s.toml").write_text("concurrent = 3\n")
    monkeypatch.setenv(SETTINGS_FILE, str(tmp_path / "s.toml"))

    with pytest.raises(ValidationError):
        Settings()
