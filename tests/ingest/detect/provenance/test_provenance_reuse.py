"""Files that state licenses for paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.provenance.reuse import (
    Precedence,
    read_statements,
    spdx_of_debian,
    stating_directory,
)

TOML = b"""
version = 1

[[annotations]]
path = ["**"]
SPDX-FileCopyrightText = "2020 Jane Roe"
SPDX-License-Identifier = "MIT"

[[annotations]]
path = "lib/**"
precedence = "override"
SPDX-FileCopyrightText = ["2021 A", "2022 B"]
SPDX-License-Identifier = ["GPL-3.0-only", "CC0-1.0"]
"""
DEBIAN = b"""Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2001 Jane Roe
License: Expat

Files: src/*.c
 src/*.h
Copyright: 2002 John Doe
License: GPL-2+
 This program is free software.
"""


@pytest.mark.parametrize(
    ("path", "directory"),
    [
        (b"REUSE.toml", b""),
        (b"a/REUSE.toml", b"a"),
        (b".reuse/dep5", b""),
        (b"x/debian/copyright", b"x"),
        (b"debian/copyright", b""),
        (b"my-debian/copyright", None),
        (b"copyright", None),
    ],
)
def test_directories_that_are_spoken_for(path: bytes, directory: bytes | None) -> None:
    assert stating_directory(path) == directory


def test_the_last_table_that_matches_holds() -> None:
    statements = read_statements(b"REUSE.toml", TOML)
    first, last = statements.find(b"a.py"), statements.find(b"lib/a.py")

    assert first is not None
    assert last is not None
    assert (first.licenses, first.precedence) == (("MIT",), Precedence.CLOSEST)
    assert (last.licenses, last.holders) == (("GPL-3.0-only", "CC0-1.0"), ("2021 A", "2022 B"))
    assert last.precedence is Precedence.OVERRIDE
    assert last.names_into(b"lib")
    assert not first.names_into(b"lib")


@pytest.mark.parametrize(
    ("path", "precedence"),
    [(b"debian/copyright", Precedence.CLOSEST), (b".reuse/dep5", Precedence.AGGREGATE)],
)
def test_debian_paragraphs(path: bytes, precedence: Precedence) -> None:
    statements = read_statements(path, DEBIAN.replace(b"\n", b"\r\n"))
    found = [statements.find(p) for p in (b"a", b"src/x/a.h")]

    assert [f.licenses for f in found if f] == [("MIT",), ("GPL-2.0-or-later",)]
    assert {f.precedence for f in found if f} == {precedence}


@pytest.mark.parametrize(
    "text",
    [
        None,
        b"version = 2",
        b"not toml [",
        b"version = 1\n[[annotations]]\npath = 3\n",
        b'version = 1\n[[annotations]]\npath = "a"\nprecedence = "none"\n',
        b"\xff\xfe",
        b"version = 1\n" + b'[[annotations]]\npath = "a"\n' * 2001,
        b'version = 1\n[[annotations]]\npath = "' + b"a" * 1001 + b'"\n',
        b'version = 1\n[[annotations]]\nSPDX-License-Identifier = "' + b"MIT OR " * 99 + b'MIT"\n',
    ],
)
def test_what_cannot_be_read_is_not_silence(text: bytes | None) -> None:
    assert read_statements(b"REUSE.toml", text).items is None


def test_free_text_of_debian_states_nothing_of_paths() -> None:
    assert read_statements(b"debian/copyright", b"This package is free.\nFiles: *\n").items == ()


@pytest.mark.parametrize(
    "text",
    [b"", b"This package is free.\n", DEBIAN.partition(b"\n")[2], b"Files: *\nLicense: MIT\n"],
)
def test_a_file_of_reuse_in_no_format_is_not_silence(text: bytes) -> None:
    assert read_statements(b".reuse/dep5", text).items is None


def test_the_format_may_stand_anywhere_in_the_first_paragraph() -> None:
    text = b"\nUpstream-Name: x\n" + DEBIAN
    assert read_statements(b".reuse/dep5", text).find(b"a") is not None


def test_debian_patterns_that_are_too_long_are_not_silence() -> None:
    text = b"Format: x\n\nFiles: " + b"a" * 1001 + b"\nLicense: GPL-2\n"
    assert read_statements(b"debian/copyright", text).items is None


@pytest.mark.parametrize("license_", ["GPL" + " " * 900_000 + "x", "x with " * 100_000])
def test_crafted_license_words_take_no_time(license_: str) -> None:
    # Where time grows with a power of the length, this does not end.
    text = b"Format: x\n\nFiles: *\nLicense: " + license_.encode() + b"\n"
    (found,) = read_statements(b"debian/copyright", text).items or ()
    assert found.licenses in {("GPL-x",), ("LicenseRef-shardgate-unknown",)}


def test_many_lines_of_a_field_take_no_time() -> None:
    text = b"Format: x\n\nFiles: *\nCopyright: 2001 Roe\n" + b" a\n" * 300_000
    (found,) = read_statements(b"debian/copyright", text).items or ()
    assert len(found.holders) == 300_001


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("GPL-2+", "GPL-2.0-or-later"),
        ("GPL-3", "GPL-3.0-only"),
        ("LGPL-2.1+", "LGPL-2.1-or-later"),
        ("GFDL-1.3+", "GFDL-1.3-or-later"),
        ("Expat", "MIT"),
        ("GPL-2+ or Artistic", "GPL-2.0-or-later OR Artistic-1.0-Perl"),
        ("GPL-2+ and Expat", "GPL-2.0-or-later AND MIT"),
        ("GPL-2+ with OpenSSL exception", "GPL-2.0-or-later"),
        ("Expat, BSD-3-clause", "MIT AND BSD-3-clause"),
        ("Expat or GPL-2, and BSD-3-clause", "MIT AND GPL-2.0-only AND BSD-3-clause"),
        ("Perl", "GPL-1.0-or-later OR Artistic-1.0-Perl"),
        ("Perl and Expat", "(GPL-1.0-or-later OR Artistic-1.0-Perl) AND MIT"),
        ("Strange terms", "Strange-terms"),
    ],
)
def test_debian_license_words(name: str, expected: str) -> None:
    assert spdx_of_debian(name) == expected


@given(st.binary(max_size=300), st.sampled_from([b"REUSE.toml", b"debian/copyright"]))
def test_no_bytes_make_a_reader_raise(data: bytes, path: bytes) -> None:
    for text in (data, b"version = 1\n" + data, b"Format: x\n\nFiles: " + data):
        read_statements(path, text).find(b"a/b")
