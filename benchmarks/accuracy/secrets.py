"""Secrets: tokens of vendors, lines of people, look-alikes and clean trees, beside the peers."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import sysconfig
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import kingfisher_sdk

from benchmarks.accuracy.scoring import Rate, Report
from benchmarks.accuracy.secrets_formats import FORMATS, draw
from benchmarks.accuracy.secrets_lines import HARMLESS_LINES, SECRET_LINES, fill
from ingest.detect import secrets
from ingest.detect.detector import DetectorConfig, findings_of
from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey
from ingest.domain.text import ScanText
from ingest.domain.tree import suffix_of
from workers.rulepacks import rule_packs

SEED = 20240611
LINE_ROUNDS = 6
CLEAN_FILES = 600
CARRIERS = {
    "quoted": ("py", 'client = Client("{}")\n'),
    "assigned": (".env", "SERVICE_VALUE={}\n"),
    "yaml": ("yml", "service:\n  value: {}\n"),
    "json": ("json", '{{"value": "{}"}}\n'),
    "prose": ("md", "For the staging system please use {} until Friday.\n"),
    "log": ("log", "10:11:12 INFO sending, Authorization: Bearer {} status=200\n"),
    "query": ("txt", "GET https://api.acme.dev/items?access_token={}&page=2\n"),
    "comment": ("go", "// old one was {}, rotate\n"),
}

Spans = list[tuple[int, int]]
Engine = Callable[[Sequence["Case"]], list[Spans | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A file, what kind of case it is, and where its secret stands (None: there is none)."""

    kind: str
    name: str
    text: bytes
    secret: tuple[int, int] | None


def run(*, peers: bool) -> list[Report]:
    """Return the tables of the family; with `peers` other engines on the same cases."""
    engines: dict[str, Engine] = {"Shardgate": _shardgate()}
    if peers:
        engines |= {
            "detect-secrets": _detect_secrets,
            "Kingfisher 1.112": _kingfisher_program,
            "Kingfisher SDK": _kingfisher_sdk(),
        }
    tokens = [*_tokens(is_weak=False), *_tokens(is_weak=True)]
    people, clean = [*_lines(SECRET_LINES), *_lines(HARMLESS_LINES)], list(_clean_files())
    found = {name: engine([*tokens, *people, *clean]) for name, engine in engines.items()}
    cases = [*tokens, *people, *clean]
    return [
        _table("Vendors' tokens", "found, by carrier", tokens, cases, found),
        _table(
            "People's lines",
            "of lines with a secret: found; harmless: flagged",
            people,
            cases,
            found,
        ),
        _table(
            "Clean files",
            "installed packages: files flagged (test passwords count)",
            clean,
            cases,
            found,
        ),
        _exactness(tokens, cases, found["Shardgate"]),
    ]


def _tokens(*, is_weak: bool) -> Iterator[Case]:
    source = random.Random(SEED)
    for template in FORMATS.values():
        for kind, (suffix, carrier) in CARRIERS.items():
            token = draw(template, source, is_weak=is_weak)
            text = carrier.format(token).encode()
            start = text.index(token.encode())
            yield Case(
                kind=f"weak, {kind}" if is_weak else kind,
                name=f"f.{suffix}",
                text=text,
                secret=(start, start + len(token)),
            )


def _lines(lines: Mapping[str, Sequence[str]]) -> Iterator[Case]:
    source = random.Random(SEED)
    for suffix, shapes in lines.items():
        for shape in shapes:
            for _ in range(LINE_ROUNDS):
                line, value = fill(shape, source)
                text = f"# x\n{line}\n".encode()
                start = text.rindex(value.encode()) if lines is SECRET_LINES else 0
                yield Case(
                    kind="with a secret" if lines is SECRET_LINES else "harmless",
                    name=suffix if suffix.startswith(".") else f"f.{suffix}",
                    text=text,
                    secret=(start, start + len(value)) if lines is SECRET_LINES else None,
                )


def _clean_files() -> Iterator[Case]:
    """Yield files of installed packages, less those of secret scanners."""
    root = Path(sysconfig.get_paths()["purelib"])
    kinds = {".py", ".js", ".json", ".md", ".txt", ".yml", ".yaml", ".toml", ".html", ".c", ".h"}
    scanners = ("detect_secrets", "kingfisher", "betterleaks")
    files = [p for p in sorted(root.rglob("*")) if p.suffix in kinds and p.is_file()]
    files = [p for p in files if not any(word in str(p) for word in scanners)]
    for path in random.Random(SEED).sample(files, min(CLEAN_FILES, len(files))):
        data = path.read_bytes()
        if len(data) < 200_000 and _is_utf8(data):
            yield Case(kind="clean", name=f"f{path.suffix}", text=data, secret=None)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _shardgate() -> Engine:
    cache = Path.home() / ".cache" / "shardgate-benchmarks"
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    detector = secrets.build(
        DetectorConfig(
            key=HmacKey(key_id="bench", material=b"k" * 32),
            company=CompanyProfile(),
            cache_dir=cache,
            rule_packs=rule_packs(cache),
        )
    )

    def scan(cases: Sequence[Case]) -> list[Spans | None]:
        texts = (
            ScanText(blob_id="0" * 40, suffix=suffix_of(case.name.encode()), data=case.text)
            for case in cases
        )
        return [[(f.start, f.end) for f in findings_of(detector, text)] for text in texts]

    return scan


