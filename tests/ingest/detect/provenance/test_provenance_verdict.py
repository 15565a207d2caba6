"""The signs and what they add up to."""

from __future__ import annotations

from itertools import product

import pytest

from ingest.detect.provenance.facts import LicenseFacts
from ingest.detect.provenance.scopes import Scope
from ingest.detect.provenance.terms import plain_name, registered_ids
from ingest.detect.provenance.verdict import Owner, judge

OWN = "LicenseRef-shardgate-proprietary"
OWNER = Owner(registered=registered_ids("Apache-2.0"), names=frozenset({"acme"}))


def facts(
    expression: str | None = None,
    category: str = "none",
    *,
    foreign: bool = False,
    company: bool = False,
    manifest: bool = False,
) -> LicenseFacts:
    return LicenseFacts(
        expression=expression,
        category=category,
        is_manifest=manifest,
        training_restricted=False,
        has_foreign_holder=foreign,
        has_company_holder=company,
    )


def scope(
    expression: str,
    category: str,
    *,
    directory: bytes = b"lib",
    foreign: bool = False,
    company: bool = False,
    unread: bool = False,
) -> Scope:
    return Scope(
        directory=directory,
        expression=expression,
        category=category,
        evidence=b"LICENSE",
        training_restricted=False,
        has_foreign_holder=foreign,
        has_company_holder=company,
        is_unread=unread,
    )


SILENT = facts()
MIT = ("MIT", "permissive")
GPL = ("GPL-3.0-only", "copyleft")
RESERVED = (OWN, "proprietary")


@pytest.mark.parametrize(
    ("own", "above", "vendor", "provenance", "evidence"),
    [
        (None, None, False, "unknown", {"LICENSING_MISSING"}),
        (None, None, True, "unknown", {"LICENSING_MISSING", "VENDORED_PATH"}),
        (SILENT, None, False, "first_party", {"NO_SIGN"}),
        (SILENT, None, True, "third_party", {"VENDORED_PATH"}),
        (facts(foreign=True), None, False, "third_party", {"FOREIGN_HOLDER"}),
        (facts(company=True), None, False, "first_party", {"COMPANY_HOLDER"}),
        (facts(foreign=True, company=True), None, False, "mixed",
         {"FOREIGN_HOLDER", "COMPANY_HOLDER"}),
        (facts(company=True), None, True, "unknown", {"COMPANY_HOLDER", "VENDORED_PATH"}),
        (facts(*MIT), None, False, "third_party", {"OWN_NOTICE_FOREIGN"}),
        (facts(*MIT, company=True), None, False, "first_party", {"COMPANY_HOLDER"}),
        (facts(*GPL, company=True), None, False, "mixed",
         {"COMPANY_HOLDER", "OWN_NOTICE_FOREIGN"}),
        (facts("Apache-2.0", "permissive"), None, False, "first_party",
         {"OWN_NOTICE_REGISTERED"}),
        (facts(*RESERVED), None, False, "unknown", {"PROPRIETARY_WITHOUT_HOLDER"}),
        (facts(*RESERVED, company=True), None, False, "first_party",
         {"COMPANY_HOLDER", "OWN_NOTICE_COMPANY"}),
        (facts(*RESERVED, foreign=True), None, False, "third_party", {"FOREIGN_HOLDER"}),
        (facts(f"GPL-3.0-only AND {OWN}", "proprietary", company=True), None, False, "mixed",
         {"COMPANY_HOLDER", "OWN_NOTICE_FOREIGN"}),
        (SILENT, scope(*GPL), False, "third_party", {"SCOPE_FOREIGN_LICENSE"}),
        (SILENT, scope(*GPL, directory=b""), False, "third_party",
         {"SCOPE_FOREIGN_LICENSE", "ROOT_SCOPE"}),
        (SILENT, scope("Apache-2.0", "permissive", directory=b""), False, "first_party",
         {"ROOT_SCOPE", "SCOPE_OWN"}),
        (SILENT, scope("Apache-2.0", "permissive", foreign=True), False, "third_party",
         {"SCOPE_FOREIGN_LICENSE", "SCOPE_FOREIGN_HOLDER"}),
        (SILENT, scope(*MIT, company=True), False, "first_party", {"SCOPE_OWN"}),
        (SILENT, scope(*RESERVED, directory=b""), False, "first_party",
         {"ROOT_SCOPE", "SCOPE_OWN"}),
        (SILENT, scope(*RESERVED), False, "unknown", {"SCOPE_UNKNOWN_LICENSE"}),
        (SILENT, scope("LicenseRef-Acme", "unknown", company=True), False,
         "first_party", {"SCOPE_OWN", "SCOPE_COMPANY_TERMS"}),
        (SILENT, scope("LicenseRef-shardgate-unknown", "unknown", company=True), False,
         "first_party", {"SCOPE_OWN"}),
        (SILENT, scope("SSPL-1.0", "proprietary", company=True), False, "first_party",
         {"SCOPE_OWN", "SCOPE_PUBLIC_TERMS"}),
        (facts("LicenseRef-Acme", "unknown", company=True), None, False, "first_party",
         {"COMPANY_HOLDER", "OWN_NOTICE_COMPANY"}),
        (facts("LicenseRef-Acme", "unknown"), None, False, "first_party", {"OWN_NOTICE_COMPANY"}),
        (facts("LicenseRef-Acme", "unknown", foreign=True), None, False, "third_party",
         {"FOREIGN_HOLDER", "OWN_NOTICE_FOREIGN"}),
        (facts("LicenseRef-Roe", "unknown"), None, False, "third_party", {"OWN_NOTICE_FOREIGN"}),
        (facts("LicenseRef-shardgate-unknown", "unknown", company=True), None, False,
         "mixed", {"COMPANY_HOLDER", "OWN_NOTICE_FOREIGN"}),
        (facts("LicenseRef-shardgate-unknown", "unknown"), None, False, "third_party",
         {"OWN_NOTICE_FOREIGN"}),
        (SILENT, scope("LicenseRef-x", "unknown"), False, "unknown", {"SCOPE_UNKNOWN_LICENSE"}),
        (SILENT, scope("LicenseRef-x", "unknown", unread=True), False, "unknown",
         {"SCOPE_MISSING"}),
        (facts(company=True), scope(*GPL), False, "mixed",
         {"COMPANY_HOLDER", "SCOPE_FOREIGN_LICENSE"}),
        (facts(*RESERVED, company=True), scope(*GPL), False, "first_party",
         {"COMPANY_HOLDER", "OWN_NOTICE_COMPANY", "SCOPE_FOREIGN_LICENSE"}),
        (facts(*MIT, manifest=True), scope(*MIT, company=True), False, "first_party",
         {"SCOPE_OWN"}),
    ],
)  # fmt: skip
def test_the_table_of_verdicts(
    own: LicenseFacts | None,
    above: Scope | None,
    *,
    vendor: bool,
    provenance: str,
    evidence: set[str],
) -> None:
    verdict = judge(own, above, OWNER, is_vendor=vendor)

    assert (verdict.provenance, set(verdict.evidence)) == (provenance, evidence)
    assert list(verdict.evidence) == sorted(verdict.evidence)


