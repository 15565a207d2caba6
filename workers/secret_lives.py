"""The life of each secret: when it came, when it went, where it still is, what was done about it.

A secret is a value, under whatever rules it was found: occurrences are put together by the keyed
identity of the value, and the surest of its findings gives it a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ingest.domain.finding import Family
from ingest.mirror.git import Git
from ingest.mirror.lives import BlobLog, Event, Tip, Tips, read_blob_log, read_tips
from policies.report.scan_model import HistorySecret, Moment

_CONFIDENCES: Final = ("high", "medium", "low")
_MAX_PATHS: Final = 100
_MAX_REFS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What a person last said of a secret."""

    state: str
    by: str
    at: datetime


@dataclass(slots=True)
class SecretValue:
    """One distinct value with all its findings and blobs."""

    findings: list[Mapping[str, Any]] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    """Blob id to a path at which it was listed."""

    @property
    def best(self) -> Mapping[str, Any]:
        """The surest finding; ties by rule."""
        return min(
            self.findings,
            key=lambda f: (_CONFIDENCES.index(f["confidence"]), f["rule_id"], f["fingerprint"]),
        )


def gather(found: Iterable[tuple[str, bytes, Mapping[str, Any]]]) -> list[SecretValue]:
    """Put (blob id, path, finding) together by value, in the order of fingerprints."""
    values: dict[str, SecretValue] = {}
    for blob_id, path, finding in found:
        value = values.setdefault(finding["hmac"], SecretValue())
        value.findings.append(finding)
        value.blobs.setdefault(blob_id, path)
    return sorted(values.values(), key=lambda value: str(value.best["fingerprint"]))


def tell_lives(
    values: Sequence[SecretValue], git_dir: Path, rotations: Mapping[str, Rotation]
) -> tuple[HistorySecret, ...]:
    """Return the lives of some secrets of one of our own mirrors.

    Args:
        values: what `gather` put together.
        git_dir: the generation of the mirror.
        rotations: newest state by fingerprint.

    Raises:
        MirrorCorrupt: the history cannot be walked.
    """
    if not values:
        return ()
    git = Git()
    log = read_blob_log(git, git_dir, {b for value in values for b in value.blobs})
    places: dict[str, set[bytes]] = {}
    for value in values:
        for blob_id, path in value.blobs.items():
            places.setdefault(blob_id, {path} if path else set())
            places[blob_id] |= {event.path for event in log.added.get(blob_id, ())}
    tips = read_tips(git, git_dir, places)
    return tuple(_life(value, log, places, tips, rotations) for value in values)


def _life(
    value: SecretValue,
    log: BlobLog,
    places: Mapping[str, set[bytes]],
    tips: Tips,
    rotations: Mapping[str, Rotation],
) -> HistorySecret:
    best = value.best
    fingerprints = tuple(sorted({f["fingerprint"] for f in value.findings}))
    added = [event for blob_id in value.blobs for event in log.added.get(blob_id, ())]
    first = min(added, key=lambda event: event.order, default=None)
    at_head = tips.head is not None and not tips.head.blobs.isdisjoint(value.blobs)
    holders = [tip for tip in tips.others if not tip.blobs.isdisjoint(value.blobs)]
    is_known = at_head or bool(holders) or tips.is_complete
    last, removed = (
        _end(value, log, tips.head if at_head else None, holders)
        if is_known
        else (Moment(), Moment())
    )
    state = _newest(rotations, fingerprints)
    paths = sorted({path for blob_id in value.blobs for path in places[blob_id]})
    return HistorySecret(
        family=Family.SECRETS.value,
        rule_id=best["rule_id"],
        type=best["category"],
        confidence=best["confidence"],
        preview=best["preview"],
        fingerprint=best["fingerprint"],
        fingerprints=fingerprints,
        rules=tuple(sorted({f["rule_id"] for f in value.findings})),
        first=_moment(first.commit if first else "", log),
        last=last,
        removed=removed,
        at_head=at_head,
        at_refs=tuple(sorted(tip.ref.decode("utf-8", "backslashreplace") for tip in holders))[
            :_MAX_REFS
        ],
        ref_count=len(holders) if tips.is_complete else None,
        paths=tuple(paths[:_MAX_PATHS]),
        blobs=len(value.blobs),
        rotation=state.state if state else "unknown",
        rotated_by=state.by if state else "",
        rotated_at=state.at.isoformat(timespec="seconds") if state else "",
    )


def _end(
    value: SecretValue, log: BlobLog, head: Tip | None, holders: Sequence[Tip]
) -> tuple[Moment, Moment]:
    """Return (last commit that has it, commit that removed it).

    HEAD, or else the newest ref that has it, is the last; a secret that no ref has any more ends
    with the newest commit that took one of its blobs away, and was last in that one's parent.
    """
    if head is not None:
        return _moment(head.commit, log), Moment()
    if holders:
        newest = max(holders, key=lambda tip: (log.seconds.get(tip.commit, 0), tip.commit))
        return _moment(newest.commit, log), Moment()
    gone: list[Event] = [e for blob_id in value.blobs for e in log.removed.get(blob_id, ())]
    end = max(gone, key=lambda event: event.order, default=None)
    return (_moment(end.parent, log), _moment(end.commit, log)) if end else (Moment(), Moment())


def _moment(commit: str, log: BlobLog) -> Moment:
    seconds = log.seconds.get(commit)
    if seconds is None:
        return Moment(commit=commit)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # a commit may claim any number
        return Moment(commit=commit)
    return Moment(commit=commit, date=moment.isoformat(timespec="seconds").replace("+00:00", "Z"))


def _newest(rotations: Mapping[str, Rotation], fingerprints: Iterable[str]) -> Rotation | None:
    known = [rotations[name] for name in fingerprints if name in rotations]
    return max(known, key=lambda rotation: rotation.at, default=None)
