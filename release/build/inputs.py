"""What a release is made of, and how it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Final

import pyarrow as pa

from ingest.domain.artefacts import SNAPSHOT, TREE_FACTS, facts_schema
from ingest.domain.finding import BLOB_FAMILIES, Category, Family
from ingest.errors import ArtefactCorrupt
from policies.decision import DECISIONS, Tier
from policies.placeholders import NamedPlaceholder
from release.build.redactor import RedactionMode

SECRETS: Final = frozenset(
    {
        Category.PROVIDER_TOKEN,
        Category.PRIVATE_KEY,
        Category.URI_CREDENTIAL,
        Category.PASSWORD,
        Category.GENERIC_SECRET,
    }
)
CONFIDENTIAL: Final = frozenset(
    {
        Category.INTERNAL_HOST,
        Category.PRIVATE_IP,
        Category.PACKAGE_SCOPE,
        Category.TICKET_ID,
        Category.EMPLOYEE_LOGIN,
        Category.CODENAME,
        Category.CUSTOMER,
    }
)
PERSONAL: Final = frozenset(Category) - SECRETS - CONFIDENTIAL

REDACTING: Final[Mapping[Family, frozenset[Category]]] = {
    Family.SECRETS: SECRETS,
    Family.PII: PERSONAL,
    Family.CONFIDENTIAL: CONFIDENTIAL,
}
"""Families whose findings are redacted, with the categories each of them reports."""

EXIT_CATEGORIES: Final[Mapping[Tier, frozenset[Category]]] = {
    Tier.RELEASABLE: SECRETS | CONFIDENTIAL,
    Tier.INTERNAL_ONLY: SECRETS,
}
"""What the exit scan refuses by default. Personal data is not in it: notices of others stay as
they are, and each redaction has looked for the rest of the values it took out."""

RIGHTS: Final = pa.schema(
    [
        pa.field("repo_id", pa.string(), nullable=False),
        pa.field("name", pa.string(), nullable=False),
    ]
)
"""Columns read of the rights table. A column `alias` (string), where present and not empty, is
shown instead of `name` in the releasable tier."""

GRAMMAR_VERSIONS: Final[Mapping[str, str]] = {
    name: version(name) for name in ("tree-sitter", "tree-sitter-language-pack")
}
"""What decides where the tokens of a text are, so which bytes a placeholder replaces."""

DEFAULT_TARGET_BYTES: Final = 256 * 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseInputs:
    """The artefacts that a release is a function of.

    Raises:
        ArtefactCorrupt: a table lacks a column of its schema.
    """

    decisions: pa.Table
    """`policies.decision.DECISIONS`, with ``policy_digest`` in the schema's metadata."""
    snapshots: pa.Table
    """`SNAPSHOT` rows of every repository decided on."""
    facts: Mapping[Family, pa.Table]
    """One row per scan unit of the ruleset in force; a missing family counts as not scanned."""
    trees: pa.Table
    """`TREE_FACTS` rows of every repository decided on."""
    rights: pa.Table
    """`RIGHTS`."""

    def __post_init__(self) -> None:
        """Check the columns."""
        _check("decisions", self.decisions, DECISIONS)
        _check("snapshots", self.snapshots, SNAPSHOT)
        _check("trees", self.trees, TREE_FACTS)
        _check("rights", self.rights, RIGHTS)
        for family, table in self.facts.items():
            if family in BLOB_FAMILIES:
                _check(f"{family} facts", table, facts_schema(family))

    @property
    def policy_digest(self) -> str:
        """Digest of the policy that decided.

        Raises:
            ArtefactCorrupt: the decisions do not name it.
        """
        digest: str = (self.decisions.schema.metadata or {}).get(b"policy_digest", b"").decode()
        if not digest:
            raise ArtefactCorrupt("The decisions do not name the policy that made them.")
        return digest


def _check(name: str, table: pa.Table, schema: pa.Schema) -> None:
    missing = sorted(set(schema.names) - set(table.column_names))
    if missing:
        raise ArtefactCorrupt(f"The {name} lack the columns {', '.join(missing)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseSpec:
    """How a release is asked for.

    Raises:
        ValueError: the time has no zone, or the target is not positive.
    """

    tier: Tier
    created_at: datetime
    """Time for the manifest; no row knows it."""
    parent_release_id: str | None = None
    policy_id: str = ""
    """Name of the policy's version; empty: derived from its digest."""
    rulesets: Mapping[str, str] = field(default_factory=dict)
    """Detector family to ruleset digest."""
    rules: Mapping[str, str] = field(default_factory=dict)
    """Detector family to the digest of its rules alone; tells which measured figures stand."""
    tools: Mapping[str, str] = field(default_factory=dict)
    """Tool to version; becomes `scanner_versions` of every row."""
    redaction: RedactionMode = RedactionMode.PLACEHOLDER
    """What stands where a value was; becomes the tool ``redaction`` of manifest and rows."""
    placeholders: tuple[NamedPlaceholder, ...] = ()
    """What rules of the policy put in the place of values, in the order of the document."""
    target_bytes: int = DEFAULT_TARGET_BYTES
    """A shard is closed when its content reaches this."""
    exit_categories: frozenset[Category] | None = None
    """What the exit scan refuses; none given: `EXIT_CATEGORIES` of the tier."""
    accepted_identities: frozenset[str] = frozenset()
    """`Finding.hmac` of values that people have cleared; the exit scan lets them pass."""

    grants: frozenset[str] | None = None
    """Rules that grant release; the gate asks for one of them behind each row. None: not known."""
    known_values: str = ""
    """Digest of the values that the exit scanner looks for by their identities."""
    recalls: str = ""
    """Digest of the recalls of the tier so far, if any: what was recalled is never published under
    its old id, also where its inputs come back."""

    def __post_init__(self) -> None:
        """Check time and size."""
        if self.created_at.utcoffset() != timedelta(0) or self.target_bytes < 1:
            msg = "a release has a UTC time and a positive shard size"
            raise ValueError(msg)

    @property
    def named_tools(self) -> dict[str, str]:
        """Tools and versions, with the mode of redaction and the grammars it cuts by among them."""
        return {**self.tools, **GRAMMAR_VERSIONS, "redaction": self.redaction.value}

    @property
    def refused_categories(self) -> frozenset[Category]:
        """Categories that the exit scan refuses."""
        if self.exit_categories is not None:
            return self.exit_categories
        return EXIT_CATEGORIES[self.tier]
