"""What is told of one file, as JSON that commands and API give alike; every value is masked."""

from __future__ import annotations

from collections.abc import Collection

from ingest.domain.repository import Repository
from policies.effective import Explanation
from policies.report.escape import display_path
from policies.report.evidence import Evidence
from policies.report.said import said_record
from policies.why_not import WayOut
from workers.context import Context
from workers.reports import FileStory, find_way_out, tell_file
from workers.running import find_repository


def story_record(
    story: FileStory,
    repository: Repository,
    branch: str,
    *,
    sees: Collection[str] | None = None,
) -> dict[str, object]:
    """Return everything about a file as JSON values.

    `sees` are ids of the repositories that may be named; None: all.
    """
    told = story.explanation
    return {
        "repo_id": repository.id,
        "path": display_path(story.path),
        "outcome": told.outcome,
        "summary": told.summary,
        "commit_id": story.dossier["commit_id"],
        "branch": branch,
        "blob_id": story.dossier["blob_id"],
        "size": story.dossier["size"],
        "license": told.license,
        "redact_categories": list(told.redact_categories),
        "pending_lanes": list(told.pending_lanes),
        "policy": {"name": told.policy_name, "digest": told.policy_digest},
        "waived": list(told.waived),
        "copy_of": copied_from(story, sees),
        "rules": [
            {
                "id": r.id,
                "title": r.title,
                "because": r.because,
                "remedy": r.remedy,
                "effect": r.effect,
                "lane": r.lane,
                "when": r.condition,
                "facts": {f.column: f.value for f in r.facts},
                "waived": r in told.waived_rules,
            }
            for r in (*told.reasons, *told.waived_rules)
        ],
        "evidence": [_statement(e) for e in story.evidence],
        "withdrawals": _withdrawals(story),
        "reviews": [
            said_record(said) | {"took_part": said.review.id in told.waiver_ids}
            for said in story.said
        ],
    }


def _statement(e: Evidence) -> dict[str, object]:
    return {
        "family": e.family,
        "type": e.type,
        "rule": e.rule,
        "line": e.line,
        "confidence": e.confidence,
        "shown": e.shown,
        "fingerprint": e.fingerprint,
        "is_false": e.is_false,
        "views": list(e.views),
    }


def _withdrawals(story: FileStory) -> list[dict[str, str]]:
    return [
        {
            "id": w.id,
            "selector": w.selector.value,
            "reason": w.reason.value,
            "by": w.withdrawn_by,
            "at": w.withdrawn_at.isoformat(),
            "comment": w.comment,
            "state": w.state.value,
        }
        for w in story.withdrawals
    ]


def copied_from(story: FileStory, sees: Collection[str] | None = None) -> str | None:
    """Return the copy that restricts a file, as it may be shown; None where there is none."""
    other = story.explanation.counterpart
    if other is None:
        return None
    is_seen = sees is None or other[0] in sees
    return f"{other[0]}:{display_path(story.counterpart_path)}" if is_seen else "another repository"


def way_record(told: Explanation, way: WayOut) -> dict[str, object]:
    """Return what would release a file as JSON values; nothing is needed where it is releasable."""
    return {
        "outcome": told.outcome,
        "summary": told.summary,
        "ways": [
            [
                {"kind": s.kind.value, "subject": s.subject, "lane": s.lane}
                | {"fingerprints": list(s.fingerprints)}
                for s in steps
            ]
            for steps in way.sets
        ],
        "dead_ends": list(way.dead_ends),
    }


def tell_why(
    context: Context, repository_id: str, path: bytes, sees: Collection[str] | None = None
) -> dict[str, object]:
    """Return everything about a file of a repository; as `story_record` and `tell_file`."""
    repository = find_repository(context.catalog.list_repositories(), repository_id)
    visit = context.catalog.latest_snapshot(repository.id)
    branch = visit.visit.branch or "" if visit else ""
    return story_record(tell_file(context, repository, path), repository, branch, sees=sees)


def tell_why_not(context: Context, repository_id: str, path: bytes) -> dict[str, object]:
    """Return what would release a file of a repository; as `way_record` and `find_way_out`."""
    repository = find_repository(context.catalog.list_repositories(), repository_id)
    return way_record(*find_way_out(context, repository, path))
