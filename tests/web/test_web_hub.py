"""The hub over real HTTP: what stock clients ask, and what nobody may."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from policies.decision import Tier
from release.domain.grant import Purpose
from store.catalog import (
    GrantBook,
    PullBook,
    RecallBook,
    RecalledRelease,
    RecallRecord,
    TokenBook,
)
from tests.strategies.release import large_corpus
from tests.web.conftest import Hub, publish
from web.hub.pulling import router as pulling
from web.hub.routes import router
from workers.context import utc_now

pytestmark = pytest.mark.integration

RELEASABLE = "/hub/api/datasets/shardgate/releasable"
INTERNAL = "/hub/api/datasets/shardgate/internal-only"
FILES = "/hub/datasets/shardgate/releasable/resolve"

CLIENT = """
import json, sys
from huggingface_hub import HfApi, HfFileSystem, snapshot_download
api = HfApi()
name, folder = "shardgate/releasable", sys.argv[1]
info = api.dataset_info(name)
tree = [e.path for e in api.list_repo_tree(name, repo_type="dataset", recursive=True)]
shard = next(p for p in tree if p.endswith(".parquet"))
entry, = api.get_paths_info(name, [shard], repo_type="dataset", expand=True)
refs = api.list_repo_refs(name, repo_type="dataset")
old = snapshot_download(name, repo_type="dataset", revision=sys.argv[2], local_dir=folder)
with HfFileSystem().open(f"datasets/{name}/{shard}", block_size=1024) as file:
    file.seek(-4, 2)
    tail = file.read().decode()
