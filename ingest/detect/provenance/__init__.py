"""Whose code is this: facts of a file that only its place in the tree can tell."""

from __future__ import annotations

from ingest.detect.provenance.classify import classify_tree
from ingest.detect.provenance.rules import engine_versions, ruleset_digest

__all__ = ["classify_tree", "engine_versions", "ruleset_digest"]
