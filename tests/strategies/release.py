"""Real small corpora for release tests, fakes of its ports, and strategies for its nouns."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
from hypothesis import strategies as st

from ingest.domain.artefacts import SNAPSHOT, TREE_FACTS, facts_schema
from ingest.domain.finding import BLOB_FAMILIES, Category, Confidence, Family, Finding
from ingest.domain.secret import HmacKey, Secret
from ingest.domain.text import normalise
from ingest.domain.tree import suffix_of
from ingest.errors import MirrorCorrupt
from policies.decision import DECISIONS, Tier
from release.build import BuiltRelease, ReleaseInputs, ReleaseSpec, Tools, build_release
from release.build.inputs import CONFIDENTIAL, SECRETS
from release.build.redact import RedactionSpan
from release.signing import KeySigner, generate_keys

KEY = HmacKey(key_id="test", material=b"k" * 32)
MOMENT = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
POLICY_DIGEST = hashlib.sha256(b"policy").hexdigest()
_MARKER = re.compile(rb"MARK-([A-Z_]+)-[0-9a-z]{8}(?:\n[0-9a-z]{8})*")


def marker(category: Category, number: int = 0, *, lines: int = 1) -> bytes:
    """Return a value that `MarkerScanner` finds, over as many lines as asked."""
    tails = [hashlib.sha256(b"%d/%d" % (number, n)).hexdigest()[:8] for n in range(lines)]
    return f"MARK-{category.value}-".encode() + "\n".join(tails).encode()


class MarkerScanner:
    """An `ExitScanner` that finds markers, and says how often it was asked.

    What is known from elsewhere are texts, found as they are given.
    """

    def __init__(self, *known: bytes) -> None:
        self.calls = 0
        self._known = known

    def scan_known(self, texts: Sequence[bytes]) -> list[list[Finding]]:
        """Return, of each text, one finding per known text in it, at its first place."""
        return [self._known_in(text) for text in texts]

    def _known_in(self, text: bytes) -> list[Finding]:
        return [
            Finding.of(
                Secret(known),
                key=KEY,
                detector_id="marker",
                rule_id="known",
                category=Category.PASSWORD,
                start=text.index(known),
                end=text.index(known) + len(known),
                line=1,
                confidence=Confidence.HIGH,
            )
            for known in self._known
            if known in text
        ]

    def scan(
        self, text: bytes, suffix: str, wanted: frozenset[str] = frozenset(Category)
    ) -> list[Finding]:
        """Return one finding per marker of a wanted category."""
        del suffix
        self.calls += 1
        return [
            Finding.of(
                Secret(match.group()),
                key=KEY,
                detector_id="marker",
                rule_id=f"marker.{match.group(1).decode().lower()}",
                category=Category(match.group(1).decode()),
                start=match.start(),
                end=match.end(),
                line=text.count(b"\n", 0, match.start()) + 1,
                confidence=Confidence.HIGH,
            )
            for match in _MARKER.finditer(text)
            if match.group(1).decode() in wanted
        ]

    def scan_all(
        self, texts: Sequence[tuple[bytes, str]], wanted: frozenset[str] = frozenset(Category)
    ) -> list[list[Finding]]:
        """Return what `scan` returns of each."""
        return [self.scan(text, suffix, wanted) for text, suffix in texts]


class MemoryBlobs:
    """A `BlobSource` over dictionaries."""

    def __init__(self, blobs: Mapping[str, Mapping[str, bytes]]) -> None:
        self.blobs = blobs

    def read_blobs(
        self, repository_id: str, blob_ids: Iterable[str]
    ) -> Iterator[tuple[str, bytes]]:
        """Yield (id, stored bytes) in the order asked."""
        for blob_id in blob_ids:
            if blob_id not in self.blobs[repository_id]:
                raise MirrorCorrupt(f"{blob_id} is missing")
            yield blob_id, self.blobs[repository_id][blob_id]


def blob_id_of(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def repo_id_of(name: str) -> str:
    return "repo_" + hashlib.sha256(name.encode()).hexdigest()[:20]


def commit_of(name: str) -> str:
    return hashlib.sha1(b"commit " + name.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, kw_only=True)
class File:
    """One occurrence of a test corpus."""

    repo: str
    path: bytes
    data: bytes
    outcome: str = "releasable"
    reasons: tuple[str, ...] = ("LIC_PERMISSIVE",)
    pending_lanes: tuple[str, ...] = ()
    redact: frozenset[Category] = frozenset(Category)
    ownership: str = "own"
    license: str | None = "MIT"
    holders: tuple[str, ...] = ()
    notices: tuple[tuple[int, int], ...] = ()
    failed: frozenset[Family] = frozenset()
    hidden: bool = False
    """The detectors that made the facts did not see the markers."""
    counterpart: tuple[str, bytes] | None = None
    waivers: tuple[str, ...] = ()

    @property
    def repo_id(self) -> str:
        return repo_id_of(self.repo)

    @property
    def blob_id(self) -> str:
        return blob_id_of(self.data)


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Files with the artefacts that ingest and policies would have made of them."""

    files: tuple[File, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def blobs(self) -> MemoryBlobs:
        blobs: dict[str, dict[str, bytes]] = {}
        for file in self.files:
            blobs.setdefault(file.repo_id, {})[file.blob_id] = file.data
        return MemoryBlobs(blobs)

    @property
    def inputs(self) -> ReleaseInputs:
        files = sorted(self.files, key=lambda f: (f.repo_id, f.path))
        repos = sorted({f.repo for f in files})
        decisions = pa.Table.from_pylist([_decision(f) for f in files], schema=DECISIONS)
        rights = {
            "repo_id": pa.array([repo_id_of(r) for r in repos], pa.string()),
            "name": pa.array(repos, pa.string()),
            "alias": pa.array([self.aliases.get(r) for r in repos], pa.string()),
        }
        return ReleaseInputs(
            decisions=decisions.replace_schema_metadata({"policy_digest": POLICY_DIGEST}),
            snapshots=pa.Table.from_pylist([_snapshot(f) for f in files], schema=SNAPSHOT),
            facts={family: _facts(family, files) for family in BLOB_FAMILIES},
            trees=pa.Table.from_pylist([_tree(f) for f in files], schema=TREE_FACTS),
            rights=pa.table(rights),
        )


def _decision(file: File) -> dict[str, object]:
    counterpart = file.counterpart or (None, None)
    return {
        "repo_id": file.repo_id,
        "commit_id": commit_of(file.repo),
        "path": file.path,
        "blob_id": file.blob_id,
        "suffix": suffix_of(file.path),
        "size": len(file.data),
        "outcome": file.outcome,
        "reasons": sorted(file.reasons),
        "pending_lanes": sorted(file.pending_lanes),
        "redact_categories": sorted(file.redact),
        "license_expression": file.license,
        "license_type": "permissive" if file.license else "unknown",
        "license_source": "own" if file.license else "none",
        "ownership": file.ownership,
        "counterpart_repo_id": repo_id_of(counterpart[0]) if counterpart[0] else None,
        "counterpart_path": counterpart[1],
        "counterpart_score": 1.0 if counterpart[0] else None,
        "waived_reasons": ["LICENSE_UNKNOWN"] if file.waivers else [],
        "waiver_ids": sorted(file.waivers),
    }


def _snapshot(file: File) -> dict[str, object]:
    return {
        "repo_id": file.repo_id,
        "commit_id": commit_of(file.repo),
        "branch": f"branch-of-{file.repo}",
        "committer_date": MOMENT,
        "path": file.path,
        "mode": 0o100644,
        "blob_id": file.blob_id,
        "size": len(file.data),
        "suffix": suffix_of(file.path),
        "encoding": "utf-8",
        "skip_reason": "binary" if file.outcome == "skipped" else None,
    }


def _tree(file: File) -> dict[str, object]:
    return {
        "repo_id": file.repo_id,
        "path": file.path,
        "status": "completed",
        "reason": "",
        "language": "Python" if file.path.endswith(b".py") else None,
        "language_source": "path",
        "is_vendor": False,
        "is_generated": False,
        "is_test": False,
        "scope_license_expression": "Apache-2.0 OR MIT",
        "scope_license_category": "permissive",
        "scope_evidence": b"LICENSE",
        "scope_training_restricted": False,
        "provenance": "first_party",
        "provenance_evidence": [],
        "path_findings": [asdict(f) for f in MarkerScanner().scan(file.path, "")],
    }


def _facts(family: Family, files: Iterable[File]) -> pa.Table:
    rows: dict[tuple[str, str], dict[str, object]] = {}
    for file in files:
        if file.outcome == "skipped":
            continue
        key = (file.blob_id, suffix_of(file.path))
        status = "failed" if family in file.failed else "completed"
        row: dict[str, object] = dict(
            zip(("blob_id", "suffix", "status", "reason"), (*key, status, ""), strict=True)
        )
        if status == "completed":
            row |= _columns(family, file)
        rows[key] = row
    return pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=facts_schema(family))


