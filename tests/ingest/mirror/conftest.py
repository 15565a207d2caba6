"""A git server over https on loopback, and a folder of mirrors to sync into."""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import os
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ingest.domain.repository import Repository, RightsBasis, Visit
from ingest.mirror.fetch import sync_mirror
from ingest.mirror.git import GitLimits, GitSettings

HOST = "git.shardgate.test"
"""Resolves nowhere; only a pinned address reaches the server."""
NOW = dt.datetime(2030, 5, 1, tzinfo=dt.UTC)


@dataclass
class Mirrors:
    """Syncs one repository into a temporary folder."""

    path: Path
    settings: GitSettings
    repository: Repository
    now: dt.datetime = NOW

    @property
    def home(self) -> Path:
        return self.path / self.repository.id

    @property
    def current(self) -> Path:
        return (self.home / "current").resolve()

    def sync(self, repository: Repository | None = None) -> Visit:
        return sync_mirror(
            repository or self.repository,
            mirrors_dir=self.path,
            settings=self.settings,
            clock=lambda: self.now,
            resolve=lambda host, _: ["127.0.0.1"] if host == HOST else [],
        )


def make_repository(url: str, credential: str = "") -> Repository:
    return Repository(
        id="repo_" + "0" * 20,
        url=url,
        name="app",
        owner="team",
        rights_basis=RightsBasis.OWNER_ATTESTED,
        license="MIT",
        release_consent=False,
        consent_until=None,
        evidence="",
        credential=credential,
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Where a test builds the repository that is mirrored."""
    return tmp_path / "source.git"


@pytest.fixture
def mirrors(tmp_path: Path, source: Path) -> Mirrors:
    settings = GitSettings(allow_local=True, limits=GitLimits(wall_seconds=60))
    return Mirrors(tmp_path / "mirrors", settings, make_repository(source.as_uri()))


@dataclass
class GitServer:
    """What the server answers is chosen by the first part of the path."""

    root: Path
    ca_file: Path
    port: int = 0
    accepted: str = ""
    """``user:password`` that paths under ``/auth/`` want."""
    requests: list[str] = field(default_factory=list)
    on_request: Callable[[], None] = lambda: None

    def url(self, path: str) -> str:
        return f"https://{HOST}:{self.port}/{path}"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file with a self-signed certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(built.public_bytes(serialization.Encoding.PEM) + private)
    return path


class _Handler(BaseHTTPRequestHandler):
    state: GitServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        pass

    def _serve(self) -> None:
        self.state.requests.append(self.path)
        self.state.on_request()
        first, _, rest = urlsplit(self.path).path.lstrip("/").partition("/")
        query = urlsplit(self.path).query
        if first == "redirect":
            self._empty(302, Location=f"/open/{rest}?{query}")
        elif first == "slow":
            time.sleep(30)
        elif first.isdigit():
            self._empty(int(first))
        elif first == "auth" and not self._is_authorised():
            self._empty(401, **{"WWW-Authenticate": 'Basic realm="test"'})
        else:
            self._backend(rest, query)

    def _is_authorised(self) -> bool:
        wanted = base64.b64encode(self.state.accepted.encode()).decode()
        return self.headers.get("Authorization") == f"Basic {wanted}"

    def _empty(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _backend(self, path: str, query: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        environment = {
            "PATH": os.defpath,
            "GIT_PROJECT_ROOT": str(self.state.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PATH_INFO": f"/{path}",
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        result = subprocess.run(
            ["git", "http-backend"], env=environment, input=body, capture_output=True,
            check=False,
        )  # fmt: skip
        head, _, content = result.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that is killed breaks its connection, as some tests want


@pytest.fixture
def server(tmp_path: Path, certificate: Path) -> Iterator[GitServer]:
    state = GitServer(root=tmp_path, ca_file=certificate)
    http = _Quiet(("127.0.0.1", 0), type("Handler", (_Handler,), {"state": state}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    http.socket = context.wrap_socket(http.socket, server_side=True)
    state.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield state
    http.shutdown()
    http.socket.close()
    thread.join()


@pytest.fixture
def remote(tmp_path: Path, server: GitServer) -> Callable[..., Mirrors]:
    """Return a factory of mirrors of paths on the server."""

    def make(path: str, credential: str = "", **changes: object) -> Mirrors:
        fields: dict[str, object] = {
            "allow_hosts": frozenset({HOST}),
            "ca_file": server.ca_file,
            "limits": GitLimits(wall_seconds=30),
        }
        settings = GitSettings(**(fields | changes))  # type: ignore[arg-type]
        return Mirrors(
            tmp_path / "mirrors", settings, make_repository(server.url(path), credential)
        )

    return make
