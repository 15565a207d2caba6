"""Wires settings to adapters: the one place where workers and commands are put together."""

from __future__ import annotations

import atexit
import gc
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from ingest.detect.catalogue import build_detectors, ruleset_digests
from ingest.detect.detector import BlobDetector, DetectorConfig
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import BLOB_FAMILIES, Family
from ingest.errors import ConfigurationError
from policies.document import default_policy_text, load_policy
from policies.model import Policy
from store.catalog import Catalog, JobQueue
from store.lake import Lake
from workers.keys import Keys, load_keys
from workers.settings import Settings


def utc_now() -> datetime:
    """Return the present moment; the one clock of the workers."""
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Context:
    """Adapters of one process, each made when first needed and so after any fork."""

    settings: Settings
    missing_counts: dict[str, tuple[tuple[int, ...], Mapping[str, int]]] = field(
        default_factory=dict, repr=False
    )
    """Snapshot key to (batches of facts at that moment, units that lack facts by family)."""
    _detectors: dict[Family, BlobDetector] = field(default_factory=dict, repr=False)

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog, upgraded to this version's schema."""
        self.settings.root.mkdir(parents=True, exist_ok=True)
        catalog = Catalog(self.settings.catalog_url)
        catalog.upgrade()
        return catalog

    @cached_property
    def jobs(self) -> JobQueue:
        """The job queue in the catalog."""
        return JobQueue(self.catalog, clock=utc_now)

    @cached_property
    def lake(self) -> Lake:
        """The artefact store."""
        return Lake(self.settings.lake_dir)

    @cached_property
    def keys(self) -> Keys:
        """The installation's keys."""
        return load_keys(self.settings.keys_dir)

    @cached_property
    def company(self) -> CompanyProfile:
        """The company's terms; empty without a file."""
        return load_company(self.company_file)

    @cached_property
    def policy(self) -> Policy:
        """The policy in force."""
        return load_policy(self.policy_text)

    @cached_property
    def policy_text(self) -> str:
        """The policy document as it stands in its file."""
        path = self.settings.policy_file
        return path.read_text(encoding="utf-8") if path else default_policy_text()

    @cached_property
    def detector_config(self) -> DetectorConfig:
        """What detectors are built from."""
        cache = self.settings.cache_dir
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        return DetectorConfig(key=self.keys.hmac, company=self.company, cache_dir=cache)

    @cached_property
    def ruleset_digests(self) -> dict[Family, str]:
        """Ruleset digest of each blob family; cheap."""
        return ruleset_digests(self.detector_config)

    @property
    def sources(self) -> tuple[object, ...]:
        """Return a mark that changes when the policy's or the company's file does."""
        paths = (self.settings.policy_file, self.company_file)
        return tuple(_mark(path) for path in paths if path is not None)

    @property
    def company_file(self) -> Path:
        """Where the company's terms stand, if anywhere."""
        return self.settings.company_file or self.settings.root / "company.yaml"

    def detectors(self, families: tuple[Family, ...] = BLOB_FAMILIES) -> list[BlobDetector]:
        """Return loaded detectors; each family is loaded once per process."""
        missing = [family for family in families if family not in self._detectors]
        for detector in build_detectors(self.detector_config, missing):
            self._detectors[detector.family] = detector
        if missing:
            # Loaded rules stay for ever: looking through them at each collection costs time, and
            # in a forked child copies their pages.
            gc.collect()
            gc.freeze()
            atexit.register(gc.unfreeze)
        return [self._detectors[family] for family in families]

    @staticmethod
    def today() -> date:
        """Return the present day in UTC; consents are judged by it."""
        return utc_now().date()


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def load_company(path: Path) -> CompanyProfile:
    """Return the company profile of a YAML file; the empty profile where there is none.

    Raises:
        ConfigurationError: the file has unknown keys or values that are no lists of text.
    """
    if not path.exists():
        return CompanyProfile()
    raw: Any = yaml.safe_load(path.read_text()) or {}
    known = set(CompanyProfile.__dataclass_fields__)
    unknown = sorted(set(raw) - known) if isinstance(raw, dict) else ["(not a mapping)"]
    if unknown:
        raise ConfigurationError(
            f"{path}: unknown keys {', '.join(unknown)}.", hint=f"Known: {', '.join(sorted(known))}"
        )
    try:
        return TypeAdapter(CompanyProfile).validate_json(json.dumps(raw))
    except ValidationError as error:
        where = error.errors()[0]["loc"]
        raise ConfigurationError(
            f"{path}: {'.'.join(map(str, where))} is not a list of text."
        ) from None
