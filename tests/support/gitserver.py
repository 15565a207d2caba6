"""A git server over https on loopback, whose answers are chosen by the path."""

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
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "git.shardgate.test"
"""Resolves nowhere; only a pinned address reaches the server."""


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


def write_certificate(path: Path, *names: str) -> Path:
    """Write one file with a self-signed certificate and its key."""
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
                [
                    *map(x509.DNSName, names or (HOST,)),
                    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                ]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
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


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that is killed breaks its connection, as some tests want


@contextmanager
def serving_git(root: Path, certificate: Path) -> Iterator[GitServer]:
    """Serve the repositories below a folder."""
    state = GitServer(root=root, ca_file=certificate)
    handler = type("Handler", (_Handler,), {"state": state})
    with serving_https(handler, certificate) as state.port:
        yield state


@contextmanager
def serving_https(handler: type[BaseHTTPRequestHandler], certificate: Path) -> Iterator[int]:
    """Serve by a handler over https on a free port of loopback."""
    http = QuietServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    http.socket = context.wrap_socket(http.socket, server_side=True)
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield http.server_address[1]
    finally:
        http.shutdown()
        http.socket.close()
        thread.join()
