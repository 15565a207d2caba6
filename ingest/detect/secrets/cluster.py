"""Values of Kubernetes Secrets: whatever their names, the manifest itself calls them secret.

A manifest of ``kind: Secret`` keeps its values in Base64 under ``data``, or as they are under
``stringData``: https://kubernetes.io/docs/concepts/configuration/secret/
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

DETECTOR_ID: Final = "shardgate"
RULE_ID: Final = "kubernetes-secret"
_KIND: Final = re.compile(rb"^kind:[ \t]*[\"']?Secret[\"']?[ \t]*\r?$", re.MULTILINE)
KIND_EXPRESSION: Final = rb"kind:[ \t]*[\"']?Secret"
"""What the funnel looks for."""
_DOCUMENT: Final = re.compile(rb"^---.*$", re.MULTILINE)
_BLOCK: Final = re.compile(
    rb"^(?P<name>data|stringData):[ \t]*\r?\n(?P<body>(?:[ \t]+[^\n]*(?:\n|\Z)|[ \t]*\r?\n)+)",
    re.MULTILINE,
)
_ENTRY: Final = re.compile(
    rb"^[ \t]+[\"']?(?P<key>[\w.-]+)[\"']?:[ \t]*[\"']?(?P<value>[^\s\"'#|>{$<&*][^\s\"'#]*)[\"']?"
    rb"[ \t]*(?:#[^\n]*)?\r?$",
    re.MULTILINE,
)
_OPEN: Final = re.compile(
    rb"(?i)(?:.*[._-])?(?:user(?:name)?|login|email|host(?:name)?|port|name|namespace|database|db"
    rb"|region|type|url|endpoint|bucket|(?:ca|tls)?\.?(?:crt|cert|pem)|enabled|mode|level)"
)
"""Names of what people keep beside a secret and need not hide."""
_MIN_BYTES: Final = 6


class Value(NamedTuple):
    """One value of a Secret and where it stands, encoded or not."""

    start: int
    end: int
    value: bytes
    is_encoded: bool


def cluster_values(data: bytes) -> Iterator[Value]:
    """Yield the values of all Secrets in a file of manifests."""
    if _KIND.search(data) is None:
        return
    borders = [0, *(match.end() for match in _DOCUMENT.finditer(data)), len(data)]
    for start, end in pairwise(borders):
        if _KIND.search(data, start, end):
            for block in _BLOCK.finditer(data, start, end):
                yield from _entries(data, block)


def _entries(data: bytes, block: re.Match[bytes]) -> Iterator[Value]:
    is_encoded = block["name"] == b"data"
    for entry in _ENTRY.finditer(data, *block.span("body")):
        if _OPEN.fullmatch(entry["key"]):
            continue
        value = _decoded(entry["value"]) if is_encoded else entry["value"]
        if value is not None and len(value) >= _MIN_BYTES:
            yield Value(*entry.span("value"), value, is_encoded)


def _decoded(value: bytes) -> bytes | None:
    """Return the text that a value encodes; None where it is none, or no secret."""
    try:
        text = binascii.a2b_base64(value, strict_mode=True)
        text.decode()
    except ValueError:
        return None
    return None if text.startswith(b"-----BEGIN CERTIFICATE") else text.strip()
