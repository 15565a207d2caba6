"""The audit chain of an installation: sealed after what people do, and verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from store.catalog import AuditLog
from store.catalog.chain_faults import read_chain
from store.checkpoints import ChainReport, seal, verify_chain
from workers.context import Context, utc_now


def seal_audit(context: Context) -> None:
    """Sign the present head of the chain into a file beside the catalog."""
    log = AuditLog(context.catalog, clock=utc_now)
    seal(log, context.settings.audit_dir, context.keys.private)


def record_accepted_loss(context: Context, repository_id: str, tier: str, actor: str) -> None:
    """Append that somebody lets a build take most of a repository's rows away."""
    log = AuditLog(context.catalog, clock=utc_now)
    log.append(actor, "release.accept-loss", repository_id, {"tier": tier})
    seal_audit(context)


def record_build(context: Context, run_id: str, tier: str, actor: str) -> None:
    """Append that somebody asked for the release that a run builds."""
    log = AuditLog(context.catalog, clock=utc_now)
    log.append(actor, "release.build", run_id, {"tier": tier})
    seal_audit(context)


def record_webhook_secret(context: Context, provider: str, actor: str) -> None:
    """Append that the secret of a kind of host was made or replaced; never the secret."""
    log = AuditLog(context.catalog, clock=utc_now)
    log.append(actor, "webhook.secret", provider, {})
    seal_audit(context)


def record_export(context: Context, actor: str, subject: str, detail: Mapping[str, object]) -> None:
    """Append that somebody takes something out of the installation, before the bytes leave it.

    Args:
        context: of the installation.
        actor: who.
        subject: a repository or a release; ``all`` for all repositories.
        detail: identifiers and numbers; the format and the SHA-256 of what is taken.
    """
    AuditLog(context.catalog, clock=utc_now).append(actor, "export", subject, detail)
    seal_audit(context)


def verify_audit(context: Context, heads: Path | None = None) -> ChainReport:
    """Check the chain in itself, against everything that was signed, and the catalog against it.

    `heads`: see `store.checkpoints.verify_chain`.

    Raises:
        InputError: as that does.
    """
    entries, faults = read_chain(context.catalog)
    report = verify_chain(entries, context.settings.audit_dir, context.keys.public, heads)
    return replace(report, faults=(*report.faults, *faults))
