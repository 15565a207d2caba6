"""The part of a worker, played by whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from store.catalog.errands import ErrandKind
from workers.context import Context
from workers.decisions import decide_anew
from workers.errand_runner import run_errand
from workers.errands import errand_book
from workers.runner import drain
from workers.unsettled import Unsettled


def look_again(context: Context) -> None:
    """Look at releases again, as a worker does that follows the clock; nothing else that waits."""
    drain(context.anew(), decide_anew(context.anew()))


def settle(context: Context) -> None:
    """Run what waits for workers, and look at releases again where something asks for it.

    The files of a home that was copied count as edited: nothing of a release is shown before.
    """
    for run_id in context.jobs.running_runs():
        drain(context.anew(), run_id)
    if Unsettled(context.anew()).since() is not None:
        look_again(context)


def find_out(context: Context, kinds: Sequence[ErrandKind] = tuple(ErrandKind)) -> None:
    """Run the errands that wait."""
    book = errand_book(context)
    while (errand := book.claim(timedelta(minutes=1), kinds)) is not None:
        run_errand(context.anew(), errand)
