"""Bytes per second per core and peak memory of each stage and of the whole path.

Run it with ``make bench REPO=<path of a git repository>``. One process works through all stages,
and every rate is per second of processor time of this process and those it starts: a rate of one
core, whatever else the machine does. In the same run it measures the bare ``git cat-file --batch``
on the same blobs, and the peers as they come, on samples: compare ratios, machines differ.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pyarrow.compute as pc

from benchmarks import peers
from ingest.detect.catalogue import build_detectors
from ingest.detect.detector import BatchDetector, BlobDetector
from ingest.domain.finding import BLOB_FAMILIES
from ingest.domain.repository import Repository, RightsBasis
from ingest.domain.text import NotText, ScanText, normalise
from ingest.mirror.reader import MirrorReader
from ingest.register.registry import RegistrationRequest, register
from policies.decision import Tier
from workers.context import Context
from workers.corpus import units_of
from workers.runner import run_job, settle
from workers.running import first_jobs
from workers.settings import Settings

MB = 1e6
_SAMPLE_BYTES = 1_000_000
_SCANCODE_BYTES = 100_000
_STRETCH_BYTES = 1 << 20
_WHO = {"NAME": "B", "EMAIL": "b@bench.invalid", "DATE": "1790000000 +0000"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One line of the result."""

    what: str
    seconds: float
    """By the wall clock."""
    cpu_seconds: float
    """Of processor time, of this process and of those it started."""
    size: int
    """Bytes worked on; 0 where a rate makes no sense."""
    note: str = ""

    def show(self) -> str:
        """Return the line."""
        rate = f"{self.size / MB / max(self.cpu_seconds, 1e-3):9.2f} MB/s" if self.size else ""
        line = f"{self.what:34}{self.seconds:9.2f} s{self.cpu_seconds:9.2f} s {rate:14}  "
        return (line + self.note).rstrip()


HEAD = f"{'':34}{'wall':>9}  {'processor':>9}   per core"


def spent() -> float:
    """Return the seconds of processor time that this process and its ended children took."""
    return sum(os.times()[:4])


def timed(what: str, size: int, work: Callable[[], object], note: str = "") -> Measured:
    """Measure one piece of work."""
    started, before = time.perf_counter(), spent()
    work()
    return Measured(
        what=what,
        seconds=time.perf_counter() - started,
        cpu_seconds=spent() - before,
        size=size,
        note=note,
    )


def run_path(context: Context, repository: Repository) -> dict[str, Measured]:
    """Run the whole path in this process; return what each stage took, and all under ``""``."""
    started, before = time.perf_counter(), spent()
    by_stage: dict[str, tuple[float, float]] = {}
    tiers = [tier.value for tier in Tier]
    run_id = context.jobs.start_run(
        "sync", {"tiers": tiers, "history": False}, lambda run: first_jobs(run, [repository])
    )
    while not context.jobs.is_finished(run_id):
        for job_id in context.jobs.ready_ids(limit=1):
            job = context.jobs.find(job_id)
            one = timed("", 0, partial(run_job, context, job_id, lambda _: None))
            stage = job.stage if job else "?"
            wall, cpu = by_stage.get(stage, (0.0, 0.0))
            by_stage[stage] = wall + one.seconds, cpu + one.cpu_seconds
        settle(context, run_id)
    parked = context.jobs.parked(run_id)
    if parked:
        raise SystemExit(f"parked: {[(job.stage, job.reason) for job in parked]}")
    by_stage[""] = time.perf_counter() - started, spent() - before
    return {
        name: Measured(what=f"stage: {name}", seconds=wall, cpu_seconds=cpu, size=0)
        for name, (wall, cpu) in by_stage.items()
    }


