"""Reasons in words for those who may not know the rules.

A rule's id is chosen by whoever wrote the policy and can name a customer or a project. The
releasable tier therefore counts by classes that we chose; what it does not know, it does not name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from policies.decision import Tier
from release.domain.rows import Fate

LICENSE: Final = "license"
RIGHTS: Final = "rights or consent"
CREDENTIAL: Final = "credential"
PERSONAL: Final = "personal data"
CONFIDENTIAL: Final = "confidential"
COPY: Final = "copy of another file"
NOT_CODE: Final = "not readable as text"
NOT_SCANNED: Final = "not scanned completely"
QUALITY: Final = "generated or minified"
WITHDRAWN: Final = "withdrawn"
RELEASED: Final = "in the releasable tier"
OTHER: Final = "another rule of the policy"

CLASSES: Final = {
    LICENSE: "the license is copyleft, unknown, restricted, or a third party's",
    RIGHTS: "nobody with the right to do so agreed to a release, or that agreement ended",
    CREDENTIAL: "a credential could not be taken out safely",
    PERSONAL: "personal data could not be taken out safely",
    CONFIDENTIAL: "names of customers, projects or internal systems",
    COPY: "the same content is there already, or another copy of it is restricted",
    NOT_CODE: "links, binaries, empty or very large files",
    NOT_SCANNED: "a detector did not finish: what was not looked at is never released",
    QUALITY: "made by a tool, not written by people",
    WITHDRAWN: "taken back after an earlier release",
    RELEASED: "cleared, so it is in the release of that tier",
    OTHER: "a rule that only those who know the policy can read",
}

_CODES: Final = {
    LICENSE: (
        "TRAINING_RESTRICTED LICENSE_COPYLEFT LICENSE_WEAK_COPYLEFT LICENSE_THIRD_PARTY"
        " LICENSE_UNKNOWN RESTRICTED_NOTICE VENDORED_UNLICENSED FOREIGN_HOLDER_SILENT"
    ),
    RIGHTS: "NO_CONSENT OWNER_UNKNOWN IMPORTED_FROM_OUTSIDE NO_GRANT KEPT_BY_REVIEW"
    " EXCLUDED_BY_REVIEW",
    CREDENTIAL: "LEAKED_CREDENTIAL KNOWN_VALUE REDACTION_INCOMPLETE"
    " REDACTION_BREAKS_SYNTAX SPAN_OUTSIDE_TEXT",
    PERSONAL: "PERSONAL_DATA_BULK NAME_BY_MODEL",
    CONFIDENTIAL: "CUSTOMER_NAMED CODENAME_USED PATH_FINDING",
    COPY: "EXACT_DUPLICATE COPY_RESTRICTED COPY_WITHDRAWN NEAR_COPY_RESTRICTED NEAR_COPY_UNCHECKED",
    NOT_CODE: "NOT_TEXT",
    NOT_SCANNED: "NOT_SCANNED FACTS_INCOMPLETE UNDECODED",
    QUALITY: "MINIFIED GENERATED",
    WITHDRAWN: "WITHDRAWN",
}
_CLASS_OF: Final = {code: name for name, codes in _CODES.items() for code in codes.split()}
_SKIPPED: Final = "SKIPPED"
_NO_CAUSES: Final = frozenset(
    {
        "OWN_ATTESTED",
        "OWN_CONTRACTED",
        "LIC_PERMISSIVE",
        "REDACT_SECRET",
        "REDACT_PERSONAL_DATA",
        "REDACT_CONFIDENTIAL",
    }
)
"""Rules that speak for a release, or take something out of a file: they keep no file out."""


def causes(codes: Sequence[str], fate: str, tier: Tier) -> set[str]:
    """Return what to count a file under that is not in a release.

    `codes` and `fate` are those of its exclusion.
    """
    if tier is Tier.INTERNAL_ONLY and fate == Fate.OTHER_TIER:
        return {RELEASED}
    if tier is Tier.RELEASABLE and fate == Fate.WITHDRAWN:
        return {WITHDRAWN}
    left = {code for code in codes if code not in _NO_CAUSES} or set(codes)
    return {class_of(code) for code in left} if tier is Tier.RELEASABLE else left


def class_of(code: str) -> str:
    """Return the class of a reason."""
    return NOT_CODE if code.startswith(_SKIPPED) else _CLASS_OF.get(code, OTHER)
