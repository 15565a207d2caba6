"""Have decisions made anew after a person changed what they rest on."""

from __future__ import annotations

from cli.console import out
from workers import embedded
from workers.context import Context
from workers.decisions import decide_anew


def renew_decisions(context: Context) -> None:
    """Have the decisions made anew, where workers run; else say how."""
    if not context.catalog.corpus():
        return
    if not embedded.ping(context.settings):
        out.print("  decisions are made anew by: shardgate sync")
        return
    decide_anew(context)
    out.print("  decisions are being made anew")
