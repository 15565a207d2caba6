"""Redact real files, and look whether they still parse and still show anything.

Two kinds of work on the same files: what the detectors really find in them, and spans that are
planted at random on purpose where they hurt (in strings with escapes and interpolations, over
quotes, in identifiers, numbers and comments, across tokens). The bar: 0 shipped files that parse
worse than before, 0 that still show a finding; what cannot be done well is held.
"""

from __future__ import annotations

import io
import os
import random
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import detect_secrets

from benchmarks.accuracy.scoring import Rate, Report
from ingest.detect.catalogue import build_detectors
from ingest.detect.detector import BlobDetector, DetectorConfig, findings_of
from ingest.detect.syntax import count_errors, parse_text
from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Category, Family
from ingest.domain.secret import HmacKey
from ingest.domain.text import NotText, ScanText, normalise
from ingest.domain.tree import suffix_of
from release.build.redact import RedactionSpan, is_placeholder
from release.build.redactor import RedactionMode, Redactor, SyntaxBroken
from release.build.surrogates import Surrogates

_SITE_PACKAGES = Path(detect_secrets.__file__).parent.parent
_MAX_BYTES = 60_000
_FILES = 3_000
_SPANS = 6
_PER_REPO = 200
_FAMILIES = (Family.SECRETS, Family.PII, Family.CONFIDENTIAL)
_COMPANY = CompanyProfile(
    codenames=("request context", "session"),
    customers=("Werkzeug", "Red Hat"),
    packages=("org.apache", "io.netty", "@babel"),
)
"""Words that the files do use: so identifiers, imports and prose have something to be redacted."""


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    suffix: str
    data: bytes


def run(*, peers: bool) -> list[Report]:
    """Return the tables; there is no peer that redacts code and looks at it again."""
    del peers
    files = list(_files(_FILES))
    with tempfile.TemporaryDirectory() as cache:
        config = DetectorConfig(
            key=HmacKey(key_id="bench", material=b"k" * 32),
            company=_COMPANY,
            cache_dir=Path(cache),
        )
        detectors = build_detectors(config, _FAMILIES)
        rows = [
            _row(f"{what}, {mode.value}", files, mode, spans_of)
            for what, spans_of in (
                ("found", _Found(detectors)),
                ("planted", _Planted(detectors)),
            )
            for mode in RedactionMode
        ]
    return [
        Report(
            title="Redaction of real files",
            columns=(
                *("work", "files redacted", "redactions", "by suffix"),
                *("shipped and parses worse", "shipped and still shows", "not idempotent"),
                *("held: no clean way", "held: still shows"),
            ),
            rows=rows,
            note=f"{len(files):,} files of installed packages and the repositories of ``REPOS``.",
        )
    ]


class _Found:
    """Spans of real findings."""

    is_rescanned = True

    def __init__(self, detectors: Sequence[BlobDetector]) -> None:
        self._detectors = detectors
        self._known: dict[int, list[RedactionSpan]] = {}

    def spans(self, file: _File) -> list[RedactionSpan]:
        """Return what the detectors find."""
        if id(file) not in self._known:
            self._known[id(file)] = self.scan(file.data, file.suffix)
        return self._known[id(file)]

    def scan(self, data: bytes, suffix: str) -> list[RedactionSpan]:
        """Return findings that are no placeholder of ours."""
        view = ScanText(blob_id="0" * 40, suffix=suffix, data=data)
        return [
            RedactionSpan(start=f.start, end=f.end, category=Category(f.category))
            for detector in self._detectors
            for f in findings_of(detector, view)
            if not is_placeholder(data[f.start : f.end])
        ]


