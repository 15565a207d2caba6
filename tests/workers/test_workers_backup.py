"""A backup is everything, and an installation comes out of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.errors import ArtefactCorrupt, InputError, ReleaseRefused, ShardgateError
from policies.decision import Tier
from store.catalog import AuditLog, Catalog, ReleaseBook
from store.catalog.dump import dump_catalog, load_catalog
from tests.support.releases import folder_of, installation, take_back
from workers.audit import record_accepted_loss
from workers.backup import LIST_FILE, check_backup, create_backup, restore_backup
from workers.context import Context, utc_now
from workers.settings import Settings


def ignored(_: int, __: int) -> None:
    """Nobody looks."""


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> tuple[Context, Path]:
    """An installation with releases, a recall and an audit chain, and a backup of it."""
    home = tmp_path_factory.mktemp("home") / "state"
    context = installation(home)
    take_back(context, Tier.RELEASABLE)
    record_accepted_loss(context, "repo_x", "releasable", "jo")
    folder = tmp_path_factory.mktemp("backups") / "one"
    create_backup(context, folder, ignored, by="jo")
    return context, folder


def copied(backed_up: tuple[Context, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(backed_up[1], tmp_path / "copy"))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_wiped_installation_comes_back_on_any_database(
    backed_up: tuple[Context, Path],
    kind: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    old, folder = backed_up
    url = request.getfixturevalue("postgres").fresh_url() if kind == "postgresql" else ""
    new = Context(settings=Settings(home=tmp_path / "home", database_url=url))

    restored = restore_backup(new, folder, ignored, by="jo")

    assert restored.releases == len([r for r in releases(old) if r.is_out]) > 0
    assert releases(new) == releases(old)
    assert chain(new)[:-1] == chain(old)[: restored.audit_entries]
    for tier in Tier:
        before, after = (folder_of(c, tier).parent for c in (old, new))
        assert files_of(after) == files_of(before)
    record_accepted_loss(new, "repo_y", "releasable", "jo")
    new.catalog.close()


def files_of(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def releases(context: Context) -> list[object]:
    return list(ReleaseBook(context.catalog, clock=utc_now).list_releases())


def chain(context: Context) -> list[str]:
    return [entry.hash for entry in AuditLog(context.catalog, clock=utc_now).entries()]


def test_rows_are_the_same_text_whichever_database_they_stood_in(
    backed_up: tuple[Context, Path], catalog_url: str, tmp_path: Path
) -> None:
    catalog = Catalog(catalog_url)
    catalog.upgrade()

    counts = load_catalog(catalog, backed_up[1] / "catalog")

    assert dump_catalog(catalog, tmp_path / "again") == counts
    for file in (backed_up[1] / "catalog").iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes()
    with pytest.raises(InputError, match="not empty"):
        load_catalog(catalog, backed_up[1] / "catalog")
    catalog.close()


def test_a_second_backup_into_the_same_folder_is_of_the_later_moment(
    tmp_path: Path, backed_up: tuple[Context, Path]
) -> None:
    context, folder = backed_up[0], copied(backed_up, tmp_path)
    rows = check_backup(folder).rows["audit"]

    again = create_backup(context, folder, ignored, by="jo")

    assert again.rows["audit"] > rows
    assert check_backup(folder, context.keys.public) == again


@pytest.mark.parametrize(
    ("harm", "error"),
    [
        (lambda b: (b / LIST_FILE).unlink(), ReleaseRefused),
        (lambda b: (b / "catalog" / "releases.jsonl").write_text(""), ArtefactCorrupt),
        (lambda b: next((b / "files").rglob("*.parquet")).unlink(), ArtefactCorrupt),
        (lambda b: (b / "files" / "more").write_text("x"), ArtefactCorrupt),
    ],
    ids=["no list", "changed", "missing", "added"],
)
def test_what_was_done_to_a_backup_is_seen_before_anything_is_restored(
    backed_up: tuple[Context, Path],
    tmp_path: Path,
    harm: Callable[[Path], object],
    error: type[ShardgateError],
) -> None:
    folder = copied(backed_up, tmp_path)
    harm(folder)

    with pytest.raises(error):
        restore_backup(Context(settings=Settings(home=tmp_path / "home")), folder, ignored, by="jo")
    assert not (tmp_path / "home").exists()


def test_nobody_else_reads_a_backup_whatever_the_folder_was(
    backed_up: tuple[Context, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    create_backup(backed_up[0], folder, lambda *_: None, by="root")
    parts = [p for p in folder.rglob("*") if folder in p.parents and p.parent != folder]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not [p for p in parts if p.stat().st_mode & 0o077]


def test_another_key_is_not_believed(backed_up: tuple[Context, Path], tmp_path: Path) -> None:
    other = Context(settings=Settings(home=tmp_path / "other")).keys.public

    with pytest.raises(ReleaseRefused):
        check_backup(backed_up[1], other)


def test_a_backup_goes_neither_into_the_home_nor_over_something_else(
    backed_up: tuple[Context, Path], tmp_path: Path
) -> None:
    context, folder = backed_up
    (tmp_path / "mine").write_text("x")

    with pytest.raises(InputError, match="inside"):
        create_backup(context, context.settings.root / "backup", ignored, by="jo")
    with pytest.raises(InputError, match="something else"):
        create_backup(context, tmp_path, ignored, by="jo")
    with pytest.raises(InputError, match="there already"):
        restore_backup(context, folder, ignored, by="jo")


def test_without_keys_they_are_asked_for(backed_up: tuple[Context, Path], tmp_path: Path) -> None:
    context = backed_up[0]
    create_backup(context, tmp_path / "bare", ignored, by="jo", also=())
    new = Context(settings=Settings(home=tmp_path / "home"))

    assert not (tmp_path / "bare" / "files" / "keys").exists()
    with pytest.raises(InputError, match="without keys"):
        restore_backup(new, tmp_path / "bare", ignored, by="jo")
    shutil.copytree(context.settings.keys_dir, new.settings.keys_dir)
    assert restore_backup(new, tmp_path / "bare", ignored, by="jo").releases > 0
    new.catalog.close()
