"""A policy as written (`PolicyDocument`) and as used (`Policy`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    model_serializer,
    model_validator,
)

from ingest.domain.finding import Category
from policies.decision import Lane, Outcome

DOCUMENT_VERSION: Final = "1"
DEFAULT_MAX_WAIVER_DAYS: Final = 365

_Id = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{2,47}$")]
_Words = Annotated[str, StringConstraints(min_length=3, max_length=2000)]
_Condition = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
_WAIVING: Final = frozenset({"waivable", "waiver_lane", "max_waiver_days"})
_BlobId = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]


class Effect(StrEnum):
    """What a rule does to the occurrences that it fires on."""

    GRANT = "grant"
    """One of the grants that a releasable occurrence needs."""
    HOLD = "hold"
    """Internal-only until the rule's lane has cleared it."""
    INTERNAL_ONLY = "internal-only"
    EXCLUDE = "exclude"
    """In neither tier."""
    REDACT = "redact"
    """Its categories of findings are replaced in the tiers that it names."""


BLOCKING: Final = frozenset({Effect.EXCLUDE, Effect.INTERNAL_ONLY, Effect.HOLD})
"""Effects that stand against release; no other can be waived."""


class RedactTiers(StrEnum):
    """In which tiers a redaction is due."""

    RELEASABLE = "releasable"
    BOTH = "both"


class LicenseSource(StrEnum):
    """Where the effective license is read."""

    OWN = "own"
    ANNOTATION = "annotation"
    SCOPE = "scope"
    REGISTRATION = "registration"
    NONE = "none"


class LicenseType(StrEnum):
    """The license types of a decision."""

    PERMISSIVE = "permissive"
    WEAK_COPYLEFT = "weak_copyleft"
    COPYLEFT = "copyleft"
    PROPRIETARY_OWN = "proprietary_own"
    THIRD_PARTY = "third_party"
    UNKNOWN = "unknown"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


GivenValue = bool | int | float | str | list[str] | None


class Case(_Strict):
    """Facts that differ from a clean file's."""

    given: dict[str, GivenValue]