def _columns(family: Family, file: File) -> dict[str, object]:
    if family is Family.LICENSING:
        spans = [{"start": start, "end": end} for start, end in file.notices]
        return {"holders": list(file.holders), "notice_spans": spans, "evidence": []}
    if family is Family.CONTENT:
        return {"is_minified": False, "is_generated": False}
    findings = [] if file.hidden else MarkerScanner().scan(normalise(file.data)[0], "")
    return {"findings": [asdict(f) for f in findings if _family_of(f.category) is family]}


def _family_of(category: str) -> Family:
    if category in SECRETS:
        return Family.SECRETS
    return Family.CONFIDENTIAL if category in CONFIDENTIAL else Family.PII


def mixed_corpus() -> Corpus:
    """Return two repositories with every fate, every tier and every kind of value in them."""
    planted = b"\n".join(
        b"%s = '%s'" % (c.value.lower().encode(), marker(c, n)) for n, c in enumerate(Category)
    )
    notice = b"# Copyright " + marker(Category.PERSON, 7) + b"\nx = 1\n"
    inner = b"# the plan of the year\nprofit = 42\n"
    coded = b"src/" + marker(Category.CODENAME, 3) + b"/a.py"
    return Corpus(
        aliases={"beta": "public-beta"},
        files=(
            File(repo="alpha", path=b"src/plain.py", data=b"print('h\xc3\xa9llo')\n"),
            File(repo="alpha", path=b"src/keys.py", data=planted + b"\n"),
            File(repo="alpha", path=b"src/copy.py", data=planted + b"\n"),
            File(repo="alpha", path=b"win\xff.txt", data=b"caf\xe9\r\n"),
            File(
                repo="beta",
                path=b"vendor/lib.py",
                data=notice,
                ownership="third_party",
                notices=((0, notice.index(b"\n")),),
                holders=("Some Person", "Example Foundation"),
            ),
            File(repo="beta", path=coded, data=b"a=1\n"),
            File(repo="beta", path=b"inner.py", data=inner, outcome="internal-only"),
            File(
                repo="beta",
                path=b"inner_keys.py",
                data=inner + marker(Category.PASSWORD, 9),
                outcome="internal-only",
                reasons=("OWN_UNKNOWN",),
                pending_lanes=("legal",),
                counterpart=("alpha", b"src/plain.py"),
            ),
            File(repo="beta", path=b"gone.py", data=b"gone = 1\n", outcome="excluded"),
            File(
                repo="beta",
                path=b"image.png",
                data=b"\0\1\2",
                outcome="skipped",
                reasons=("SKIPPED_BINARY",),
            ),
            File(
                repo="beta",
                path=b"unscanned.py",
                data=b"unscanned = 1\n",
                failed=frozenset({Family.SECRETS}),
            ),
        ),
    )


