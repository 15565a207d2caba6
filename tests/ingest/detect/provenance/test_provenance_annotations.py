"""What is stated of a path, and which statement counts."""

from __future__ import annotations

import pytest

from ingest.detect.provenance.annotations import AnnotationFinder

CATEGORIES = {"MIT": "permissive", "GPL-3.0-only": "copyleft"}


def read(text: str) -> tuple[str, str, bool]:
    return text, CATEGORIES.get(text, "unknown"), text == "Llama"


def toml(*tables: tuple[str, str, str], holder: str = "2020 Acme") -> bytes:
    text = "version = 1\n"
    for path, license_id, precedence in tables:
        text += (
            f'[[annotations]]\npath = "{path}"\nprecedence = "{precedence}"\n'
            f'SPDX-License-Identifier = "{license_id}"\nSPDX-FileCopyrightText = "{holder}"\n'
        )
    return text.encode()


def found(
    files: dict[bytes, bytes | None],
    path: bytes,
    *,
    is_silent: bool = True,
    vendor_root: bytes | None = None,
) -> str | None:
    finder = AnnotationFinder(files.items(), read, ["Acme"])
    scope = finder.find(path, vendor_root, is_silent=is_silent)
    return scope.expression if scope else None


@pytest.mark.parametrize(
    ("precedence", "is_silent", "expected"),
    [
        ("closest", True, "MIT"),
        ("closest", False, None),
        ("aggregate", False, "MIT"),
        ("override", False, "MIT"),
    ],
)
def test_a_closest_statement_fills_silence_only(
    precedence: str, expected: str | None, *, is_silent: bool
) -> None:
    files = {b"REUSE.toml": toml(("**", "MIT", precedence))}
    assert found(files, b"src/a.py", is_silent=is_silent) == expected


def test_the_nearest_statement_wins_and_the_topmost_override_before_it() -> None:
    near = {
        b"REUSE.toml": toml(("**", "MIT", "closest")),
        b"src/REUSE.toml": toml(("**", "GPL-3.0-only", "closest")),
    }
    assert found(near, b"src/a.py") == "GPL-3.0-only"
    assert found(near, b"a.py") == "MIT"
    near[b"REUSE.toml"] = toml(("**", "Zlib", "override"))
    near[b"src/REUSE.toml"] = toml(("**", "MIT", "override"))
    assert found(near, b"src/a.py") == "Zlib"


def test_a_catch_all_says_nothing_of_what_was_vendored() -> None:
    files = {b"REUSE.toml": toml(("**", "MIT", "closest"))}
    assert found(files, b"vendor/x/a.c", vendor_root=b"vendor") is None
    files[b"REUSE.toml"] = toml(("vendor/x/**", "MIT", "closest"))
    assert found(files, b"vendor/x/a.c", vendor_root=b"vendor") == "MIT"
    inside = {b"vendor/x/REUSE.toml": toml(("**", "MIT", "closest"))}
    assert found(inside, b"vendor/x/a.c", vendor_root=b"vendor") == "MIT"


def test_an_unread_statement_is_unknown() -> None:
    assert found({b"REUSE.toml": None}, b"a.py") == "LicenseRef-shardgate-unknown"
    assert found({b"REUSE.toml": b"version = 2"}, b"a.py", is_silent=False) is not None
    assert found({b"debian/copyright": None}, b"a.py", is_silent=False) is None


@pytest.mark.parametrize(("holder", "foreign"), [("2020 Acme", False), ("2020 Roe", True)])
def test_stated_holders_are_the_company_or_strangers(holder: str, *, foreign: bool) -> None:
    text = toml(("**", "MIT", "closest"), holder=holder)
    scope = AnnotationFinder([(b"REUSE.toml", text)], read, ["Acme"]).find(
        b"a", None, is_silent=True
    )
    assert scope is not None
    assert (scope.has_foreign_holder, scope.has_company_holder) == (foreign, not foreign)


def test_a_stated_model_license_restricts_training() -> None:
    text = toml(("**", "Llama", "closest"))
    scope = AnnotationFinder([(b"REUSE.toml", text)], read, []).find(b"a", None, is_silent=True)
    assert scope is not None
    assert scope.training_restricted
