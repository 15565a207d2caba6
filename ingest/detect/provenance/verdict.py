"""First party or third: the signs, and what they add up to.

The order follows what a wrong answer costs. A foreign sign is never outweighed: beside a sign of
our own it makes the file mixed, and where the two cannot both be true, unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ingest.detect.provenance.facts import LicenseFacts
from ingest.detect.provenance.scopes import Scope, is_license_file
from ingest.detect.provenance.terms import (
    OWN_IDS,
    bears_name,
    ids_of,
    is_private_reference,
    is_within,
)


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
    SCOPE_FOREIGN_HOLDER = "SCOPE_FOREIGN_HOLDER"
    """The nearest license names a holder who is not the company."""
    SCOPE_PUBLIC_TERMS = "SCOPE_PUBLIC_TERMS"
    """The nearest license is a published one with terms of its own, such as source-available."""
    SCOPE_COMPANY_TERMS = "SCOPE_COMPANY_TERMS"
    """The nearest license has a name of its own making, beside which only the company stands."""
    COMPANY_HOLDER = "COMPANY_HOLDER"
    OWN_NOTICE_COMPANY = "OWN_NOTICE_COMPANY"
    """The company, and nobody else, keeps all rights in the file's own notice."""
    OWN_NOTICE_REGISTERED = "OWN_NOTICE_REGISTERED"
    SCOPE_OWN = "SCOPE_OWN"
    ROOT_SCOPE = "ROOT_SCOPE"
    """The nearest license file is the one at the root of the tree."""
    KNOWN_CONTENT = "KNOWN_CONTENT"
    """The very content is that of a published package, by the configured list."""
    SUBTREE_IMPORT = "SUBTREE_IMPORT"
    """Git's history says that the directory was merged in from another repository."""
    BULK_IMPORT = "BULK_IMPORT"
    """One commit, not the first, brought the whole directory."""
    HISTORY_OUTSIDE_AUTHORS = "HISTORY_OUTSIDE_AUTHORS"
    """People outside the company changed the file more often than its own."""
    BUILD_BOILERPLATE = "BUILD_BOILERPLATE"
    """The file's notice is that of the build tool that made it."""
    INFERRED_COMPANY = "INFERRED_COMPANY"
    """Who the company is was guessed from the tree."""
    NO_SIGN = "NO_SIGN"