def copy_head(source: Path, target: Path) -> None:
    """Make a repository whose one commit has the HEAD tree of another."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(target)], check=True)
    _git(target, "fetch", "--quiet", "--depth=1", source.as_uri(), "HEAD")
    who = {f"GIT_{r}_{k}": v for r in ("AUTHOR", "COMMITTER") for k, v in _WHO.items()}
    made = subprocess.run(
        ["git", f"--git-dir={target}", "commit-tree", "-m", "bench", "FETCH_HEAD^{tree}"],
        check=True,
        stdout=subprocess.PIPE,
        env=os.environ | who,
    )
    _git(target, "update-ref", "refs/heads/main", made.stdout.decode().strip())
    _git(target, "symbolic-ref", "HEAD", "refs/heads/main")
    (target / "shallow").unlink(missing_ok=True)


def change_files(git_dir: Path, count: int) -> None:
    """Commit a change of some text files on top of HEAD."""
    listing = _git(git_dir, "ls-tree", "-r", "-z", "HEAD").split(b"\0")
    entries = [
        e
        for e in listing
        if e.startswith(b"100")
        and e.endswith((b".py", b".c", b".go", b".js", b".rs", b".md", b".java"))
    ]
    branch = _git(git_dir, "symbolic-ref", "HEAD").strip().decode()
    stream = [
        f"commit {branch}\ncommitter B <b@bench.invalid> 1790000000 +0000\n".encode(),
        b"data 6\nchange\n",
        f"from {branch}^0\n".encode(),
    ]
    for number, entry in enumerate(entries[:count]):
        meta, path = entry.split(b"\t", 1)
        data = (
            _git(git_dir, "cat-file", "blob", meta.split()[2].decode()) + b"\nchanged %d\n" % number
        )
        quoted = b'"' + path.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
        stream.append(b"M 100644 inline %s\ndata %d\n%s\n" % (quoted, len(data), data))
    subprocess.run(
        ["git", f"--git-dir={git_dir}", "fast-import", "--quiet"],
        input=b"".join(stream),
        check=True,
    )


def _git(git_dir: Path, *arguments: str) -> bytes:
    return subprocess.run(
        ["git", f"--git-dir={git_dir}", *arguments], check=True, stdout=subprocess.PIPE
    ).stdout


def bare_rate(git_dir: Path, blob_ids: Sequence[str], size: int) -> Measured:
    """Measure ``git cat-file --batch`` alone on the same blobs."""
    request = "\n".join(blob_ids).encode() + b"\n"
    return timed(
        "git cat-file --batch, bare",
        size,
        lambda: subprocess.run(
            ["git", f"--git-dir={git_dir}", "cat-file", "--batch"],
            input=request,
            stdout=subprocess.DEVNULL,
            check=True,
        ),
    )


def family_rates(context: Context, texts: Sequence[ScanText], size: int) -> list[Measured]:
    """Measure each detector family alone, in process."""
    rates = []
    for family in BLOB_FAMILIES:
        started = time.perf_counter()
        # A fresh detector: one that has seen the texts remembers headers that repeat.
        (detector,) = build_detectors(context.detector_config, (family,))
        loaded = time.perf_counter() - started

        def scan(detector: BlobDetector = detector) -> None:
            for stretch in _stretches(texts):
                if isinstance(detector, BatchDetector):
                    detector.scan_all(stretch)
                else:
                    for text in stretch:
                        detector.scan(text)

        rates.append(timed(f"detect: {family.value}", size, scan, f"(loads in {loaded:.1f} s)"))
    return rates


def _stretches(texts: Sequence[ScanText]) -> list[list[ScanText]]:
    """Cut texts as a worker does."""
    stretches: list[list[ScanText]] = []
    size = _STRETCH_BYTES
    for text in texts:
        if size >= _STRETCH_BYTES:
            stretches.append([])
            size = 0
        stretches[-1].append(text)
        size += len(text.data)
    return stretches


def _told(stages: Mapping[str, Measured]) -> str:
    named = {name: stage for name, stage in stages.items() if name}
    return ", ".join(f"{name} {stage.cpu_seconds:.2f}" for name, stage in named.items())


def peak_memory() -> str:
    """Return the peak resident size of this process and of its largest child, in MB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return f"{own / 1024:.0f} MB, largest child {child / 1024:.0f} MB"


def read_texts(
    context: Context, repository: Repository, ids: Sequence[str], suffixes: Sequence[str]
) -> list[ScanText]:
    """Return the normalised texts of some blobs."""
    texts = []
    with MirrorReader(context.settings.mirrors_dir) as reader:
        for (blob_id, data), suffix in zip(
            reader.read_blobs(repository.id, ids), suffixes, strict=True
        ):
            try:
                text, _ = normalise(data)
            except NotText:
                continue
            texts.append(ScanText(blob_id=blob_id, suffix=suffix, data=text))
    return texts


