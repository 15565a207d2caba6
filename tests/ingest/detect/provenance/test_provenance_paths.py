"""What a full path says."""

from __future__ import annotations

import pytest

from ingest.detect.provenance.paths import (
    directory_facts,
    is_generated_name,
    is_test_name,
    is_vendored_name,
    language_of_name,
)


@pytest.mark.parametrize(
    ("directory", "root"),
    [
        (b"third_party/zip", b"third_party"),
        (b"web/Vendor/a", b"web/Vendor"),
        (b"a/node_modules/b/node_modules/c", b"a/node_modules"),
        (b"lib/python3/site-packages", b"lib/python3/site-packages"),
        (b"ios/Pods/X", b"ios/Pods"),
        (b"envs/dev/lib", b"envs/dev"),
        (b"src/vendoring", None),
        (b"", None),
    ],
)
def test_vendored_directories(directory: bytes, root: bytes | None) -> None:
    assert directory_facts(directory, frozenset({b"envs/dev"})).vendor_root == root


@pytest.mark.parametrize("name", [b"a.min.js", b"jquery-3.7.1.js", b"bootstrap.css", b"gradlew"])
def test_names_of_libraries(name: bytes) -> None:
    assert is_vendored_name(name)


@pytest.mark.parametrize("name", [b"main.js", b"admin.js", b"jquery_helpers.py", b"react.md"])
def test_names_of_our_own(name: bytes) -> None:
    assert not is_vendored_name(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"test_a.py", True),
        (b"a_test.go", True),
        (b"a.spec.ts", True),
        (b"OrderTest.java", True),
        (b"conftest.py", True),
        (b"latest.java", False),
        (b"contest.py", False),
        (b"attest.go", False),
    ],
)
def test_names_of_tests(name: bytes, *, expected: bool) -> None:
    assert is_test_name(name) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"package-lock.json", True),
        (b"a_pb2.py", True),
        (b"a.pb.go", True),
        (b"a.js.map", True),
        (b"zz_generated.deepcopy.go", True),
        (b"lock.py", False),
        (b"map.js", False),
    ],
)
def test_names_of_generated_files(name: bytes, *, expected: bool) -> None:
    assert is_generated_name(name) is expected


def test_directories_of_tests_and_of_output() -> None:
    assert directory_facts(b"a/tests/b", frozenset()).is_test
    assert directory_facts(b"a/dist", frozenset()).is_generated
    assert not directory_facts(b"a/b", frozenset()).is_test
    assert not directory_facts(b"a/distance", frozenset()).is_generated


@pytest.mark.parametrize(
    ("name", "language"),
    [
        (b"BUILD", "Starlark"),
        (b"Dockerfile.prod", "Dockerfile"),
        (b"tsconfig.json", "JSON with Comments"),
        (b"a.py", None),
    ],
)
def test_languages_of_whole_names(name: bytes, language: str | None) -> None:
    assert language_of_name(name) == language
