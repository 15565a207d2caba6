"""Strategies for the nouns of ingest."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from ingest.domain.company import CompanyProfile
from ingest.domain.finding import Category, Confidence, Finding
from ingest.domain.repository import Repository, RightsBasis, Visit, VisitStatus
from ingest.domain.secret import HmacKey, Secret
from ingest.domain.tree import Occurrence, ScanUnit, SkipReason, Snapshot, suffix_of

KEY = HmacKey(key_id="test", material=b"k" * 32)

object_ids = st.text("0123456789abcdef", min_size=40, max_size=40)
paths = st.binary(min_size=1, max_size=40).filter(lambda p: b"\0" not in p)
moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - same
    timezones=st.just(UTC),
)
secrets = st.binary(min_size=1, max_size=80).map(Secret)
labels = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12)
scan_units = st.builds(
    ScanUnit, blob_id=object_ids, suffix=paths.map(suffix_of), size=st.integers(0, 2**40)
)
companies = st.builds(
    CompanyProfile, names=st.lists(labels, max_size=3).map(tuple), codenames=st.tuples(labels)
)


@st.composite
def findings(draw: st.DrawFn, max_offset: int = 1000) -> Finding:
    """Findings with a span below an offset."""
    start = draw(st.integers(0, max_offset - 1))
    return Finding.of(
        draw(secrets),
        key=KEY,
        detector_id="test",
        rule_id=draw(labels),
        category=draw(st.sampled_from(Category)).value,
        start=start,
        end=draw(st.integers(start + 1, max_offset)),
        line=draw(st.integers(1, 50)),
        confidence=draw(st.sampled_from(Confidence)),
    )


@st.composite
def occurrences(draw: st.DrawFn) -> Occurrence:
    """Occurrences, scanned and skipped."""
    reason = draw(st.none() | st.sampled_from(SkipReason))
    return Occurrence(
        path=draw(paths),
        mode=draw(st.sampled_from((0o100644, 0o100755, 0o120000, 0o160000))),
        blob_id=draw(object_ids),
        size=draw(st.integers(0, 2**40)),
        encoding="" if reason else "utf-8",
        skip_reason=reason,
    )


snapshots = st.builds(
    Snapshot,
    repository_id=labels,
    commit_id=object_ids,
    branch=labels,
    committer_date=moments,
    occurrences=st.lists(occurrences(), max_size=8).map(tuple),
)
repositories = st.builds(
    Repository,
    id=labels,
    url=labels.map(lambda name: f"https://git.example/{name}"),
    name=labels,
    owner=labels,
    rights_basis=st.sampled_from(RightsBasis),
    license=st.sampled_from(("Apache-2.0", "MIT", "LicenseRef-Proprietary")),
    release_consent=st.booleans(),
    consent_until=st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    evidence=labels,
)
visits = st.builds(
    Visit,
    repository_id=labels,
    started_at=moments,
    finished_at=moments,
    status=st.sampled_from(VisitStatus),
    cause=labels,
    head_commit=object_ids,
    branch=labels,
    refs_digest=object_ids,
    ref_count=st.integers(0, 1000),
)
