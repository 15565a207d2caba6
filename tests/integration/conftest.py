"""One real run of the whole path, with a real broker and real worker processes, for all tests."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.samples import company_profile_yaml, write_samples
from policies.decision import Tier
from tests.support.commands import run_shardgate, user_environment
from tests.support.watch import ended_with_us
from workers import embedded
from workers.context import Context
from workers.settings import Settings


@dataclass(frozen=True)
class Installation:
    """A home of its own, driven by the command as a person would."""

    home: Path

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home)

    @property
    def context(self) -> Context:
        return Context(settings=self.settings)

    @property
    def public_key(self) -> Path:
        return self.context.keys.public

    def shards(self, tier: Tier) -> list[Path]:
        return sorted(self.settings.shards_dir(tier.value).glob("rel_*/data/*.parquet"))

    def release(self, tier: Tier) -> Path:
        (folder,) = self.settings.shards_dir(tier.value).glob("rel_*")
        return folder

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = run_shardgate(*arguments, env=environment(self.home), timeout=240)
        if check and done.returncode:
            raise AssertionError(f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done


def environment(home: Path) -> dict[str, str]:
    kept = {k: os.environ[k] for k in ("HOME", "LANG", "TMPDIR") if k in os.environ}
    return user_environment(
        SHARDGATE_HOME=str(home),
        SHARDGATE_ALLOW_LOCAL="true",
        SHARDGATE_LEASE_SECONDS="5",
        SHARDGATE_BATCH_BYTES="40000",
        **kept,
    )


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    return folder


def register_samples(installation: Installation, samples: Path) -> None:
    """Register the samples by the command, with the rights that they are made with."""
    installation.home.mkdir(parents=True, exist_ok=True)
    (installation.home / "company.yaml").write_text(company_profile_yaml())
    for sample in write_samples(samples):
        consent = (
            ["--release-consent", "--consent-until", "2099-12-31"]
            if sample.release_consent
            else ["--no-release-consent"]
        )
        installation.run(
            "repo",
            "add",
            str(sample.path),
            f"--owner={sample.owner}",
            f"--rights={sample.rights_basis.value}",
            f"--license={sample.license}",
            f"--evidence={sample.evidence}",
            *consent,
        )


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Installation:
    """The samples, registered and nothing else: to be copied."""
    installation = Installation(home=tmp_path_factory.mktemp("registered") / "state")
    register_samples(installation, samples)
    return installation


@pytest.fixture(scope="session")
def installed(
    tmp_path_factory: pytest.TempPathFactory, registered: Installation
) -> Iterator[Installation]:
    """The samples, run through the whole path without any disturbance."""
    installation = Installation(home=tmp_path_factory.mktemp("home") / "state")
    shutil.copytree(registered.home, installation.home)
    with stopped_at_the_end(installation):
        installation.run("sync", "--build", "--history")
        installation.run("report", "harbor-billing", "--format", "html")
        yield installation
        installation.run("down")


@contextmanager
def stopped_at_the_end(installation: Installation) -> Iterator[None]:
    """Stop what runs for an installation after a block, or when this process is gone."""
    files = [f"run/{name}.pid" for name in (embedded.WEB, embedded.WORKER, embedded.BROKER)]
    with ended_with_us(installation.home, *files, number=signal.SIGKILL):
        try:
            yield
        finally:
            embedded.stop(installation.settings)