@pytest.mark.parametrize(
    ("license_id", "names", "is_ours"),
    [
        ("LicenseRef-Acme", ("Acme",), True),
        ("LicenseRef-ACME-EULA", ("Acme",), True),
        ("LicenseRef-AcmeRocketsEULA-1.0", ("Acme Rockets",), True),
        ("LicenseRef-acme.rockets", ("Acme Rockets",), True),
        ("LicenseRef-acmerockets2024", ("Acme Rockets",), True),
        ("LicenseRef-SAPLicense", ("SAP",), True),
        ("LicenseRef-3M-terms", ("3M",), True),
        ("LicenseRef-Farm-Supplier-EULA", ("Arm",), False),
        ("LicenseRef-Disapproved", ("SAP",), False),
        ("LicenseRef-Roe", ("License", "Ref", "LicenseRef", "licenserefroe"), False),
        ("LicenseRef-Acmeville", ("Acme",), False),
    ],
)
def test_terms_belong_to_the_company_if_its_name_stands_there_as_words(
    license_id: str, names: tuple[str, ...], *, is_ours: bool
) -> None:
    owner = Owner(registered=frozenset(), names=frozenset(map(plain_name, names)))
    verdict = judge(facts(license_id, "unknown"), None, owner, is_vendor=False)
    assert verdict.evidence == ("OWN_NOTICE_COMPANY" if is_ours else "OWN_NOTICE_FOREIGN",)


def test_a_foreign_sign_never_makes_a_file_more_ours() -> None:
    flags = (False, True)
    for expression, company, above in product(
        ((None, "none"), MIT, GPL, RESERVED), flags, (None, scope(*GPL), scope(*MIT, company=True))
    ):
        plain = facts(*expression, company=company)
        marked = facts(*expression, company=company, foreign=True)
        for own, vendor in ((marked, False), (plain, True), (marked, True)):
            assert judge(own, above, OWNER, is_vendor=vendor).provenance != "first_party"
