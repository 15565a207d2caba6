"""Throughput of the hub beside nginx, serving the same bytes to the same client over loopback.

Usage: ``python -m benchmarks.serving [--mib 512] [--tries 5]``. Needs nginx and curl on the path.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from policies.decision import Tier
from release.build import Tools, build_release
from release.domain.grant import Purpose, Wish
from release.signing import KeySigner
from store.catalog import GrantBook, ReleaseBook, Scope, TokenBook, TokenRequest
from tests.strategies.release import MarkerScanner, large_corpus, spec_of
from workers.context import Context, utc_now
from workers.settings import Settings

_CONFIG = """{user} daemon off; worker_processes 1; pid {root}/pid; error_log {root}/error.log;
events {{}}
http {{ access_log off; sendfile on; server {{ listen 127.0.0.1:{port}; root {folder}; }} }}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something that serves the file."""

    name: str
    url: str
    headers: Sequence[str] = ()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=512, help="Size of the file.")
    parser.add_argument("--tries", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        measure(root, asked.mib, asked.tries)


def measure(root: Path, mib: int, tries: int) -> None:
    """Serve one file by both servers and print the medians of their speeds, in turn."""
    context = Context(settings=Settings(home=root / "home", web_port=_free_port()))
    shard, token = publish(context, mib)
    release = shard.parent.parent.name
    port = _free_port()
    (root / "nginx.conf").write_text(
        _CONFIG.format(
            # Started by root it would serve as another user, who may not read a private folder.
            user="user root;" if os.geteuid() == 0 else "",
            root=root,
            port=port,
            folder=shard.parent,
        ),
        encoding="ascii",
    )
    hub = f"http://127.0.0.1:{context.settings.web_port}/hub"
    path = f"datasets/shardgate/releasable/resolve/{release}/data/{shard.name}"
    bearer = f"Authorization: Bearer {token}"
    sources = (
        Source(name="nginx", url=f"http://127.0.0.1:{port}/{shard.name}"),
        Source(name="hub", url=f"{hub}/{path}", headers=(bearer,)),
        Source(name="hub, as a range", url=f"{hub}/{path}", headers=(bearer, "Range: bytes=0-")),
    )
    nginx = [shutil.which("nginx") or "nginx", "-c", str(root / "nginx.conf"), "-e", "stderr"]
    env = {"SHARDGATE_HOME": str(root / "home"), "SHARDGATE_WEB_PORT": str(hub.split(":")[2][:-4])}
    with (
        _running(nginx, port),
        _running([sys.executable, "-m", "web"], context.settings.web_port, env),
    ):
        speeds: dict[str, list[float]] = {source.name: [] for source in sources}
        for _ in range(tries):
            for source in sources:
                speeds[source.name].append(download(source))
    reference = statistics.median(speeds["nginx"])
    print(f"{shard.stat().st_size / 2**20:,.0f} MiB over loopback, median of {tries}")
    for source, found in speeds.items():
        median = statistics.median(found)
        print(f"{source:<18} {median / 1e6:>8,.0f} MB/s   {median / reference:>5.0%} of nginx")


def publish(context: Context, mib: int) -> tuple[Path, str]:
    """Publish a release whose shard is then made as large as asked; return it and a token.

    The hub serves what the manifest lists by name; it does not hash a file each time it is read.
    """
    corpus = large_corpus(50)
    tools = Tools(
        blobs=corpus.blobs,
        scanner=MarkerScanner(),
        signer=KeySigner(private=context.keys.private),
    )
    root = context.settings.shards_dir(Tier.RELEASABLE.value)
    built = build_release(corpus.inputs, spec_of(Tier.RELEASABLE), root, tools)
    digest = hashlib.sha256((built.directory / "manifest.json").read_bytes()).hexdigest()
    book = ReleaseBook(context.catalog, clock=utc_now)
    book.begin_release(built.manifest.release_id, Tier.RELEASABLE, {})
    book.publish(built.manifest.release_id, digest, built.directory.name, {})
    shard = built.directory / built.manifest.shards[0].path
    shard.chmod(0o644)
    with shard.open("wb") as file:
        for _ in range(mib):
            file.write(os.urandom(2**20))
    soon = utc_now() + timedelta(days=1)
    grants = GrantBook(context.catalog, clock=utc_now)
    wish = Wish(consumer="bench", tier=Tier.RELEASABLE, purpose=Purpose.PUBLIC_MODEL)
    if not grants.list_all("bench"):
        grants.add(grants.draft(wish, soon, by="root"))
    request = TokenRequest(
        consumer="bench", scopes=[Scope.PULL], purpose="public-model", expires_at=soon
    )
    return shard, TokenBook(context.catalog, clock=utc_now).create(request, actor="root")[1]


def download(source: Source) -> float:
    """Return bytes a second of one download that is thrown away."""
    command = ["curl", "-sS", "--fail", "-o", "/dev/null", "-w", "%{speed_download}"]
    for header in source.headers:
        command += ["-H", header]
    done = subprocess.run([*command, source.url], check=True, capture_output=True, text=True)
    return float(done.stdout)


@contextmanager
def _running(
    command: Sequence[str], port: int, env: dict[str, str] | None = None
) -> Iterator[None]:
    process = subprocess.Popen(
        command, env=os.environ | (env or {}), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens at port {port}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