_MISSING: Final = frozenset({Sign.LICENSING_MISSING, Sign.SCOPE_MISSING})
_DOUBT: Final = frozenset({Sign.SCOPE_UNKNOWN_LICENSE, Sign.PROPRIETARY_WITHOUT_HOLDER})
_FOREIGN: Final = frozenset(
    {
        Sign.VENDORED_PATH,
        Sign.FOREIGN_HOLDER,
        Sign.OWN_NOTICE_FOREIGN,
        Sign.SCOPE_FOREIGN_LICENSE,
        Sign.KNOWN_CONTENT,
        Sign.SUBTREE_IMPORT,
    }
)
# Signs that say something of a file beside whose it is.
_NEUTRAL: Final = frozenset(
    {
        Sign.ROOT_SCOPE,
        Sign.SCOPE_FOREIGN_HOLDER,
        Sign.SCOPE_PUBLIC_TERMS,
        Sign.SCOPE_COMPANY_TERMS,
        Sign.BULK_IMPORT,
        Sign.HISTORY_OUTSIDE_AUTHORS,
        Sign.BUILD_BOILERPLATE,
        Sign.INFERRED_COMPANY,
    }
)
# A license that is the registered one does not say whose code stands under it.
_OWN: Final = frozenset({Sign.COMPANY_HOLDER, Sign.OWN_NOTICE_COMPANY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose the repository is."""

    registered: frozenset[str]
    """Ids of the license that its owner registered, see `registered_ids`."""
    names: frozenset[str] = frozenset()
    """Names of the company, see `plain_name`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Provenance with its evidence, sorted."""

    provenance: str
    """A `Provenance`, as its word."""
    evidence: tuple[str, ...]


def judge(
    facts: LicenseFacts | None,
    scope: Scope | None,
    owner: Owner,
    *,
    is_vendor: bool,
    seen: frozenset[Sign] = frozenset(),
) -> Verdict:
    """Return the verdict on one scanned file from its facts, its scope and its path.

    `seen` are signs of its content, its history and its name.
    """
    signs = _scope_signs(scope, owner.registered) | seen
    if is_vendor:
        signs.add(Sign.VENDORED_PATH)
    signs |= {Sign.LICENSING_MISSING} if facts is None else _own_signs(facts, owner, seen)
    if not signs - _NEUTRAL:
        signs.add(Sign.NO_SIGN)
    return Verdict(
        provenance=_weigh(signs).value, evidence=tuple(sorted(sign.value for sign in signs))
    )


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


def _own_signs(facts: LicenseFacts, owner: Owner, seen: frozenset[Sign]) -> set[Sign]:
    """Return what the file's own holders and notice say."""
    signs = set()
    if facts.has_foreign_holder:
        signs.add(Sign.FOREIGN_HOLDER)
    if facts.has_company_holder:
        signs.add(Sign.COMPANY_HOLDER)
    # What a manifest declares is the license of its directory, and counts as its scope.
    if facts.expression and not facts.is_manifest and Sign.BUILD_BOILERPLATE not in seen:
        signs |= _notice_signs(facts, owner)
    return signs


def _notice_signs(facts: LicenseFacts, owner: Owner) -> set[Sign]:
    if is_within(facts.expression, owner.registered):
        return {Sign.OWN_NOTICE_REGISTERED}
    if ids_of(facts.expression) <= OWN_IDS:
        if facts.has_foreign_holder:
            return set()
        company = facts.has_company_holder
        return {Sign.OWN_NOTICE_COMPANY if company else Sign.PROPRIETARY_WITHOUT_HOLDER}
    if _is_published_by_company(facts):
        return set()
    if _is_company_reference(facts, owner.names):
        return {Sign.OWN_NOTICE_COMPANY}
    return {Sign.OWN_NOTICE_FOREIGN}


def _is_company_reference(facts: LicenseFacts, names: frozenset[str]) -> bool:
    """Tell whether terms that nobody published are the company's.

    A ``LicenseRef-`` is defined where it is used (SPDX 2.3, annex D). It is the company's if it
    bears the company's name as words of its own, or stands under the company's copyright alone. A
    text that was not understood stays unknown, whoever holds it.
    """
    ids = ids_of(facts.expression)
    if facts.has_foreign_holder or facts.category != "unknown":
        return False
    is_held = facts.has_company_holder
    return all(is_private_reference(i) and (is_held or bears_name(i, names)) for i in ids)


def _is_published_by_company(facts: LicenseFacts) -> bool:
    """Tell whether the company alone put its own file under a permissive license."""
    return (
        facts.category == "permissive" and facts.has_company_holder and not facts.has_foreign_holder
    )


def _is_unpublished(scope: Scope) -> bool:
    """Tell whether a scope names no license that anybody published."""
    return all(map(is_private_reference, ids_of(scope.expression) - OWN_IDS))


def _keeps_rights_here(scope: Scope) -> bool:
    """Tell whether all rights are kept, by nobody named, where that can only be the company.

    At the root, or in a manifest, those are the company's; a license file deeper in the tree may
    have come with what it covers.
    """
    is_own_place = not scope.directory or not is_license_file(scope.evidence)
    return ids_of(scope.expression) <= OWN_IDS and is_own_place


def _scope_signs(scope: Scope | None, registered: frozenset[str]) -> set[Sign]:
    """Return what the nearest license file or manifest says."""
    if scope is None:
        return set()
    signs = {Sign.ROOT_SCOPE} if not scope.directory else set()
    if scope.is_unread:
        return signs | {Sign.SCOPE_MISSING}
    if scope.has_foreign_holder:
        return signs | {Sign.SCOPE_FOREIGN_LICENSE, Sign.SCOPE_FOREIGN_HOLDER}
    is_registered = is_within(scope.expression, registered)
    if scope.category == "proprietary" and not ids_of(scope.expression) <= OWN_IDS:
        signs.add(Sign.SCOPE_PUBLIC_TERMS)
    if scope.category == "unknown" and scope.has_company_holder and _is_unpublished(scope):
        signs.add(Sign.SCOPE_COMPANY_TERMS)
    if scope.has_company_holder or is_registered or _keeps_rights_here(scope):
        return signs | {Sign.SCOPE_OWN}
    if scope.category == "unknown" or ids_of(scope.expression) <= OWN_IDS:
        return signs | {Sign.SCOPE_UNKNOWN_LICENSE}
    return signs | {Sign.SCOPE_FOREIGN_LICENSE}
