from __future__ import annotations

import base64
import gzip
from collections.abc import Callable

import pytest

from ingest.detect.secrets.cluster import cluster_values
from ingest.detect.secrets.detector import SecretsDetector
from ingest.domain.finding import Finding
from ingest.domain.text import ScanText

Scan = Callable[..., list[Finding]]

STRIPE = "sk" + "_live_" + "9aBcD8eFgH7iJkL6mNoP5qRs"
ENCODED = {
    ("base64",): base64.b64encode(f"STRIPE={STRIPE}\n".encode()).decode(),
    ("base64", "gzip"): base64.b64encode(gzip.compress(STRIPE.encode() * 2)).decode(),
    ("hex",): STRIPE.encode().hex(),
    ("escape",): "".join(f"\\u{ord(c):04x}" for c in STRIPE),
    ("percent",): "".join(f"%{ord(c):02x}" for c in STRIPE),
    ("concat",): f'{STRIPE[:14]}" + "{STRIPE[14:]}',
}


@pytest.mark.parametrize("chain", ENCODED)
def test_an_encoded_token_is_found_where_its_encoded_form_stands(
    chain: tuple[str, ...], scan: Scan
) -> None:
    text = f'key = "{ENCODED[chain]}"\n'
    found = [finding for finding in scan(text) if finding.views == chain]
    assert {text[finding.start : finding.end] for finding in found} == {ENCODED[chain]}


def test_an_identity_does_not_depend_on_the_encoding(scan: Scan) -> None:
    (plain,) = {finding.hmac for finding in scan(f'key = "{STRIPE}"')}
    (decoded,) = {finding.hmac for finding in scan(f'key = "{ENCODED["hex",]}"')}
    assert plain == decoded


@pytest.mark.parametrize(
    ("value", "views"),
    [
        ("hunter2Zk91", [()]),
        # As it stands and decoded it is two values, and either may stand elsewhere.
        ("hunter2%40Zk91", [(), ("percent",)]),
        # A view shows it as it stands, for the sake of its neighbour.
        ("hunter2Zk91\nx: %41%42%43%44", [()]),
    ],
)
def test_a_place_has_one_finding_for_each_value_and_the_plain_one_first(
    value: str, views: list[tuple[str, ...]], scan: Scan
) -> None:
    found = scan(f"password: {value}\n", "yaml")
    assert len({(f.start, f.end) for f in found}) == 1
    assert len({f.hmac for f in found}) == len(found)
    assert sorted(f.views for f in found) == views


def test_what_could_not_be_decoded_is_counted(secrets_detector: SecretsDetector) -> None:
    broken = base64.b64encode(gzip.compress(bytes(range(256)) * 400)[:-40])
    text = ScanText(blob_id="0" * 40, suffix="txt", data=b"x: " + broken)
    assert secrets_detector.scan(text)["undecoded"] == 1
    clean = ScanText(blob_id="0" * 40, suffix="txt", data=b"x: 1")
    assert secrets_detector.scan(clean)["undecoded"] == 0


MANIFEST = """\
apiVersion: v1
kind: ConfigMap
data:
  note: c29tZSBub3RlIGhlcmU=
---
apiVersion: v1
kind: Secret
metadata:
  name: app
data:
  conn: "Z29sZGZpc2gtcG9uZA=="
  username: YWRtaW5pc3RyYXRvcg==
  short: YWI=
  binary: /////////w==
  templated: {{ .Values.conn }}
stringData:
  other: plain-value  # to be changed
"""


def test_every_value_of_a_cluster_secret_is_one() -> None:
    values = list(cluster_values(MANIFEST.encode()))
    assert [v.value for v in values] == [b"goldfish-pond", b"plain-value"]
    assert [MANIFEST[v.start : v.end] for v in values] == ["Z29sZGZpc2gtcG9uZA==", "plain-value"]


def test_a_cluster_secret_is_reported_with_its_decoded_identity(scan: Scan) -> None:
    found = {f.views for f in scan(MANIFEST, "yaml") if f.rule_id == "kubernetes-secret"}
    assert found == {("base64",), ()}
