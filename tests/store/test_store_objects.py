"""The object store, against moto's S3 over HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from ingest.errors import ConfigurationError, ReleaseRefused, TransientError
from release.build import BuiltRelease
from store.objects import ReleaseObjects
from tests.strategies.recall import build_parent, copied

SECRET = "not-a-" + "key"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltRelease:
    return build_parent(tmp_path_factory.mktemp("objects"))


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def objects(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReleaseObjects:
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "somebody"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    bucket = "b" + hashlib.sha256(str(tmp_path).encode()).hexdigest()[:20]
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket=bucket)
    return ReleaseObjects(f"s3://{bucket}/releasable", endpoint)


def test_a_release_is_put_once_and_read_by_links(
    objects: ReleaseObjects, built: BuiltRelease
) -> None:
    name, shard = built.directory.name, built.manifest.shards[0]
    assert not objects.has(name)
    assert objects.upload(built.directory, built.manifest) == len(built.manifest.files) + 2
    assert objects.upload(built.directory, built.manifest) == 0
    assert objects.has(name)
    link = objects.link(name, shard.path)
    assert "X-Amz-Expires=300" in link
    assert SECRET not in link
    part = httpx.get(link, headers={"Range": "bytes=4-"}, trust_env=False)
    assert part.status_code == 206
    assert part.content == (built.directory / shard.path).read_bytes()[4:]


def test_what_is_in_the_store_is_never_replaced(
    objects: ReleaseObjects, built: BuiltRelease, tmp_path: Path
) -> None:
    objects.upload(built.directory, built.manifest)
    other = copied(built, tmp_path)
    shard = other.directory / other.manifest.shards[0].path
    shard.chmod(0o600)
    shard.write_bytes(b"other")
    with pytest.raises(ReleaseRefused, match="another"):
        objects.upload(other.directory, other.manifest)


def test_a_store_that_is_none_or_away_is_told_apart(
    built: BuiltRelease, objects: ReleaseObjects, endpoint: str
) -> None:
    del objects
    with pytest.raises(ConfigurationError, match="store"):
        ReleaseObjects("ftp://nowhere")
    gone = ReleaseObjects("s3://no-such-bucket/x", endpoint)
    assert not gone.has(built.directory.name)
    with pytest.raises(TransientError, match="took no"):
        gone.upload(built.directory, built.manifest)
