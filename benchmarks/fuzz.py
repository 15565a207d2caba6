"""Arbitrary and mutated bytes through every detector, where they can be killed: ``make fuzz``.

Seeds are real files (installed packages, or a folder of yours) and crafted lines; each round
mutates some of them, scans the lot in the workers' sandbox and counts how scans ended. A scan that
fails or runs over its deadline is a finding of this program: it prints the seed that repeats it.
"""

from __future__ import annotations

import argparse
import random
import sys
import sysconfig
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ingest.detect.catalogue import build_detectors
from ingest.detect.detector import DetectorConfig
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import ScanStatus
from ingest.domain.secret import HmacKey
from ingest.domain.tree import ScanUnit
from workers.sandbox import ScanLimits, scan_batch

_BATCH = 200
_MAX_SEED_BYTES = 40_000
_MAX_BYTES = 400_000
_SUFFIXES = ("py", "js", "yaml", "json", "csv", "md", "ipynb", "", "sql", "license", "xml", "c")
_TOKENS = (
    b"password = ", b"AKIA", b"-----BEGIN RSA PRIVATE KEY-----", b"://user:", b"@",
    b"Copyright (c) ",
    b"SPDX-License-Identifier: ", b"\\u0041", b"%41%42", b"&#x41;", b"eyJhbGciOi", b"H4sIAAAA",
    b'"' * 40, b"(" * 300, b"a" * 5000,
    b"+1 202 555 0100 ", b"4111 1111 1111 1111 ", b"DE89 3704 0044 0532 0130 00 ", b"\\" * 200,
    b"TWFu" * 400, b"0123456789abcdef" * 64, b"a.b@" * 500, b"1." * 800, b"::" * 400,
    "\uff2düller ".encode(), b"\xf0\x9f\x92\xa9", b"\xc3", b"\r\n", b"\n" * 500, b"\t" * 500,
)  # fmt: skip
_BINARY_TOKENS = (b"PK\x03\x04", b"\x1f\x8b\x08", b"\xff\xfe", b"\x00")
_BINARY_SHARE = 0.1


def read_seeds(folder: Path, count: int, chance: random.Random) -> list[bytes]:
    """Return the first bytes of some files below a folder, drawn by chance."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    seeds = (p.read_bytes()[:_MAX_SEED_BYTES] for p in chance.sample(paths, min(count, len(paths))))
    return [seed for seed in seeds if seed and b"\0" not in seed]


def mutate(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """Return a seed with some of it flipped, doubled, spliced, or with tokens thrown in."""
    is_binary = chance.random() < _BINARY_SHARE
    data = bytearray(chance.randbytes(4000) if is_binary else chance.choice(seeds))
    tokens = _TOKENS + _BINARY_TOKENS if is_binary else _TOKENS
    for _ in range(chance.randrange(1, 12)):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0:
                data[place:place] = chance.choice(tokens)
            case 1 if data:
                data[place % len(data)] = chance.randrange(1, 256)
            case 2:
                del data[place : place + chance.randrange(200)]
            case 3:
                data[place:place] = data[place : place + 2000] * chance.randrange(1, 8)
            case 4:
                other = chance.choice(seeds)
                start = chance.randrange(len(other) + 1)
                data[place:place] = other[start : start + 1000]
            case _:
                data[place:place] = chance.choice(tokens) * chance.randrange(1, 60)
    return bytes(data[:_MAX_BYTES])


def run(seconds: float, seed: int, folder: Path, home: Path) -> Counter[str]:
    """Fuzz until the time is over; return how often each status came, by family."""
    chance = random.Random(seed)
    seeds = read_seeds(folder, 400, chance)
    key = HmacKey(key_id="fuzz", material=b"k" * 32)
    company = CompanyProfile(names=("Acme",), codenames=("Blue Heron",), customers=("Contoso",))
    detectors = build_detectors(DetectorConfig(key=key, company=company, cache_dir=home))
    counts: Counter[str] = Counter()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        blobs = [mutate(seeds, chance) for _ in range(_BATCH)]
        counts.update(_scan(blobs, detectors, chance))
        print(f"{sum(counts.values())} scans, {dict(counts)}", file=sys.stderr)
    return counts


def _scan(
    blobs: Sequence[bytes], detectors: Sequence[object], chance: random.Random
) -> Iterator[str]:
    units = [
        ScanUnit(blob_id=f"{n:040x}", suffix=chance.choice(_SUFFIXES), size=len(blob))
        for n, blob in enumerate(blobs)
    ]

    @contextmanager
    def open_blobs(ids: Sequence[str]) -> Iterator[Iterator[tuple[str, bytes]]]:
        yield ((blob_id, blobs[int(blob_id, 16)]) for blob_id in ids)

    tables = scan_batch(
        units,
        open_blobs=open_blobs,
        detectors=detectors,  # type: ignore[arg-type]
        limits=ScanLimits(seconds=10.0),
        progress=lambda _done, _total: None,
    )
    for family, table in tables.items():
        for row in table.select(["blob_id", "suffix", "status", "reason"]).to_pylist():
            yield f"{family} {row['status']} {row['reason']}".strip()
            if row["status"] != ScanStatus.COMPLETED and row["reason"] not in (
                "binary",
                "undecodable",
            ):
                kept = (
                    Path(tempfile.gettempdir())
                    / f"fuzz-{family}-{row['blob_id'][-6:]}.{row['suffix']}"
                )
                kept.write_bytes(blobs[int(row["blob_id"], 16)])
                print(f"{family}: {row['status']} {row['reason']}: {kept}", file=sys.stderr)


def main() -> None:
    """Fuzz, print the counts, and fail when a scan crashed or hung."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path(sysconfig.get_paths()["purelib"]))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        counts = run(arguments.seconds, arguments.seed, arguments.folder, Path(home))
    for what, count in sorted(counts.items()):
        print(f"{count:8} {what}")
    bad = [
        w
        for w in counts
        if "timed_out" in w or ("failed" in w and not w.endswith(("binary", "undecodable")))
    ]
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
