"""The canary run with the real detectors: whole, and with one layer after the other taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from ingest.domain.finding import Family
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText
from ingest.errors import TransientError
from policies.decision import Tier
from policies.document import default_policy_text, load_policy
from policies.model import Policy
from release.build.gate import CanaryResult
from release.build.redact import Redaction
from release.build.redactor import RedactionMode, Redactor
from workers.canary.corpus import plant_files
from workers.canary.plants import Draw, Plant, PlantKind, Terms
from workers.canary.run import canary_results, planted_terms, ship_trial, trial_kit
from workers.canary.trial import TrialKit, blob_id_of, judge_plants, scan_plants, ship_plants
from workers.context import Context
from workers.settings import Settings

pytestmark = [
    pytest.mark.integration,
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


@dataclass(frozen=True)
class Stage:
    """Everything whole, to be damaged."""

    context: Context
    kit: TrialKit
    terms: Terms
    plants: Sequence[Plant]
    facts: Mapping[Family, pa.Table]
    folder: Path

    def run(
        self,
        *,
        facts: Mapping[Family, pa.Table] | None = None,
        allowed: tuple[str, ...] = (),
        **changes: Any,
    ) -> Results:
        """Decide, write and look, with some parts of the kit replaced."""
        kit = replace(self.kit, **changes)
        trial = judge_plants(self.plants, self.facts if facts is None else facts, kit)
        return Results(ship_trial(self.plants, trial, kit, folder=self.folder, allowed=allowed))

    def without(self, family: Family, **columns: object) -> Results:
        """Scan again with one family's detector replaced by one that finds nothing."""
        blind = Blind(family=family, columns=columns)
        detectors = [blind if d.family is family else d for d in self.kit.detectors]
        kit = replace(self.kit, detectors=detectors)
        return self.run(facts=scan_plants(self.plants, kit), detectors=detectors)


@dataclass(frozen=True)
class Results:
    """Results by tier, easier to ask."""

    tiers: Mapping[Tier, CanaryResult]

    def arrived(self, tier: Tier = Tier.RELEASABLE) -> dict[str, str]:
        return {a.name: a.layer for a in self.tiers[tier].arrived}

    def late(self, tier: Tier = Tier.RELEASABLE) -> set[str]:
        return {a.name for a in self.tiers[tier].late}

    def kinds(self) -> set[str]:
        return {a.kind for a in self.tiers[Tier.RELEASABLE].arrived}


@dataclass(frozen=True)
class Blind:
    """A detector that looks and finds nothing."""

    family: Family
    columns: Mapping[str, object]
    ruleset_digest: str = "0" * 64
    versions: Mapping[str, str] = field(default_factory=dict)

    def scan(self, text: ScanText) -> Mapping[str, object]:
        del text
        return self.columns


@dataclass(frozen=True)
class Broken(Blind):
    """A detector that raises."""

    def scan(self, text: ScanText) -> Mapping[str, object]:
        raise ValueError(len(text.data))


class NoRedactor(Redactor):
    """Takes nothing out."""

    def redact_file(self, text: bytes, *_: Any, **__: Any) -> tuple[bytes, list[Redaction]]:
        return text, []


NO_LICENSES = {
    "license_category": "none",
    **dict.fromkeys(("is_license_text", "is_manifest", "has_restriction"), False),
    **dict.fromkeys(("training_restricted", "has_foreign_holder", "has_company_holder"), False),
    **dict.fromkeys(("holders", "evidence", "notice_spans"), ()),
}
NO_FINDINGS = {"findings": []}
NO_SECRETS = {"findings": [], "allow_markers": 0, "undecoded": 0}


def policy_without(*rules: str, **changes: object) -> Policy:
    """Return the default policy without some rules, or with parts of it replaced."""
    document = yaml.safe_load(default_policy_text())
    document["rules"] = [rule for rule in document["rules"] if rule["id"] not in rules]
    return load_policy(yaml.safe_dump(document | changes))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    home = tmp_path_factory.mktemp("home")
    context = Context(settings=Settings(home=home))
    terms = planted_terms(context)
    kit = trial_kit(context, terms, RedactionMode.PLACEHOLDER)
    plants = plant_files(Draw(kit.seed), terms)
    return Stage(context, kit, terms, plants, scan_plants(plants, kit), home)


