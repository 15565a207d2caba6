"""A server that hands out a tier's root as the hub does, and fails as networks do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

PREFIX = "/hub/datasets/shardgate/"
TOKEN = "sgt_" + "0" * 43


@dataclass
class Standin:
    """What is served, and what goes wrong."""

    root: Path
    """Folder with releases and ``recalls``, whatever tier is asked for."""
    port: int = 0
    busy: int = 0
    """So many answers are 503 first."""
    cut: int = 0
    """So many bodies of shards break off in the middle first."""
    is_ranged: bool = True
    """Whether a range is answered by a range."""
    redirect_to: str = ""
    """Origin that shards are redirected to."""
    status: int = 0
    """Every answer is of this status."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Path, range and authorization of each request."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def take(self, name: str) -> bool:
        """Tell whether a fault that happens some times happens once more."""
        with self.lock:
            left: int = getattr(self, name)
            setattr(self, name, max(0, left - 1))
            return left > 0


@contextmanager
def standin(root: Path) -> Iterator[Standin]:
    """Serve for the length of a block."""
    told = Standin(root=root)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _answer(self, told)

        def log_message(self, *_: object) -> None:
            """Keep still."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, told: Standin) -> None:
    path, asked = urlsplit(handler.path).path, handler.headers.get("Range", "")
    told.asked.append((handler.path, asked, handler.headers.get("Authorization", "")))
    _, what, name = (*path.removeprefix(PREFIX).split("/", 2), "", "")[:3]
    file = told.root / ("recalls" if what == "recalls" else "") / name
    if told.status:
        _send(handler, told.status, b"no", {"X-Error-Message": f"no\x1b[31m{'!' * 600}"})
    elif told.take("busy"):
        _send(handler, 503, b"", {"Retry-After": "0"})
    elif "/data/" in path and told.redirect_to:
        _send(handler, 302, b"", {"Location": f"{told.redirect_to}{handler.path}"})
    elif not file.is_file():
        _send(handler, 404, b"", {})
    else:
        _send_file(handler, told, file.read_bytes(), asked)


def _send_file(handler: BaseHTTPRequestHandler, told: Standin, data: bytes, asked: str) -> None:
    start = int(asked.removeprefix("bytes=").partition("-")[0] or 0) if asked else 0
    if start and start >= len(data):
        _send(handler, 416, b"", {})
        return
    is_part = bool(start) and told.is_ranged
    body = data[start:] if is_part else data
    cut = len(body) // 2 if "/data/" in handler.path and told.take("cut") else None
    _send(handler, 206 if is_part else 200, body, {}, cut)


def _send(
    handler: BaseHTTPRequestHandler,
    status: int,
    body: bytes,
    headers: dict[str, str],
    cut: int | None = None,
) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body if cut is None else body[:cut])
    handler.close_connection = cut is not None
