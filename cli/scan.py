"""``shardgate scan``: point the detectors at any folder or repository, without registering it."""

from __future__ import annotations

import os
import signal
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cli.console import announce_compiling, err, human_bytes, safe
from ingest.domain.finding import Family
from ingest.domain.private import write_private
from ingest.errors import InputError
from policies.report.scan_model import ScanReport
from workers.sandbox import Progress
from workers.scan import SCAN_FAMILIES
from workers.settings import Settings

GATE_EXIT = 3
"""Exit code when something that ``--fail-on`` names was found."""


class ScanFormat(StrEnum):
    """How a scan is written."""

    TABLE = "table"
    JSONL = "jsonl"
    SARIF = "sarif"
    HTML = "html"


class Gate(StrEnum):
    """What may end a scan with exit code 3."""

    FINDINGS = "findings"
    HELD = "held"
    UNSCANNED = "unscanned"


def scan(
    target: Annotated[
        str, typer.Argument(metavar="PATH|URL", help="Folder, file, or git repository.")
    ],
    families: Annotated[
        str,
        typer.Option(help="Comma-separated: secrets, pii, confidential, licensing; default: all."),
    ] = "",
    form: Annotated[
        ScanFormat,
        typer.Option(
            "--format", help="How to write it: table, jsonl (for programs), sarif or html."
        ),
    ] = ScanFormat.TABLE,
    history: Annotated[
        bool,
        typer.Option("--history", help="Every reachable blob instead of the files, for secrets."),
    ] = False,
    jobs: Annotated[
        int, typer.Option(min=0, max=64, help="Processes; 0: one for each core.", show_default=True)
    ] = 0,
    output: Annotated[
        Path | None, typer.Option(help="File to write; default: standard output.")
    ] = None,
    company: Annotated[
        Path | None, typer.Option(help="YAML file with the company's names and terms.")
    ] = None,
    max_bytes: Annotated[
        int | None,
        typer.Option(
            min=1, help="Larger files are not scanned; default: SHARDGATE_MAX_BLOB_BYTES."
        ),
    ] = None,
    home: Annotated[
        Path | None, typer.Option(help="Installation whose key and terms are used.")
    ] = None,
    credential: Annotated[
        str, typer.Option(help="For a URL: reference env:NAME or file:PATH, never the credential.")
    ] = "",
    fail_on: Annotated[
        str,
        typer.Option(help="Exit 3 on any of these: findings, held, unscanned; comma-separated."),
    ] = "",
) -> None:
    """Scan a folder, a file or a repository without registering it.

    A folder is read as it stands, links are not followed; of a bare repository or a URL HEAD is
    read. Exit codes: 0 scanned, whatever was found; 1 failed; 2 the input must be mended;
    3 found what --fail-on names; 130 stopped.
    """
    started = time.monotonic()
    asked, gates = _families(families, history=history), _gates(fail_on)
    settings = _settings(home, max_bytes)
    with _stoppable():
        report = _scan(target, settings, asked, history, jobs or _cores(), company, credential)
        _write(report, form, output)
    _print_summary(report, time.monotonic() - started)
    if _is_gated(report, gates):
        raise typer.Exit(GATE_EXIT)


def _families(text: str, *, history: bool) -> tuple[Family, ...]:
    """Return the families that a list names, in the order of the catalogue."""
    names = {part.strip() for part in text.split(",") if part.strip()}
    known = {family.value: family for family in SCAN_FAMILIES}
    if unknown := sorted(names - known.keys()):
        raise InputError(f"There is no family {unknown[0]}.", hint=f"Known: {', '.join(known)}.")
    if history:
        if names - {Family.SECRETS.value}:
            raise InputError("A scan of the history looks for secrets only.")
        return (Family.SECRETS,)
    return tuple(family for family in SCAN_FAMILIES if not names or family.value in names)


def _gates(text: str) -> set[Gate]:
    names = {part.strip() for part in text.split(",") if part.strip()}
    if unknown := sorted(names - {gate.value for gate in Gate}):
        raise InputError(f"--fail-on knows no {unknown[0]}.", hint=f"Known: {', '.join(Gate)}.")
    return {Gate(name) for name in names}


