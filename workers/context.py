"""Wires settings to adapters: the one place where workers and commands are put together."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import pyarrow as pa

from ingest.detect import provenance
from ingest.detect.catalogue import build_detectors, ruleset_digests
from ingest.detect.detector import BlobDetector, DetectorConfig
from ingest.detect.secrets.known import KnownValues
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import BLOB_FAMILIES, Family
from ingest.domain.repository import RightsBasis
from ingest.errors import ArtefactCorrupt, ConfigurationError
from ingest.mirror.recent import RecentBlobs
from policies.document import default_policy_text, load_policy
from policies.model import Policy
from workers.collector import uncollected
from workers.company import TERMS_FILE, load_company, with_repository_hosts
from workers.kept import Kept
from workers.keys import Keys, load_keys
from workers.rulepacks import rule_packs
from workers.scanned import ScannedTexts
from workers.settings import Settings

if TYPE_CHECKING:  # heavy, and a scan of a folder needs none of it
    from ingest.domain.repository import Repository
    from policies.decision import Tier
    from release.build.gate import CanaryResult
    from store.catalog import Catalog, Changes, JobQueue, PolicyRecord
    from store.lake import Lake


T = TypeVar("T")


def utc_now() -> datetime:
    """Return the present moment; the one clock of the workers."""
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Context:
    """Adapters of one process, each made when first needed and so after any fork."""

    settings: Settings
    missing_counts: dict[str, tuple[tuple[tuple[str, int], ...], Mapping[str, int]]] = field(
        default_factory=dict, repr=False
    )
    """Snapshot key to (rules and their batches at that moment, units that lack facts by family)."""
    facts: dict[str, dict[Family, pa.Table]] = field(default_factory=dict, repr=False)
    """What was last read of the facts, by what was asked for: the next stage often asks again."""
    known: dict[tuple[str, int], KnownValues] = field(default_factory=dict, repr=False)
    """The lookup of all secrets, by the rules that found them and how many batches of facts."""
    withdrawn: dict[tuple[str, ...], pa.Table] = field(default_factory=dict, repr=False)
    """Contents that the withdrawals in force are about, by these and the facts looked at."""
    recent: RecentBlobs = field(default_factory=RecentBlobs, repr=False)
    """Blobs that a stage of this process has read and the next one is likely to."""
    canaries: dict[tuple[object, ...], Mapping[Tier, CanaryResult]] = field(
        default_factory=dict, repr=False
    )
    """What became of the last canaries, by everything that they went through."""
    scanned: ScannedTexts = field(default_factory=ScannedTexts, repr=False)
    """What detectors said of the bytes that this process had scanned."""
    changes: Changes | None = None
    """What had changed in the catalog when a request that only reads was looked at; else None."""
    kept: Kept = field(default_factory=lambda: Kept(_MOST_KEPT), repr=False)
    """What such requests read of the catalog since its last change."""
    _detectors: dict[Family, BlobDetector] = field(default_factory=dict, repr=False)
    _hosts: tuple[Changes, tuple[str, ...]] | None = field(default=None, repr=False)
    _last_read: tuple[tuple[object, ...], Context] | None = field(default=None, repr=False)

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog, upgraded to this version's schema."""
        from store.catalog import Catalog  # noqa: PLC0415 - heavy

        self.settings.root.mkdir(parents=True, exist_ok=True)
        catalog = Catalog(self.settings.catalog_url)
        catalog.upgrade()
        return catalog

    @cached_property
    def jobs(self) -> JobQueue:
        """The job queue in the catalog."""
        from store.catalog import JobQueue  # noqa: PLC0415 - heavy

        return JobQueue(self.catalog, clock=utc_now)

    @cached_property
    def lake(self) -> Lake:
        """The artefact store."""
        from store.lake import Lake  # noqa: PLC0415 - heavy

        return Lake(self.settings.lake_dir)

    @cached_property
    def keys(self) -> Keys:
        """The installation's keys."""
        return load_keys(self.settings.keys_dir)

    @cached_property
    def company(self) -> CompanyProfile:
        """The company's terms; without a file only the hosts of its repositories."""
        return with_repository_hosts(load_company(self.company_file), self._repository_urls())

    @cached_property
    def policy(self) -> Policy:
        """The policy in force.

        Raises:
            ConfigurationError: it does not load.
            ArtefactCorrupt: the text in the catalog is not the one that was put in force.
        """
        policy = load_policy(self.policy_text)
        applied = self._applied_policy()
        if applied is not None and applied.digest != policy.digest:
            raise ArtefactCorrupt(
                f"The policy in force is not the one that was applied, {applied.digest[:12]}.",
                hint="Look: shardgate audit verify. Then apply the right one again.",
            )
        return policy

    @cached_property
    def policy_text(self) -> str:
        """The policy document in force: the file's, else the applied one, else the default.

        Raises:
            ConfigurationError: the file cannot be read.
        """
        path = self.settings.policy_file
        if path:
            return _read_policy(path)
        applied = self._applied_policy()
        return applied.text if applied else default_policy_text()

    @cached_property
    def detector_config(self) -> DetectorConfig:
        """What detectors are built from."""
        cache = self.settings.cache_dir
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        return DetectorConfig(
            key=self.keys.hmac,
            company=self.company,
            cache_dir=cache,
            rule_packs=rule_packs(cache),
            ner=self.settings.ner,
        )

    @cached_property
    def known_content(self) -> dict[str, str]:
        """Contents of published packages by blob id; empty without a list."""
        path = self.settings.known_content_file
        return provenance.read_known_content(path.read_text("utf-8")) if path else {}

    @cached_property
    def provenance_digest(self) -> str:
        """Ruleset digest of the provenance family."""
        known = provenance.digest_known_content(self.known_content)
        return provenance.ruleset_digest(self.detector_config, known)

    @cached_property
    def ruleset_digests(self) -> dict[Family, str]:
        """Ruleset digest of each blob family; cheap."""
        return ruleset_digests(self.detector_config)

    @property
    def sources(self) -> tuple[object, ...]:
        """Return a mark that changes when the policy's or the company's files or hosts do."""
        applied = self._applied_policy()
        marks = (_mark(path) for path in self.source_files)
        return (*marks, self._own_hosts(), applied.digest if applied else "")

    def _own_hosts(self) -> tuple[str, ...]:
        """Return the hosts of our own repositories; read again once one may have changed.

        Every job asks, and there may be ten thousand repositories: a registration makes them more,
        and a change of rights is an entry of the audit chain.
        """
        if not self.has_catalog:
            return ()
        mark = self.catalog.changes()
        if self._hosts is None or self._hosts[0] != mark:
            found = with_repository_hosts(CompanyProfile(), self._repository_urls()).hosts
            self._hosts = (mark, tuple(found))
        return self._hosts[1]

    @property
    def source_files(self) -> tuple[Path, ...]:
        """Return the files that people edit and verdicts depend on, there or not."""
        settings, company = self.settings, self.company_file
        paths = (settings.policy_file, settings.known_content_file, company)
        return (*(p for p in paths if p is not None), company.with_name(TERMS_FILE))

    def anew(self) -> Context:
        """Return a context that reads policy, terms and rights as they are at this moment.

        Adapters and what is remembered of immutable artefacts are shared.
        """
        fresh = Context(
            settings=self.settings,
            missing_counts=self.missing_counts,
            known=self.known,
            kept=self.kept,
        )
        for name in ("catalog", "jobs", "lake", "keys"):
            fresh.__dict__[name] = getattr(self, name)
        return fresh

    def current(self, changes: Changes | None = None, *, is_kept: bool = False) -> Context:
        """Return what `anew` returns, with what was read before where that stands as it did.

        Each change of policy, rights and repositories is an entry of the audit chain or another
        repository, and files show theirs: to ask for these costs a tenth of reading it all.

        Args:
            changes: those of the catalog, where the caller has asked for them already.
            is_kept: what is read of the catalog is kept for others, see `keep`.
        """
        changes = changes or self.catalog.changes()
        mark = (*map(_mark, self.source_files), changes)
        fresh = self.anew()
        fresh.changes = changes if is_kept else None
        last = self._last_read
        if last is not None and last[0] == mark:
            known = last[1].__dict__
            fresh.__dict__ |= {name: known[name] for name in _READ if name in known}
        self._last_read = (mark, fresh)
        return fresh

    def keep(self, key: Hashable, read: Callable[[], T], changes: Changes | None = None) -> T:
        """Return what is read of the catalog; once for all requests between two changes of it.

        Only what follows from repositories and from entries of the audit chain may be kept, or what
        names a moment in its key, and nobody may change it. A context that knows of no changes
        reads each time.

        Args:
            key: names what is read.
            read: reads it.
            changes: those that the caller knows of; None: those of this context.
        """
        mark = changes or self.changes
        return read() if mark is None else self.kept.get(mark, key, read)

    def repositories(self) -> Mapping[str, Repository]:
        """Return all registered repositories by id, sorted by name."""
        return self.keep(
            "repositories", lambda: {r.id: r for r in self.catalog.list_repositories()}
        )

    def repository_names(self) -> Mapping[str, str]:
        """Return the name of each registered repository by id, sorted by name."""
        return self.keep("names", lambda: {r.id: r.name for r in self.catalog.list_repositories()})

    def find_repository(self, repository_id: str) -> Repository | None:
        """Return a registered repository."""
        return self.keep(
            ("repository", repository_id), lambda: self.catalog.find_by_id(repository_id)
        )

    @property
    def has_catalog(self) -> bool:
        """Tell whether there is a catalog; asking for anything in it would make one."""
        settings = self.settings
        return bool(settings.database_url) or (settings.root / "catalog.sqlite").exists()

    def _applied_policy(self) -> PolicyRecord | None:
        """Return the policy that people put in force; none where a file has it, or nobody did."""
        if self.settings.policy_file or not self.has_catalog:
            return None
        from store.catalog import PolicyBook  # noqa: PLC0415 - heavy

        return PolicyBook(self.catalog, clock=utc_now).applied()

    def _repository_urls(self) -> list[str]:
        """Return where the company's own code comes from; others' hosts are no secret of ours."""
        if not self.has_catalog:
            return []
        own = RightsBasis.OWNER_ATTESTED
        return [r.url for r in self.catalog.list_repositories() if r.rights_basis is own]

    @property
    def company_file(self) -> Path:
        """Where the company's terms stand, if anywhere."""
        return self.settings.company_file or self.settings.root / "company.yaml"

    def detectors(self, families: tuple[Family, ...] = BLOB_FAMILIES) -> list[BlobDetector]:
        """Return loaded detectors; each family is loaded once per process."""
        for family in families:
            last = _LAST_LOADED.get(self._detector_identity(family))
            if family not in self._detectors and last is not None:
                self._detectors[family] = last
        missing = [family for family in families if family not in self._detectors]
        if missing:
            with uncollected():
                loaded = build_detectors(self.detector_config, missing)
            self._detectors |= {detector.family: detector for detector in loaded}
            _keep_loaded({self._detector_identity(d.family): d for d in loaded})
            atexit.register(gc.unfreeze)
        return [self._detectors[family] for family in families]

    def _detector_identity(self, family: Family) -> _Identity:
        key = self.detector_config.key
        return family, self.ruleset_digests[family], key.key_id, key.material

    @staticmethod
    def today() -> date:
        """Return the present day in UTC; consents are judged by it."""
        return utc_now().date()


_MOST_KEPT: Final = 256
_READ: Final = (
    *("company", "policy_text", "policy", "known_content"),
    *("detector_config", "provenance_digest", "ruleset_digests"),
)
"""What a context reads of files and catalog when it is first asked for."""

_Identity = tuple[Family, str, str, bytes]
"""Family, ruleset digest, key: all that a detector's answers depend on."""
_LAST_LOADED: dict[_Identity, BlobDetector] = {}
"""What the last context of this process loaded; a command makes several for one home."""


def _keep_loaded(detectors: Mapping[_Identity, BlobDetector]) -> None:
    """Keep loaded detectors for other contexts of this process, one of each family."""
    families = {identity[0] for identity in detectors}
    for identity in [i for i in _LAST_LOADED if i[0] in families]:
        del _LAST_LOADED[identity]
    _LAST_LOADED.update(detectors)


def _read_policy(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigurationError(
            f"{path}, the policy in force, cannot be read: {reason}.",
            hint="SHARDGATE_POLICY_FILE names it.",
        ) from None


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
