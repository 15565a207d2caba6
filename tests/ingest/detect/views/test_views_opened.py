from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.detect.views import Limits, OpenedBlob, Shut, open_stored

VALUE = b"value = hidden-1234567890\n"


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return buffer.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def encrypted(data: bytes) -> bytes:
    """Set the flag of encryption in both headers of the one member."""
    changed = bytearray(data)
    changed[6] |= 1
    changed[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def chains(opened: OpenedBlob) -> set[tuple[str, ...]]:
    return {view.chain for view in opened.views if VALUE in view.data}


def reasons(opened: OpenedBlob) -> set[Shut]:
    return {shut.reason for shut in opened.undecoded}


@pytest.mark.parametrize(
    ("chain", "stored"),
    [
        (("gzip",), gzip.compress(VALUE, mtime=0)),
        (("gzip",), gzip.compress(b"first stream\n", mtime=0) + gzip.compress(VALUE, mtime=0)),
        (("zip:0",), zipped({"a/b.txt": VALUE})),
        (("zip:1",), zipped({"a": b"other", "b": VALUE}, zipfile.ZIP_STORED)),
        (("zip:0",), b"#!/usr/bin/env python3\n" + zipped({"__main__.py": VALUE})),
        (("tar:0",), tarred({"a": VALUE})),
        (("gzip", "tar:1"), tarred({"a": b"x", "b": VALUE}, "w:gz")),
        (("bzip2",), bz2.compress(VALUE)),
        (("xz",), lzma.compress(VALUE)),
        (("zlib",), zlib.compress(VALUE)),
        (
            ("zip:0", "zip:0", "gzip"),
            zipped({"a.zip": zipped({"b.gz": gzip.compress(VALUE, mtime=0)})}),
        ),
        (("zip:0", "utf-16-le"), zipped({"a": VALUE.decode().encode("utf-16-le")})),
    ],
)
def test_members_are_read_and_lead_back_to_the_whole_file(
    chain: tuple[str, ...], stored: bytes
) -> None:
    opened = open_stored(stored)
    assert (chains(opened), opened.undecoded, opened.is_text) == ({chain}, (), False)
    assert {view.outer_span(0, 5) for view in opened.views} == {(0, len(stored))}


@pytest.mark.parametrize(
    ("reason", "stored"),
    [
        (Shut.ENCRYPTED, encrypted(zipped({"a": VALUE}))),
        (Shut.CORRUPT, gzip.compress(VALUE * 999, mtime=0)[:-30]),
        (Shut.CORRUPT, zipped({"a": VALUE})[:-5]),
        (Shut.CORRUPT, tarred({"a": VALUE * 999})[:9000]),
        (Shut.LIMIT, gzip.compress(b"\0" * 30_000_000, mtime=0)),
        (Shut.LIMIT, bz2.compress(b"\0" * 30_000_000)),
        (Shut.LIMIT, zipped({str(i): b"x" for i in range(3000)})),
        (Shut.LIMIT, zipped({"a": b"\0" * 30_000_000})),
        (Shut.BINARY, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        (Shut.BINARY, zipped({"a": b"\x7fELF\0\0\0\1\2\3"})),
        (Shut.UNSUPPORTED, b"7z\xbc\xaf\x27\x1c\0\4"),
        (Shut.UNSUPPORTED, zipped({"a": b"Rar!\x1a\x07\x01\0"})),
    ],
)
def test_what_stays_shut_says_why(reason: Shut, stored: bytes) -> None:
    opened = open_stored(stored)
    assert reason in reasons(opened)
    assert {(shut.start, shut.end) for shut in opened.undecoded} == {(0, len(stored))}


def unlisted(data: bytes) -> bytes:
    """Return an archive whose directory lists no entry of those it holds."""
    return data[: data.index(b"PK\x01\x02")] + b"PK\x05\x06" + bytes(18)


def understated(data: bytes) -> bytes:
    """Return an archive of one empty member whose directory says that it has no size."""
    at = data.index(b"PK\x01\x02")
    changed = bytearray(data)
    changed[at + 16 : at + 20] = changed[at + 24 : at + 28] = bytes(4)
    return bytes(changed)


def odd_header(data: bytes, at: int, kind: bytes) -> bytes:
    """Give the member of a tar archive whose header begins there another type."""
    header = bytearray(data[at : at + 512])
    header[156:157] = kind
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return data[:at] + bytes(header) + data[at + 512 :]


def broken_header(data: bytes, at: int) -> bytes:
    return data[: at + 148] + b"77777\0 " + data[at + 155 :]


_ZIPPED = zipped({"a": b"first"}, zipfile.ZIP_STORED)
_TARRED = tarred({"a": b"first"})
_TWO = tarred({"a": b"first", "b": VALUE})
HIDDEN = {
    "gzip and plain bytes": gzip.compress(b"first", mtime=0) + VALUE,
    "gzip, padding and gzip": gzip.compress(b"1", mtime=0) + bytes(99) + bz2.compress(VALUE),
    "bzip2 and plain bytes": bz2.compress(b"first") + VALUE,
    "xz and gzip": lzma.compress(b"first") + gzip.compress(VALUE, mtime=0),
    "zip, comment": _ZIPPED[:-2] + len(VALUE).to_bytes(2, "little") + VALUE,
    "zip, before it": VALUE + _ZIPPED,
    "zip, behind it": _ZIPPED + VALUE,
    "zip, listing nothing": unlisted(zipped({"a": VALUE}, zipfile.ZIP_STORED)),
    "zip, of a smaller size": understated(zipped({"a": VALUE}, zipfile.ZIP_STORED)),
    "zip, directory with data": zipped({"a.txt/": VALUE}),
    "tar, broken second header": broken_header(_TWO, 1024),
    "tar, unknown type": odd_header(_TWO, 1024, b"Z"),
    "tar, link with data": odd_header(_TWO, 1024, b"2"),
    "tar, second archive": _TARRED + tarred({"c": VALUE}),
    "tar, plain bytes": _TARRED + VALUE,
    "tar, in the last block of a member": _TARRED[:700] + VALUE + _TARRED[700 + len(VALUE) :],
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_a_container_does_not_name_is_read_or_said_to_be_shut(name: str) -> None:
    opened = open_stored(HIDDEN[name])
    assert chains(opened) or reasons(opened) & {Shut.CORRUPT, Shut.UNSUPPORTED}
    assert b"hidden" in HIDDEN[name] or chains(opened)


def test_unlisted_entries_beside_listed_ones_are_corrupt() -> None:
    other = zipped({"x": VALUE})
    hidden = other[: other.index(b"PK\x01\x02")]
    assert Shut.CORRUPT in reasons(open_stored(b"\0\1" + hidden + _ZIPPED))


@pytest.mark.parametrize("size", [0, 5, 512, 9000])
def test_well_formed_archives_have_no_rest(size: int) -> None:
    members = {"a": b"x" * size, "b": b"y" * 10}
    streamed = io.BytesIO()
    streamed.seekable = lambda: False  # type: ignore[method-assign]
    with zipfile.ZipFile(streamed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.mkdir("d")
        with archive.open("wide", "w", force_zip64=True) as member:
            member.write(b"z" * size)
    for stored in (zipped(members), tarred(members), streamed.getvalue(), zipped({})):
        opened = open_stored(stored)
        assert opened.undecoded == ()
        assert not any(
            "rest" in part for view in opened.views for part in "/".join(view.chain).split(":")
        )


def test_the_beginning_of_what_breaks_off_is_read() -> None:
    stored = gzip.compress(VALUE + bytes(range(256)) * 200)[:-20]
    assert any(VALUE in view.data for view in open_stored(stored).views)


def nested(depth: int) -> bytes:
    data = VALUE
    for _ in range(depth):
        data = gzip.compress(data, mtime=0)
    return data


def test_archives_are_opened_to_the_depth_and_no_further() -> None:
    depth = Limits().depth
    assert chains(open_stored(nested(depth))) == {("gzip",) * depth}
    assert reasons(open_stored(nested(depth + 1))) == {Shut.LIMIT}


def overlapping() -> bytes:
    """Return an archive whose directory names one member many times over."""
    data = zipped({"a": b"y" * 200_000})
    at = data.index(b"PK\x01\x02")
    end = data.rindex(b"PK\x05\x06")
    entry = data[at:end] * 3000
    tail = bytearray(data[end:])
    tail[8:12] = (3000).to_bytes(2, "little") * 2
    tail[12:16] = len(entry).to_bytes(4, "little")
    return data[:at] + entry + bytes(tail)


def quine() -> bytes:
    """Return a bomb of many members, each within its ratio."""
    return zipped({str(i): b"z" * 1_000_000 for i in range(30)})


@pytest.mark.parametrize("make", [overlapping, quine])
def test_many_members_share_one_budget(make: Callable[[], bytes]) -> None:
    limits = Limits(total_bytes=4_000_000)
    opened = open_stored(make(), limits)
    assert sum(len(view.data) for view in opened.views) <= limits.total_bytes
    assert reasons(opened) & {Shut.LIMIT, Shut.CORRUPT}


def test_values_after_a_null_byte_lead_back_to_their_bytes() -> None:
    stored = b"head\0\0\1" + VALUE * 3 + b"\0tail"
    (view,) = open_stored(stored).views
    start, end = view.outer_span(at := view.data.index(b"hidden"), at + 17)
    assert stored[start:end] == b"hidden-1234567890"
    assert view.is_plausible


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("pad", [b"", b"\0"])
def test_wide_strings_in_a_program_lead_back_to_their_bytes(encoding: str, pad: bytes) -> None:
    wide = "hidden-1234567890".encode(encoding)
    stored = b"MZ\x90\0\3\xff\xfe\x80" * 9 + pad + b"\x01\x80" + wide + b"\x80\x01" * 90
    (view,) = open_stored(stored).views
    assert not view.is_plausible
    at = view.data.index(b"hidden-1234567890")
    start, end = view.outer_span(at, at + 17)
    assert stored[start:end].strip(b"\0") == wide.strip(b"\0")


def test_a_text_has_no_views_of_its_own_here() -> None:
    opened = open_stored("größe".encode("utf-16"))
    assert (opened.data, opened.encoding, opened.views) == ("größe".encode(), "utf-16", ())
    assert opened.stored_span(0, 2) == (2, 4) or opened.stored_span(0, 1) == (2, 4)


@given(
    st.sampled_from(
        [
            b"",
            gzip.compress(VALUE, mtime=0),
            zipped({"a": VALUE, "b": nested(2)}),
            tarred({"a": VALUE}, "w:gz"),
            tarred({"a": VALUE}),
            bz2.compress(VALUE),
            lzma.compress(VALUE),
            zlib.compress(VALUE),
        ]
    ),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6),
    st.binary(max_size=40),
)
@settings(max_examples=100, deadline=None)
def test_damaged_archives_raise_nothing_and_lead_back_into_the_file(
    stored: bytes, damage: list[tuple[int, int]], tail: bytes
) -> None:
    changed = bytearray(stored + tail)
    for at, value in damage:
        if at < len(changed):
            changed[at] = value
    data = bytes(changed)
    opened = open_stored(data)
    for view in opened.views:
        view.data.decode()
        start, end = view.outer_span(0, len(view.data))
        assert 0 <= start <= end <= len(data)
    again = open_stored(data)
    assert [(v.chain, v.data) for v in again.views] == [(v.chain, v.data) for v in opened.views]
