"""First party or third: the signs, and what they add up to.

The order follows what a wrong answer costs. A foreign sign is never outweighed: beside a sign of
our own it makes the file mixed, and where the two cannot both be true, unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ingest.detect.provenance.facts import LicenseFacts
from ingest.detect.provenance.scopes import Scope
from ingest.detect.provenance.terms import OWN_IDS, ids_of, is_within


class Provenance(StrEnum):
    """Whose a file is."""

    FIRST_PARTY = "first_party"
    THIRD_PARTY = "third_party"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Sign(StrEnum):
    """Machine codes of `provenance_evidence`."""

    LICENSING_MISSING = "LICENSING_MISSING"
    """The file's own licensing scan did not complete."""
    SCOPE_MISSING = "SCOPE_MISSING"
    """The license file above it was not read."""
    SCOPE_UNKNOWN_LICENSE = "SCOPE_UNKNOWN_LICENSE"
    """The license file above it names no license we know, and no holder."""
    PROPRIETARY_WITHOUT_HOLDER = "PROPRIETARY_WITHOUT_HOLDER"
    """All rights are kept, but by nobody who is named."""
    VENDORED_PATH = "VENDORED_PATH"
    FOREIGN_HOLDER = "FOREIGN_HOLDER"
    OWN_NOTICE_FOREIGN = "OWN_NOTICE_FOREIGN"
    """The file's own notice names a license that nobody registered for the repository."""
    SCOPE_FOREIGN_LICENSE = "SCOPE_FOREIGN_LICENSE"
    """The nearest license is another's: by its holder, or by not being the registered one."""
    COMPANY_HOLDER = "COMPANY_HOLDER"
    OWN_NOTICE_COMPANY = "OWN_NOTICE_COMPANY"
    """The company, and nobody else, keeps all rights in the file's own notice."""
    OWN_NOTICE_REGISTERED = "OWN_NOTICE_REGISTERED"
    SCOPE_OWN = "SCOPE_OWN"
    ROOT_SCOPE = "ROOT_SCOPE"
    """The nearest license file is the one at the root of the tree."""
    NO_SIGN = "NO_SIGN"


_MISSING: Final = frozenset({Sign.LICENSING_MISSING, Sign.SCOPE_MISSING})
_DOUBT: Final = frozenset({Sign.SCOPE_UNKNOWN_LICENSE, Sign.PROPRIETARY_WITHOUT_HOLDER})
_FOREIGN: Final = frozenset(
    {
        Sign.VENDORED_PATH,
        Sign.FOREIGN_HOLDER,
        Sign.OWN_NOTICE_FOREIGN,
        Sign.SCOPE_FOREIGN_LICENSE,
    }
)
# A license that is the registered one does not say whose code stands under it.
_OWN: Final = frozenset({Sign.COMPANY_HOLDER, Sign.OWN_NOTICE_COMPANY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Provenance with its evidence, sorted."""

    provenance: Provenance
    evidence: tuple[str, ...]


def judge(
    facts: LicenseFacts | None,
    scope: Scope | None,
    registered: frozenset[str],
    *,
    is_vendor: bool,
) -> Verdict:
    """Return the verdict on one scanned file from its facts, its scope and its path."""
    signs = _scope_signs(scope, registered)
    if is_vendor:
        signs.add(Sign.VENDORED_PATH)
    signs |= {Sign.LICENSING_MISSING} if facts is None else _own_signs(facts, registered)
    if not signs - {Sign.ROOT_SCOPE}:
        signs.add(Sign.NO_SIGN)
    return Verdict(provenance=_weigh(signs), evidence=tuple(sorted(sign.value for sign in signs)))


def _weigh(signs: set[Sign]) -> Provenance:
    """Return the provenance; the first row that applies."""
    foreign, own = signs & _FOREIGN, signs & _OWN
    if signs & _MISSING:
        return Provenance.UNKNOWN
    if foreign and own:
        return _weigh_conflict(foreign, own)
    if foreign:
        return Provenance.THIRD_PARTY
    if own or not signs & _DOUBT:
        return Provenance.FIRST_PARTY
    return Provenance.UNKNOWN


def _weigh_conflict(foreign: set[Sign], own: set[Sign]) -> Provenance:
    if Sign.OWN_NOTICE_COMPANY in own and foreign == {Sign.SCOPE_FOREIGN_LICENSE}:
        # A file's own notice comes before what stands around it.
        return Provenance.FIRST_PARTY
    if foreign == {Sign.VENDORED_PATH}:
        # The path says copied in, the notice says ours: one of them is wrong.
        return Provenance.UNKNOWN
    return Provenance.MIXED


def _own_signs(facts: LicenseFacts, registered: frozenset[str]) -> set[Sign]:
    """Return what the file's own holders and notice say."""
    signs = set()
    if facts.has_foreign_holder:
        signs.add(Sign.FOREIGN_HOLDER)
    if facts.has_company_holder:
        signs.add(Sign.COMPANY_HOLDER)
    # What a manifest declares is the license of its directory, and counts as its scope.
    if facts.expression and not facts.is_manifest:
        signs |= _notice_signs(facts, registered)
    return signs


def _notice_signs(facts: LicenseFacts, registered: frozenset[str]) -> set[Sign]:
    if is_within(facts.expression, registered):
        return {Sign.OWN_NOTICE_REGISTERED}
    if ids_of(facts.expression) <= OWN_IDS:
        if facts.has_foreign_holder:
            return set()
        company = facts.has_company_holder
        return {Sign.OWN_NOTICE_COMPANY if company else Sign.PROPRIETARY_WITHOUT_HOLDER}
    if _is_published_by_company(facts):
        return set()
    return {Sign.OWN_NOTICE_FOREIGN}


def _is_published_by_company(facts: LicenseFacts) -> bool:
    """Tell whether the company alone put its own file under a permissive license."""
    return (
        facts.category == "permissive" and facts.has_company_holder and not facts.has_foreign_holder
    )


def _scope_signs(scope: Scope | None, registered: frozenset[str]) -> set[Sign]:
    """Return what the nearest license file or manifest says."""
    if scope is None:
        return set()
    signs = {Sign.ROOT_SCOPE} if not scope.directory else set()
    if scope.is_unread:
        return signs | {Sign.SCOPE_MISSING}
    if scope.has_foreign_holder:
        return signs | {Sign.SCOPE_FOREIGN_LICENSE}
    is_registered = is_within(scope.expression, registered)
    if scope.has_company_holder or is_registered or ids_of(scope.expression) <= OWN_IDS:
        return signs | {Sign.SCOPE_OWN}
    if scope.category == "unknown":
        return signs | {Sign.SCOPE_UNKNOWN_LICENSE}
    return signs | {Sign.SCOPE_FOREIGN_LICENSE}
