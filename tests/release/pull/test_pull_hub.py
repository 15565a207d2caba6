"""Pulling over a line that breaks, from servers that are busy, gone, mistaken or hostile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import (
    CredentialRefused,
    InputError,
    ReleaseRefused,
    ShardgateError,
    SourceUnreachable,
)
from policies.decision import Tier
from release.build import BuiltRelease
from release.domain.grant import PullRefused
from release.pull import Address, Wanted, open_hub, open_rows, pull_release
from release.pull.recalls import Reader
from release.pull.server import _next_url
from tests.release.pull.conftest import HASTY, from_hub
from tests.strategies.recall import LATER, build_parent, copied, row_ids, take_back
from tests.support.hubserver import TOKEN, Standin, standin


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> BuiltRelease:
    return build_parent(tmp_path_factory.mktemp("hub"))


@pytest.fixture
def parent(pristine: BuiltRelease, tmp_path: Path) -> BuiltRelease:
    return copied(pristine, tmp_path)


@pytest.fixture
def server(parent: BuiltRelease) -> Iterator[Standin]:
    with standin(parent.directory.parent) as told:
        yield told


@pytest.fixture
def reader(parent: BuiltRelease) -> Reader:
    public = parent.directory.parents[1] / "public.pem"
    return Reader(public_key=public, tier=Tier.RELEASABLE, now=LATER)


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    return tmp_path / "dest"


def test_a_line_that_breaks_is_taken_up_where_it_broke(
    server: Standin, parent: BuiltRelease, reader: Reader, dest: Path
) -> None:
    server.cut, server.busy = 3, 2
    pulled = from_hub(server, parent.directory.name, dest, reader, streams=1)
    assert pulled.manifest == parent.manifest
    ranges = [asked for path, asked, _ in server.asked if "/data/" in path and asked]
    assert len(ranges) == 3
    first = parent.manifest.shards[0].bytes
    assert ranges[0] == f"bytes={first // 2}-"


def test_a_server_without_ranges_costs_time_and_nothing_else(
    server: Standin, parent: BuiltRelease, reader: Reader, dest: Path
) -> None:
    server.cut, server.is_ranged = 3, False
    from_hub(server, parent.directory.name, dest, reader)
    assert (dest / parent.directory.name).is_dir()


def test_a_server_that_stays_away_is_given_up_and_what_came_is_kept(
    server: Standin, parent: BuiltRelease, reader: Reader, dest: Path
) -> None:
    server.cut = 10_000
    # Halves of halves arrive, so progress is made until a byte is left that never comes.
    with pytest.raises(SourceUnreachable, match="does not answer") as gone:
        from_hub(server, parent.directory.name, dest, reader, streams=1)
    assert "go on" in gone.value.hint
    (part,) = (dest / f".incoming-{parent.directory.name}").rglob("*.part")
    assert part.stat().st_size == parent.manifest.shards[0].bytes - 1
    server.cut, server.asked = 0, []
    from_hub(server, parent.directory.name, dest, reader)
    assert f"bytes={parent.manifest.shards[0].bytes - 1}-" in [
        asked for _, asked, _ in server.asked
    ]


def test_nobody_but_the_server_that_was_named_sees_the_token(
    server: Standin, parent: BuiltRelease, reader: Reader, dest: Path
) -> None:
    with standin(parent.directory.parent) as store:
        server.redirect_to = store.url
        from_hub(server, parent.directory.name, dest, reader)
        assert {who for _, _, who in store.asked} == {""}
    assert {who for _, _, who in server.asked} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    "location", ["", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://127.0.0.1/x"]
)
def test_a_redirect_leads_to_no_weaker_place(location: str) -> None:
    with pytest.raises(ReleaseRefused, match="redirects"):
        _next_url("https://127.0.0.1/hub", location)


def test_a_circle_of_redirects_has_an_end(
    server: Standin, parent: BuiltRelease, reader: Reader, dest: Path
) -> None:
    server.redirect_to = server.url
    with pytest.raises(ReleaseRefused, match="too often"):
        from_hub(server, parent.directory.name, dest, reader)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, CredentialRefused),
        (403, PullRefused),
        (404, ReleaseRefused),
        (410, ReleaseRefused),
        (418, ReleaseRefused),
        (500, SourceUnreachable),
    ],
)
def test_what_a_server_refuses_is_told_without_its_tricks(
    server: Standin, reader: Reader, dest: Path, status: int, error: type[ShardgateError]
) -> None:
    server.status = status
    with pytest.raises(error) as refused:
        from_hub(server, "rel_" + "0" * 20, dest, reader)
    assert len(refused.value.message) < 600
    assert "\x1b" not in refused.value.message
    assert not dest.exists()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://shardgate.invalid", "token"),
        ("ftp://127.0.0.1", "URL"),
        ("https://", "URL"),
        ("https://user:pass@127.0.0.1", "URL"),
        ("127.0.0.1:8750", "URL"),
    ],
)
def test_a_token_travels_to_no_place_where_it_could_be_read(url: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Address(url=url, token=TOKEN)


@pytest.mark.parametrize("token", ["", "two\nlines", "\u00fc"])
def test_a_token_that_is_none_is_not_sent(token: str) -> None:
    with pytest.raises(InputError, match="token"):
        Address(url="https://127.0.0.1", token=token)


def test_the_token_is_in_no_representation() -> None:
    address = Address(url="http://shardgate.invalid", token=TOKEN, plain_http=True)
    assert TOKEN not in repr(address)


@pytest.mark.parametrize("release", ["", "../x", "rel_1", "rel_" + "0" * 20 + "/../x"])
def test_a_release_is_asked_for_by_id(server: Standin, release: str) -> None:
    address = Address(url=server.url, token=TOKEN)
    wanted = Wanted(release=release, tier=Tier.RELEASABLE)
    with pytest.raises(InputError, match="by id"), open_hub(address, wanted, HASTY):
        pass


def test_recalls_come_along_and_loaders_leave_those_rows_out(
    server: Standin, parent: BuiltRelease, reader: Reader, dest: Path
) -> None:
    every = row_ids(parent.directory, parent)
    new, recall = take_back(parent, every[2:5])
    with pytest.raises(ReleaseRefused, match=new.manifest.release_id) as refused:
        from_hub(server, parent.directory.name, dest, reader)
    assert refused.value.code == "RECALLED"
    assert not dest.exists()
    copy = from_hub(server, parent.directory.name, dest, reader, drop_recalled=True).directory
    assert (dest / "recalls" / f"{recall.recall_id}.parquet").exists()
    rows = open_rows(copy, reader.public_key, reader.tier, columns=["id"], now=LATER)
    assert [i for b in rows for i in b["id"].to_pylist()] == every[:2] + every[5:]
    assert {path.partition("?")[2] for path, _, _ in server.asked if "/data/" in path} == {
        "recalled=drop"
    }


def test_a_server_that_hides_a_later_feed_is_found_out(
    server: Standin, parent: BuiltRelease, reader: Reader, dest: Path, tmp_path: Path
) -> None:
    old = copied(parent, tmp_path / "old")
    take_back(old, row_ids(parent.directory, parent)[:1])
    take_back(parent, row_ids(parent.directory, parent)[:1])
    take_back(parent, row_ids(parent.directory, parent)[1:3])
    pull_release(
        parent.directory, dest, reader.public_key, reader.tier, drop_recalled=True, now=LATER
    )
    server.root = old.directory.parent
    with pytest.raises(ReleaseRefused, match="number"):
        from_hub(server, parent.directory.name, dest, reader, drop_recalled=True)


@pytest.mark.parametrize("name", ["rcl_*.dsse.json", "rcl_*.parquet", "feed.*"])
def test_recalls_that_are_not_those_that_were_signed_are_refused(
    server: Standin, parent: BuiltRelease, reader: Reader, dest: Path, name: str
) -> None:
    take_back(parent, row_ids(parent.directory, parent)[:1])
    (path,) = (parent.directory.parent / "recalls").glob(name)
    data = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(data[:-9] + b"x" + data[-8:])
    with pytest.raises(ReleaseRefused):
        from_hub(server, parent.directory.name, dest, reader, drop_recalled=True)
    assert not (dest / parent.directory.name).exists()
