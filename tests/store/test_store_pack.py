"""A pack is read only as its signed index says."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ingest.errors import ReleaseRefused
from release.signing import generate_keys
from store.pack import INDEX_FILE, SUMS_FILE, read_pack, write_pack

MEMBERS = {"b.txt": b"b" * 1000, "a/c.json": b"{}", "empty": b""}


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    private, public = tmp_path / "private.pem", tmp_path / "public.pem"
    generate_keys(private, public)
    return private, public


def rewritten(data: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The same zip with some members changed, added, or taken away."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members: dict[str, bytes | None] = {n: archive.read(n) for n in archive.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in (members | changes).items():
            if content is not None:
                archive.writestr(name, content)
    return buffer.getvalue()


def test_the_same_members_give_the_same_bytes_and_come_back(
    tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    data = write_pack(MEMBERS, keys[0])
    assert write_pack(dict(reversed(MEMBERS.items())), keys[0]) == data
    path = tmp_path / "p.zip"
    path.write_bytes(data)
    read = read_pack(path, keys[1])
    assert {name: read[name] for name in MEMBERS} == MEMBERS
    assert len(read[SUMS_FILE].splitlines()) == len(MEMBERS)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"b.txt": b"c" * 1000}, r"b\.txt was changed"),
        ({"b.txt": b"b" * 1001}, r"b\.txt was changed"),
        ({"b.txt": None}, "other members"),
        ({"more": b""}, "other members"),
        ({SUMS_FILE: b""}, "was changed"),
        ({INDEX_FILE: b"{}"}, "malformed"),
        ({INDEX_FILE: None}, "no readable pack"),
    ],
)
def test_whatever_is_tampered_with_is_refused(
    tmp_path: Path, keys: tuple[Path, Path], changes: dict[str, bytes | None], said: str
) -> None:
    path = tmp_path / "p.zip"
    path.write_bytes(rewritten(write_pack(MEMBERS, keys[0]), changes))
    with pytest.raises(ReleaseRefused, match=said):
        read_pack(path, keys[1])


def test_a_pack_of_another_key_a_damaged_one_and_no_pack_are_refused(
    tmp_path: Path, keys: tuple[Path, Path]
) -> None:
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / "private.pem"
    generate_keys(other, tmp_path / "other" / "public.pem")
    path = tmp_path / "p.zip"
    path.write_bytes(write_pack(MEMBERS, other))
    with pytest.raises(ReleaseRefused, match="not signed"):
        read_pack(path, keys[1])
    path.write_bytes(write_pack(MEMBERS, keys[0])[:-40])
    with pytest.raises(ReleaseRefused, match="no readable pack"):
        read_pack(path, keys[1])
    with pytest.raises(ReleaseRefused, match="no readable pack"):
        read_pack(tmp_path / "absent.zip", keys[1])


def test_a_damaged_stream_is_a_changed_member(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    data = bytearray(write_pack(MEMBERS, keys[0]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo("b.txt")
    start = info.header_offset + 30 + len("b.txt")
    data[start : start + 4] = b"\xff\xff\xff\xff"
    path = tmp_path / "p.zip"
    path.write_bytes(data)
    with pytest.raises(ReleaseRefused, match=r"b\.txt was changed"):
        read_pack(path, keys[1])


def test_an_encrypted_member_is_refused(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    data = bytearray(write_pack(MEMBERS, keys[0]))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(signature)
        while start >= 0:
            data[start + flags] |= 1
            start = data.find(signature, start + 4)
    path = tmp_path / "p.zip"
    path.write_bytes(data)
    with pytest.raises(ReleaseRefused, match="no readable pack"):
        read_pack(path, keys[1])


def test_the_index_and_the_sums_are_made_here(keys: tuple[Path, Path]) -> None:
    with pytest.raises(ValueError, match="made here"):
        write_pack({INDEX_FILE: b""}, keys[0])
