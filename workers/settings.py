"""Every setting, in one frozen object. The environment is read here and nowhere else.

A value comes from the environment, else a folder of secrets, else a file.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ingest.errors import ConfigurationError

SETTINGS_FILE = "SHARDGATE_SETTINGS_FILE"
"""Environment variable: a TOML file of settings, without their prefix."""
SECRETS_DIR = "SHARDGATE_SECRETS_DIR"
"""Environment variable: a folder of files such as ``shardgate_database_url``."""
_SOCKET_PATH_LIMIT = 100
"""Bytes; Unix socket addresses hold 108 on Linux and 104 on macOS."""


AllowedCanary = Literal["copyleft", "proprietary", "internal", "person"]
"""Kinds of canaries that a policy may let arrive; of the others no one can want that."""


QueueName = Literal["mirror", "scan", "control", "build-internal-only", "build-releasable"]


def _parts(value: object) -> object:
    return tuple(filter(None, value.split(","))) if isinstance(value, str) else value


def _named(variable: str) -> Path | None:
    """Return what a variable of the environment names; it has to be there."""
    value = os.environ.get(variable)
    if not value:
        return None
    if not Path(value).exists():
        raise ConfigurationError(f"{variable} names {value}, which is not there.")
    return Path(value)


class Settings(BaseSettings):
    """Settings of the command and of the workers, each from ``SHARDGATE_<NAME>``.

    Raises:
        ConfigurationError: a file or folder of settings is named that is not there.
        pydantic.ValidationError: a value is out of range or not understood.
    """

    model_config = SettingsConfigDict(env_prefix="SHARDGATE_", frozen=True, extra="forbid")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - none is read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the folder is named later
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where values come from, the first that has one counts.

        After the environment: files of a folder of secrets, one a setting, named
        ``shardgate_<name>``, and a TOML file.
        """
        sources = [init_settings, env_settings]
        if folder := _named(SECRETS_DIR):
            sources.append(SecretsSettingsSource(settings_cls, secrets_dir=folder))
        if file := _named(SETTINGS_FILE):
            sources.append(TomlConfigSettingsSource(settings_cls, toml_file=file))
        return tuple(sources)

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
    credential_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parts)] = Field(
        default=(),
        description=(
            "Comma-separated `reference=host`: a credential is given to these hosts only; "
            "empty: to the host of whatever somebody on this machine names it for, and none that "
            "pages or API name."
        ),
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
    otel: bool = Field(
        default=False,
        description=(
            "Send traces as the standard `OTEL_EXPORTER_OTLP_*` variables say; needs "
            "requirements/otel.txt."
        ),
    )
    concurrency: int = Field(default=2, ge=1, le=64, description="Worker processes.")
    worker_nice: int = Field(
        default=10,
        ge=0,
        le=19,
        description="How far workers give way to what else runs on their machine, as `nice` does.",
    )
    queues: Annotated[tuple[QueueName, ...], NoDecode, BeforeValidator(_parts)] = Field(
        default=(),
        description=(
            "Comma-separated queues that this worker serves: `mirror`, `scan`, `control`, "
            "`build-internal-only`, `build-releasable`; empty: all."
        ),
    )
    local_worker: bool = Field(
        default=True,
        description="Commands start a worker of their own; false where the stack has workers.",
    )
    beat: bool = Field(
        default=True,
        description="Workers also run the reconciler; false where `python -m workers.beat` runs.",
    )
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
    host_fetches: int = Field(
        default=4, ge=1, le=1000, description="Visits of one host that may run at once."
    )
    poll: bool = Field(
        default=True, description="Look at repositories again by themselves once they were visited."
    )
    poll_min_seconds: float = Field(
        default=300.0, ge=1, description="Shortest wait between two looks at a repository."
    )
    poll_max_seconds: float = Field(
        default=8 * 3600.0, ge=1, description="Longest wait between two looks at a repository."
    )
    poll_covered_seconds: float = Field(
        default=12 * 3600.0,
        ge=1,
        description="Shortest wait where webhooks tell of pushes: a poll then only makes sure.",
    )
    preview_bytes: int = Field(
        default=128 * 2**20, ge=1, description="Largest transfer that a preview may cost."
    )
    preview_seconds: float = Field(
        default=60.0, ge=1, description="Longest that one git command of a preview may take."
    )
    webhook_bytes: int = Field(
        default=4 * 2**20, ge=1, description="Largest webhook body that is read."
    )
    webhook_secrets: Path | None = Field(
        default=None,
        description="File of webhook secrets, a line `provider secret` each; empty: in the keys.",
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
    token: SecretStr = Field(
        default=SecretStr(""), description="Token with which `shardgate pull --from` asks a server."
    )
    web_host: str = Field(
        default="127.0.0.1", description="Address that the web server listens at."
    )
    web_port: int = Field(default=8750, ge=1, le=65535, description="Port of the web server.")
    web_accel_prefix: str = Field(
        default="",
        description="Path of the `internal` locations of an nginx in front that sends shards.",
    )
    objects_url: str = Field(
        default="",
        description="`s3://bucket/folder` with releasable releases; shards are read from there.",
    )
    objects_endpoint: str = Field(
        default="", description="URL where S3 is answered; empty: Amazon's of the region."
    )
    web_workers: int = Field(default=1, ge=1, le=64, description="Processes of the web server.")
    web_threads: int = Field(
        default=4,
        ge=1,
        le=256,
        description="Requests that one process works on at once; more wait their turn.",
    )
    web_waiting: int = Field(
        default=64,
        ge=1,
        description="Requests that one process has begun or lets wait; more are refused with 503.",
    )
    web_proxies: int = Field(
        default=0, ge=0, le=8, description="Proxies in front whose `X-Forwarded-For` is believed."
    )
    web_rate: float = Field(
        default=200.0,
        gt=0,
        description="Requests a second that one session, token or address may make; 5 s at once.",
    )
    web_max_body_bytes: int = Field(
        default=4 * 2**20, ge=1024, description="Larger requests are refused."
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""), description="Bearer token for `/metrics` alone; empty: none."
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s/?#@]+)?$",
        description="Where people reach the web server, as `https://host`: a proxy that ends TLS.",
    )
    session_idle_minutes: int = Field(
        default=60, ge=1, description="A login ends when it is not used for this long."
    )
    session_hours: int = Field(
        default=12, ge=1, le=720, description="A login ends after this long, used or not."
    )
    oidc_issuer: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#@]+)?$",
        description="OpenID Connect issuer that people log in with; empty: none.",
    )
    oidc_client_id: str = Field(default="", description="Client id that the issuer knows us by.")
    oidc_client_secret_file: Path | None = Field(
        default=None, description="File with the client secret; empty: a public client with PKCE."
    )
    oidc_roles: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parts)] = Field(
        default=(),
        description="Comma-separated `group=role` and `group=team:Name`: what groups stand for.",
    )
    oidc_groups_claim: str = Field(default="groups", description="Claim that lists the groups.")
    oidc_name_claim: str = Field(
        default="preferred_username", description="Claim that a user's name is made from."
    )

    @property
    def credential_pairs(self) -> frozenset[tuple[str, str]] | None:
        """Credential references with the host that may be given each; None: any host may."""
        pairs = (text.rpartition("=") for text in self.credential_hosts)
        found = frozenset((reference.strip(), host.strip().lower()) for reference, _, host in pairs)
        return found or None

    @property
    def own_secrets(self) -> frozenset[Path]:
        """Files and folders with secrets of the installation itself, which are no credentials."""
        named = (
            self.keys_dir,
            self.root / "signing",
            _named(SECRETS_DIR),
            _named(SETTINGS_FILE),
            self.oidc_client_secret_file,
            self.webhook_secrets,
        )
        return frozenset(Path(path).resolve() for path in named if path)

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
