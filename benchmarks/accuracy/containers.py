"""How many vendor tokens are found in each awkward place, beside detect-secrets and Kingfisher.

A token counts as found by Shardgate when a finding carries the identity of the token, or of the
value that the engines report for it in a plain assignment. For the peers any finding in the file
counts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.accuracy.container_kinds import kinds
from benchmarks.accuracy.container_tokens import Token, tokens
from benchmarks.accuracy.scoring import Rate, Report
from ingest.detect.detector import DetectorConfig
from ingest.detect.secrets.detector import SecretsDetector
from ingest.detect.views import open_stored, scan_opened
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Finding
from ingest.domain.secret import HmacKey, Secret
from ingest.domain.text import ScanText
from workers.rulepacks import rule_packs

SEED = 20240501
_KEY = HmacKey(key_id="benchmark", material=b"0" * 32)
_PEERS = Path(sys.prefix).parent / ".venv-peers" / "bin"
_PEERS_MAX_BYTES = 50_000
"""detect-secrets reads long lines at some kilobytes a second."""
_SUFFIXES = {
    "Kubernetes Secret": "yaml",
    "notebook": "ipynb",
    "svg": "svg",
    "package-lock.json": "json",
    "gzip": "gz",
    "zip": "zip",
    "tar.gz": "tar.gz",
    "zip in zip": "zip",
    "after a NUL byte": "bin",
}
Found = dict[str, set[str]]
"""Container to the names of the tokens found in it."""


def run(*, peers: bool) -> list[Report]:
    """Return recall by container."""
    made = tokens(SEED)
    files = {kind: {token.name: make(token) for token in made} for kind, make in kinds().items()}
    found = {"shardgate": _shardgate(made, files)}
    if peers:
        found["detect-secrets"] = _peer(files, _detect_secrets)
        found["kingfisher"] = _peer(files, _kingfisher)
    rows = [
        [kind, *(_show(f.get(kind), len(made)) for f in found.values()), missed]
        for kind in files
        for missed in [", ".join(sorted({t.name for t in made} - found["shardgate"][kind]))]
    ]
    return [
        Report(
            title="Containers",
            note=f"{len(made)} vendor tokens in each of {len(files)} places.",
            columns=["place", *found, "missed by shardgate"],
            rows=rows,
        )
    ]


def _show(found: set[str] | None, total: int) -> str:
    return "not run" if found is None else Rate(hits=len(found), total=total).show()


def _shardgate(made: Sequence[Token], files: Mapping[str, Mapping[str, bytes]]) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        detector = SecretsDetector(
            DetectorConfig(
                key=_KEY,
                company=CompanyProfile(),
                cache_dir=cache,
                rule_packs=rule_packs(cache),
            )
        )
        wanted = {token.name: _identities(token) for token in made}
        found: Found = {}
        for kind, by_name in files.items():
            found[kind] = set()
            for name, stored in by_name.items():
                identities = {f.hmac for f in _scan(detector, kind, stored)}
                if kind == "plain assignment" and identities:
                    wanted[name] |= identities
                if identities & wanted[name]:
                    found[kind].add(name)
        return found


def _identities(token: Token) -> set[str]:
    """Return those of the value, and of the value as one line of a literal, once or twice."""
    forms = [token.value.replace("\n", end) for end in ("\n", "\\n", "\\\\n")]
    return {Secret(form.encode()).identity(_KEY, "value") for form in forms}


def _scan(detector: SecretsDetector, kind: str, stored: bytes) -> list[Finding]:
    opened = open_stored(stored)
    text = ScanText(blob_id="0" * 40, suffix=_SUFFIXES.get(kind, "txt"), data=opened.data)
    return scan_opened(detector, opened, stored, text)


def _peer(files: Mapping[str, Mapping[str, bytes]], scan: Callable[[Path], set[str]]) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        names: dict[str, tuple[str, str]] = {}
        for number, (kind, by_name) in enumerate(files.items()):
            if max(map(len, by_name.values())) > _PEERS_MAX_BYTES:
                continue
            for name, stored in by_name.items():
                path = Path(folder) / f"{number}_{name}.{_SUFFIXES.get(kind, 'txt')}"
                path.write_bytes(stored)
                names[path.name] = (kind, name)
        hit = scan(Path(folder))
    found: Found = {kind: set() for kind, _ in names.values()}
    for kind, name in (names[path] for path in hit if path in names):
        found[kind].add(name)
    return found


def _detect_secrets(folder: Path) -> set[str]:
    """Return the files with findings: all plugins, default filters, no verification."""
    command = [str(_PEERS / "detect-secrets"), "scan", "--all-files", "-n", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return {Path(path).name for path in json.loads(done.stdout)["results"]}


def _kingfisher(folder: Path) -> set[str]:
    """Return the files with findings at its lowest confidence, without validation."""
    options = (
        *("--no-validate", "--no-update-check", "--no-dedup"),
        *("--confidence", "low", "--format", "jsonl"),
    )
    command = [str(_PEERS / "kingfisher"), "scan", ".", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    hit: set[str] = set()
    for line in done.stdout.splitlines():
        if line.startswith(b"{"):
            finding = json.loads(line).get("finding") or {}
            hit.add(Path(finding.get("path", "").partition("!")[0]).name)
    return hit
