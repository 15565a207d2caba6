"""Whose code is this: facts of a file that only its place in the tree can tell."""

from __future__ import annotations

from ingest.detect.provenance.annotations import LicenseReader
from ingest.detect.provenance.classify import classify_tree
from ingest.detect.provenance.history import TreeHistory, read_history
from ingest.detect.provenance.known import digest_known_content, read_known_content
from ingest.detect.provenance.owner import AssumedOwner, assume_owner
from ingest.detect.provenance.rules import engine_versions, ruleset_digest
from ingest.detect.provenance.sources import TreeSources, wanted_texts

__all__ = [
    "AssumedOwner",
    "LicenseReader",
    "TreeHistory",
    "TreeSources",
    "assume_owner",
    "classify_tree",
    "digest_known_content",
    "engine_versions",
    "read_history",
    "read_known_content",
    "ruleset_digest",
    "wanted_texts",
]
