"""Pages for people: rendered here, readable without a script."""

from __future__ import annotations

from typing import Final

from web.pages import (
    agreeing,
    assets,
    audit,
    bundles,
    discovering,
    exports,
    findings,
    groups,
    inbox,
    operations,
    policies,
    registering,
    releases,
    repositories,
    reviews,
    rights,
    standing,
    start,
    theme,
    tokens,
    why,
    withdrawals,
)
from web.routing import Router

PAGES: Final[tuple[Router, ...]] = (
    assets.router,
    theme.router,
    start.router,
    inbox.router,
    exports.router,
    findings.router,
    bundles.router,
    groups.router,
    agreeing.router,
    reviews.router,
    registering.router,
    discovering.router,
    repositories.router,
    rights.router,
    releases.router,
    operations.router,
    why.router,
    audit.router,
    policies.router,
    withdrawals.router,
    standing.router,
    tokens.router,
)
"""Every page, a router a noun."""
