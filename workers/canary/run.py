"""Send the canaries of this installation along the path, for both tiers at once."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.detect.catalogue import build_detectors
from ingest.detect.detector import BlobDetector
from ingest.domain.company import CompanyProfile, TermKind
from ingest.domain.finding import BLOB_FAMILIES, Family
from policies.decision import Tier
from release.build.gate import CanaryResult
from release.build.redactor import RedactionMode, Redactor
from release.build.surrogates import Surrogates, derive_key
from workers.canary.corpus import plant_files
from workers.canary.outcome import judge_shipped
from workers.canary.plants import Draw, Plant, Terms, choose_terms
from workers.canary.trial import Trial, TrialKit, judge_plants, scan_plants, ship_plants
from workers.context import Context
from workers.sandbox import ScanLimits


def canary_results(context: Context, mode: RedactionMode) -> Mapping[Tier, CanaryResult]:
    """Return what became of the canaries under all that decides and redacts at this moment.

    The build of the other tier in the same process asks the same, and is answered from memory. No
    other process is: detectors are what was loaded here, not what a digest says of them.
    """
    key = (
        *sorted(context.ruleset_digests.items()),
        context.provenance_digest,
        context.policy.digest,
        context.company.digest(context.keys.hmac),
        mode,
        *context.settings.canaries_allowed,
    )
    if key not in context.canaries:
        context.canaries.clear()
        terms = planted_terms(context)
        kit = trial_kit(context, terms, mode)
        context.canaries[key] = run_canaries(
            kit, terms, folder=context.settings.root, allowed=context.settings.canaries_allowed
        )
    return context.canaries[key]


def run_canaries(
    kit: TrialKit, terms: Terms, *, folder: Path, allowed: Collection[str] = ()
) -> dict[Tier, CanaryResult]:
    """Plant, scan, decide, write and look; what is written goes below `folder` and away again."""
    plants = plant_files(Draw(kit.seed), terms)
    trial = judge_plants(plants, scan_plants(plants, kit), kit)
    return ship_trial(plants, trial, kit, folder=folder, allowed=allowed)


def ship_trial(
    plants: Sequence[Plant],
    trial: Trial,
    kit: TrialKit,
    *,
    folder: Path,
    allowed: Collection[str] = (),
) -> dict[Tier, CanaryResult]:
    """Write what was decided on the plants, for each tier, and look at what arrived."""
    results = {}
    for tier in Tier:
        with tempfile.TemporaryDirectory(prefix=".canaries-", dir=folder) as name:
            shipped = ship_plants(plants, trial, kit, (tier, Path(name)))
            results[tier] = judge_shipped(
                plants, trial, shipped, where=(Path(name), kit.policy), allowed=allowed
            )
    return results


def planted_terms(context: Context) -> Terms:
    """Return the terms to plant: of the company's list where it has such, else invented ones."""
    listed = context.company.all_terms()
    plain = [term for term in listed if not (term.case or term.place or term.context)]
    codenames, customers = (
        [term.text for term in plain if term.kind is kind]
        for kind in (TermKind.CODENAMES, TermKind.CUSTOMERS)
    )
    return choose_terms(codenames, customers, Draw(context.keys.hmac.material))


def trial_kit(context: Context, terms: Terms, mode: RedactionMode) -> TrialKit:
    """Return what the build works with; invented terms are known to the canary run alone."""
    material = context.keys.hmac.material
    surrogates = Surrogates(key=derive_key(material, "canaries"))
    return TrialKit(
        detectors=_detectors(context, terms),
        policy=context.policy,
        company=context.company,
        key=context.keys.hmac,
        seed=material,
        limits=ScanLimits(seconds=context.settings.blob_deadline_seconds),
        redactor=Redactor(surrogates=surrogates if mode is RedactionMode.SURROGATE else None),
        known_content=context.known_content,
    )


def _detectors(context: Context, terms: Terms) -> list[BlobDetector]:
    detectors = context.detectors(BLOB_FAMILIES)
    if terms.are_configured:
        return detectors
    config = replace(context.detector_config, company=_with_terms(context.company, terms))
    (named,) = build_detectors(config, [Family.CONFIDENTIAL])
    return [named if d.family is Family.CONFIDENTIAL else d for d in detectors]


def _with_terms(company: CompanyProfile, terms: Terms) -> CompanyProfile:
    return replace(
        company,
        codenames=(*company.codenames, terms.codename),
        customers=(*company.customers, terms.customer),
    )