class _Planted(_Found):
    """Random spans over the tokens of a file; there is nothing to be found again."""

    is_rescanned = False

    def spans(self, file: _File) -> list[RedactionSpan]:
        """Return a few spans, the same for the same file."""
        rng = random.Random(file.path)
        tree = parse_text(file.data, file.suffix)
        if tree is None or len(file.data) < 200:
            return []
        spans = []
        for _ in range(_SPANS):
            at = rng.randrange(len(file.data) - 100)
            node = tree.root_node.descendant_for_byte_range(at, at + rng.choice((1, 1, 2, 8)))
            if node is None or not node.is_named or node.end_byte - node.start_byte > 300:
                continue
            if node.child_count and not re.search("string|comment|scalar", node.type):
                continue
            start, end = node.start_byte, node.end_byte
            if rng.random() < 0.5:
                start += rng.randrange(max(1, (end - start) // 2))
                end = start + rng.randrange(1, max(2, end - start))
            elif rng.random() < 0.4:
                start, end = start - rng.randrange(3), end + rng.randrange(3)
            if 0 <= start < end <= len(file.data) and file.data[start:end].strip():
                category = rng.choice(list(Category))
                spans.append(RedactionSpan(start=start, end=end, category=category))
        return spans


def _row(name: str, files: Sequence[_File], mode: RedactionMode, work: _Found) -> list[str]:
    surrogates = Surrogates(key=b"k" * 32) if mode is RedactionMode.SURROGATE else None
    redactor = Redactor(surrogates=surrogates)
    counts: Counter[str] = Counter()
    suffixes: Counter[str] = Counter()
    for file in files:
        spans = work.spans(file)
        if not spans:
            continue
        counts["files"] += 1
        suffixes[file.suffix] += 1
        counts.update(_outcome(redactor, file, spans, work))
    shown = ", ".join(f"{s} {n}" for s, n in suffixes.most_common(6))
    total = counts["files"]
    return [
        name,
        str(total),
        str(counts["redactions"]),
        shown,
        *(
            f"{counts[what]} of {total}"
            if counts[what] == 0
            else Rate(hits=counts[what], total=total).show()
            for what in ("broken", "shows", "unstable", "no way", "held")
        ),
    ]


def _outcome(
    redactor: Redactor, file: _File, spans: list[RedactionSpan], work: _Found
) -> dict[str, int]:
    try:
        shipped, redactions = redactor.redact_file(file.data, spans, file.suffix)
    except SyntaxBroken:
        return {"no way": 1}
    counts = Counter({"redactions": len(redactions)})
    before, after = (count_errors(d, file.suffix) or 0 for d in (file.data, shipped))
    assert shipped.count(b"\n") == file.data.count(b"\n")
    leaks = work.scan(shipped, file.suffix) if work.is_rescanned else []
    counts["held"] = bool(leaks)
    if not leaks:
        counts["broken"] = after > before
        again = [RedactionSpan(start=r.start, end=r.end, category=r.kind) for r in redactions]
        counts["unstable"] = _again(redactor, shipped, again, file.suffix) != shipped
    return counts


def _again(redactor: Redactor, shipped: bytes, spans: list[RedactionSpan], suffix: str) -> bytes:
    """Return the shipped text redacted once more: what is ours already needs nothing."""
    rest = [s for s in spans if not _is_ours(shipped[s.start : s.end])]
    return redactor.redact_file(shipped, rest, suffix)[0]


def _is_ours(value: bytes) -> bool:
    """Say whether a value is a placeholder, or a number whose digits are gone."""
    return (
        is_placeholder(value)
        or re.fullmatch(rb"(?i)0[xbo]\D*[0\D]*|\D*9?[0\D]*", value) is not None
    )


def _files(limit: int) -> Iterator[_File]:
    """Yield files of many kinds in a fixed shuffled order; none kind has more than a sixth."""
    rng = random.Random(11)
    paths = sorted(
        p for p in _SITE_PACKAGES.rglob("*") if p.suffix and "__pycache__" not in p.parts
    )
    rng.shuffle(paths)
    taken: Counter[str] = Counter()
    for file in (*_mirror_files(rng), *map(_package_file, paths[: 3 * limit])):
        if file and taken[file.suffix] < limit // 6 and sum(taken.values()) < limit:
            taken[file.suffix] += 1
            yield file


def _package_file(path: Path) -> _File | None:
    if not path.is_file() or path.stat().st_size > _MAX_BYTES:
        return None
    return _as_file(str(path.relative_to(_SITE_PACKAGES)), path.read_bytes())


def _mirror_files(rng: random.Random) -> Iterator[_File | None]:
    """Yield a sample of each bare repository that the variable ``REPOS`` globs, if it is set."""
    pattern = os.environ.get("REPOS", "").lstrip("/")
    for git_dir in sorted(Path("/").glob(pattern)) if pattern else ():
        listing = _git(git_dir, b"", "ls-tree", "-r", "-z", "HEAD").split(b"\0")
        names = {
            entry.split()[2]: entry.partition(b"\t")[2].decode("utf-8", "replace")
            for entry in rng.sample(listing, min(len(listing), _PER_REPO))
            if entry.startswith(b"100")
        }
        asked = b"".join(blob + b"\n" for blob in names)
        stream = io.BytesIO(_git(git_dir, asked, "cat-file", "--batch"))
        while head := stream.readline().split():
            if len(head) < 3:
                continue
            data = stream.read(int(head[2]) + 1)[:-1]
            if len(data) <= _MAX_BYTES:
                yield _as_file(f"{git_dir.parent.name}/{names[head[0]]}", data)


def _as_file(path: str, data: bytes) -> _File | None:
    try:
        text, _ = normalise(data)
    except NotText:
        return None
    return _File(path, suffix_of(path.encode()), text) if text.strip() else None


def _git(git_dir: Path, stdin: bytes, *arguments: str) -> bytes:
    # a partial clone must not fetch what it lacks
    return subprocess.run(
        ["git", f"--git-dir={git_dir}", *arguments],
        check=True,
        input=stdin,
        stdout=subprocess.PIPE,
        env=os.environ | {"GIT_NO_LAZY_FETCH": "1"},
    ).stdout
