"""Reports as files that leave the installation, each with its entry in the audit chain."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from ingest.domain.repository import Repository
from ingest.errors import InputError
from policies.report import (
    ViolationReport,
    to_csv,
    to_html,
    to_json,
    to_jsonl,
    to_sarif,
    to_xlsx,
)
from policies.report.occurrences import list_occurrences
from policies.report.render_spdx import to_spdx
from policies.report.render_spdx_dataset import DatasetFacts, DatasetShard, to_dataset_spdx
from release.domain.manifest import Manifest
from release.pull.verify import read_manifest
from store.catalog import ReleaseBook
from store.catalog.releases import ReleaseRecord
from workers.audit import record_export
from workers.context import Context, utc_now
from workers.reports import ReportInputs, gather_report


class ReportFormat(StrEnum):
    """How a report is written."""

    HTML = "html"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    SPDX = "spdx"

    @property
    def suffix(self) -> str:
        """Suffix of a file; readers of SPDX look for this one."""
        return "spdx.json" if self is ReportFormat.SPDX else self.value


_TEXTS: Final[Mapping[ReportFormat, Callable[[ViolationReport], str]]] = {
    ReportFormat.HTML: to_html,
    ReportFormat.CSV: to_csv,
    ReportFormat.JSON: to_json,
    ReportFormat.JSONL: to_jsonl,
    ReportFormat.SARIF: to_sarif,
}


def render_report(
    context: Context, repositories: Sequence[Repository], form: ReportFormat
) -> bytes:
    """Return the report over some repositories in a format; nothing is written.

    Raises:
        InputError: nothing was decided yet.
    """
    inputs = gather_report(context, repositories)
    if form is ReportFormat.XLSX:
        return _workbook(inputs)
    if form is ReportFormat.SPDX:
        return _licensing(inputs).encode()
    return _TEXTS[form](inputs.report).encode()


def record_report(
    context: Context, actor: str, subject: str, *, form: ReportFormat, data: bytes
) -> None:
    """Append to the audit chain that somebody takes a report; before it is handed out."""
    digest = hashlib.sha256(data).hexdigest()
    detail = {"kind": "report", "format": form.value, "sha256": digest, "bytes": len(data)}
    record_export(context, actor, subject, detail)


def render_dataset(context: Context, release_id: str) -> bytes:
    """Return a published release as an SPDX dataset.

    Raises:
        InputError: there is no such release.
        ReleaseRefused: its manifest is not the one that was signed.
    """
    record = find_published(context, release_id)
    return dataset_document(context, record, read_published(context, record)).encode()


def find_published(context: Context, release_id: str) -> ReleaseRecord:
    """Return a release that was published, whatever became of it since.

    Raises:
        InputError: there is none of this id.
    """
    record = ReleaseBook(context.catalog, clock=utc_now).find_release(release_id)
    if record is None or not record.is_out:
        raise InputError(
            f"There is no published release {release_id}.", hint="Run: shardgate release list"
        )
    return record


def read_published(context: Context, record: ReleaseRecord) -> Manifest:
    """Return the manifest of a published release.

    Raises:
        ReleaseRefused: it is not the one that was signed.
    """
    folder = context.settings.shards_dir(record.tier.value) / record.path
    return read_manifest(folder, context.keys.public)


def dataset_document(context: Context, record: ReleaseRecord, manifest: Manifest) -> str:
    """Return a release as an SPDX dataset; who made it is the company by its first name."""
    names = context.company.names
    return to_dataset_spdx(
        DatasetFacts(
            release_id=manifest.release_id,
            tier=manifest.tier,
            built_at=datetime.fromisoformat(manifest.created_at),
            released_at=record.published_at,
            organisation=names[0] if names else "not stated",
            shards=[
                DatasetShard(path=s.path, sha256=s.sha256, rows=s.rows) for s in manifest.shards
            ],
            bytes=sum(shard.bytes for shard in manifest.shards),
            licenses={name: total["rows"] for name, total in manifest.licenses.items()},
            redaction=manifest.tools.get("redaction", "placeholder"),
            policy_digest=manifest.policy_digest,
        )
    )


def _licensing(inputs: ReportInputs) -> str:
    return to_spdx(
        inputs.report,
        inputs.decisions,
        inputs.corpus.dossier(),
        facts=inputs.corpus.facts,
        trees=inputs.corpus.trees,
    )


def _workbook(inputs: ReportInputs) -> bytes:
    files = list_occurrences(inputs.decisions, inputs.corpus.trees)
    return to_xlsx(inputs.report, files)