def _settings(home: Path | None, max_bytes: int | None) -> Settings:
    given: dict[str, object] = {}
    if home is not None:
        given["home"] = home
    if max_bytes is not None:
        given["max_blob_bytes"] = max_bytes
    return Settings(**given)  # type: ignore[arg-type]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _scan(
    target: str,
    settings: Settings,
    families: tuple[Family, ...],
    history: bool,
    jobs: int,
    company: Path | None,
    credential: str,
) -> ScanReport:
    from cli.samples import company_profile_yaml  # noqa: PLC0415 - after the options were checked
    from workers.scan import Scanner, scan_tree  # noqa: PLC0415 - after the options were checked
    from workers.scan_home import find_home, work_folder  # noqa: PLC0415 - same
    from workers.scan_records import report_of  # noqa: PLC0415 - same
    from workers.scan_source import is_existing, open_source  # noqa: PLC0415 - same

    sample = company_profile_yaml() if (settings.root / "company.yaml").exists() else ""
    path = Path(target) if is_existing(Path(target)) else None
    surroundings = find_home(settings, company, target=path, sample_company=sample)
    for note in surroundings.notes:
        err.print(safe(note), soft_wrap=True)
    if Family.SECRETS in families:
        announce_compiling(surroundings.cache_dir)
    with work_folder(surroundings.work_dir) as folder, _progress() as progress:
        facts = folder / "facts"
        facts.mkdir()
        scanner = Scanner(
            home=surroundings, families=families, jobs=jobs, folder=facts, progress=progress
        )
        if history:
            from workers.scan_history import scan_history  # noqa: PLC0415 - starts git

            return scan_history(scanner, target, folder, credential=credential)
        with_log = Family.LICENSING in families
        source = open_source(target, settings, folder, credential=credential, with_log=with_log)
        return report_of(scanner, source, scan_tree(scanner, source))


@contextmanager
def _stoppable() -> Iterator[None]:
    """Clean up when the process is asked to end, too: a mirror is not left behind."""

    def stop(number: int, frame: object) -> NoReturn:
        del frame
        sys.exit(128 + number)

    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show a bar on standard error where that is a terminal; be quiet otherwise."""
    if not err.is_terminal:
        yield lambda done, total: None  # noqa: ARG005 - nobody looks
        return
    from rich.progress import Progress as Bar  # noqa: PLC0415 - for a terminal only

    with Bar(console=err, transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, description="scanning", completed=done, total=total)

        yield show


def _write(report: ScanReport, form: ScanFormat, output: Path | None) -> None:
    """Write the report; a file appears whole or not at all, and is its owner's alone."""
    is_shown = output is None or output == Path("-")
    if is_shown and form is ScanFormat.TABLE:
        from cli.scan_table import print_scan  # noqa: PLC0415 - for this format only

        print_scan(report)
        return
    parts = _render(report, form)
    if output is None or is_shown:
        for part in parts:
            sys.stdout.write(part)
        sys.stdout.flush()
        return
    try:
        # What is a link, a pipe or a device is written to, never replaced.
        if os.path.lexists(output) and not stat.S_ISREG(output.lstat().st_mode):
            with output.open("w", encoding="utf-8", newline="") as file:
                file.writelines(parts)
        else:
            write_private(output, (part.encode() for part in parts))
    except OSError as error:
        raise InputError(f"The output cannot be written ({error.strerror}).") from None


def _render(report: ScanReport, form: ScanFormat) -> Iterator[str]:
    if form is ScanFormat.TABLE:
        from cli.scan_table import render_scan  # noqa: PLC0415 - one of several

        yield render_scan(report)
    elif form is ScanFormat.JSONL:
        from policies.report.render_scan_jsonl import to_jsonl  # noqa: PLC0415 - one of several

        yield from to_jsonl(report)
    elif form is ScanFormat.SARIF:
        from policies.report.render_scan_sarif import scan_to_sarif  # noqa: PLC0415 - same

        yield scan_to_sarif(report)
    else:
        from policies.report.render_scan_html import scan_to_html  # noqa: PLC0415 - same

        yield scan_to_html(report)


def _print_summary(report: ScanReport, seconds: float) -> None:
    """Account for every file on standard error, where no program's input is."""
    parts = [
        f"{report.files:,} seen = {report.scanned:,} scanned + {report.unscanned_files:,} not",
        f"{human_bytes(report.bytes)} in {seconds:.1f} s",
    ]
    if report.is_history:
        parts.append(f"{len(report.secrets):,} distinct secrets")
    else:
        parts.append(f"{len(report.findings):,} findings")
    if report.verdicts:
        parts.append(f"{len(report.held):,} held by license or origin")
    partly = len({u.path for u in report.unscanned if u.family})
    if partly:
        parts.append(f"{partly:,} looked at only in part")
    err.print("; ".join(parts), soft_wrap=True)


def _is_gated(report: ScanReport, gates: set[Gate]) -> bool:
    found = {
        Gate.FINDINGS: bool(report.findings or report.secrets),
        Gate.HELD: bool(report.held),
        Gate.UNSCANNED: bool(report.unscanned),
    }
    return any(found[gate] for gate in gates)