class Example(Case):
    """A case that a rule must decide as stated."""

    outcome: Outcome
    fires: bool = True
    reasons: tuple[str, ...] | None = None
    """All reasons of the verdict, in any order; not named: only whether the rule is one counts."""

    @model_serializer(mode="wrap")
    def _without_default(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave unnamed reasons out: examples that name none keep the digest of their policy."""
        said: dict[str, Any] = serialize(self)
        return {k: v for k, v in said.items() if k != "reasons" or v is not None}


class RuleDocument(_Strict):
    """One rule, as written."""

    id: _Id
    title: _Words
    because: _Words
    remedy: str = ""
    """What the owner of the file can do about it."""
    when: _Condition
    effect: Effect
    lane: Lane | None = None
    categories: tuple[Category, ...] = ()
    tiers: RedactTiers = RedactTiers.BOTH
    placeholder: Annotated[str, StringConstraints(pattern=r"^(<[A-Z_]{1,40}>)?$")] = ""
    """What stands where a value was; empty: what `policies.placeholders` has for its category."""
    waivable: bool = True
    """Whether people can clear it at all, for a while."""
    waiver_lane: Lane | None = None
    """Who clears an internal-only or exclude rule; legal where none is named."""
    max_waiver_days: Annotated[int, Field(ge=1, le=1825)] = DEFAULT_MAX_WAIVER_DAYS
    tests: tuple[Example, ...] = ()

    @model_serializer(mode="wrap")
    def _without_default(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave an unnamed placeholder out: rules that name none keep their digests."""
        said: dict[str, Any] = serialize(self)
        return said if self.placeholder else {k: v for k, v in said.items() if k != "placeholder"}

    @model_validator(mode="after")
    def _fits_effect(self) -> RuleDocument:
        if (self.effect is Effect.HOLD) != (self.lane is not None):
            raise ValueError("a hold names its lane, and nothing else does")
        if (self.effect is Effect.REDACT) != bool(self.categories):
            raise ValueError("a redaction names its categories, and nothing else does")
        if "tiers" in self.model_fields_set and self.effect is not Effect.REDACT:
            raise ValueError("only a redaction names tiers")
        if self.placeholder and self.effect is not Effect.REDACT:
            raise ValueError("only a redaction names a placeholder")
        if self.effect not in BLOCKING and not _WAIVING.isdisjoint(self.model_fields_set):
            raise ValueError("only a rule that stands against release speaks of waivers")
        if self.waiver_lane is not None and (self.lane is not None or not self.waivable):
            raise ValueError("a waiver lane is for a waivable rule that names no lane")
        return self


class LicenseExample(Case):
    """A case of the precedence of licenses."""

    decides: bool = True
    """Whether the row that the case stands under is the first whose condition holds."""


class LicenseRow(_Strict):
    """One row of the precedence of licenses; the first whose condition holds decides."""

    id: _Id
    because: _Words
    when: _Condition
    source: LicenseSource
    type: LicenseType | None = None
    """Type of the license; without it the type follows from the category of the source."""
    tests: tuple[LicenseExample, ...] = ()

    @model_serializer(mode="wrap")
    def _without_default(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave missing tests out: rows without any keep the digest of their policy."""
        said: dict[str, Any] = serialize(self)
        return {k: v for k, v in said.items() if k != "tests" or v}

    @model_validator(mode="after")
    def _has_a_type(self) -> LicenseRow:
        if self.source is LicenseSource.NONE and self.type is None:
            raise ValueError("a row without a source states its type")
        return self


class NearCopies(_Strict):
    """When two files count as near copies."""

    min_similarity: Annotated[float, Field(ge=0.5, le=1.0)] = 0.8
    """Share of equal MinHash values from which on two files are near copies."""


class LaneRules(_Strict):
    """How a lane decides."""

    quorum: Annotated[int, Field(ge=1, le=9)] = 1
    """Reviewers who have to agree; who asked is never one of them."""


class PolicyDocument(_Strict):
    """A whole policy, as written."""

    version: Literal["1"]
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    description: str = ""
    near_copies: NearCopies = NearCopies()
    public_content: tuple[_BlobId, ...] = ()
    """Reviewed blob ids of content that everybody has; copies of it restrict nothing."""
    lanes: dict[Lane, LaneRules] = {}
    licenses: Annotated[tuple[LicenseRow, ...], Field(min_length=1)]
    rules: Annotated[tuple[RuleDocument, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _hangs_together(self) -> PolicyDocument:
        ids = [row.id for row in self.licenses] + [rule.id for rule in self.rules]
        repeated = sorted({name for name in ids if ids.count(name) > 1})
        if repeated:
            raise ValueError(f"the id {repeated[0]} stands twice")
        reserved = sorted(name for name in ids if is_reserved(name))
        if reserved:
            raise ValueError(f"the id {reserved[0]} belongs to the engine")
        if not any(rule.effect is Effect.GRANT for rule in self.rules):
            raise ValueError("no rule grants anything: every file would stay internal")
        return self

    @property
    def parts(self) -> Mapping[str, Sequence[LicenseRow | RuleDocument]]:
        """What has an id and carries examples, by its key in the document."""
        return {"licenses": self.licenses, "rules": self.rules}

    def digest(self) -> str:
        """Return SHA-256 hex over the canonical document: sorted keys, defaults written out."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineReason:
    """A reason that the engine gives, beside those of the rules."""

    id: str
    title: str
    because: str
    lane: Lane | None = None


NO_GRANT: Final = "NO_GRANT"
COPY_RESTRICTED: Final = "COPY_RESTRICTED"
NEAR_COPY_RESTRICTED: Final = "NEAR_COPY_RESTRICTED"
NEAR_COPY_UNCHECKED: Final = "NEAR_COPY_UNCHECKED"
COPY_WITHDRAWN: Final = "COPY_WITHDRAWN"
COPY_REASONS: Final = frozenset(
    {COPY_RESTRICTED, COPY_WITHDRAWN, NEAR_COPY_RESTRICTED, NEAR_COPY_UNCHECKED}
)
KEPT_BY_REVIEW: Final = "KEPT_BY_REVIEW"
EXCLUDED_BY_REVIEW: Final = "EXCLUDED_BY_REVIEW"
REVIEW_REASONS: Final = frozenset({KEPT_BY_REVIEW, EXCLUDED_BY_REVIEW})
WITHDRAWN: Final = "WITHDRAWN"
SKIPPED_PREFIX: Final = "SKIPPED_"

ENGINE_REASONS: Final = {
    reason.id: reason
    for reason in (
        EngineReason(
            id=NO_GRANT,
            title="No rule grants release",
            because="Silence is no permission: a releasable file needs at least one grant.",
        ),
        EngineReason(
            id=COPY_RESTRICTED,
            title="The same content is restricted elsewhere",
            because="The strictest verdict on a content holds for all of its copies.",
            lane=Lane.LEGAL,
        ),
        EngineReason(
            id=NEAR_COPY_RESTRICTED,
            title="Nearly the same content is restricted elsewhere",
            because="A small edit does not lift the restriction of what was edited.",
            lane=Lane.LEGAL,
        ),
        EngineReason(
            id=NEAR_COPY_UNCHECKED,
            title="Too many restricted look-alikes to compare with each",
            because="What was not compared is not known to be different, so it is held.",
            lane=Lane.LEGAL,
        ),
        EngineReason(
            id=COPY_WITHDRAWN,
            title="The same content was withdrawn elsewhere",
            because="What was taken back is not let out under another name.",
        ),
        EngineReason(
            id=WITHDRAWN,
            title="It was withdrawn",
            because="People took it back; only lifting the withdrawal lets it out again.",
        ),
        EngineReason(
            id=KEPT_BY_REVIEW,
            title="People decided to keep it internal",
            because="A review says so, and whatever the rules say it is not released.",
        ),
        EngineReason(
            id=EXCLUDED_BY_REVIEW,
            title="People decided to leave it out",
            because="A review says so, and whatever the rules say it is in no tier.",
        ),
    )
}


def is_reserved(name: str) -> bool:
    """Tell whether an id is one of the engine's own reasons."""
    return name in ENGINE_REASONS or name.startswith(SKIPPED_PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A checked condition."""

    sql: str
    """Generated from the checked syntax tree; the author's text never reaches the database."""
    columns: tuple[str, ...]
    """Columns that it reads, sorted."""
    categories: tuple[Category, ...]
    """Finding categories that it is about, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule with its condition checked."""

    document: RuleDocument
    condition: Condition

    @property
    def id(self) -> str:
        """Id, as decisions name it."""
        return self.document.id

    @property
    def effect(self) -> Effect:
        """What it does."""
        return self.document.effect

    @property
    def categories(self) -> tuple[Category, ...]:
        """Categories of the findings that make it fire, or that it redacts."""
        return self.document.categories or self.condition.categories


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy that was checked and can be evaluated."""

    document: PolicyDocument
    digest: str
    licenses: tuple[tuple[LicenseRow, Condition], ...]
    rules: tuple[Rule, ...]

    def find_rule(self, name: str) -> Rule | None:
        """Return the rule of this id; none for a reason of the engine."""
        return next((rule for rule in self.rules if rule.id == name), None)

    @property
    def examples(self) -> int:
        """How many examples the document carries."""
        return sum(len(part.tests) for parts in self.document.parts.values() for part in parts)

    def is_blocking(self, reason: str) -> bool:
        """Tell whether a reason of a decision stands against release."""
        rule = self.find_rule(reason)
        return rule is None or rule.effect in BLOCKING

    def quorum(self, lane: Lane) -> int:
        """Return how many reviewers of a lane have to agree."""
        return self.document.lanes.get(lane, LaneRules()).quorum
