"""The owner of a tree that nobody registered."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from ingest.detect.provenance.owner import AssumedOwner, assume_owner, holder_key, is_owner
from ingest.domain.artefacts import SNAPSHOT, facts_schema
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Family
from ingest.domain.secret import HmacKey
from ingest.domain.tree import suffix_of

KEY = HmacKey(key_id="test", material=b"k" * 32)
NOBODY = CompanyProfile()
MIT = ("MIT", "permissive")
GPL = ("GPL-2.0-only", "copyleft")
SILENT = (None, "none")
OWN = ("LicenseRef-shardgate-proprietary", "proprietary")
Files = dict[str, tuple[tuple[str | None, str], list[str]]]
"""Path to license and holders."""
CODE: Files = {f"src/m{n}/a{n}.py": (SILENT, []) for n in range(4)}


def person(name: str) -> str:
    return f"person:{KEY.digest('holder', name.casefold().encode())[:12]}"


def assume(files: Files, company: CompanyProfile = NOBODY, **options: Any) -> AssumedOwner:
    units = [
        {"path": path.encode(), "blob_id": f"{n:040x}", "suffix": suffix_of(path.encode())}
        for n, path in enumerate(files)
    ]
    place = {"repo_id": "r", "commit_id": "c" * 40, "branch": "main", "mode": 0o100644}
    snapshot = [{**u, **place, "committer_date": 0, "size": 1, "encoding": "utf-8"} for u in units]
    facts = [
        {
            "blob_id": unit["blob_id"],
            "suffix": unit["suffix"],
            "status": "completed",
            "reason": "",
            "license_expression": expression,
            "license_category": category,
            "holders": holders,
            "has_foreign_holder": bool(holders),
            "has_company_holder": False,
            "training_restricted": False,
            "is_manifest": False,
        }
        for unit, ((expression, category), holders) in zip(units, files.values(), strict=True)
    ]
    return assume_owner(
        pa.Table.from_pylist(snapshot, schema=SNAPSHOT),
        pa.Table.from_pylist(facts, schema=facts_schema(Family.LICENSING)),
        company,
        **options,
    )


def flags(owner: AssumedOwner) -> list[tuple[bool, bool]]:
    columns = (owner.licensing[f"has_{who}_holder"].to_pylist() for who in ("foreign", "company"))
    return list(zip(*columns, strict=True))


def headers(count: int, *labels: str, license_: tuple[str | None, str] = SILENT) -> Files:
    return {f"src/m{n % 4}/h{n}{labels[0]}.py": (license_, list(labels)) for n in range(count)}


def test_the_holder_in_the_root_license_is_the_owner() -> None:
    files = {"LICENSE": (OWN, ["Acme, Inc."]), "src/x.py": (SILENT, ["Acme"]), **CODE}
    owner = assume(files | {"src/y.py": (SILENT, ["Roe Labs"])})

    assert owner.is_inferred
    assert owner.repository_license == "LicenseRef-Company"
    assert flags(owner)[:2] == [(False, True), (False, True)]
    assert flags(owner)[-1] == (True, False)


@pytest.mark.parametrize("license_", [MIT, GPL])
def test_a_public_license_at_the_root_is_the_license_of_the_tree(
    license_: tuple[str, str],
) -> None:
    owner = assume({"LICENSE": (license_, [person("Jane Roe")]), **CODE})

    assert owner.repository_license == license_[0]
    assert flags(owner)[0] == (False, True)


def test_a_profile_ends_all_guessing() -> None:
    files = {"LICENSE": (MIT, ["Roe Labs"]), **CODE}
    owner = assume(files, CompanyProfile(names=("Acme",)))

    assert not owner.is_inferred
    assert owner.repository_license == "LicenseRef-Company"
    assert flags(owner)[0] == (True, False)


def test_a_license_without_a_project_has_no_owner() -> None:
    assert not assume({"LICENSE": (OWN, ["Roe Labs"]), "a.py": (SILENT, [])}).is_inferred


def test_many_licenses_at_the_root_are_a_collection() -> None:
    files: Files = {f"LICENSE.{n}": (MIT, [f"Roe {n} Labs"]) for n in range(4)}
    assert not assume(files | CODE).is_inferred


def test_the_dominant_holder_of_headers_is_the_owner() -> None:
    owner = assume(headers(8, "Acme GmbH") | headers(3, "Roe Labs") | CODE)
    assert owner.is_inferred
    assert flags(owner)[0] == (False, True)
    assert flags(owner)[8] == (True, False)


@pytest.mark.parametrize(
    "files",
    [
        headers(4, "Acme GmbH"),
        headers(8, "Acme GmbH") | headers(5, "Roe Labs"),
        headers(8, "Acme GmbH", license_=GPL),
        headers(8, "Acme GmbH") | headers(3, "x", "Acme GmbH", license_=GPL),
        {f"src/zip/f{n}.py": (SILENT, ["Acme GmbH"]) for n in range(9)},
        {f"vendor/m{n}/f.py": (SILENT, ["Acme GmbH"]) for n in range(9)},
        headers(8, "The Authors"),
    ],
    ids=["few", "not clear", "public license", "also public", "one corner", "vendored", "nobody"],
)
def test_a_library_that_was_copied_in_does_not_become_the_owner(files: Files) -> None:
    assert not assume(files | CODE).is_inferred


def test_a_short_name_is_the_organisations_if_the_key_tells() -> None:
    files = {"LICENSE": (OWN, ["Acme Rockets, Inc."]), "a.py": (SILENT, [person("Acme Rockets")])}

    assert flags(assume(files | CODE))[1] == (True, False)
    assert flags(assume(files | CODE, key=KEY))[1] == (False, True)


@pytest.mark.parametrize(
    ("label", "owner", "expected"),
    [
        ("Acme Inc.", "ACME", True),
        ("Acme Platform Team", "Acme Corporation", True),
        ("Acme", "Acme Platform", False),
        ("Acmeville", "Acme", False),
        ("person:aa", "person:aa", True),
        ("person:aa", "person:ab", False),
    ],
)
def test_spellings_of_one_holder(label: str, owner: str, *, expected: bool) -> None:
    assert is_owner(holder_key(label), {holder_key(owner)}) is expected
