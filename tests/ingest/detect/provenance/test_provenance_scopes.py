"""The license of a directory."""

from __future__ import annotations

import pytest

from ingest.detect.provenance.facts import LicenseFacts
from ingest.detect.provenance.scopes import (
    Scope,
    ScopeFile,
    ScopeFinder,
    build_scope,
    build_scopes,
    is_license_name,
)


def facts(
    expression: str | None, category: str, *, is_manifest: bool = False, training: bool = False
) -> LicenseFacts:
    return LicenseFacts(
        expression=expression,
        category=category,
        is_manifest=is_manifest,
        training_restricted=training,
        has_foreign_holder=False,
        has_company_holder=False,
    )


MIT, GPL = facts("MIT", "permissive"), facts("GPL-2.0-only", "copyleft")


def scope_of(**files: LicenseFacts | None) -> Scope | None:
    """Build the root scope; keys name files, two underscores stand for a dot."""
    members = [
        ScopeFile(path=name.replace("__", ".").encode(), facts=f, is_skipped=name == "link")
        for name, f in files.items()
    ]
    return build_scopes(members).get(b"")


@pytest.mark.parametrize(
    "name",
    [b"LICENSE", b"LICENCE.txt", b"COPYING.LESSER", b"UNLICENSE", b"LICENSE-MIT", b"MIT-LICENSE",
     b"license.md", b"COPYRIGHT", b"LICENSE.APACHE2"],
)  # fmt: skip
def test_names_of_licenses(name: bytes) -> None:
    assert is_license_name(name)


@pytest.mark.parametrize(
    "name",
    [b"license.go", b"licenses.json", b"LicenseManager.java", b"THIRD-PARTY-LICENSES.txt",
     b"license_template.txt", b"licensed.rb", b"copying_gc.c", b"README.md", b"a.py.license"],
)  # fmt: skip
def test_names_about_licenses(name: bytes) -> None:
    assert not is_license_name(name)


def test_several_license_files_all_hold() -> None:
    scope = scope_of(LICENSE=MIT, COPYING=GPL)

    assert scope is not None
    assert (scope.expression, scope.category) == ("GPL-2.0-only AND MIT", "copyleft")
    assert scope.evidence == b"COPYING"


def test_a_stated_choice_explains_the_files_beside_it() -> None:
    manifest = facts("GPL-2.0-only OR MIT", "permissive", is_manifest=True)
    scope = scope_of(LICENSE=MIT, COPYING=GPL, package__json=manifest)

    assert scope is not None
    assert (scope.expression, scope.category) == ("GPL-2.0-only OR MIT", "permissive")


def test_license_and_manifest_that_disagree_give_the_worst() -> None:
    for first, second in ((MIT, GPL), (GPL, MIT)):
        manifest = facts(second.expression, second.category, is_manifest=True)
        scope = scope_of(LICENSE=first, package__json=manifest)
        assert scope is not None
        assert scope.category == "copyleft"
        assert scope.evidence == b"LICENSE"


def test_a_license_file_that_says_nothing_is_unknown_only_when_alone() -> None:
    silent = facts(None, "none")
    alone, beside = scope_of(LICENSE=silent), scope_of(LICENSE=silent, LICENSE__MIT=MIT)

    assert alone is not None
    assert alone.category == "unknown"
    assert beside is not None
    assert beside.category == "permissive"


def test_a_missing_scan_is_never_covered_by_a_neighbour() -> None:
    for files in ({"LICENSE": None, "COPYING": MIT}, {"package__json": None, "LICENSE": MIT}):
        scope = scope_of(**files)
        assert scope is not None
        assert scope.is_unread
        assert scope.category == "unknown"


def test_a_link_counts_only_when_alone() -> None:
    link = ScopeFile(path=b"LICENSE", facts=None, is_skipped=True)
    alone = build_scopes([link])[b""]
    beside = build_scopes([link, ScopeFile(path=b"COPYING", facts=MIT, is_skipped=False)])[b""]

    assert alone.is_unread
    assert not beside.is_unread
    assert beside.category == "permissive"


def test_a_list_of_holders_is_no_scope() -> None:
    assert scope_of(COPYRIGHT=facts(None, "none")) is None


def test_texts_of_reuse_cover_the_directory_above() -> None:
    file = ScopeFile(path=b"lib/LICENSES/GPL-2.0-only.txt", facts=GPL, is_skipped=False)

    assert build_scopes([file]).keys() == {b"lib"}


def test_the_nearest_scope_wins() -> None:
    files = [
        ScopeFile(path=b"LICENSE", facts=MIT, is_skipped=False),
        ScopeFile(path=b"a/b/COPYING", facts=GPL, is_skipped=False),
    ]
    finder = ScopeFinder(build_scopes(files))

    for directory, evidence in (
        (b"a/b/c/d", b"a/b/COPYING"),
        (b"a/b", b"a/b/COPYING"),
        (b"a", b"LICENSE"),
        (b"a/bc", b"LICENSE"),
        (b"", b"LICENSE"),
    ):
        for _again in range(2):
            scope = finder.nearest(directory)
            assert scope is not None
            assert scope.evidence == evidence


def test_without_scopes_there_is_none() -> None:
    assert ScopeFinder({}).nearest(b"a/b") is None


def test_a_side_file_that_was_not_read_is_never_silence() -> None:
    side = ScopeFile(path=b"src/x.js.license", facts=None, is_skipped=True)
    scope = build_scope(b"src/x.js", [side])
    assert scope is not None
    assert (scope.category, scope.is_unread) == ("unknown", True)


def test_a_license_file_that_could_not_be_read_makes_its_neighbours_unknown() -> None:
    told = ScopeFile(path=b"LICENSE", facts=facts("MIT", "permissive"), is_skipped=False)
    huge = ScopeFile(path=b"COPYING", facts=None, is_skipped=False)
    scope = build_scope(b"", [told, huge])
    assert scope is not None
    assert (scope.category, scope.is_unread) == ("unknown", True)
