"""The awkward places in which credentials stand, each as a function from a token to a file."""

from __future__ import annotations

import base64
import gzip
import io
import json
import random
import string
import tarfile
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise

from benchmarks.accuracy.container_tokens import Token

Maker = Callable[[Token], bytes]


def _quoted(value: str) -> str:
    return value.replace("\n", "\\n")


def _plain(token: Token) -> bytes:
    if "\n" in token.value:
        return f"{token.name} = '''\n{token.value}\n'''\n".encode()
    return f'import client\n\n{token.name} = "{token.value}"\n'.encode()


def _env(token: Token) -> bytes:
    return (
        f"APP_ENV=production\nLOG_LEVEL=info\n{token.name}={_quoted(token.value)}\n"
        "PORT=8080\nFEATURE_FLAGS=search,export\n"
    ).encode()


def _zip(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.md", "# Notes\n\nNothing here.\n")
        archive.writestr(name, data)
    return buffer.getvalue()


def _tar(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        entry = tarfile.TarInfo("config/.env")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _escaped(token: Token, form: Callable[[int], str], frame: str = '{name} = "{text}";') -> bytes:
    text = "".join(form(byte) for byte in token.value.encode())
    return (frame.format(name=token.name.lower(), text=text) + "\n").encode()


def _pieces(value: str, count: int) -> list[str]:
    text = _quoted(value)
    cuts = [len(text) * i // count for i in range(count + 1)]
    # A cut inside an escape would make another text.
    cuts = [c - 1 if 0 < c < len(text) and text[c - 1] == "\\" else c for c in cuts]
    return [text[a:b] for a, b in pairwise(cuts)]


def _joined(token: Token, seam: str, count: int, frame: str = '{name} = "{text}"\n') -> bytes:
    return frame.format(
        name=token.name.lower(), text=seam.join(_pieces(token.value, count))
    ).encode()


def _minified(token: Token, size: int) -> bytes:
    rng = random.Random(len(token.value))
    letters = string.ascii_lowercase

    def statement() -> str:
        a, b, c = ("".join(rng.choices(letters, k=2)) for _ in range(3))
        return f"function {a}({b}){{return {c}.{b}({b}+{rng.randrange(99)})}};"

    filler = [statement() for _ in range(size // 36)]
    half = len(filler) // 2
    secret = f'var {token.name.lower()}="{_quoted(token.value)}";'
    return "".join([*filler[:half], secret, *filler[half:]]).encode()


def _notebook(token: Token) -> bytes:
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {},
        "outputs": [],
        "source": _plain(token).decode().splitlines(keepends=True),
    }
    return json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()


def _cluster_secret(token: Token) -> bytes:
    return (
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\ntype: Opaque\ndata:\n"
        f"  {token.name.lower()}: {_b64(token.value.encode())}\n"
    ).encode()


def _mail(token: Token) -> bytes:
    body = f"{token.name} = {_quoted(token.value)}".replace("=", "=3D")
    return (
        "Subject: access\nContent-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n\nHello,\n"
        + "=\n".join(textwrap.wrap(body, 60, break_on_hyphens=False))
        + "\nRegards\n"
    ).encode()


def _binary(payload: bytes) -> bytes:
    noise = random.Random(7).randbytes(400)
    return b"\x7fELF\x02\x01\x01\0\0\0" + noise + b"\0" + payload + b"\0\0" + noise[::-1]


def _plain_kinds() -> Iterator[tuple[str, Maker]]:
    yield "plain assignment", _plain
    yield "bare in prose", lambda t: f"Use {t.value} to sign in, then go on.\n".encode()
    yield (
        "log line",
        lambda t: (
            f"2024-05-01T10:00:00Z INFO request Authorization: Bearer {_quoted(t.value)}\n".encode()
        ),
    )
    yield "package-lock.json", lambda t: json.dumps({"packages": {"": {"_auth": t.value}}}).encode()
    yield "svg", lambda t: b"<svg><desc>" + _plain(t) + b"</desc></svg>\n"
    for marker in (
        "pragma: allowlist secret",
        "gitleaks:allow",
        "betterleaks:allow",
        "kingfisher:ignore",
    ):
        yield (
            f"marker {marker}",
            lambda t, m=marker: f'{t.name} = "{_quoted(t.value)}"  # {m}\n'.encode(),
        )
    yield "minified 100 kB line", lambda t: _minified(t, 100_000)
    yield "minified 1 MB line", lambda t: _minified(t, 1_000_000)


def _encoding_kinds() -> Iterator[tuple[str, Maker]]:
    yield "one stray byte", lambda t: b"# caf\xe9 \xff\n" + _plain(t)
    yield "stray byte in UTF-8", lambda t: "# größe µ ключ\n".encode() + b"# \xff\n" + _plain(t)
    yield "UTF-16 with mark", lambda t: _plain(t).decode().encode("utf-16")
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le"):
        yield f"{encoding} unmarked", lambda t, e=encoding: _plain(t).decode().encode(e)
    yield "after a NUL byte", lambda t: b"header\0\0\x01" + _plain(t)
    yield "in a binary", lambda t: _binary(_env(t))
    yield "UTF-16 in a binary", lambda t: _binary(_env(t).decode().encode("utf-16-le"))


def _run_kinds() -> Iterator[tuple[str, Maker]]:
    yield "base64 of an env file", lambda t: f"env: {_b64(_env(t))}\n".encode()
    yield "base64 wrapped at 76", lambda t: b"env:\n" + base64.encodebytes(_env(t)) + b"\nend\n"
    yield (
        "base64 wrapped, indented",
        lambda t: (
            "env: |\n" + textwrap.indent("\n".join(textwrap.wrap(_b64(_env(t)), 64)), "    ") + "\n"
        ).encode(),
    )
    yield (
        "base64 url-safe, unpadded",
        lambda t: b"u=" + base64.urlsafe_b64encode(_env(t)).rstrip(b"=") + b"&v=1\n",
    )
    yield "base64 twice", lambda t: f'x = "{_b64(_b64(_env(t)).encode())}"\n'.encode()
    yield "base64 of the value", lambda t: f'x = "{_b64(t.value.encode())}"\n'.encode()
    yield (
        "base64 of UTF-16",
        lambda t: f"powershell -enc {_b64(_plain(t).decode().encode('utf-16-le'))}\n".encode(),
    )
    yield "data: URL", lambda t: f'<a href="data:text/plain;base64,{_b64(_env(t))}">\n'.encode()
    yield "Kubernetes Secret", _cluster_secret
    yield "hex", lambda t: f'x = "{t.value.encode().hex()}"\n'.encode()
    yield "hex with colons", lambda t: f"{t.value.encode().hex(':')}\n".encode()
    yield (
        "byte array",
        lambda t: f"char k[] = {{{', '.join(f'0x{b:02x}' for b in _env(t))}}};\n".encode(),
    )


def _escape_kinds() -> Iterator[tuple[str, Maker]]:
    yield "percent", lambda t: _escaped(t, lambda b: f"%{b:02X}", "url?{name}={text}")
    yield "\\uXXXX", lambda t: _escaped(t, lambda b: f"\\u{b:04x}")
    yield "\\xXX", lambda t: _escaped(t, lambda b: f"\\x{b:02x}")
    yield "octal", lambda t: _escaped(t, lambda b: f"\\{b:03o}")
    yield "HTML decimal", lambda t: _escaped(t, lambda b: f"&#{b};", "<p>{name}: {text}</p>")
    yield "HTML hex", lambda t: _escaped(t, lambda b: f"&#x{b:x};", "<p>{name}: {text}</p>")
    yield (
        "JSON in JSON",
        lambda t: json.dumps({"body": json.dumps({t.name.lower(): t.value})}).encode(),
    )
    yield "JSON \\/", lambda t: json.dumps({t.name: t.value}).replace("/", "\\/").encode()
    yield "after \\n", lambda t: f'log("first\\n{_quoted(t.value)}\\nlast")\n'.encode()
    yield "notebook", _notebook
    yield "quoted-printable", _mail


def _join_kinds() -> Iterator[tuple[str, Maker]]:
    yield 'split over "a" + "b"', lambda t: _joined(t, '" + "', 2)
    yield "split over lines, +", lambda t: _joined(t, '" +\n    "', 3)
    yield "adjacent literals", lambda t: _joined(t, '"\n    "', 3, '{name} = ("{text}")\n')
    yield "PHP .", lambda t: _joined(t, "' . '", 2, "${name} = '{text}';\n")
    yield "Lua ..", lambda t: _joined(t, '" .. "', 2)
    yield "VB & _", lambda t: _joined(t, '" & _\n    "', 2)
    yield "backslash at line end", lambda t: _joined(t, "\\\n", 2, 'export {name}="{text}"\n')


def _archive_kinds() -> Iterator[tuple[str, Maker]]:
    yield "gzip", lambda t: gzip.compress(_env(t), mtime=0)
    yield "zip", lambda t: _zip(".env", _env(t))
    yield "tar.gz", lambda t: _tar(_env(t))
    yield "zip in zip", lambda t: _zip("inner.jar", _zip("app.properties", _env(t)))
    yield "base64 of gzip", lambda t: f"x: {_b64(gzip.compress(_env(t), mtime=0))}\n".encode()
    yield "base64 of zip", lambda t: b"x:\n" + base64.encodebytes(_zip(".env", _env(t)))


def kinds() -> dict[str, Maker]:
    """Return all containers by name, the plain one first."""
    groups = (_plain_kinds, _encoding_kinds, _run_kinds, _escape_kinds, _join_kinds, _archive_kinds)
    return dict(pair for group in groups for pair in group())
