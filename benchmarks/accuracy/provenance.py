"""Which files of an invented company repository would be released: the whole path over it."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from benchmarks.accuracy.provenance_tree import COMPANY, Case, CompanyTree
from benchmarks.accuracy.scoring import Rate, Report
from ingest.detect import content, licensing, provenance
from ingest.detect.detector import BlobDetector, DetectorConfig, plain
from ingest.detect.licensing.algebra import LicenseAlgebra
from ingest.domain.artefacts import SNAPSHOT, facts_schema
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Family
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText
from ingest.domain.tree import suffix_of
from policies.document import load_default_policy
from policies.dossier import DOSSIER, assemble_dossier
from policies.licensing import license_verdicts, unregistered_rights
from workers.stages.detect import license_reader

_PROFILE = CompanyProfile(names=(COMPANY,))
_NOBODY = CompanyProfile()
_Facts = dict[Family, pa.Table]
_Row = dict[str, object]


def run(*, peers: bool) -> list[Report]:
    """Return the tables; there is no peer that looks at trees and content alike."""
    del peers
    return [
        _ablation(),
        _settings(),
    ]


def _settings() -> Report:
    rows = []
    for title, company, has_license in (
        ("profile, root license", _PROFILE, True),
        ("profile, no root license", _PROFILE, False),
        ("no profile, root license", _NOBODY, True),
        ("no profile, no root license", _NOBODY, False),
    ):
        cases = CompanyTree(has_root_license=has_license).cases()
        tree = Evaluated(cases, company)
        rows.append(
            [title, *_cells(cases, tree.released(tree.dossier, tree.facts[Family.CONTENT]))]
        )
    return Report(
        title="Released files by what is known of the company",
        columns=["given", *_GROUPS],
        rows=rows,
        note=_NOTE,
    )


def _ablation() -> Report:
    cases = CompanyTree().cases()
    tree = Evaluated(cases, _PROFILE)
    none = facts_schema(Family.CONTENT).empty_table()
    rows = []
    for title, change in _STEPS:
        dossier = pa.Table.from_pylist(
            [change(dict(row)) for row in tree.dossier.to_pylist()], schema=DOSSIER
        )
        rows.append([title, *_cells(cases, tree.released(dossier, none))])
    full = tree.released(tree.dossier, tree.facts[Family.CONTENT])
    exact = tree.released(tree.dossier, none)
    rows.append(["+ exact copies", *_cells(cases, exact)])
    rows.append(["+ near copies: the default policy", *_cells(cases, full)])
    return Report(
        title="Released files, rule by rule", columns=["rules", *_GROUPS], rows=rows, note=_NOTE
    )


_NOTE = "Restricted columns: the fewer the better; the others: the more the better."
_GROUPS: dict[str, Callable[[str], bool]] = {
    "vendored, restricted": lambda g: g in {"vendored, restricted", "site-packages, restricted"},
    "copied, notice or holder": lambda g: g == "copied, notice or holder",
    "copied, no notice": lambda g: g.startswith("copied, no notice"),
    "vendored, permissive": lambda g: g == "vendored, permissive",
    "node_modules": lambda g: g == "node_modules",
    "site-packages": lambda g: g == "site-packages",
    "first-party": lambda g: g == "first-party",
}


def _cells(cases: Sequence[Case], released: dict[str, bool]) -> list[str]:
    cells = []
    for chosen in _GROUPS.values():
        members = [case for case in cases if chosen(case.group)]
        rate = Rate(hits=sum(released[c.path] for c in members), total=len(members))
        cells.append(f"{rate.hits}/{rate.total} = {rate.show()}")
    return cells


class Evaluated:
    """A tree with its facts and its dossier."""

    def __init__(self, cases: Sequence[Case], company: CompanyProfile) -> None:
        """Scan every file and join the facts over the tree."""
        with tempfile.TemporaryDirectory() as folder:
            key = HmacKey(key_id="bench", material=b"b" * 32)
            config = DetectorConfig(key=key, company=company, cache_dir=Path(folder))
            self.facts = _scan(cases, [content.build(config), licensing.build(config)])
        snapshot = _snapshot(cases)
        owner = provenance.assume_owner(snapshot, self.facts[Family.LICENSING], company, key=key)
        self.facts[Family.LICENSING] = owner.licensing
        self.is_inferred = owner.is_inferred
        texts = {_blob_id(case.data): case.data for case in cases}
        algebra = LicenseAlgebra()
        sources = provenance.TreeSources(
            texts={i: texts[i] for i in provenance.wanted_texts(snapshot)},
            read_license=license_reader(algebra),
            is_company_inferred=owner.is_inferred,
        )
        started = time.process_time()
        trees = provenance.classify_tree(
            snapshot,
            self.facts[Family.CONTENT],
            self.facts[Family.LICENSING],
            company,
            owner.repository_license,
            sources=sources,
        )
        self.cpu_seconds = time.process_time() - started
        category = algebra.read(owner.repository_license).category
        rights = unregistered_rights("tree", owner.repository_license, category)
        self.dossier = assemble_dossier(snapshot, self.facts, trees, rights)
        self.trees = trees

    @staticmethod
    def released(dossier: pa.Table, signatures: pa.Table) -> dict[str, bool]:
        """Return for each path whether the licensing rules release it."""
        verdicts = license_verdicts(dossier, load_default_policy(), content=signatures)
        return {
            row["path"].decode(): row["eligibility"] == "releasable" for row in verdicts.to_pylist()
        }


def _blob_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _scan(cases: Sequence[Case], detectors: Sequence[BlobDetector]) -> _Facts:
    units = {(_blob_id(c.data), suffix_of(c.path.encode())): c.data for c in cases}
    rows: dict[Family, list[_Row]] = {detector.family: [] for detector in detectors}
    for (blob_id, suffix), data in units.items():
        text = ScanText(blob_id=blob_id, suffix=suffix, data=data)
        head = {"blob_id": blob_id, "suffix": suffix, "status": "completed", "reason": ""}
        for detector in detectors:
            found = {name: plain(value) for name, value in detector.scan(text).items()}
            rows[detector.family].append({**head, **found})
    return {f: pa.Table.from_pylist(rows[f], schema=facts_schema(f)) for f in rows}


def _snapshot(cases: Sequence[Case]) -> pa.Table:
    rows = [
        {
            "repo_id": "tree",
            "commit_id": "c" * 40,
            "branch": "main",
            "committer_date": datetime(2024, 1, 1, tzinfo=UTC),
            "path": case.path.encode(),
            "mode": 0o100644,
            "blob_id": _blob_id(case.data),
            "size": len(case.data),
            "suffix": suffix_of(case.path.encode()),
            "encoding": "utf-8",
            "skip_reason": None if case.data else "empty",
        }
        for case in cases
    ]
    return pa.Table.from_pylist(rows, schema=SNAPSHOT)


def _header_only(row: _Row) -> _Row:
    """Forget the tree: a silent file is ours."""
    nowhere = {
        "scope_license_expression": None,
        "scope_license_category": "none",
        "scope_is_root": False,
        "annotation_license_expression": None,
        "annotation_license_category": "none",
    }
    return _nearest_license({**row, **nowhere})


def _nearest_license(row: _Row) -> _Row:
    """Forget the path, what is stated elsewhere, and the holders of silent files."""
    row |= {"is_vendor": False, "is_build_boilerplate": False}
    row |= {"provenance_signs": [s for s in _signs(row) if s == "OWN_NOTICE_COMPANY"]}
    row |= {"annotation_license_expression": None, "annotation_license_category": "none"}
    return _vendored_paths(row)


def _signs(row: _Row) -> list[str]:
    signs = row["provenance_signs"]
    return signs if isinstance(signs, list) else []


def _vendored_paths(row: _Row) -> _Row:
    """Forget holders of silent files."""
    is_placed = row["is_vendor"] or row["scope_license_category"] != "none"
    if row["own_license_category"] == "none":
        row |= {"has_foreign_holder": False}
        if not is_placed or row["provenance"] == "mixed":
            row |= {"provenance": "first_party"}
    return _foreign_holders(row)


def _foreign_holders(row: _Row) -> _Row:
    """Take each content for itself: copies are the last step."""
    return {**row, "blob_id": hashlib.sha1(str(row["path_text"]).encode()).hexdigest()}


_STEPS: Sequence[tuple[str, Callable[[_Row], _Row]]] = (
    ("A header only, silence is ours", _header_only),
    ("B + nearest license", _nearest_license),
    ("C + vendored paths, boilerplate, statements", _vendored_paths),
    ("D + foreign holder", _foreign_holders),
)