def test_nothing_arrives_and_every_control_does(stage: Stage) -> None:
    for tier, result in stage.run().tiers.items():
        assert (result.arrived, result.late, result.missing) == ((), (), ())
        assert result.planted > (30 if tier is Tier.RELEASABLE else 10)
        assert result.controls > 0
    assert not list(stage.folder.glob(".canaries-*"))


def test_every_planted_value_is_found_where_nothing_stops_it(stage: Stage) -> None:
    """The search itself: with eyes shut and everything granted, all that is text arrives."""
    blind = {
        Family.SECRETS: NO_SECRETS,
        Family.PII: NO_FINDINGS,
        Family.CONFIDENTIAL: NO_FINDINGS,
        Family.LICENSING: NO_LICENSES,
    }
    detectors = [
        Blind(family=d.family, columns=blind[d.family]) if d.family in blind else d
        for d in stage.kit.detectors
    ]
    rules = [
        {
            "id": "EVERYTHING",
            "title": "Everything",
            "because": "Nothing is looked at.",
            "when": "is_minified OR NOT is_minified",
            "effect": "grant",
        }
    ]
    kit = replace(stage.kit, detectors=detectors)
    facts = scan_plants(stage.plants, kit)
    results = stage.run(facts=facts, detectors=detectors, policy=policy_without(rules=rules))
    expected = {plant.name for plant in stage.plants if plant.kind is not PlantKind.CONTROL}
    unread = {"file whose scan was lost", "bytes that are no text"}
    assert set(results.arrived()) == expected - unread


@pytest.mark.parametrize(
    ("family", "columns", "kind"),
    [
        (Family.SECRETS, NO_SECRETS, "secret"),
        (Family.PII, NO_FINDINGS, "person"),
        (Family.CONFIDENTIAL, NO_FINDINGS, "internal"),
        (Family.LICENSING, NO_LICENSES, "copyleft"),
    ],
)
def test_a_detector_that_finds_nothing_is_seen(
    stage: Stage, family: Family, columns: Mapping[str, object], kind: str
) -> None:
    results = stage.without(family, **columns)
    assert kind in results.kinds()
    if family is not Family.LICENSING:
        planted = {p.name for p in stage.plants if p.kind == kind}
        assert planted <= set(results.arrived())


def test_a_policy_that_redacts_no_personal_data_is_seen_and_named(stage: Stage) -> None:
    arrived = stage.run(policy=policy_without("REDACT_PERSONAL_DATA")).arrived()
    assert set(arrived) == {p.name for p in stage.plants if p.kind is PlantKind.PERSON}
    assert set(arrived.values()) == {"policy, which let it pass"}


def test_placeholders_that_a_policy_names_stand_in_the_canaries_too(
    stage: Stage, tmp_path: Path
) -> None:
    document = yaml.safe_load(default_policy_text())
    rule = next(r for r in document["rules"] if r["id"] == "REDACT_PERSONAL_DATA")
    rule["placeholder"] = "<HIDDEN_PERSON>"
    kit = replace(stage.kit, policy=policy_without(rules=document["rules"]))
    trial = judge_plants(stage.plants, stage.facts, kit)
    shipped = ship_plants(stage.plants, trial, kit, (Tier.RELEASABLE, tmp_path))
    files = [tmp_path / shard.path for shard in shipped.written.shards]
    texts = [text for file in files for text in pq.read_table(file)["content"].to_pylist()]
    assert any("<HIDDEN_PERSON>" in text for text in texts)
    assert shipped.leaking == frozenset()


def test_a_kind_that_the_company_releases_on_purpose_is_not_looked_for(stage: Stage) -> None:
    policy = policy_without("REDACT_PERSONAL_DATA")
    assert stage.run(policy=policy, allowed=("person",)).arrived() == {}


def test_what_only_the_exit_scan_stops_is_told_apart(stage: Stage) -> None:
    results = stage.run(policy=policy_without("REDACT_SECRET", "REDACT_CONFIDENTIAL"))
    assert results.arrived() == {}
    assert results.late() == {"password beside its key word", "internal host"}
    assert "private key" in results.late(Tier.INTERNAL_ONLY)
    assert results.arrived(Tier.INTERNAL_ONLY) == {}


def test_a_code_name_that_nothing_holds_is_stopped_by_the_exit_scan_only(stage: Stage) -> None:
    results = stage.run(policy=policy_without("CODENAME_USED", "CUSTOMER_NAMED", "PATH_FINDING"))
    assert len(results.late()) == 4
    assert results.arrived() == {}


