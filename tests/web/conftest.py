"""A home with published releases, and a real server over it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from policies.decision import Tier
from release.build import BuiltRelease, Tools, build_release
from release.domain.grant import Purpose, Wish
from release.signing import KeySigner
from store.catalog import (
    GrantBook,
    RecallBook,
    RecalledRelease,
    RecallRecord,
    Scope,
    TokenBook,
    TokenRequest,
)
from tests.strategies.release import Corpus, MarkerScanner, large_corpus, mixed_corpus, spec_of
from tests.support.commands import user_environment
from tests.support.releases import RECALL_REQUEST, recall_first_row, record
from workers.context import Context, utc_now
from workers.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Hub:
    """A running server, and what it serves."""

    context: Context
    port: int
    log: Path
    old: BuiltRelease
    new: BuiltRelease
    """Of the releasable tier, the newer one."""
    internal: BuiltRelease

    @property
    def url(self) -> str:
        """What clients are told as ``HF_ENDPOINT``."""
        return f"http://127.0.0.1:{self.port}/hub"

    def token(self, consumer: str, purpose: Purpose = Purpose.PUBLIC_MODEL, run: str = "") -> str:
        """Make a token."""
        request = TokenRequest(
            consumer=consumer,
            scopes=[Scope.PULL],
            purpose=purpose.value,
            expires_at=utc_now() + timedelta(hours=1),
            run_id=run,
        )
        return TokenBook(self.context.catalog, clock=utc_now).create(request, actor="root")[1]

    def grant(
        self,
        consumer: str,
        tier: Tier = Tier.RELEASABLE,
        purpose: Purpose = Purpose.PUBLIC_MODEL,
    ) -> str:
        """Grant a tier to a consumer; return the id."""
        book = GrantBook(self.context.catalog, clock=utc_now)
        wish = Wish(consumer=consumer, tier=tier, purpose=purpose)
        grant = book.draft(wish, utc_now() + timedelta(hours=1), by="root")
        book.add(grant)
        return grant.id

    def get(self, path: str, token: str = "", **more: object) -> httpx.Response:
        """Ask for a path below the hub, as it is written."""
        return self.ask("GET", path, token, **more)

    def ask(self, method: str, path: str, token: str = "", **more: object) -> httpx.Response:
        """Ask in any way."""
        headers = dict(more.pop("headers", {}))  # type: ignore[call-overload]
        if token:
            headers["Authorization"] = f"Bearer {token}"
        url = f"http://127.0.0.1:{self.port}{path}"
        return httpx.request(method, url, headers=headers, trust_env=False, **more)  # type: ignore[arg-type]


def publish(context: Context, tier: Tier, corpus: Corpus) -> BuiltRelease:
    """Build a release with the installation's key and write it into the catalog."""
    tools = Tools(
        blobs=corpus.blobs,
        scanner=MarkerScanner(),
        signer=KeySigner(private=context.keys.private),
    )
    root = context.settings.shards_dir(tier.value)
    built = build_release(corpus.inputs, spec_of(tier), root, tools)
    record(context, built)
    return built


def recall_a_row(context: Context, built: BuiltRelease) -> tuple[str, str]:
    """Recall the first row of a release as a worker does; return the recall's id and the row's."""
    manifest = built.manifest
    recall_id, row = recall_first_row(context, built.directory, manifest.tier)
    taken = RecallRecord(
        id=recall_id,
        tier=manifest.tier,
        reasons=("SECRET",),
        requests=(RECALL_REQUEST,),
        releases=(RecalledRelease(release_id=manifest.release_id, rows=1, replaced_by=""),),
        issued_at=utc_now(),
    )
    RecallBook(context.catalog, utc_now).record(taken, actor="worker")
    return recall_id, row


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A server over a home with two releasable releases and an internal one."""
    root = tmp_path_factory.mktemp("hub")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    context = Context(settings=Settings(home=root / "home", web_port=port))
    internal = publish(context, Tier.INTERNAL_ONLY, mixed_corpus())
    old = publish(context, Tier.RELEASABLE, mixed_corpus())
    new = publish(context, Tier.RELEASABLE, large_corpus(300))
    log = root / "web.log"
    with serving(context.settings, port, log):
        yield Hub(context=context, port=port, log=log, old=old, new=new, internal=internal)
    context.catalog.close()


@contextmanager
def serving(settings: Settings, port: int, log: Path, **more: str) -> Iterator[None]:
    """Serve a home at a port for the length of a block; `more` are further settings."""
    own = {"SHARDGATE_HOME": str(settings.home), "SHARDGATE_WEB_PORT": str(port)}
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "web"],
            env=os.environ | user_environment(**own) | more,
            stdout=out,
            stderr=out,
        )
    try:
        _wait(port, server)
        yield
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server ended"
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")
