"""What ``why`` says of one file, as tables and as JSON; every value is masked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cli.console import out, print_table, safe
from ingest.domain.repository import Repository
from policies.effective import Reason
from policies.report.escape import display_path
from policies.report.evidence import Evidence
from policies.report.said import Said
from policies.review import ReviewState
from workers.file_record import copied_from
from workers.reports import FileStory

_MARKS: Final = {
    ReviewState.PROPOSED: "counts for nothing yet",
    ReviewState.APPROVED: "has not begun",
    ReviewState.REJECTED: "counts for nothing",
    ReviewState.EXPIRED: "counts no longer",
    ReviewState.WITHDRAWN: "counts no longer",
}


def print_story(story: FileStory, repository: Repository, branch: str) -> None:
    """Show the chain, the rules with their words, the facts, the evidence and the reviews."""
    told = story.explanation
    out.print(f"{safe(repository.name)}: {display_path(story.path)}")
    out.print(f"{told.outcome}: {safe(told.summary)}\n")
    print_table("chain", ("what", "value"), _chain(story, branch))
    rules = (*told.reasons, *told.waived_rules)
    print_table(
        "rules that fired",
        ("rule", "effect", "title", "because", "remedy"),
        [(r.id, _effect(r, story), r.title, r.because, r.remedy) for r in rules],
    )
    conditions = [(r.id, r.condition) for r in rules if r.condition]
    print_table("their conditions", ("rule", "fires when"), conditions)
    facts = {f.column: (f.column, f.value, f.meaning) for r in rules for f in r.facts}
    print_table("facts they read", ("fact", "value", "meaning"), [facts[k] for k in sorted(facts)])
    print_table(
        "what was found",
        ("fingerprint", "family", "type", "line", "value", "sure", "remark"),
        [
            (e.fingerprint, e.family, e.type, e.line or "", e.shown, e.confidence, _remark(e))
            for e in story.evidence
        ],
        whole=1,
    )
    out.print("who decided what when")
    for line in [line for said in story.said for line in _said_lines(said, story)] or ["  nobody"]:
        out.print(line, soft_wrap=True)


def _chain(story: FileStory, branch: str) -> list[tuple[object, ...]]:
    told, dossier = story.explanation, story.dossier
    rows: list[tuple[object, ...]] = [
        ("commit", f"{dossier['commit_id']} ({branch})"),
        ("blob", f"{dossier['blob_id']}, {dossier['size']:,} bytes"),
        ("license", told.license),
        ("redacted", ", ".join(told.redact_categories) or "nothing"),
        ("waits for", ", ".join(told.pending_lanes) or "nobody"),
        ("policy", f"{told.policy_name} {told.policy_digest[:12]}"),
    ]
    rows += [
        ("withdrawn", f"{w.reason} by {w.withdrawn_by} on {w.withdrawn_at.date()}: {w.comment}")
        for w in story.withdrawals
    ]
    if told.waiver_ids:
        rows.append(("decided by people", ", ".join(told.waiver_ids)))
    if told.waived:
        rows.append(("waived", ", ".join(told.waived)))
    if told.counterpart:
        rows.append(("copy of", f"{copied_from(story)} (similarity {told.counterpart[2]:.2f})"))
    return rows


def _effect(reason: Reason, story: FileStory) -> str:
    lane = f" ({reason.lane})" if reason.lane else ""
    is_waived = reason in story.explanation.waived_rules
    return reason.effect + lane + (", waived" if is_waived else "")


def _remark(found: Evidence) -> str:
    parts = ["declared false"] if found.is_false else []
    return ", ".join([*parts, *(f"in {view}" for view in found.views)])


def _said_lines(said: Said, story: FileStory) -> Iterator[str]:
    review, until = said.review, said.review.expires_at
    ends = f"until {until.isoformat(timespec='minutes')}" if until else "until it is withdrawn"
    yield f"  {review.id}  {review.kind}, lane {review.lane}: {said.state}, {_mark(said, story)}"
    yield f"    {safe(said.target)}, {ends}; {review.reason}"
    for step in said.steps:
        when = step.at.isoformat(timespec="minutes")
        yield f"    {when} {safe(step.actor)} {step.action}: {safe(step.comment)}"


def _mark(said: Said, story: FileStory) -> str:
    if said.state in _MARKS:
        return _MARKS[said.state]
    if not said.fits:
        return "its rule has changed"
    false = {found.fingerprint for found in story.evidence if found.is_false}
    took_part = said.review.id in story.explanation.waiver_ids
    is_felt = took_part or said.review.target.fingerprint in false
    return "in force" if is_felt else "in force, changes nothing here"
