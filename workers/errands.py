"""Errands: what a face asks workers to find out, as no request waits for it and few reach hosts.

A face writes down what it wants to know; a worker finds out (`workers.errand_runner`) and writes
the answer down, which is read here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from ingest.errors import Conflict, InputError
from ingest.register.registry import check_credential
from ingest.register.urls import canonicalise
from store.catalog.errands import Errand, ErrandBook, ErrandKind, ErrandState
from workers.bound_credentials import check_bound
from workers.context import Context, utc_now
from workers.discovery.model import (
    DiscoveryPlan,
    Filters,
    Group,
    Kind,
    PlannedRepository,
    Standing,
)
from workers.discovery.plan import Applied, Terms, apply_discovery, checked_group
from workers.forecasts import Radius
from workers.policy_proposals import loaded
from workers.preview.model import Preview
from workers.reading.page import NotFound, as_json
from workers.unlocks import Unlocks
from workers.withdrawals import Order, draft_withdrawal


def ask_preview(
    context: Context, url: str, *, actor: str, credential: str = "", with_forecast: bool = True
) -> str:
    """Ask for a preview and return the id of the errand; arguments as `preview_repository`.

    Raises:
        RegistrationRefused: the URL or the reference is none that could be registered.
        ValueError: `actor` is no name.
    """
    address = canonicalise(url, allow_local=context.settings.allow_local)
    check_credential(credential, address.scheme)
    check_bound(context.settings, credential, address.url)
    params = {"url": address.url, "credential": credential, "with_forecast": with_forecast}
    return errand_book(context).ask(ErrandKind.PREVIEW, params, actor=actor)


def ask_discovery(
    context: Context, group: Group, filters: Filters, *, actor: str, ssh: bool = False
) -> str:
    """Ask for the plan of a group and return the id of the errand; arguments as `discover`.

    Raises:
        InputError: host, name or credential reference are none.
        ValueError: `actor` is no name.
    """
    known = checked_group(group)
    check_bound(context.settings, group.credential, f"https://{known.host}/x")
    params = {
        "group": as_json(known),
        "filters": as_json(filters),
        "ssh": ssh,
    }
    return errand_book(context).ask(ErrandKind.DISCOVER, params, actor=actor)


def ask_impact(context: Context, text: str, *, actor: str, is_noted: bool) -> str:
    """Ask what a policy would change and return the id of the errand.

    With `is_noted` the chain keeps that they looked at the plan, and another person may apply it.

    Raises:
        InputError: the policy does not load, and where.
    """
    loaded(text)
    params = {"text": text, "is_noted": is_noted}
    return errand_book(context).ask(ErrandKind.IMPACT, params, actor=actor)


def ask_forecast(context: Context, order: Order) -> str:
    """Ask what a withdrawal would take back and return the id of the errand.

    Raises:
        InputError: it is malformed.
    """
    draft_withdrawal(order)
    params = as_json(order)
    return errand_book(context).ask(ErrandKind.FORECAST, params, actor=order.by)


def ask_lift(context: Context, recall_id: str, *, actor: str) -> str:
    """Ask for a recall of whole releases to be lifted and return the id of the errand."""
    return errand_book(context).ask(ErrandKind.LIFT, {"recall": recall_id}, actor=actor)


def ask_unlocks(context: Context, *, actor: str) -> str:
    """Ask which single approvals would release most and return the id of the errand."""
    return errand_book(context).ask(ErrandKind.UNLOCK, {}, actor=actor)


def find_errand(context: Context, errand_id: str) -> Errand:
    """Return an errand; what it found is its `result`.

    Raises:
        NotFound: there is no such errand, or no more.
    """
    found = errand_book(context).find(errand_id)
    if found is None:
        raise NotFound(f"There is no errand {errand_id}.", hint="Answers are kept for a week.")
    return found


def answer_of(errand: Errand, kind: ErrandKind) -> Mapping[str, Any]:
    """Return what an errand found, as JSON of what its use case returns.

    Raises:
        NotFound: it is of another kind.
        Conflict: it is not known yet.
        InputError: it could not be found out, and why.
    """
    if errand.kind is not kind:
        raise NotFound(f"{errand.id} is no {kind.value}.")
    if errand.state is ErrandState.FAILED:
        raise InputError(errand.reason)
    if errand.state is not ErrandState.DONE:
        raise Conflict("It is not known yet.", hint=f"/operations/{errand.id} tells how far it is.")
    return errand.result


def read_preview(result: Mapping[str, Any]) -> Preview:
    """Return the preview that was written down."""
    found: Preview = _reader(Preview).validate_python(result)
    return found


def read_radius(result: Mapping[str, Any]) -> Radius:
    """Return the forecast that was written down."""
    found: Radius = _reader(Radius).validate_python(result)
    return found


def read_unlocks(result: Mapping[str, Any]) -> Unlocks:
    """Return the ranking that was written down."""
    found: Unlocks = _reader(Unlocks).validate_python(result)
    return found


@cache
def _reader(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def apply_found(  # noqa: PLR0913 - as many options as its faces have
    context: Context,
    errand_id: str,
    terms: Terms,
    *,
    actor: str,
    dry_run: bool = False,
    only: Collection[str] | None = None,
) -> list[Applied]:
    """Register what a discovery found, or of that `only` some remote ids; see `apply_discovery`.

    Raises:
        InputError: it is no discovery, or it is not done.
    """
    errand = find_errand(context, errand_id)
    if errand.kind is not ErrandKind.DISCOVER or errand.state is not ErrandState.DONE:
        raise InputError(f"{errand_id} is no discovery that is done.")
    plan = read_plan(errand.result)
    if only is not None:
        plan = replace(plan, items=[item for item in plan.items if item.remote_id in only])
    return apply_discovery(context, plan, terms, actor=actor, dry_run=dry_run)


def read_plan(result: Mapping[str, Any]) -> DiscoveryPlan:
    """Return the plan that a discovery wrote down."""
    items = [
        replace(PlannedRepository(**item), standing=Standing(item["standing"]))
        for item in result["items"]
    ]
    return DiscoveryPlan(
        group=read_group(result["group"]), items=items, requests=int(result["requests"])
    )


def read_group(fields: Mapping[str, Any]) -> Group:
    """Return a group that was written down."""
    return replace(Group(**fields), kind=Kind(fields["kind"]))


def errand_book(context: Context) -> ErrandBook:
    """Return the book of errands."""
    return ErrandBook(context.catalog, utc_now)
