"""A scan for people: counts first, then what to look at, then what was not looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from io import StringIO

from cli.console import out, print_table
from policies.report.escape import display_path
from policies.report.scan_model import HistorySecret, ScanFinding, ScanReport

_PLACES = 12
_TOP = 8


def render_scan(report: ScanReport) -> str:
    """Return the tables of a scan as plain text."""
    buffer = StringIO()
    before, out.file = out.file, buffer
    try:
        print_scan(report)
    finally:
        out.file = before
    return buffer.getvalue()


def print_scan(report: ScanReport) -> None:
    """Print the tables of a scan."""
    out.print(f"scan of {display_path(report.subject.encode('utf-8', 'surrogateescape'))}\n")
    _print_findings(report)
    _print_history(report)
    _print_licenses(report)
    _print_unscanned(report)


def _print_findings(report: ScanReport) -> None:
    if not report.findings:
        if not report.is_history and set(report.families) - {"licensing"}:
            out.print("nothing was found\n")
        return
    files: dict[tuple[str, str], set[bytes]] = {}
    for finding in report.findings:
        files.setdefault((finding.family, finding.type), set()).add(finding.path)
    counts = Counter((f.family, f.type) for f in report.findings)
    print_table(
        "found",
        ("family", "type", "findings", "files"),
        [(*key, count, len(files[key])) for key, count in _by_count(counts)],
    )
    rules = Counter((f.rule_id, f.type) for f in report.findings)
    print_table(
        "\nrules that found most",
        ("rule", "type", "findings"),
        [(*key, count) for key, count in _by_count(rules)[:_TOP]],
    )
    print_table(
        "\nwhere to look first",
        ("place", "type", "value", "rule", "confidence"),
        [_place(finding) for finding in _first(report.findings)],
    )
    out.print()


def _by_count(counts: Counter[tuple[str, str]]) -> list[tuple[tuple[str, str], int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _first(findings: Iterable[ScanFinding]) -> list[ScanFinding]:
    """Return the surest findings, each value once, secrets before the rest."""
    families = ("secrets", "confidential", "pii")
    confidences = ("high", "medium", "low")
    distinct = {finding.fingerprint: finding for finding in reversed(list(findings))}
    return sorted(
        distinct.values(),
        key=lambda f: (families.index(f.family), confidences.index(f.confidence), f.path, f.start),
    )[:_PLACES]


def _place(finding: ScanFinding) -> tuple[str, ...]:
    where = "in the path" if finding.in_path else str(finding.line)
    value = finding.preview + (f" ({' > '.join(finding.views)})" if finding.views else "")
    place = f"{display_path(finding.path)}:{where}"
    return (place, finding.type, value, finding.rule_id, finding.confidence)


def _print_history(report: ScanReport) -> None:
    if not report.is_history:
        return
    print_table(
        f"secrets of the whole history: {len(report.secrets):,}",
        ("type", "value", "fingerprint", "first", "last", "at HEAD", "rotation", "path"),
        [
            (
                s.type,
                s.preview,
                s.fingerprint[:12],
                f"{s.first.date[:10]} {s.first.commit[:8]}",
                f"{s.last.date[:10]} {s.last.commit[:8]}",
                "yes" if s.at_head else _refs(s),
                s.rotation,
                display_path(s.paths[0]) if s.paths else "",
            )
            for s in report.secrets
        ],
    )
    out.print()


def _refs(secret: HistorySecret) -> str:
    if secret.ref_count is None:
        return "not all refs asked"
    return f"{secret.ref_count} refs" if secret.ref_count else "no"


def _print_licenses(report: ScanReport) -> None:
    if not report.verdicts:
        return
    counts = Counter((v.category, v.eligibility) for v in report.verdicts)
    print_table(
        "licenses (policy " + report.policy_name + ")",
        ("category", "eligibility", "files"),
        [(*key, count) for key, count in _by_count(counts)],
    )
    reasons: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for verdict in report.held:
        for reason in report.why_held(verdict):
            reasons[reason] += 1
            examples.setdefault(reason, display_path(verdict.path))
    if reasons:
        print_table(
            "\nwhat is held, and why",
            ("reason", "title", "files", "for example"),
            [
                (name, report.blockers[name], count, examples[name])
                for name, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
            ],
        )
    out.print()


def _print_unscanned(report: ScanReport) -> None:
    if not report.unscanned:
        return
    groups: dict[tuple[str, str], list[bytes]] = {}
    for item in report.unscanned:
        groups.setdefault((item.reason, item.family or "whole file"), []).append(item.path)
    print_table(
        "not scanned, and so not clean",
        ("reason", "what", "files", "for example"),
        [
            (*key, len(paths), display_path(paths[0]))
            for key, paths in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0]))
        ],
    )