def _kingfisher_sdk() -> Engine:
    scanner = kingfisher_sdk.Scanner(kingfisher_sdk.Rules())

    def scan(cases: Sequence[Case]) -> list[Spans | None]:
        return [
            [
                (f.location["start_offset"], f.location["end_offset"])
                for f in scanner.scan(case.text)
                if f.visible
            ]
            for case in cases
        ]

    return scan


def _written(cases: Sequence[Case], folder: Path) -> None:
    for number, case in enumerate(cases):
        place = folder / f"{number:05d}"
        place.mkdir()
        (place / case.name).write_bytes(case.text)


def _line_spans(cases: Sequence[Case], lines: Mapping[int, set[int]]) -> list[Spans | None]:
    """Return the spans of whole lines, for peers that tell no more."""
    result: list[Spans | None] = []
    for number, case in enumerate(cases):
        spans: Spans = []
        start = 0
        for line, text in enumerate(case.text.split(b"\n"), 1):
            if line in lines.get(number, ()):
                spans.append((start, start + len(text)))
            start += len(text) + 1
        result.append(spans)
    return result


_KINGFISHER_OPTIONS = (
    *("--format", "jsonl", "--no-validate", "--no-update-check"),
    *("--confidence", "low", "--no-dedup"),
)


def _kingfisher_program(cases: Sequence[Case]) -> list[Spans | None]:
    program = distribution("kingfisher-bin").locate_file("kingfisher/bin/kingfisher")
    lines: dict[int, set[int]] = defaultdict(set)
    with tempfile.TemporaryDirectory() as folder:
        _written(cases, Path(folder))
        done = subprocess.run(
            [str(program), "scan", folder, *_KINGFISHER_OPTIONS], capture_output=True, check=False
        )
        for row in done.stdout.splitlines():
            _take_row(row, lines)
    return _line_spans(cases, lines)


def _take_row(row: bytes, lines: dict[int, set[int]]) -> None:
    try:
        finding = json.loads(row).get("finding", {})
    except (ValueError, AttributeError):
        return
    if "path" in finding:
        lines[int(Path(finding["path"]).parent.name)].add(int(finding["line"]))


_DETECT_SECRETS = """
import json, pathlib, sys
from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings
with default_settings():
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*/*")):
        found = SecretsCollection()
        found.scan_file(str(path))
        print(json.dumps([path.parent.name, sorted({s.line_number for _, s in found})]))
"""


def _detect_secrets(cases: Sequence[Case]) -> list[Spans | None]:
    lines: dict[int, set[int]] = defaultdict(set)
    with tempfile.TemporaryDirectory() as folder:
        _written(cases, Path(folder))
        done = subprocess.run(
            [sys.executable, "-c", _DETECT_SECRETS, folder], capture_output=True, check=True
        )
        for row in done.stdout.splitlines():
            number, numbers = json.loads(row)
            lines[int(number)].update(numbers)
    return _line_spans(cases, lines)


def _is_flagged(case: Case, spans: Spans | None) -> bool:
    if case.secret is None:
        return bool(spans)
    start, end = case.secret
    return any(a < end and start < b for a, b in spans or ())


def _table(
    title: str,
    note: str,
    rows: Sequence[Case],
    cases: Sequence[Case],
    found: Mapping[str, Sequence[Spans | None]],
) -> Report:
    offset = cases.index(rows[0])
    counts: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for engine, results in found.items():
        for case, spans in zip(rows, results[offset : offset + len(rows)], strict=True):
            counts[case.kind][engine].append(_is_flagged(case, spans))
    shown = [
        [kind, *(Rate(hits=sum(by[name]), total=len(by[name])).show() for name in found)]
        for kind, by in counts.items()
    ]
    return Report(title=title, columns=[note, *found], rows=shown)


def _exactness(
    rows: Sequence[Case], cases: Sequence[Case], results: Sequence[Spans | None]
) -> Report:
    """How often a finding's span is the token itself, of the tokens found."""
    offset = cases.index(rows[0])
    pairs = [
        (case.secret, spans)
        for case, spans in zip(rows, results[offset : offset + len(rows)], strict=True)
        if _is_flagged(case, spans)
    ]
    exact = sum(secret in (spans or ()) for secret, spans in pairs)
    return Report(
        title="Spans",
        columns=["", "Shardgate"],
        rows=[["span is exactly the token", Rate(hits=exact, total=len(pairs)).show()]],
    )
