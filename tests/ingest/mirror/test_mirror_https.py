from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.domain.repository import VisitStatus
from ingest.mirror.git import GitLimits
from tests.support.gitrepo import build_repository

Remote = Callable[..., Any]
FILES = {b"a.txt": b"one\n"}


def test_a_repository_is_mirrored_over_https_at_its_pinned_address(
    remote: Remote, source: Path
) -> None:
    built = build_repository(source, [FILES])
    visit = remote("open/source.git").sync()
    assert (visit.status, visit.cause) == (VisitStatus.FULL, "")
    assert visit.head_commit == built.head


def test_unchanged_refs_cost_one_question(remote: Remote, source: Path, server: Any) -> None:
    build_repository(source, [FILES])
    mirrors = remote("open/source.git")
    first = mirrors.sync()
    server.requests.clear()
    again = mirrors.sync()
    assert again.refs_digest == first.refs_digest
    # protocol 2: capabilities, then ls-refs; no fetch
    assert [path.rsplit("/", 1)[-1] for path in server.requests] == [
        "refs?service=git-upload-pack",
        "git-upload-pack",
    ]


@pytest.mark.parametrize("kind", ["env", "file"])
@pytest.mark.parametrize("form", ["user:password", "token"])
def test_a_credential_reaches_the_server(  # noqa: PLR0917 - fixtures
    remote: Remote,
    source: Path,
    server: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    form: str,
) -> None:
    password = "p" + "ass/w:rd$HOME'\"; é" * 2
    value = f"bot:{password}" if form == "user:password" else password.replace(":", "-")
    server.accepted = value if form == "user:password" else f"git:{value}"
    (tmp_path / "token").write_text(value + "\n")
    monkeypatch.setenv("GIT_HOST_TEST_TOKEN", value)
    reference = "env:GIT_HOST_TEST_TOKEN" if kind == "env" else f"file:{tmp_path / 'token'}"
    built = build_repository(source, [FILES])
    visit = remote("auth/source.git", reference).sync()
    assert (visit.cause, visit.head_commit) == ("", built.head)


def test_a_credential_is_in_no_argument_environment_or_file(
    remote: Remote, source: Path, server: Any, tmp_path: Path
) -> None:
    password = b"canary-" + b"7f3a91" * 3
    token = tmp_path / "token"
    token.write_bytes(password)
    server.accepted = f"git:{password.decode()}"
    seen: list[int] = []
    leaks: list[Path] = []

    def look() -> None:
        for name in ("cmdline", "environ"):
            for path in Path("/proc").glob(f"[0-9]*/{name}"):
                try:
                    data = path.read_bytes()
                except OSError:
                    continue
                seen.append(len(data))
                leaks.extend([path] if password in data else [])

    server.on_request = look
    build_repository(source, [FILES])
    mirrors = remote("auth/source.git", f"file:{token}")
    visit = mirrors.sync()
    assert visit.status is VisitStatus.FULL
    assert sum(seen) > 0
    assert leaks == []
    for folder, _, names in os.walk(mirrors.path):
        for name in names:
            assert password not in Path(folder, name).read_bytes()
    assert password.decode() not in repr(visit)


def test_a_wrong_credential_fails_and_names_the_reference(
    remote: Remote, source: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "wrong-" + "x9" * 9
    monkeypatch.setenv("GIT_HOST_TEST_TOKEN", wrong)
    server.accepted = "git:right"
    build_repository(source, [FILES])
    visit = remote("auth/source.git", "env:GIT_HOST_TEST_TOKEN").sync()
    assert visit.status is VisitStatus.FAILED
    assert "Check the credential env:GIT_HOST_TEST_TOKEN" in visit.cause
    assert wrong not in visit.cause


def test_a_missing_credential_fails_without_a_prompt(remote: Remote, source: Path) -> None:
    build_repository(source, [FILES])
    visit = remote("auth/source.git").sync()
    assert visit.status is VisitStatus.FAILED
    assert "Register a credential reference" in visit.cause


def test_a_reference_that_names_nothing_fails_before_any_request(
    remote: Remote, server: Any
) -> None:
    visit = remote("auth/source.git", "env:GIT_HOST_TEST_ABSENT").sync()
    assert visit.status is VisitStatus.FAILED
    assert "env:GIT_HOST_TEST_ABSENT does not exist" in visit.cause
    assert server.requests == []


def test_a_redirect_is_not_followed(remote: Remote, source: Path, server: Any) -> None:
    build_repository(source, [FILES])
    visit = remote("redirect/source.git").sync()
    assert visit.status is VisitStatus.FAILED
    assert "redirect" in visit.cause
    assert [path.split("/")[1] for path in server.requests] == ["redirect"]


@pytest.mark.parametrize("path", ["404/app.git", "410/app.git", "open/absent.git"])
def test_an_unknown_repository_is_not_found(remote: Remote, path: str) -> None:
    visit = remote(path).sync()
    assert visit.status is VisitStatus.NOT_FOUND
    assert visit.head_commit == ""


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_server_error_is_a_failed_visit(remote: Remote, status: int) -> None:
    visit = remote(f"{status}/app.git").sync()
    assert visit.status is VisitStatus.FAILED
    assert str(status) in visit.cause


def test_a_slow_server_is_given_up_in_bounded_time(remote: Remote) -> None:
    visit = remote("slow/app.git", limits=GitLimits(wall_seconds=1)).sync()
    assert visit.status is VisitStatus.FAILED
    assert "within 1 seconds" in visit.cause


def test_an_unverified_certificate_is_refused(remote: Remote, source: Path, server: Any) -> None:
    build_repository(source, [FILES])
    visit = remote("open/source.git", ca_file=None).sync()
    assert visit.status is VisitStatus.FAILED
    assert "certificate" in visit.cause
    assert server.requests == []


def test_a_private_address_is_refused_before_any_request(remote: Remote, server: Any) -> None:
    visit = remote("open/source.git", allow_hosts=frozenset()).sync()
    assert visit.status is VisitStatus.FAILED
    assert "127.0.0.1, which is loopback" in visit.cause
    assert server.requests == []


def test_a_host_that_does_not_resolve_fails(remote: Remote) -> None:
    mirrors = remote("open/source.git")
    mirrors.repository = type(mirrors.repository)(
        **{
            name: getattr(mirrors.repository, name)
            for name in mirrors.repository.__dataclass_fields__
            if name != "url"
        },
        url="https://absent.shardgate.test/app",
    )
    visit = mirrors.sync()
    assert visit.status is VisitStatus.FAILED
    assert "absent.shardgate.test cannot be resolved" in visit.cause


def test_a_pack_over_the_size_limit_fails_and_leaves_nothing(remote: Remote, source: Path) -> None:
    build_repository(source, [{b"big.bin": os.urandom(3 * 2**20)}])
    mirrors = remote("open/source.git", limits=GitLimits(wall_seconds=30, file_bytes=2**20))
    visit = mirrors.sync()
    assert visit.status is VisitStatus.FAILED
    assert "more disk or memory" in visit.cause
    assert [path.name for path in mirrors.home.iterdir()] == ["lock"]