def large_corpus(count: int) -> Corpus:
    """Return distinct small files over three repositories."""
    files = (
        File(repo=f"repo-{n % 3}", path=b"f%05d.py" % n, data=b"# %d\n" % n + b"x = 1\n" * (n % 50))
        for n in range(count)
    )
    return Corpus(files=tuple(files))


def spec_of(tier: Tier, **changes: object) -> ReleaseSpec:
    values: dict[str, object] = {
        "tier": tier,
        "created_at": MOMENT,
        "tools": {"marker": "1.0"},
        "rulesets": {"secrets": "0" * 64},
    }
    return ReleaseSpec(**(values | changes))  # type: ignore[arg-type]


def keys_in(folder: Path) -> tuple[Path, Path]:
    """Return (private, public) key files of a folder, made when missing."""
    private, public = folder / "private.pem", folder / "public.pem"
    generate_keys(private, public)
    return private, public


def tools_for(corpus: Corpus, folder: Path, **changes: object) -> Tools:
    """Return tools of a build, with the keys of a folder."""
    private, _ = keys_in(folder)
    tools = Tools(blobs=corpus.blobs, scanner=MarkerScanner(), signer=KeySigner(private=private))
    return replace(tools, **changes)  # type: ignore[arg-type]


def build_corpus(
    corpus: Corpus, root: Path, tier: Tier = Tier.RELEASABLE, **changes: object
) -> BuiltRelease:
    """Build a corpus under a root, signed with the keys beside it."""
    root.mkdir(parents=True, exist_ok=True)
    tools = tools_for(corpus, root.parent)
    return build_release(corpus.inputs, spec_of(tier, **changes), root, tools)


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[bytes, list[RedactionSpan]]:
    """Draw a UTF-8 text and spans in it, which may overlap and cut characters."""
    data = draw(st.text(st.sampled_from("aé漢😀 \n\r<>"), min_size=1, max_size=60)).encode()
    spans = []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(data) - 1))
        end = draw(st.integers(start + 1, len(data)))
        spans.append(RedactionSpan(start=start, end=end, category=draw(st.sampled_from(Category))))
    return data, spans


counts_parts = st.fixed_dictionaries(
    {
        name: st.integers(0, 1000)
        for name in ("emitted", "folded", "other_tier", "held", "excluded", "skipped")
    }
)
