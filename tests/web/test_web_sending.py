"""Shards that others send: nginx in front of the server, and a store beside it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import boto3
import httpx
import pytest
from fastapi.testclient import TestClient
from moto.server import ThreadedMotoServer

from ingest.errors import ConfigurationError, ReleaseRefused
from policies.decision import Tier
from release.pull import Address, Wanted, open_hub, pull_from_hub
from release.pull.recalls import Reader
from tests.web.conftest import Hub, serving
from web.app import create_app
from workers.context import Context
from workers.objects import upload_release
from workers.settings import Settings

pytestmark = pytest.mark.integration

FILES = "/hub/datasets/shardgate/releasable/resolve"
NGINX = """{user} daemon off; worker_processes 1; pid {root}/pid; error_log {root}/error.log;
events {{}}
http {{
  access_log off; client_body_temp_path {root}/b; proxy_temp_path {root}/p;
  fastcgi_temp_path {root}/f; uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{upstream};
      proxy_http_version 1.1; proxy_set_header Connection "";
    }}
    location /accel/releasable/ {{
      internal; alias {shards}/; etag off;
      add_header ETag $upstream_http_etag; add_header X-Sent-By nginx;
    }}
  }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    return found


def test_nginx_in_front_sends_shards_and_nothing_that_was_not_granted(
    hub: Hub, tmp_path: Path
) -> None:
    program, upstream, port = nginx(), free_port(), free_port()
    hub.grant("fronted")
    token, shard = hub.token("fronted"), hub.old.manifest.shards[0]
    shards = hub.context.settings.shards_dir("releasable")
    config = tmp_path / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(
        NGINX.format(user=user, root=tmp_path, port=port, upstream=upstream, shards=shards)
    )
    release, base = hub.old.manifest.release_id, f"http://127.0.0.1:{port}"
    url = f"{base}{FILES}/{release}/{shard.path}"
    bearer = {"Authorization": f"Bearer {token}"}
    settings = hub.context.settings
    with serving(settings, upstream, tmp_path / "log", SHARDGATE_WEB_ACCEL_PREFIX="/accel/"):
        server = subprocess.Popen([program, "-c", str(config), "-e", "stderr"])
        try:
            for _ in range(100):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            with httpx.Client(trust_env=False, verify=False) as client:
                whole = client.get(url, headers=bearer)
                part = client.get(url, headers=bearer | {"Range": "bytes=4-99"})
                head = client.head(url, headers=bearer)
                plain = client.get(url)
                direct = client.get(f"{base}/accel/releasable/{release}/{shard.path}")
            wanted = Wanted(release=release, tier=Tier.RELEASABLE)
            reader = Reader(public_key=hub.context.keys.public, tier=Tier.RELEASABLE)
            with open_hub(Address(url=base, token=token), wanted) as source:
                pull_from_hub(source, tmp_path / "dest", reader)
        finally:
            server.terminate()
            server.wait(10)
    data = (hub.old.directory / shard.path).read_bytes()
    assert (whole.content, whole.headers["X-Sent-By"]) == (data, "nginx")
    assert (part.status_code, part.content) == (206, data[4:100])
    assert {whole.headers["ETag"], head.headers["ETag"]} == {f'"{shard.sha256}"'}
    assert "X-Accel-Redirect" not in whole.headers
    assert (plain.status_code, direct.status_code) == (401, 404)


def test_shards_in_a_store_are_read_there_by_links_that_end(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "some" + "body")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    store = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    store.start()
    endpoint = "http://{}:{}".format(*store.get_host_and_port())
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="shards")
    home = hub.context.settings.home
    settings = Settings(home=home, objects_url="s3://shards/out", objects_endpoint=endpoint)
    context = Context(settings=settings)
    hub.grant("stored")
    bearer = {"Authorization": f"Bearer {hub.token('stored')}"}
    release, shard = hub.old.manifest.release_id, hub.old.manifest.shards[0]
    try:
        client = TestClient(create_app(settings), follow_redirects=False)
        path = f"{FILES}/{release}/{shard.path}"
        assert client.get(path, headers=bearer).status_code == 200
        assert upload_release(context, release, actor="ada") == len(hub.old.manifest.files) + 2
        sent = client.get(path, headers=bearer)
        assert sent.status_code == 302
        assert sent.headers["Cache-Control"] == "no-store"
        found = httpx.get(sent.headers["Location"], trust_env=False)
        assert found.content == (hub.old.directory / shard.path).read_bytes()
        assert client.head(path, headers=bearer).headers["ETag"] == f'"{shard.sha256}"'
        assert client.get(f"{FILES}/{release}/manifest.json", headers=bearer).status_code == 200
        assert client.get(path).status_code == 401
        with pytest.raises(ReleaseRefused, match="Only releasable"):
            upload_release(context, hub.internal.manifest.release_id, actor="ada")
    finally:
        store.stop()
        context.catalog.close()
    with pytest.raises(ConfigurationError, match="SHARDGATE_OBJECTS_URL"):
        upload_release(hub.context, release, actor="ada")
