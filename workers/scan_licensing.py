"""License verdicts of a tree that nobody registered, by the policy's license rules alone.

Its owner is guessed from its root license and its headers where no company profile says who that
is, and is taken to have attested and agreed: what then stands against release is in the tree.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from ingest.detect import provenance
from ingest.domain.finding import Family
from ingest.domain.text import NotText, normalise
from policies.document import default_policy_text, load_policy
from policies.dossier import assemble_dossier
from policies.licensing import license_verdicts, unregistered_rights
from policies.model import Policy
from workers.license_reader import license_algebra, license_reader
from workers.scan_folder import REPO_ID
from workers.scan_pool import Facts

if TYPE_CHECKING:
    from workers.scan_home import ScanHome
    from workers.scan_source import ScanSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Unregistered:
    """A tree that nobody registered, put together as the corpus is."""

    dossier: pa.Table
    trees: pa.Table
    """`TREE_FACTS`."""
    facts: Facts
    """With what is assumed of the owner's own notices."""
    repository_license: str
    """SPDX expression that its root license and headers state; empty where they state none."""


def judge_licenses(
    home: ScanHome, source: ScanSource, snapshot: pa.Table, facts: Facts
) -> tuple[pa.Table, Policy]:
    """Return `LICENSE_VERDICTS` with the columns ``provenance`` and ``provenance_evidence``.

    One row per entry of the snapshot, in its order, skipped ones too; and the policy that judged.

    Raises:
        ConfigurationError: the policy file cannot be read or is no policy.
        MirrorCorrupt: the history of a mirror cannot be walked.
    """
    policy = load_policy(_policy_text(home))
    tree = put_together(home, source, snapshot, facts)
    verdicts = license_verdicts(tree.dossier, policy, content=tree.facts[Family.CONTENT])
    for name in ("provenance", "provenance_evidence"):
        verdicts = verdicts.append_column(name, tree.trees[name])
    return verdicts, policy


def put_together(
    home: ScanHome, source: ScanSource, snapshot: pa.Table, facts: Facts
) -> Unregistered:
    """Return the dossier of a tree as if its owner had attested and agreed to release.

    Raises:
        MirrorCorrupt: the history of a mirror cannot be walked.
    """
    algebra = license_algebra()
    owner = provenance.assume_owner(snapshot, facts[Family.LICENSING], home.company, key=home.key)
    facts = facts | {Family.LICENSING: owner.licensing}
    trees = provenance.classify_tree(
        snapshot,
        facts[Family.CONTENT],
        facts[Family.LICENSING],
        company=home.company,
        repository_license=owner.repository_license,
        sources=provenance.TreeSources(
            texts=_texts(source, snapshot),
            read_license=license_reader(algebra),
            history=provenance.read_history(source.commits(), home.company.domains),
            known_content=_known_content(home),
            is_company_inferred=owner.is_inferred,
        ),
    )
    repo_id = snapshot["repo_id"][0].as_py() if snapshot.num_rows else REPO_ID
    category = algebra.read(owner.repository_license).category
    rights = unregistered_rights(repo_id, owner.repository_license, category)
    return Unregistered(
        dossier=assemble_dossier(snapshot, facts, trees, rights),
        trees=trees,
        facts=facts,
        repository_license=owner.repository_license,
    )


def _texts(source: ScanSource, snapshot: pa.Table) -> dict[str, bytes]:
    """Return the few texts that speak of other files; what is no text is not known."""
    texts: dict[str, bytes] = {}
    with source.open_blobs(provenance.wanted_texts(snapshot)) as blobs:
        for blob_id, stored in blobs:
            if not isinstance(stored, NotText):
                with suppress(NotText):
                    texts[blob_id] = normalise(stored)[0]
    return texts


def _known_content(home: ScanHome) -> dict[str, str]:
    path = home.settings.known_content_file
    return provenance.read_known_content(path.read_text("utf-8")) if path else {}


def _policy_text(home: ScanHome) -> str:
    path = home.settings.policy_file
    return path.read_text(encoding="utf-8") if path else default_policy_text()
