"""A signed head beside the catalog shows what a chain cannot show by itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from ingest.errors import InputError
from release.signing import generate_keys
from store.catalog import AuditLog, Catalog
from store.checkpoints import ChainReport, seal, verify_chain

MOMENT = datetime(2030, 1, 1, tzinfo=UTC)


class Installation:
    """A chain of six entries; sealed after the second and after the last."""

    def __init__(self, home: Path) -> None:
        self.catalog = Catalog(f"sqlite:///{home / 'catalog.sqlite'}")
        self.catalog.upgrade()
        self.log = AuditLog(self.catalog, clock=lambda: MOMENT)
        self.folder = home / "audit"
        self.private, self.public = home / "private.pem", home / "public.pem"
        generate_keys(self.private, self.public)
        for number in range(1, 7):
            self.log.append("ann", "publish", f"rel_{number}")
            if number in (2, 4, 6):
                self.seal()

    def seal(self) -> Path | None:
        return seal(self.log, self.folder, self.private)

    def verify(self, heads: Path | None = None) -> ChainReport:
        return verify_chain(self.log.entries(), self.folder, self.public, heads)

    def keep_heads(self, *names: str) -> None:
        for path in self.folder.iterdir():
            if path.stem not in names:
                path.unlink()

    def tamper(self, *statements: str) -> None:
        for statement in statements:
            self.catalog.database.write(lambda s, sql=statement: s.execute(text(sql)))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    made.catalog.close()


def test_an_untouched_chain_is_intact_and_a_head_is_signed_once(home: Installation) -> None:
    report = home.verify()
    assert (report.entries, report.checkpoints, report.unsealed) == (6, 3, 0)
    assert report.faults == ()
    path = home.seal()
    assert path is not None
    before = path.read_bytes()
    assert home.seal() == path
    assert path.read_bytes() == before
    home.log.append("ann", "pull", "rel_1")
    assert home.verify().unsealed == 1
    assert home.verify().is_intact


def test_an_empty_chain_has_nothing_to_sign(tmp_path: Path) -> None:
    catalog = Catalog(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    catalog.upgrade()
    log = AuditLog(catalog, clock=lambda: MOMENT)
    assert seal(log, tmp_path / "audit", tmp_path / "none.pem") is None
    catalog.close()


def recompute(home: Installation) -> None:
    """Write another history with all hashes right, as who owns the database can."""
    home.tamper("DELETE FROM audit")
    for number in range(1, 7):
        home.log.append("eve", "publish", f"rel_{number}")


_TAMPERING: dict[str, Callable[[Installation], object]] = {
    "an entry is edited": lambda h: h.tamper("UPDATE audit SET actor = 'eve' WHERE seq = 3"),
    "an entry is deleted": lambda h: h.tamper("DELETE FROM audit WHERE seq = 3"),
    "two entries change places": lambda h: h.tamper(
        "UPDATE audit SET seq = -1 WHERE seq = 2",
        "UPDATE audit SET seq = 2 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = -1",
    ),
    "the end is cut off": lambda h: h.tamper("DELETE FROM audit WHERE seq > 5"),
    "all of it is gone": lambda h: h.tamper("DELETE FROM audit"),
    "all of it is computed anew": recompute,
    "all heads are gone": lambda h: h.keep_heads(),
    "a checkpoint is edited": lambda h: _rewrite(h, "000000000004", b"{}"),
    "a checkpoint is taken away": lambda h: (h.folder / "000000000004.json").unlink(),
    "a checkpoint is copied to another number": lambda h: _rewrite(
        h, "000000000006", (h.folder / "000000000004.json").read_bytes()
    ),
}


def _rewrite(home: Installation, name: str, data: bytes) -> None:
    (home.folder / f"{name}.json").write_bytes(data)


@pytest.mark.parametrize("what", sorted(_TAMPERING))
def test_tampering_is_noticed(home: Installation, what: str) -> None:
    _TAMPERING[what](home)
    assert not home.verify().is_intact


def test_a_checkpoint_of_another_key_counts_for_nothing(home: Installation, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    generate_keys(other, tmp_path / "other.pub")
    home.log.append("eve", "publish", "rel_7")
    seal(home.log, home.folder, other)
    assert "000000000007" in home.verify().faults[0]


def test_what_was_kept_elsewhere_shows_an_end_that_is_gone_with_its_heads(
    home: Installation, tmp_path: Path
) -> None:
    kept = Path(shutil.copytree(home.folder, tmp_path / "elsewhere"))
    assert home.verify(kept).is_intact
    home.log.append("ann", "pull", "rel_1")
    home.seal()
    assert home.verify(kept).is_intact, "the copy is older than the chain"
    home.tamper("DELETE FROM audit WHERE seq > 3")
    home.keep_heads("000000000002")
    assert home.verify().is_intact, "nothing that is left here tells"
    faults = home.verify(kept).faults
    assert any("the chain was cut" in fault for fault in faults)
    assert "checkpoint 000000000006.json: it was kept elsewhere, and is gone here" in faults


def test_a_head_that_was_signed_anew_is_not_the_one_that_was_kept(
    home: Installation, tmp_path: Path
) -> None:
    kept = Path(shutil.copytree(home.folder, tmp_path / "elsewhere"))
    recompute(home)
    home.keep_heads()
    home.seal()
    assert home.verify().is_intact, "whoever has the key can write all of it anew"
    assert any("is another" in fault for fault in home.verify(kept).faults)


def test_a_folder_without_heads_is_no_proof(home: Installation, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no checkpoint"):
        home.verify(tmp_path / "nowhere")
