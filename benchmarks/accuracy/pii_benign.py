"""Lines that look personal and are not: what a detector must leave alone."""

# ruff: noqa: E501 - a kind of line is one line
from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from typing import Final

from benchmarks.accuracy.pii_benign_lines import FIXED_LINES

Line = Callable[[random.Random], str]


_WORDS: Final = [
    "cache",
    "router",
    "parser",
    "loader",
    "mixer",
    "ledger",
    "planner",
    "socket",
    "vector",
    "widget",
]


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _hex(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789abcdef") for _ in range(count))


_MADE: Final[dict[str, tuple[int, Line]]] = {
    "private_ip": (
        30,
        lambda r: f'host = "10.{r.randint(0, 255)}.{r.randint(0, 255)}.{r.randint(1, 254)}"',
    ),
    "private_ip_b": (20, lambda r: f"192.168.{r.randint(0, 255)}.{r.randint(1, 254)}:80"),
    "documentation_ip": (
        20,
        lambda r: f"addr {r.choice(['192.0.2', '198.51.100', '203.0.113'])}.{r.randint(1, 254)}",
    ),
    "version_quad": (
        30,
        lambda r: (
            f"{r.choice(['version', 'Version:', 'v', 'release', 'FileVersion'])} {r.randint(1, 25)}.{r.randint(0, 99)}.{r.randint(0, 9999)}.{r.randint(0, 200)}"
        ),
    ),
    "version_pin": (
        20,
        lambda r: (
            f"{r.choice(_WORDS)}=={r.randint(1, 140)}.{r.randint(0, 30)}.{r.randint(0, 99)}.{r.randint(0, 250)}"
        ),
    ),
    "oid": (
        15,
        lambda r: (
            f"1.3.6.1.{r.randint(1, 5)}.{r.randint(1, 9)}.{r.randint(1, 9999)}.{r.randint(1, 9)}"
        ),
    ),
    "uuid": (30, lambda r: f'id = "{uuid.UUID(int=r.getrandbits(128), version=4)}"'),
    "sha": (30, lambda r: f'"{_hex(r, r.choice([32, 40, 64]))}"'),
    "timestamp": (20, lambda r: f"ts={r.randint(1_500_000_000_000, 1_800_000_000_000)}"),
    "epoch": (15, lambda r: f"{r.randint(1_400_000_000, 1_800_000_000)}"),
    "date": (
        25,
        lambda r: (
            f"{r.randint(1990, 2026)}-{r.randint(1, 12):02}-{r.randint(1, 28):02} {r.randint(0, 23):02}:{r.randint(0, 59):02}"
        ),
    ),
    "issue": (
        20,
        lambda r: f"{r.choice(['#', 'GH-', 'bug ', 'PROJ-', 'CVE-2021-'])}{r.randint(100, 99999)}",
    ),
    "snowflake": (25, lambda r: f"id: {r.randint(10**17, 10**18)}"),
    "serial": (25, lambda r: f"serial {_digits(r, r.randint(8, 12))}"),
    "nine_digits": (20, lambda r: f"size = {_digits(r, 9)}"),
    "ten_digits": (20, lambda r: f'"id": {_digits(r, 10)}'),
    "sixteen_digits": (30, lambda r: f"trace {_digits(r, 16)}"),
    "floats": (20, lambda r: f"[{r.random():.12f}, {r.random() * 100:.10f}]"),
    "reserved_mail": (
        30,
        lambda r: (
            f"{r.choice(_WORDS)}.{r.choice(_WORDS)}@{r.choice(['example.com', 'example.org', 'mail.example.net', 'host.test', 'a.invalid', 'localhost'])}"
        ),
    ),
    "fictional_phone": (
        25,
        lambda r: (
            f"{r.choice(['call', 'phone:', 'tel'])} {r.choice(['415', '212', '303'])}-555-01{r.randint(0, 99):02}"
        ),
    ),
    "package_at": (
        20,
        lambda r: f"{r.choice(_WORDS)}@{r.randint(0, 9)}.{r.randint(0, 30)}.{r.randint(0, 9)}",
    ),
    "mac": (15, lambda r: ":".join(_hex(r, 2) for _ in range(6))),
    "camel": (
        25,
        lambda r: f"new {r.choice(_WORDS).title()}{r.choice(_WORDS).title()}({r.choice(_WORDS)})",
    ),
    "title_words": (
        25,
        lambda r: f"# {r.choice(_WORDS).title()} {r.choice(_WORDS).title()} settings",
    ),
    "dashed": (20, lambda r: f"part {_digits(r, 3)}-{_digits(r, 3)}-{_digits(r, 2)}"),
    "plate": (10, lambda r: f"{_digits(r, 4)} {_digits(r, 4)} {_digits(r, 4)}"),
    "coordinates": (15, lambda r: f"{r.uniform(-90, 90):.6f},{r.uniform(-180, 180):.6f}"),
}


def benign_lines(seed: int = 11) -> list[tuple[str, str]]:
    """Return (kind, line), the same ones for the same seed; about 900."""
    rng = random.Random(seed)
    lines = [
        (kind, line.strip())
        for kind, text in FIXED_LINES.items()
        for line in text.strip().splitlines()
        if line.strip()
    ]
    for kind, (count, make) in _MADE.items():
        lines += [(kind, make(rng)) for _ in range(count)]
    return lines
