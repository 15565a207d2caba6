"""Shardgate's own client against the real server: after a kill, without a grant, with recalls."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import build_app
from ingest.errors import ReleaseRefused
from policies.decision import Tier
from release.domain.grant import PullRefused
from release.pull import Address, Wanted, open_hub, open_receipt, open_rows, pull_from_hub
from release.pull.recalls import Reader
from shardgate_client import load
from shardgate_client.loading import Server
from store.catalog import GrantBook, PullBook
from tests.strategies.release import large_corpus
from tests.web.conftest import Hub, publish, recall_a_row
from workers.context import utc_now

pytestmark = pytest.mark.integration

KILLED = """
import os, signal, sys
from pathlib import Path
from policies.decision import Tier
from release.pull import Address, Wanted, open_hub, pull_from_hub, server
from release.pull.recalls import Reader
server._CHUNK_BYTES = 500
url, token, key, release, dest = sys.argv[1:]
reader = Reader(public_key=Path(key), tier=Tier.RELEASABLE)
wanted = Wanted(release=release, tier=Tier.RELEASABLE)
def die(done, total):
    if done > total // 2:
        os.kill(os.getpid(), signal.SIGKILL)
with open_hub(Address(url=url, token=token), wanted) as source:
    pull_from_hub(source, Path(dest), reader, progress=die)
