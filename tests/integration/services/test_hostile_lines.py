"""Lines of 16 KB that make stock expressions run for minutes, before our detectors as workers run.

The shapes are those on which the expressions of detect-secrets and Presidio backtrack: a keyword
again and again, an assignment without an end, separators between single characters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from ingest.detect.catalogue import build_detectors
from ingest.detect.detector import DetectorConfig
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import BLOB_FAMILIES
from ingest.domain.tree import ScanUnit
from tests.strategies.ingest import KEY
from tests.support.rules import shared_rules
from workers.sandbox import ScanLimits, scan_batch

pytestmark = [
    pytest.mark.integration,
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]
SIZE = 16 * 1024
LIMITS = ScanLimits(seconds=8.0, window_seconds=4.0)
SHAPES = {
    "keywords": (b"", b"password", b""),
    "assignments": (b"", b"secret=", b""),
    "assignment that never ends": (b"api_key = '", b"a", b""),
    "blanks after a keyword": (b"password", b" ", b"!"),
    "equals after a keyword": (b"secret", b"=", b"!"),
    "quotes": (b"token", b"'\"", b"="),
    "host name": (b"", b"a.", b"!"),
    "mail address": (b"", b"a@", b"."),
    "mail domain": (b"a@", b"a-", b"."),
    "url with a password": (b"https://", b"a:", b"@"),
    "urls": (b"", b"http://a:b", b""),
    "digits and blanks": (b"", b"1 ", b"x"),
    "digits and hyphens": (b"+", b"1-", b"x"),
    "brackets": (b"(", b"(1)", b""),
    "colons": (b"", b"0:", b"g"),
    "dots": (b"", b"1.", b"x"),
    "account prefixes": (b"", b"AKIA", b""),
    "token parts": (b"eyJ", b"eyJ.", b""),
    "slashes": (b"", b"/", b":"),
    "escapes": (b"'", b"\\u0061", b"'"),
    "percents": (b"", b"%61", b"%"),
    "padding": (b"YWFh", b"=", b""),
    "notices": (b"", b"Copyright (c) ", b""),
    "names": (b"", b"TODO(a", b""),
    "capitals": (b"Author: ", b"Aa ", b"<"),
    "keys": (b"-----BEGIN RSA PRIVATE KEY-----", b"A", b""),
    "begins": (b"", b"-----BEGIN ", b""),
    "hex": (b"sha = ", b"0f", b"z"),
}


def test_no_line_hangs_a_worker_and_its_neighbours_are_scanned() -> None:
    config = DetectorConfig(key=KEY, company=CompanyProfile(), cache_dir=shared_rules())
    detectors = build_detectors(config, BLOB_FAMILIES)
    texts = {
        name: head + body * ((SIZE - len(head) - len(tail)) // len(body)) + tail
        for name, (head, body, tail) in SHAPES.items()
    }
    contents = [*texts.values(), b"plain = 1\n"]
    units = [
        ScanUnit(blob_id=f"{n:040x}", suffix="py", size=len(c)) for n, c in enumerate(contents)
    ]

    @contextmanager
    def open_blobs(blob_ids: Sequence[str]) -> Iterator[Iterator[tuple[str, bytes]]]:
        yield ((blob_id, contents[int(blob_id, 16)]) for blob_id in blob_ids)

    tables = scan_batch(
        units,
        open_blobs=open_blobs,
        detectors=detectors,
        limits=LIMITS,
        progress=lambda done, total: None,
    )
    for family, table in tables.items():
        states = dict(zip([*texts, "plain"], table["status"].to_pylist(), strict=True))
        assert states.pop("plain") == "completed", family
        assert set(states.values()) <= {"completed", "timed_out"}, family
        # A line that is given up is held; only a few may be, or a vendored file would be.
        assert list(states.values()).count("timed_out") <= 2, (family, states)
