"""The HTTP API, ``/api/v1``: what the command can do, one file a noun."""

from web.api.asking import PROBLEMS
from web.api.audit import router as audit
from web.api.decisions import router as decisions
from web.api.description import router as description
from web.api.discoveries import router as discoveries
from web.api.files import router as files
from web.api.findings import router as findings
from web.api.grants import router as grants
from web.api.groups import router as groups
from web.api.hosts import router as hosts
from web.api.operations import router as operations
from web.api.policies import router as policies
from web.api.previews import router as previews
from web.api.pulls import router as pulls
from web.api.recalls import router as recalls
from web.api.releases import router as releases
from web.api.repositories import router as repositories
from web.api.tokens import router as tokens
from web.api.unlocks import router as unlocks
from web.api.visits import router as visits
from web.api.waivers import router as waivers
from web.api.withdrawals import router as withdrawals
from web.routing import Router

router = Router(prefix="/api/v1", responses=PROBLEMS)
for noun in (
    previews,
    repositories,
    files,
    discoveries,
    hosts,
    visits,
    findings,
    groups,
    decisions,
    waivers,
    unlocks,
    policies,
    releases,
    withdrawals,
    recalls,
    grants,
    tokens,
    pulls,
    audit,
    operations,
    description,
):
    router.include_router(noun)

__all__ = ["router"]