"""


def origin(hub: Hub) -> str:
    return hub.url.removesuffix("/hub")


def test_a_pull_that_was_killed_goes_on_and_leaves_one_receipt(hub: Hub, tmp_path: Path) -> None:
    hub.grant("killed")
    token, release = hub.token("killed", run="train-11"), hub.new.manifest.release_id
    key, dest = hub.context.keys.public, tmp_path / "dest"
    arguments = (origin(hub), token, str(key), release, str(dest))
    done = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    parts = {p.name: p.stat() for p in (dest / f".incoming-{release}").rglob("*.part")}
    assert [s for s in parts.values() if s.st_size]
    (tmp_path / "token").write_text(f"{token}\n")
    options = ["--from", origin(hub), "--token-file", str(tmp_path / "token"), "--key", str(key)]
    result = CliRunner().invoke(build_app("pull"), ["pull", release, str(dest), *options])
    assert result.exit_code == 0, result.output
    assert "training run train-11" in result.output
    copy = dest / release
    kept = {p.stat().st_ino for p in copy.rglob("*") if p.is_file()}
    assert {state.st_ino for state in parts.values() if state.st_size} <= kept
    receipt = open_receipt((dest / f"{release}.train-11.receipt.dsse.json").read_bytes(), key)
    assert (receipt.release_id, receipt.consumer) == (release, "killed")
    (pull,) = PullBook(hub.context.catalog, clock=utc_now).list_all(run_id="train-11")
    assert pull.destination == "hub"


def test_the_newest_release_is_pulled_by_its_moving_name(hub: Hub, tmp_path: Path) -> None:
    hub.grant("mover")
    wanted = Wanted(release="main", tier=Tier.RELEASABLE)
    reader = Reader(public_key=hub.context.keys.public, tier=Tier.RELEASABLE)
    with open_hub(Address(url=origin(hub), token=hub.token("mover")), wanted) as source:
        done = pull_from_hub(source, tmp_path, reader)
    newest = hub.get("/hub/api/datasets/shardgate/releasable", hub.token("mover")).json()
    assert f"release:{done.release.manifest.release_id}" in newest["tags"]


def test_a_grant_that_ends_on_the_way_takes_the_copy_with_it(hub: Hub, tmp_path: Path) -> None:
    grant, dest = hub.grant("brief"), tmp_path / "dest"
    release = hub.new.manifest.release_id
    wanted = Wanted(release=release, tier=Tier.RELEASABLE)
    reader = Reader(public_key=hub.context.keys.public, tier=Tier.RELEASABLE)

    def revoke(done: int, total: int) -> None:
        if done == total:
            GrantBook(hub.context.catalog, clock=utc_now).revoke(grant, by="root")

    address = Address(url=origin(hub), token=hub.token("brief"))
    with open_hub(address, wanted) as source, pytest.raises(PullRefused, match="revoked"):
        pull_from_hub(source, dest, reader, progress=revoke)
    assert [path.name for path in dest.iterdir() if "rel_" in path.name] == []


def test_a_recalled_release_is_handed_to_who_leaves_its_rows_out(hub: Hub, tmp_path: Path) -> None:
    hub.grant("dropper")
    lost = publish(hub.context, Tier.RELEASABLE, large_corpus(24))
    recalled, gone = recall_a_row(hub.context, lost)
    release = lost.manifest.release_id
    reader = Reader(public_key=hub.context.keys.public, tier=Tier.RELEASABLE)
    address = Address(url=origin(hub), token=hub.token("dropper", run="train-12"))
    with (
        open_hub(address, Wanted(release=release, tier=Tier.RELEASABLE)) as source,
        pytest.raises(ReleaseRefused, match="recalled"),
    ):
        pull_from_hub(source, tmp_path, reader)
    wanted = Wanted(release=release, tier=Tier.RELEASABLE, drop_recalled=True)
    with open_hub(address, wanted) as source:
        done = pull_from_hub(source, tmp_path, reader, drop_recalled=True)
    assert done.receipt.recalls == (recalled,)
    rows = open_rows(done.release.directory, reader.public_key, reader.tier, columns=["id"])
    ids = [i for batch in rows for i in batch["id"].to_pylist()]
    assert len(ids) == lost.manifest.counts.emitted - 1
    assert gone not in ids


def test_recalls_are_told_to_who_could_ever_pull_and_to_nobody_else(hub: Hub) -> None:
    grant = hub.grant("former")
    GrantBook(hub.context.catalog, clock=utc_now).revoke(grant, by="root")
    feed = "/hub/datasets/shardgate/{}/recalls/{}"
    name = "feed.releasable.dsse.json"
    told = hub.get(feed.format("releasable", name), hub.token("former"))
    assert told.status_code in {200, 404}
    assert hub.get(feed.format("releasable", name), hub.token("never")).status_code == 403
    assert hub.get(feed.format("internal-only", name), hub.token("former")).status_code == 403
    for other in ("..%2f..%2fcatalog.sqlite", "feed.dsse.json", ".lock", "rcl_1.parquet"):
        path = feed.format("releasable", other)
        assert hub.get(path, hub.token("former")).status_code == 404


def test_the_loader_pulls_once_and_asks_again_what_may_be_used(hub: Hub, tmp_path: Path) -> None:
    grant, release = hub.grant("reader"), hub.old.manifest.release_id
    server = Server(url=origin(hub), token=hub.token("reader", run="train-13"))

    def ids() -> list[str]:
        rows = load(
            release,
            public_key=hub.context.keys.public,
            server=server,
            folder=tmp_path,
            columns=["id"],
        )
        return [row["id"] for row in rows]

    first = ids()
    assert len(first) == hub.old.manifest.counts.emitted
    shard = tmp_path / release / hub.old.manifest.shards[0].path
    before = shard.stat()
    assert ids() == first
    assert shard.stat() == before
    assert (tmp_path / f"{release}.train-13.receipt.dsse.json").is_file()
    GrantBook(hub.context.catalog, clock=utc_now).revoke(grant, by="root")
    with pytest.raises(PullRefused, match="revoked"):
        ids()


def test_a_server_is_pulled_from_with_a_key_that_one_has(tmp_path: Path) -> None:
    arguments = ["pull", "main", str(tmp_path), "--from", "https://127.0.0.1:1"]
    runner = CliRunner(env={**os.environ, "SHARDGATE_TOKEN": "sgt_" + "1" * 43})
    result = runner.invoke(build_app("pull"), arguments)
    assert "--key" in str(result.exception)
    result = runner.invoke(build_app("pull"), [*arguments, "--run", "x"])
    assert "token says" in str(result.exception)
