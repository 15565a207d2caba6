"""Key, caches and company of a scan: the user's own, and never what the scanned tree brought."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingest.domain.company import CompanyProfile
from workers.keys import load_identity_key
from workers.scan_home import find_home
from workers.settings import Settings


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without caches, rules or home, whatever runs the tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("SHARDGATE_RULES_DIR", "SHARDGATE_HOME"):
        monkeypatch.delenv(name, raising=False)


def plant(home: Path) -> bytes:
    """Make what looks like an installation; return its key."""
    (home / "cache" / "rule-packs").mkdir(parents=True, mode=0o700)
    key = load_identity_key(home / "keys")
    (home / "company.yaml").write_text("names: [Planted]\n")
    return key.material


@pytest.mark.parametrize("is_named", [False, True])
@pytest.mark.parametrize("depth", [".", "..", "../.."])
def test_a_home_in_what_is_scanned_is_not_used(
    depth: str,
    is_named: bool,  # noqa: FBT001 - a case
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tree = tmp_path / "tree" / "a" / "b"
    planted = plant(tree / ".shardgate")
    monkeypatch.chdir(tree)
    if is_named:
        monkeypatch.setenv("SHARDGATE_HOME", ".shardgate")
    found = find_home(Settings(), None, target=Path(depth))
    assert found.key.material != planted
    assert (found.is_installation, found.company) == (False, CompanyProfile())
    assert found.cache_dir.is_relative_to(tmp_path / "cache")
    (note,) = found.notes
    assert "is not used" in note


def test_a_home_in_the_working_folder_beside_what_is_scanned_must_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = plant(tmp_path / "tree" / ".shardgate")
    (tmp_path / "tree" / "src").mkdir()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "tree")
    assert find_home(Settings(), None, target=Path("src")).key.material != planted
    named = Settings(home=Path(".shardgate"))
    for found in (
        find_home(named, None, target=Path("src")),
        find_home(Settings(), None, target=Path("../other")),
        find_home(Settings(), None),
    ):
        assert (found.key.material, found.notes) == (planted, ())
        assert found.company.names == ("Planted",)


def test_links_do_not_hide_that_a_home_is_in_what_is_scanned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    real = tmp_path / "elsewhere"
    planted = plant(real)
    (tree / ".shardgate").symlink_to(real)
    (tmp_path / "way").symlink_to(tree)
    monkeypatch.chdir(tree)
    for settings in (Settings(), Settings(home=tmp_path / "way" / ".shardgate")):
        for target in (tree, tmp_path / "way"):
            assert find_home(settings, None, target=target).key.material != planted


def test_rules_in_what_is_scanned_are_not_used(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "rules").mkdir(parents=True, mode=0o700)
    settings = Settings(home=tmp_path / "none", rules_dir=tree / "rules")
    assert find_home(settings, None, target=tmp_path).cache_dir != tree / "rules"
    assert find_home(settings, None, target=tree / "rules").cache_dir != tree / "rules"
    (tmp_path / "other").mkdir()
    assert find_home(settings, None, target=tmp_path / "other").cache_dir == tree / "rules"


@pytest.mark.parametrize("name", ["keys", "cache", "keys/identity.key"])
def test_an_installation_that_others_may_write_is_not_used(name: str, tmp_path: Path) -> None:
    planted = plant(tmp_path / "home")
    (tmp_path / "home" / name).chmod(0o622 if name.endswith(".key") else 0o722)
    found = find_home(Settings(home=tmp_path / "home"), None)
    assert (found.key.material != planted, len(found.notes)) == (True, 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("name", ["keys", "cache", "keys/identity.key"])
def test_an_installation_of_another_user_is_not_used(name: str, tmp_path: Path) -> None:
    planted = plant(tmp_path / "home")
    os.chown(tmp_path / "home" / name, 12345, 12345)
    assert find_home(Settings(home=tmp_path / "home"), None).key.material != planted


def test_without_installation_the_key_is_the_users_own_and_stays(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "none")
    first, again = find_home(settings, None), find_home(settings, None)
    assert first.key.material == again.key.material
    assert not first.is_installation
    assert not (tmp_path / "none").exists()
    mode = (tmp_path / "cache" / "shardgate" / "keys" / "identity.key").stat().st_mode
    assert mode & 0o077 == 0


def test_an_installation_gives_key_and_company_but_not_the_invented_one(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    key = load_identity_key(settings.keys_dir)
    text = "names: [Harbor]\n"
    (tmp_path / "home" / "company.yaml").write_text(text)
    found = find_home(settings, None)
    assert (found.key.material, found.company.names) == (key.material, ("Harbor",))
    assert find_home(settings, None, sample_company=text).company == CompanyProfile()
    named = find_home(settings, tmp_path / "home" / "company.yaml", sample_company=text)
    assert named.company.names == ("Harbor",)


def test_where_nothing_can_be_written_the_key_ends_with_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    settings = Settings(home=tmp_path / "none")
    first, again = find_home(settings, None), find_home(settings, None)
    assert first.key.material != again.key.material