print(json.dumps({
    "who": api.whoami()["name"], "sha": info.sha, "tree": tree, "size": entry.size,
    "sha256": entry.lfs.sha256, "tags": [t.name for t in refs.tags], "tail": tail,
    "branch": refs.branches[0].target_commit,
}))
"""


def run_client(hub: Hub, token: str, home: Path, code: str, *arguments: str) -> Any:
    """Run a program of a training team with nothing but the two settings."""
    env = {
        **{name: value for name, value in os.environ.items() if "proxy" not in name.lower()},
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": token,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
    }
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_stock_client_lists_reads_and_downloads_a_pinned_release(
    hub: Hub, tmp_path: Path
) -> None:
    hub.grant("stock")
    token = hub.token("stock")
    old, new = hub.old.manifest, hub.new.manifest
    done = run_client(hub, token, tmp_path / "hf", CLIENT, str(tmp_path / "copy"), old.release_id)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["who"] == "stock"
    assert told["sha"] == told["branch"]
    assert set(told["tree"]) > {file.path for file in new.files}
    assert (told["size"], told["sha256"]) == (new.shards[0].bytes, new.shards[0].sha256)
    assert told["tags"] == [new.release_id, old.release_id]
    assert told["tail"] == "PAR1"
    for shard in old.shards:
        data = (tmp_path / "copy" / shard.path).read_bytes()
        assert hashlib.sha256(data).hexdigest() == shard.sha256


LOADER = """
import sys
from datasets import load_dataset
name, release = "shardgate/releasable", sys.argv[1]
whole = load_dataset(name, revision=release, split="train")
stream = load_dataset(name, revision=release, split="train", streaming=True)
assert [row["id"] for row in stream] == whole["id"]
print(len(whole), whole.column_names[:2])
"""


def test_load_dataset_works_as_it_is_whole_and_streaming(hub: Hub, tmp_path: Path) -> None:
    hub.grant("loader")
    manifest = hub.new.manifest
    token = hub.token("loader", run="train-9")
    done = run_client(hub, token, tmp_path / "hf", LOADER, manifest.release_id)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split("\n")[-2] == f"{manifest.counts.emitted} ['id', 'content']"
    book = PullBook(hub.context.catalog, clock=utc_now)
    assert [p.release_id for p in book.list_all(run_id="train-9")] == [manifest.release_id]


def test_who_has_no_grant_is_told_so_by_the_stock_client(hub: Hub, tmp_path: Path) -> None:
    hub.grant("narrow")
    code = (
        "from huggingface_hub import snapshot_download as s; import sys;"
        "s('shardgate/' + sys.argv[1], repo_type='dataset', local_dir=sys.argv[2])"
    )
    target = str(tmp_path / "copy")
    for token, tier in (
        (hub.token("stranger"), "releasable"),
        (hub.token("narrow"), "internal-only"),
    ):
        done = run_client(hub, token, tmp_path / "hf", code, tier, target)
        assert done.returncode != 0
        assert "GatedRepoError" in done.stderr
    assert not list(Path(target).rglob("*.parquet"))


@pytest.mark.parametrize(
    ("state", "status"), [("none", 401), ("wrong", 401), ("revoked", 401), ("basic", 401)]
)
def test_without_an_active_token_nothing_is_told(hub: Hub, state: str, status: int) -> None:
    hub.grant(f"who-{state}")
    token = hub.token(f"who-{state}")
    book = TokenBook(hub.context.catalog, clock=utc_now)
    headers = {}
    if state == "revoked":
        assert hub.get(RELEASABLE, token).status_code == 200
        (made,) = [t for t in book.list_all() if t.consumer == f"who-{state}"]
        book.revoke(made.id, actor="root")
    elif state == "basic":
        headers, token = {"Authorization": f"Basic {token}"}, ""
    else:
        token = "" if state == "none" else token[:-1] + ("A" if token[-1] != "A" else "B")
    release = hub.new.manifest.release_id
    for path in (
        RELEASABLE,
        f"{RELEASABLE}/revision/main",
        f"{RELEASABLE}/refs",
        f"{RELEASABLE}/tree/main",
        f"{FILES}/{release}/data/shard-00000.parquet",
        "/hub/api/whoami-v2",
    ):
        answer = hub.get(path, token, headers=headers)
        assert answer.status_code == status
        assert release not in answer.text


def test_every_route_of_the_hub_asks_for_a_token(hub: Hub) -> None:
    routes = [*router.routes, *pulling.routes]
    paths = [(r.path, r.methods) for r in routes if isinstance(r, APIRoute)]
    assert len(paths) >= 10
    for path, methods in paths:
        filled = path.replace("{path:path}", "x")
        for name, value in (
            ("namespace", "shardgate"),
            ("name", "releasable"),
            ("revision", "main"),
            ("file", "feed.releasable.dsse.json"),
        ):
            filled = filled.replace(f"{{{name}}}", value)
        for method in methods:
            assert hub.ask(method, filled).status_code == 401, (method, path)


def test_a_grant_ends_at_once_and_the_other_tier_stays_shut(hub: Hub) -> None:
    grant = hub.grant("short")
    token = hub.token("short")
    file = f"{FILES}/{hub.new.manifest.release_id}/{hub.new.manifest.shards[0].path}"
    assert hub.get(file, token).status_code == 200
    assert hub.get(INTERNAL, token).status_code == 403
    GrantBook(hub.context.catalog, clock=utc_now).revoke(grant, by="root")
    refused = hub.get(file, token)
    assert refused.status_code == 403
    assert refused.headers["X-Error-Code"] == "GatedRepo"
    assert "revoked" in refused.headers["X-Error-Message"]


def test_internal_rows_are_never_for_a_public_model(hub: Hub) -> None:
    hub.grant("inside", Tier.INTERNAL_ONLY, Purpose.INTERNAL_MODEL)
    assert hub.get(INTERNAL, hub.token("inside")).status_code == 403
    told = hub.get(INTERNAL, hub.token("inside", Purpose.INTERNAL_MODEL))
    assert told.json()["tags"][0] == "tier:internal-only"
    # What was granted of one tier opens nothing of the other, in whatever way it is asked for.
    for revision in (hub.internal.manifest.release_id, told.json()["sha"]):
        crossed = f"{FILES}/{revision}/data/shard-00000.parquet"
        hub.grant("inside", Tier.RELEASABLE, Purpose.INTERNAL_MODEL)
        answer = hub.get(crossed, hub.token("inside", Purpose.INTERNAL_MODEL))
        assert answer.headers["X-Error-Code"] == "RevisionNotFound"


def test_a_recalled_release_is_gone_and_its_replacement_is_named(hub: Hub) -> None:
    hub.grant("recaller")
    token = hub.token("recaller")
    lost = publish(hub.context, Tier.RELEASABLE, large_corpus(20)).manifest
    file = f"{FILES}/{lost.release_id}/{lost.shards[0].path}"
    assert hub.get(file, token).status_code == 200
    named = RecalledRelease(
        release_id=lost.release_id, rows=1, replaced_by=hub.new.manifest.release_id
    )
    record = RecallRecord(
        id="rcl_" + "1" * 24,
        tier=Tier.RELEASABLE,
        reasons=("SECRET",),
        requests=("wdr_1",),
        releases=(named,),
        issued_at=utc_now(),
    )
    RecallBook(hub.context.catalog, utc_now).record(record, actor="worker")
    gone = hub.get(file, token)
    assert gone.status_code == 410
    assert hub.new.manifest.release_id in gone.headers["X-Error-Message"]
    assert hub.get(RELEASABLE, token).json()["tags"][1] == f"release:{named.replaced_by}"


def test_each_pull_leaves_one_receipt_for_its_run(hub: Hub) -> None:
    hub.grant("team")
    token = hub.token("team", run="train-7")
    release = hub.new.manifest.release_id
    book = PullBook(hub.context.catalog, clock=utc_now)
    assert hub.get(f"{RELEASABLE}/tree/{release}", token).status_code == 200
    assert hub.ask("HEAD", f"{FILES}/{release}/data/shard-00000.parquet", token).status_code == 200
    assert book.list_all(run_id="train-7") == []
    for _ in range(2):
        assert hub.get(f"{FILES}/{release}/data/shard-00000.parquet", token).status_code == 200
    (pull,) = book.list_all(run_id="train-7")
    assert (pull.release_id, pull.consumer, pull.destination) == (release, "team", "hub")
    assert len(book.receipts("train-7")) == 1


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("main/data/shard-99999.parquet", "EntryNotFound"),
        ("main/data", "EntryNotFound"),
        ("main/data/../../../catalog.sqlite", "EntryNotFound"),
        ("main/..%2f..%2fcatalog.sqlite", "EntryNotFound"),
        ("main/%2fetc%2fpasswd", "EntryNotFound"),
        ("main/data%5c..%5cx", "EntryNotFound"),
        ("rel_00000000000000000000/manifest.json", "RevisionNotFound"),
        ("..%2fshards-internal-only/manifest.json", "RevisionNotFound"),
        ("refs%2fconvert%2fparquet/manifest.json", "RevisionNotFound"),
    ],
)
def test_only_listed_files_of_published_releases_are_found(hub: Hub, path: str, code: str) -> None:
    hub.grant("prober")
    answer = hub.get(f"{FILES}/{path}", hub.token("prober"))
    assert answer.status_code == 404
    assert answer.headers.get("X-Error-Code", code) == code


def test_a_range_and_a_head_say_what_the_manifest_says(hub: Hub) -> None:
    hub.grant("ranger")
    token = hub.token("ranger")
    shard = hub.new.manifest.shards[0]
    whole = (hub.new.directory / shard.path).read_bytes()
    path = f"{FILES}/main/{shard.path}"
    head = hub.ask("HEAD", path, token)
    assert (head.headers["ETag"], head.headers["X-Linked-Size"]) == (
        f'"{shard.sha256}"',
        str(shard.bytes),
    )
    part = hub.get(path, token, headers={"Range": "bytes=4-99"})
    assert (part.status_code, part.content) == (206, whole[4:100])
    rest = hub.get(path, token, headers={"Range": f"bytes={shard.bytes - 7}-"})
    assert rest.content == whole[-7:]
    beyond = hub.get(path, token, headers={"Range": f"bytes={shard.bytes}-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"paths=data&paths=manifest.json", "application/x-www-form-urlencoded", 200),
        (b'{"paths": ["data", "manifest.json", "none"]}', "application/json", 200),
        (b'{"paths": "data"}', "application/json", 400),
        (b"[", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"paths=" + b"x" * 2**20, "application/x-www-form-urlencoded", 413),
    ],
)
def test_paths_are_asked_for_as_a_form_or_as_json(
    hub: Hub, body: bytes, kind: str, status: int
) -> None:
    hub.grant("asker")
    answer = hub.ask(
        "POST",
        f"{RELEASABLE}/paths-info/main",
        hub.token("asker"),
        content=body,
        headers={"Content-Type": kind},
    )
    assert answer.status_code == status
    if status == httpx.codes.OK:
        assert [entry["path"] for entry in answer.json()] == ["data", "manifest.json"]


def test_errors_outside_the_hub_are_problems_and_tokens_stay_out_of_logs(hub: Hub) -> None:
    answer = hub.get("/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert hub.get("/livez").json() == {"status": "ok"}
    assert set(hub.get("/version").json()) == {"shardgate"}
    hub.grant("logged")
    token = hub.token("logged")
    assert hub.get(f"{FILES}/main/manifest.json", token).status_code == 200
    home = hub.context.settings.root
    written = [hub.log, *(path for path in home.rglob("*") if path.is_file())]
    assert not [path for path in written if token.encode() in path.read_bytes()]