def load(context: Context) -> None:
    """Load what a worker process loads once."""
    context.detectors()
    context.policy.find_rule("")


def registered(context: Context, source: Path) -> Repository:
    """Register a repository by its path."""
    return register(
        RegistrationRequest(
            url=str(source),
            owner="bench",
            rights=RightsBasis.LICENSE,
            license="Apache-2.0",
            release_consent=True,
            consent_until=context.today() + timedelta(days=30),
            evidence="benchmark",
        ),
        context.catalog,
        today=context.today(),
        allow_local=True,
    )


def bench(source: Path, home: Path) -> list[str]:
    """Measure everything on one repository."""
    copy = home / "source.git"
    copy_head(source, copy)
    context = Context(settings=Settings(home=home / "state", allow_local=True))
    repository = registered(context, copy)
    loading = timed("load engines and policy, cold", 0, lambda: load(context))
    first = run_path(context, repository)
    memory = peak_memory()
    second = run_path(context, repository)
    change_files(copy, 10)
    third = run_path(context, repository)

    key = context.catalog.corpus()[repository.id]
    units = units_of(context.lake.read("snapshots", key))
    size = pc.sum(units["size"]).as_py() or 0
    ids, suffixes = units["blob_id"].to_pylist(), units["suffix"].to_pylist()
    texts = read_texts(context, repository, ids, suffixes)
    results = [loading, bare_rate(copy, ids, size)]
    results.append(
        timed(
            "read and check every blob",
            size,
            lambda: read_texts(context, repository, ids, suffixes),
        )
    )
    results += family_rates(context, texts, size)
    results += [replace(stage, size=size) for name, stage in first.items() if name]
    results += [
        replace(first[""], what="whole path, first run", size=size, note=f"peak {memory}"),
        replace(second[""], what="whole path, nothing changed"),
        replace(third[""], what="whole path, ten files changed", note=_told(third)),
    ]
    results += peer_rates(texts)
    lines = [f"{len(ids):,} text blobs of the HEAD tree, {size / MB:.1f} MB", "", HEAD]
    return lines + [result.show() for result in results]


def peer_rates(texts: Sequence[ScanText]) -> list[Measured]:
    """Measure the peers, the slow ones on samples."""
    sample = peers.take_sample(texts, _SAMPLE_BYTES)
    size, sample_size = (sum(len(t.data) for t in part) for part in (texts, sample))
    results = [
        timed("peer: Kingfisher SDK, own rules", size, peers.kingfisher_runner(texts)),
        timed("peer: Presidio, no_op engine", sample_size, peers.presidio_runner(sample), "sample"),
    ]
    with peers.as_files(sample) as (_, paths):
        work = partial(peers.run_detect_secrets, paths)
        results.append(timed("peer: detect-secrets, default", sample_size, work, "sample"))
    programs = (
        ("Kingfisher program, one job", "kingfisher", peers.run_kingfisher, texts),
        (
            "ScanCode, licenses only",
            "scancode",
            peers.run_scancode,
            peers.take_sample(texts, _SCANCODE_BYTES),
        ),
    )
    for what, name, run, given in programs:
        if program := peers.find_program(name):
            results.append(_program_rate(f"peer: {what}", partial(run, program), given))
    return results


def _program_rate(what: str, run: Callable[[Path], None], texts: Sequence[ScanText]) -> Measured:
    """Measure a program on files, without what it takes to start."""
    with peers.as_files([]) as (folder, _):
        # The first start of all compiles rules.
        run(folder)
        start = timed("", 0, partial(run, folder))
    with peers.as_files(texts) as (folder, _):
        whole = timed("", 0, partial(run, folder))
    size = sum(len(t.data) for t in texts)
    return Measured(
        what=what,
        seconds=max(whole.seconds - start.seconds, 0.0),
        cpu_seconds=max(whole.cpu_seconds - start.cpu_seconds, 0.0),
        size=size,
        note=f"{size / MB:.3f} MB, without the {start.cpu_seconds:.0f} s of its start",
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repo", type=Path, default=Path())
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shardgate-bench-") as home:
        print("\n".join(bench(arguments.repo.resolve(), Path(home))))


if __name__ == "__main__":
    main()
