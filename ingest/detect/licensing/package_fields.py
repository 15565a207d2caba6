"""License fields of formats that have no reader of their own in `manifests`.

``MODULE_LICENSE("Proprietary")`` of Linux modules, ``license = licenses.unfree;`` of Nix,
``LICENSE = "CLOSED"`` of Yocto, ``license: other`` of model cards, ``__license__ = "Commercial"``
of Python, the lists of ``galaxy.yml`` and ``mix.exs``. A field stands at the start of its line; one
inside a call is a value that the code works with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.detect.licensing.evidence import PROPRIETARY, UNKNOWN, Evidence, Kind
from ingest.detect.licensing.manifests import read_declared
from ingest.detect.licensing.qualifiers import is_narrowed
from ingest.detect.licensing.regions import Region, Shape

_FIELD = re.compile(
    rb"^[ \t]{0,12}(?:__license__|MODULE_LICENSE|meta\.license|LICENSE"
    rb"|license)[ \t]{0,9}[=(:][ \t]{0,9}"
    rb"(?:with[ \t]+[\w.]{1,20};[ \t]{0,9})?\[?[ \t]{0,9}(?P<value>[\"'][^\"'\n]{2,120}[\"']"
    rb"|[^\"'\n;\])]{2,120})"
    rb"[ \t]{0,9}[;\])]{0,4}[ \t]{0,9}\r?$",
    re.MULTILINE,
)
_UNFREE = re.compile(
    rb"\blicense[ \t]{0,9}=[ \t]{0,9}(?P<value>(?:lib\.)?licenses\.unfree\w{0,20})"
)
_KEEPS: Final = frozenset(
    {
        "proprietary",
        "commercial",
        "closed",
        "closed source",
        "closed-source",
        "confidential",
        "all rights reserved",
        "other/proprietary",
        "company confidential",
        "internal use only",
    }
)
_OPEN_ENDED: Final = frozenset({"other", "custom"})
_YAML_LIST = re.compile(
    (
        rb"^license[ \t]{0,9}:[ \t]{0,9}\r?\n(?P<items>(?:[ \t]{0,12}-[ \t]{1,9}[^\n]{2,60}(?:\n"
        rb"|$)){1,6})"
    ),
    re.MULTILINE,
)
_HEX_LIST = re.compile(rb"\blicenses:[ \t]{0,9}\[(?P<items>\"[^\]\n]{2,120}\")\]")
_ITEM = re.compile(rb"[\w.+()-][\w.+() -]{1,58}[\w.+()-]")
_LINE_REACH: Final = 400
_MAX: Final = 8


def find_fields(data: bytes, regions: Iterable[Region], algebra: LicenseAlgebra) -> list[Evidence]:
    """Return what license fields in lines of code, data and front matter declare."""
    found: list[Evidence] = []
    for region in regions:
        is_front = region.shape is Shape.PROSE and data[:3] == b"---" and region.start == 0
        if region.shape is Shape.LINE or is_front:
            found += _fields(data, region, algebra)
    return found[:_MAX]


def _fields(data: bytes, region: Region, algebra: LicenseAlgebra) -> Iterator[Evidence]:
    end = min(len(data), region.end + _LINE_REACH)
    for match in _FIELD.finditer(data, region.start, min(region.end, region.start + _LINE_REACH)):
        spdx = _meaning(match["value"]) or _declared(match, algebra)
        if spdx is not None:
            yield _sign(match, "value", spdx)
    if unfree := _UNFREE.search(data, region.start, region.end):
        yield _sign(unfree, "value", PROPRIETARY)
    listed = _YAML_LIST.match(data, region.start, end) or _HEX_LIST.search(
        data, region.start, region.end
    )
    if listed is None:
        return
    names = [item.decode("utf-8", "replace").strip() for item in _ITEM.findall(listed["items"])]
    expressions = [read_declared(name, algebra) for name in names]
    terms = algebra.all_of(expressions)
    if terms is not None and all(algebra.is_known(i) for i in terms.ids):
        yield _sign(listed, "items", terms.expression)


def _meaning(raw: bytes) -> str | None:
    """Return what a value says if it is nothing free; a name is read by other rules."""
    value = raw.decode("utf-8", "replace").strip(" \t\"'").lower()
    is_quoted = raw[:1] in b"\"'"
    if value in _KEEPS:
        return PROPRIETARY
    if value in _OPEN_ENDED:
        return UNKNOWN
    return UNKNOWN if is_quoted and is_narrowed(value) else None


def _declared(match: re.Match[bytes], algebra: LicenseAlgebra) -> str | None:
    """Return the license that Python's own field names; other fields are read as notices."""
    value = match["value"].decode("utf-8", "replace").strip(" \t\"'")
    if not match[0].lstrip().startswith(b"__license__"):
        return None
    spdx = read_declared(value, algebra)
    return spdx if all(algebra.is_known(i) for i in algebra.read(spdx).ids) else None


def _sign(match: re.Match[bytes], group: str, spdx: str) -> Evidence:
    start, end = match.span(group)
    return Evidence(start=start, end=end, kind=Kind.NOTICE, spdx=spdx, score=0.9)
