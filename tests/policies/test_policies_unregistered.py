"""A folder that nobody registered, from bytes to license verdicts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from ingest.detect import content, licensing, provenance
from ingest.detect.detector import BlobDetector, DetectorConfig, plain
from ingest.domain.artefacts import SNAPSHOT, facts_schema
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Family
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText
from ingest.domain.tree import suffix_of
from policies.document import load_default_policy
from policies.dossier import assemble_dossier
from policies.licensing import license_verdicts, unregistered_rights
from tests.support.rules import shared_rules

KEY = HmacKey(key_id="test", material=b"k" * 32)
POLICY = load_default_policy()
MIT = (
    "MIT License\n\nCopyright (c) 2020 {holder}\n\n"
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this software "
    'and associated documentation files (the "Software"), to deal in the Software without '
    "restriction, including without limitation the rights to use, copy, modify, merge, publish, "
    "distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the "
    "Software is furnished to do so, subject to the following conditions:\n\nThe above copyright "
    "notice and this permission notice shall be included in all copies or substantial portions of "
    'the Software.\n\nTHE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR '
    "IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A "
    "PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE "
    "LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR "
    "OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER "
    "DEALINGS IN THE SOFTWARE.\n"
)
GPL = "This program is free software under the GNU General Public License, version 3 or later.\n"
RESERVED = "Copyright (c) 2020 Acme Rockets, Inc. All rights reserved.\n"
BODY = "".join(
    f"def step_{n}(value):\n    return value * {n} + offset_{n}(value)\n\n" for n in range(20)
)
CODE = {f"src/m{n}.py": f"value_{n} = {n}\n" for n in range(4)}


@pytest.fixture(scope="module")
def detectors() -> list[BlobDetector]:
    config = DetectorConfig(key=KEY, company=CompanyProfile(), cache_dir=shared_rules())
    return [content.build(config), licensing.build(config)]


def verdicts(detectors: list[BlobDetector], files: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    snapshot, rows = [], {detector.family: [] for detector in detectors}  # type: ignore[var-annotated]
    for path, text in files.items():
        data = text.encode()
        unit = {"blob_id": hashlib.sha1(data).hexdigest(), "suffix": suffix_of(path.encode())}
        place = {"repo_id": "r", "commit_id": "c" * 40, "branch": "main", "mode": 0o100644}
        when = {"committer_date": datetime(2024, 1, 1, tzinfo=UTC), "encoding": "utf-8"}
        snapshot.append({**unit, **place, **when, "path": path.encode(), "size": len(data)})
        for detector in detectors:
            found = {k: plain(v) for k, v in detector.scan(ScanText(data=data, **unit)).items()}
            rows[detector.family].append({**unit, "status": "completed", "reason": "", **found})
    facts = {f: pa.Table.from_pylist(rows[f], schema=facts_schema(f)) for f in rows}
    tree = pa.Table.from_pylist(snapshot, schema=SNAPSHOT)
    owner = provenance.assume_owner(tree, facts[Family.LICENSING], CompanyProfile(), key=KEY)
    facts[Family.LICENSING] = owner.licensing
    trees = provenance.classify_tree(
        tree,
        facts[Family.CONTENT],
        facts[Family.LICENSING],
        CompanyProfile(),
        owner.repository_license,
    )
    dossier = assemble_dossier(tree, facts, trees, unregistered_rights("r"))
    table = license_verdicts(dossier, POLICY, content=facts[Family.CONTENT])
    return {r["path"].decode(): (r["category"], r["eligibility"]) for r in table.to_pylist()}


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ({}, ("none", "releasable")),
        ({"LICENSE": MIT.format(holder="Jane Roe")}, ("permissive", "releasable")),
        ({"COPYING": GPL}, ("copyleft", "held")),
        ({"LICENSE": RESERVED}, ("proprietary", "releasable")),
        ({"package.json": '{"name": "x", "license": "UNLICENSED"}'}, ("proprietary", "releasable")),
    ],
    ids=["nothing", "MIT", "GPL", "reserved", "manifest"],
)
def test_silent_files_stand_under_the_root(
    detectors: list[BlobDetector], root: dict[str, str], expected: tuple[str, str]
) -> None:
    assert verdicts(detectors, root | CODE)["src/m1.py"] == expected


def test_vendored_directories_stand_under_their_own_licenses(detectors: list[BlobDetector]) -> None:
    found = verdicts(
        detectors,
        CODE
        | {
            "LICENSE": RESERVED,
            "vendor/free/LICENSE": MIT.format(holder="Roe Labs"),
            "vendor/free/a.py": "# Copyright 2020 Roe Labs\na = 1\n",
            "vendor/gnu/COPYING": GPL,
            "vendor/gnu/a.py": "b = 1\n",
            "vendor/bare/a.py": "c = 1\n",
            "src/own.py": "# Copyright 2021 Acme Rockets\nd = 1\n",
            "src/copied.py": "# Copyright 2009 Roe Labs\ne = 1\n",
        },
    )
    assert found["vendor/free/a.py"] == ("permissive", "releasable")
    assert found["vendor/gnu/a.py"] == ("copyleft", "held")
    assert found["vendor/bare/a.py"] == ("unknown", "held")
    assert found["src/own.py"] == ("proprietary", "releasable")
    assert found["src/copied.py"][1] == "held"


@pytest.mark.parametrize(
    "copy",
    [
        BODY,
        BODY.replace("\n", "\r\n"),
        BODY.replace("    ", "\t"),
        "# Tools for orders\n\n" + BODY,
        "#!/usr/bin/env python3\n# Copyright 2024 Acme Rockets\n" + BODY,
    ],
    ids=["bare", "line ends", "white space", "other header", "our header"],
)
def test_a_copy_of_a_restricted_file_is_held_without_its_header(
    detectors: list[BlobDetector], copy: str
) -> None:
    header = "".join(f"# {line}\n" for line in (GPL * 6).splitlines())
    files = {"third_party/x/a.py": header + BODY, "src/a.py": copy} | CODE
    assert verdicts(detectors, files)["src/a.py"][1] == "held"


def test_a_notice_of_one_line_does_not_free_a_near_copy(detectors: list[BlobDetector]) -> None:
    header = "".join(f"# {line}\n" for line in (GPL * 6).splitlines())
    copy = "# SPDX-License-Identifier: MIT\n" + BODY
    files = {"third_party/x/a.py": header + BODY, "src/a.py": copy} | CODE
    assert verdicts(detectors, files)["src/a.py"] == ("permissive", "held")
