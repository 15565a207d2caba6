"""Start the build of a release, for any face."""

from __future__ import annotations

from collections.abc import Collection

from ingest.errors import InputError
from policies.decision import Tier
from release.build.redactor import RedactionMode
from workers.audit import record_accepted_loss, record_build
from workers.context import Context
from workers.decisions import decide_anew
from workers.gate import ACCEPT_LOSS
from workers.running import find_repository


def start_build(
    context: Context,
    tier: Tier,
    *,
    actor: str,
    redaction: RedactionMode = RedactionMode.PLACEHOLDER,
    accept_loss: Collection[str] = (),
) -> str:
    """Decide over the present corpus and build one tier's release; return the id of the run.

    Args:
        context: of the installation.
        tier: that is built.
        actor: who asks for it; an entry of the audit chain names them beside the run.
        redaction: what stands where a value was.
        accept_loss: names or ids of repositories that may lose most of their rows; each is an
            entry of the audit chain.

    Raises:
        InputError: there is nothing to build from, or no such repository.
    """
    if not context.catalog.corpus():
        raise InputError("There is no snapshot to build from.", hint="Run: shardgate sync")
    known = context.catalog.list_repositories()
    accepted = sorted({find_repository(known, name).id for name in accept_loss})
    for repository_id in accepted:
        record_accepted_loss(context, repository_id, tier.value, actor)
    params = {"redaction": redaction.value, ACCEPT_LOSS: accepted}
    run_id = decide_anew(context, [tier.value], **params)
    record_build(context, run_id, tier.value, actor)
    return run_id
