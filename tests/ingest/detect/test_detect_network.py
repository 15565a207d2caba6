"""No detector asks the network for anything, when loaded or when used.

All rules are compiled for that, as nowhere else, so here is looked at what compiling leaves too.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

PROGRAM = """
import sys
from pathlib import Path

calls = []
WATCHED = ("socket.", "urllib.", "http.client.", "ftplib.", "smtplib.")
# At import urllib3 makes a socket and binds it to loopback, to learn of IPv6: nothing is sent.
PROBES = ("socket.__new__", "socket.bind")
is_loading = sys.argv[2] == "scan"


def watch(event, _):
    if event.startswith(WATCHED) and not (is_loading and event in PROBES):
        calls.append(event)


sys.addaudithook(watch)

if sys.argv[2] == "control":
    import socket
    try:
        socket.getaddrinfo("localhost", 1)
    except OSError:
        pass
else:
    from ingest.detect.catalogue import build_detectors
    from ingest.detect.detector import DetectorConfig
    from ingest.domain.company import CompanyProfile
    from ingest.domain.secret import HmacKey
    from ingest.domain.text import ScanText

    company = CompanyProfile(domains=("acme.example",), codenames=("Blue Heron",))
    key = HmacKey(key_id="test", material=b"k" * 32)
    config = DetectorConfig(key=key, company=company, cache_dir=Path(sys.argv[1]))
    detectors = build_detectors(config)
    is_loading = False
    token = b"AKIA" + b"Q3EGRIZ5KBN7TDWM"
    texts = [
        (b"py", b"# Author: Ada Lovelace <ada@lovelace.name>\\nkey = '%s'\\n" % token),
        (b"yaml", b"host: db.prod.acme.internal\\npassword: x9$kfQ2!vv\\n"),
        (b"sh", b"curl https://u:p4ssw0rd@git.test/x # +44 20 7946 0958\\n"),
        (b"md", b"Licensed under the Apache License, Version 2.0. SPDX-License-Identifier: MIT\\n"),
        (b"csv", b"name,email,iban\\nJohn Smith,john@smith.co.uk,DE89370400440532013000\\n"),
    ]
    found = 0
    for suffix, data in texts:
        text = ScanText(blob_id="0" * 40, suffix=suffix.decode(), data=data)
        for detector in detectors:
            found += len(detector.scan(text).get("findings", ()))
    assert found > 4, found
print(len(calls))
"""


def count_calls(cache: Path, mode: str) -> int:
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(cache), mode],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(finished.stdout)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """Where all rules were compiled and used, and how many calls that took."""
    cache = tmp_path_factory.mktemp("cache")
    return cache, count_calls(cache, "scan")


def test_loading_and_scanning_make_no_call_to_the_network(compiled: tuple[Path, int]) -> None:
    assert compiled[1] == 0


def test_compiled_rules_are_readable_by_their_owner_only(compiled: tuple[Path, int]) -> None:
    paths = [compiled[0], *compiled[0].rglob("*")]
    assert len(paths) > 1
    assert [path.name for path in paths if path.stat().st_mode & 0o077] == []


def test_the_hook_would_have_seen_a_call(tmp_path: Path) -> None:
    assert count_calls(tmp_path, "control") > 0
