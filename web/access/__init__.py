"""Who asks, and whether they may: what every route of the service is marked with.

A route carries exactly one mark in its ``dependencies``: `needs` an action, `signed_in` or
`public`. The application does not start with a route that has none or two (`marked_routes`).
"""

from web.access.local import client_address, local_path
from web.access.marks import (
    Mark,
    MarkMissing,
    marked,
    marked_routes,
    needs,
    public,
    signed_in,
)
from web.access.principal import (
    Present,
    Unauthenticated,
    Who,
    bearer_token,
    changes_of,
    principal_of,
)
from web.access.subjects import deciding_each, own, shown_by_filter

__all__ = [
    "Mark",
    "MarkMissing",
    "Present",
    "Unauthenticated",
    "Who",
    "bearer_token",
    "changes_of",
    "client_address",
    "deciding_each",
    "local_path",
    "marked",
    "marked_routes",
    "needs",
    "own",
    "principal_of",
    "public",
    "shown_by_filter",
    "signed_in",
]
