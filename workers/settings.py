"""Every setting, in one frozen object. The environment is read here and nowhere else."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_SOCKET_PATH_LIMIT = 100
"""Bytes; Unix socket addresses hold 108 on Linux and 104 on macOS."""


AllowedCanary = Literal["copyleft", "proprietary", "internal", "person"]
"""Kinds of canaries that a policy may let arrive; of the others no one can want that."""


def _parts(value: object) -> object:
    return tuple(filter(None, value.split(","))) if isinstance(value, str) else value


class Settings(BaseSettings):
    """Settings of the command and of the workers, each from ``SHARDGATE_<NAME>``.

    Raises:
        pydantic.ValidationError: a value is out of range or not understood.
    """

    model_config = SettingsConfigDict(env_prefix="SHARDGATE_", frozen=True, extra="forbid")

    home: Path = Field(default=Path(".shardgate"), description="Folder of all local state.")
    rules_dir: Path | None = Field(
        default=None,
        description="Private folder of compiled rules; empty: `cache` under the home.",
    )
    database_url: str = Field(
        default="", description="SQLAlchemy URL of the catalog; empty: SQLite under the home."
    )
    broker_url: str = Field(
        default="", description="Redis or Valkey URL; empty: the embedded Valkey on a Unix socket."
    )
    allow_local: bool = Field(
        default=False, description="Accept local paths and `file:` URLs as repositories."
    )
    allow_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parts)] = Field(
        default=(),
        description="Comma-separated host names that may resolve to private addresses.",
    )
    known_hosts: Path | None = Field(
        default=None, description="OpenSSH known hosts file; without it every ssh host is refused."
    )
    ca_file: Path | None = Field(
        default=None, description="PEM file of your own certificate authorities for https."
    )
    company_file: Path | None = Field(
        default=None,
        description="YAML file with the company's names, hosts, code names, customers.",
    )
    known_content_file: Path | None = Field(
        default=None,
        description="List of git object ids or SWHIDs of published packages' files, one a line.",
    )
    policy_file: Path | None = Field(
        default=None, description="Policy document; empty: the default policy of this version."
    )
    ner: bool = Field(
        default=False,
        description="Ask a language model about names too; needs requirements/ner.txt.",
    )
    concurrency: int = Field(default=2, ge=1, le=64, description="Worker processes.")
    max_blob_bytes: int = Field(
        default=8 * 2**20, ge=1, description="Larger blobs are skipped as `too_large`."
    )
    batch_bytes: int = Field(
        default=16 * 2**20, ge=1, description="Bytes of blobs that one detect job scans."
    )
    blob_deadline_seconds: float = Field(
        default=10.0, gt=0, description="Time one detector family may take for one blob."
    )
    lease_seconds: float = Field(
        default=30.0, ge=1, description="A job without a heartbeat for this long is taken back."
    )
    job_timeout_seconds: float = Field(
        default=6 * 3600.0, gt=0, description="A job that takes longer is stopped and tried again."
    )
    git_timeout_seconds: float = Field(
        default=3600.0, gt=0, description="Wall-clock limit of one git command."
    )
    shard_target_bytes: int = Field(
        default=256 * 10**6, ge=1, description="A shard is closed when its content reaches this."
    )

    max_loss: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Share of a repository's rows that one step may take before a build stops.",
    )
    max_loss_min_rows: int = Field(
        default=20, ge=1, description="Repositories with fewer rows may lose all of them."
    )
    consent_margin_days: int = Field(
        default=0, ge=0, description="Days that a release consent has to outlast a publication."
    )
    canaries_allowed: Annotated[
        tuple[AllowedCanary, ...],
        NoDecode,
        BeforeValidator(_parts),
        Field(
            description=(
                "Comma-separated kinds of canaries that your policy releases on purpose: "
                "`copyleft`, `proprietary`, `internal`, `person`."
            )
        ),
    ] = ()
    web_host: str = Field(
        default="127.0.0.1", description="Address that the web server listens at."
    )
    web_port: int = Field(default=8750, ge=1, le=65535, description="Port of the web server.")
    web_workers: int = Field(default=1, ge=1, le=64, description="Processes of the web server.")

    @property
    def root(self) -> Path:
        """Absolute home."""
        return self.home.absolute()

    @property
    def catalog_url(self) -> str:
        """URL of the catalog."""
        return self.database_url or f"sqlite:///{self.root / 'catalog.sqlite'}"

    @property
    def queue_url(self) -> str:
        """URL of the broker."""
        return self.broker_url or f"redis+socket://{self.socket_path}"

    @property
    def socket_path(self) -> Path:
        """Unix socket of the embedded broker, in a short folder where the home is too long."""
        path = self.root / "run" / "valkey.sock"
        if len(str(path).encode()) <= _SOCKET_PATH_LIMIT:
            return path
        digest = hashlib.sha256(str(self.root).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"shardgate-{digest}" / "valkey.sock"

    @property
    def mirrors_dir(self) -> Path:
        """Bare mirrors; the only place that holds stored bytes of repositories."""
        return self.root / "mirrors"

    @property
    def lake_dir(self) -> Path:
        """Parquet artefacts."""
        return self.root / "lake"

    @property
    def keys_dir(self) -> Path:
        """HMAC and signing keys; outside lake, catalog and shards."""
        return self.root / "keys"

    @property
    def cache_dir(self) -> Path:
        """Compiled rules; safe to delete, and safe to share between homes of one user."""
        return self.rules_dir.absolute() if self.rules_dir else self.root / "cache"

    @property
    def run_dir(self) -> Path:
        """Process ids and logs of the embedded stack."""
        return self.root / "run"

    @property
    def audit_dir(self) -> Path:
        """Signed heads of the audit chain, beside the catalog and not in it."""
        return self.root / "audit"

    @property
    def reports_dir(self) -> Path:
        """Rendered reports."""
        return self.root / "reports"

    def shards_dir(self, tier: str) -> Path:
        """Root of one tier's releases; the two roots share no parent but the home."""
        return self.root / f"shards-{tier}"


def user_cache_dir() -> Path:
    """Return the user's own cache folder of this program (XDG Base Directory, `XDG_CACHE_HOME`)."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "shardgate"