def test_a_redaction_that_takes_nothing_out_is_seen(stage: Stage) -> None:
    results = stage.run(redactor=NoRedactor())
    assert set(results.arrived().values()) == {"redaction of what was found"}
    assert results.kinds() == {"person"}
    assert "password beside its key word" in results.late()


def test_a_grant_for_everything_lets_the_licenses_of_others_arrive(stage: Stage) -> None:
    document = yaml.safe_load(default_policy_text())
    names = ("LICENSE", "RESTRICTED", "FOREIGN", "VENDORED", "OWNER", "TRAINING", "NO_CONSENT")
    rules = [rule for rule in document["rules"] if not rule["id"].startswith(names)]
    grant = next(rule for rule in rules if rule["id"] == "OWN_ATTESTED")
    grant |= {"when": "is_minified OR NOT is_minified", "tests": []}
    results = stage.run(policy=policy_without(rules=rules))
    assert {"copyleft", "proprietary", "consent"} <= results.kinds()
    assert set(results.arrived()) >= {"copyleft notice", "near copy of a copyleft file"}


def test_copies_that_are_not_compared_are_seen(stage: Stage) -> None:
    copy = next(p for p in stage.plants if p.name.startswith("exact copy"))
    public = policy_without(public_content=[blob_id_of(copy.data)])
    assert stage.run(policy=public).arrived()["exact copy of a copyleft file"]
    alike = policy_without(near_copies={"min_similarity": 1.0})
    assert set(stage.run(policy=alike).arrived()) == {"near copy of a copyleft file"}


def test_a_sweep_by_another_key_is_seen(stage: Stage) -> None:
    other = HmacKey(key_id="other", material=b"o" * 32)
    arrived = stage.run(key=other).arrived()
    assert arrived["value known from an address"] == "search for known values"


def test_a_scan_that_does_not_complete_is_tried_again(stage: Stage) -> None:
    broken = replace(stage.kit, detectors=[Broken(family=Family.PII, columns={})])
    with pytest.raises(TransientError, match="pii"):
        scan_plants(stage.plants, broken)


def test_terms_of_the_company_are_planted_and_found(stage: Stage, tmp_path: Path) -> None:
    home = stage.context.settings.root
    (tmp_path / "company.yaml").write_text("codenames: [Kittiwake]\ncustomers: [Fernwicks]\n")
    settings = Settings(home=home, company_file=tmp_path / "company.yaml")
    context = Context(settings=settings)
    terms = planted_terms(context)
    assert terms.are_configured
    named = context.detectors((Family.CONFIDENTIAL,))
    others = [d for d in stage.kit.detectors if d.family is not Family.CONFIDENTIAL]
    kit = replace(stage.kit, company=context.company, detectors=[*others, *named])
    plants = plant_files(Draw(kit.seed), terms)
    own = replace(stage, kit=kit, plants=plants, facts=scan_plants(plants, kit), terms=terms)
    assert own.run().arrived() == {}
    assert own.run().late() == set()


def test_a_rule_that_holds_clean_files_is_a_missing_control(stage: Stage) -> None:
    document = yaml.safe_load(default_policy_text())
    minified = next(rule for rule in document["rules"] if rule["id"] == "MINIFIED")
    stuck = {**minified, "when": "consent_valid", "id": "STUCK", "tests": []}
    result = stage.run(policy=policy_without(rules=[*document["rules"], stuck]))
    assert result.tiers[Tier.RELEASABLE].controls == 0
    facts = {
        **stage.facts,
        Family.LICENSING: stage.facts[Family.LICENSING].slice(0, 0),
    }
    missing = stage.run(facts=facts).tiers[Tier.RELEASABLE].missing
    assert set(missing) == {p.name for p in stage.plants if p.kind is PlantKind.CONTROL}


def test_a_policy_that_releases_less_waits_for_fewer_controls(stage: Stage) -> None:
    result = stage.run(policy=policy_without("OWN_ATTESTED", "OWN_CONTRACTED"))
    assert result.tiers[Tier.RELEASABLE].controls == 1
    assert result.tiers[Tier.RELEASABLE].missing == ()


def test_the_other_tier_is_answered_from_memory_until_something_changes(stage: Stage) -> None:
    stage.context.canaries.clear()
    first = canary_results(stage.context, RedactionMode.SURROGATE)
    assert [first[tier].arrived for tier in Tier] == [(), ()]
    assert canary_results(stage.context, RedactionMode.SURROGATE) is first
    fresh = stage.context.anew()
    assert fresh.canaries == {}
