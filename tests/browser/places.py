"""The pages that people see, by a name for their picture."""

from __future__ import annotations

from typing import Final

from policies.decision import Lane, Tier
from store.asking import Filter, Query
from workers.context import Context
from workers.reading.groups import list_groups
from workers.reading.operations import list_operations
from workers.reading.reviews import list_reviews
from workers.released import published

PAGES_SEEN: Final = {
    "login": "/login",
    "start": "/start",
    "inbox": "/inbox/security",
    "inbox-all": "/inbox?rule=LEAKED_*",
    "findings": "/findings?lane=privacy&path=**/*.py",
    "inbox-legal": "/inbox/legal",
    "group": "/groups/{group}",
    "review": "/reviews/{review}",
    "reviews": "/reviews",
    "waivers": "/waivers",
    "repositories": "/repositories",
    "repository": "/repositories/{repository}",
    "repository-rights": "/repositories/{repository}/rights",
    "register": "/repositories/new",
    "rights": "/repositories/new?step=rights",
    "discover": "/repositories/discover",
    "find": "/find?q=harbor",
    "releases": "/releases",
    "release": "/releases/{release}",
    "release-rows": "/releases/{release}/rows?path=**/*.py",
    "release-new": "/releases/new",
    "withdrawal": "/withdrawals/new",
    "why": "/why/{repository}/deploy/.env",
    "operations": "/operations",
    "operation": "/operations/{operation}",
    "audit": "/audit",
    "audit-verified": "/audit/verification",
    "policies": "/policies",
    "policy-edit": "/policies/edit",
    "tokens": "/tokens",
    "token-new": "/tokens/new",
}
"""Name to path; what stands in braces is an id of the seeded home."""


def path_of(context: Context, name: str) -> str:
    """Return the path of a page."""
    return PAGES_SEEN[name].format_map(_Ids(context))


class _Ids(dict[str, str]):
    """Ids that are looked up when a path names them."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context

    def __missing__(self, key: str) -> str:
        context = self._context.anew()
        if key == "group":
            lane = Filter(field="lane", values=(Lane.SECURITY.value,))
            asked = Query(filters=(lane,), text="deploy/.env")
            return list_groups(context, asked).items[0].id
        if key == "review":
            # Whether it waits, or another test has decided on it.
            return list_reviews(context, Query()).items[-1].id
        if key == "release":
            return published(context, Tier.RELEASABLE)[-1].id
        if key == "operation":
            done = Query(filters=(Filter(field="state", values=("done",)),))
            return list_operations(context, done).items[-1].id
        (found,) = (r.id for r in context.catalog.list_repositories() if r.name == "harbor-billing")
        return found
