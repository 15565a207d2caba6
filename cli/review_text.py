"""Reviews and groups as rows, JSON and pages of text; every value is masked where it was found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

import typer

from cli.console import human_bytes, out, print_table, safe
from policies.report.escape import display_path
from policies.report.model import Group
from policies.report.said import describe_target
from policies.review import Review
from store.catalog import ReviewEvent
from workers.review_requests import Outlook
from workers.said import Patterns


def print_json(value: object) -> None:
    """Write a value as indented JSON."""
    typer.echo(json.dumps(value, indent=2))


def group_row(group: Group, lane: str, repository: str) -> tuple[object, ...]:
    """Return a group as a row of the list."""
    about = group.key[:12] if group.kind != "license" else group.key or "no license"
    return (
        group.id,
        lane or "nobody",
        repository,
        group.rule_id,
        f"{group.label} {about}",
        group.preview,
        group.blocked.files,
        human_bytes(group.blocked.bytes),
    )


def group_record(group: Group, lane: str, repository: str) -> dict[str, object]:
    """Return a group as JSON."""
    return {
        "id": group.id,
        "repo_id": group.repo_id,
        "repository": repository,
        "rule": group.rule_id,
        "title": group.title,
        "lane": lane or None,
        "kind": group.kind,
        "key": group.key,
        "label": group.label,
        "preview": group.preview,
        "cases": group.cases,
        "files": group.blocked.files,
        "bytes": group.blocked.bytes,
        "examples": [
            {"path": display_path(place.path), "line": place.line} for place in group.examples
        ],
    }


def print_group(group: Group, lane: str, repository: str) -> None:
    """Show a group: the rule, what it is about, what it blocks and what can be done."""
    rows = [
        ("repository", f"{repository} ({group.repo_id})"),
        ("rule", f"{group.rule_id}: {group.title}"),
        ("because", group.because),
        ("remedy", group.remedy or "none is known"),
        ("cleared by", f"lane {lane}" if lane else "nobody: it cannot be waived"),
        ("about", f"{group.label} {group.key}".strip()),
        ("value", group.preview or "none"),
        ("cases", f"{group.cases:,}"),
        ("blocks", f"{group.blocked.files:,} files, {human_bytes(group.blocked.bytes)}"),
    ]
    print_table(group.id, ("what", "value"), rows)
    examples = [(display_path(place.path), place.line) for place in group.examples]
    print_table("examples", ("path", "line"), examples)


def review_row(review: Review, now: datetime, patterns: Patterns) -> tuple[object, ...]:
    """Return a review as a row of a list."""
    until = review.expires_at
    return (
        review.id,
        review.kind.value,
        review.lane.value,
        review.state_at(now).value,
        review.requested_by,
        until.date().isoformat() if until else "withdrawn",
        _target(review, patterns),
    )


def review_record(
    review: Review,
    now: datetime,
    patterns: Patterns,
    steps: Iterable[ReviewEvent] | None = None,
) -> dict[str, object]:
    """Return a review as JSON, with its steps where they are given."""
    asked, target = review.asked(), review.target
    record: dict[str, object] = {"id": review.id, **asked}
    record["target"] = asked["target"] | {"pattern": patterns.show(target.repo_id, target.pattern)}
    record |= {
        "state": review.state_at(now).value,
        "version": review.version,
        "approved_by": [approval.by for approval in review.approvals],
    }
    return record if steps is None else record | {"steps": [_step(step) for step in steps]}


def _target(review: Review, patterns: Patterns) -> str:
    target = review.target
    return describe_target(review, patterns.show(target.repo_id, target.pattern))


def _step(step: ReviewEvent) -> dict[str, object]:
    return {
        "version": step.version,
        "action": step.action,
        "actor": step.actor,
        "at": step.at.isoformat(),
        "comment": step.comment,
    }


def print_review(
    review: Review, now: datetime, patterns: Patterns, steps: Iterable[ReviewEvent]
) -> None:
    """Show a review: what was asked for, what it is bound to, who said what."""
    until = review.expires_at
    rows = [
        ("state", f"{review.state_at(now)} (version {review.version})"),
        ("asks for", review.kind.value),
        ("about", _target(review, patterns)),
        ("lane", review.lane.value),
        ("reason", f"{review.reason}: {review.comment}"),
        ("until", until.isoformat(timespec="minutes") if until else "it is withdrawn"),
        ("rule version", review.target.rule_version[:12] or "none"),
        ("extends", review.extends or "none"),
    ]
    print_table(review.id, ("what", "value"), rows)
    print_table(
        "steps",
        ("version", "when", "who", "what", "comment"),
        [
            (s.version, s.at.isoformat(timespec="seconds"), s.actor, s.action, s.comment)
            for s in steps
        ],
    )


def print_outlook(outlook: Outlook) -> None:
    """Say what a review would change."""
    for verb, amount in (("free", outlook.freed), ("stop", outlook.stopped)):
        out.print(f"would {verb} {amount.files:,} files, {human_bytes(amount.bytes)}")
    rest = outlook.touched.files - outlook.freed.files - outlook.stopped.files
    if rest:
        held = ", ".join(f"{name} ({n:,})" for name, n in sorted(outlook.still_held_by.items()))
        out.print(f"touches {rest:,} more files; not released because of {safe(held) or 'nothing'}")
