"""``shardgate repo discover``: the repositories of a group, listed by its host and registered."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cli.console import human_bytes, out, print_table
from cli.people import As, AsJson, acting
from ingest.domain.repository import RightsBasis
from ingest.errors import InputError
from ingest.register.registry import Action
from workers.context import Context
from workers.discovery.model import (
    DiscoveryPlan,
    Filters,
    Group,
    Kind,
    PlannedRepository,
    Standing,
)
from workers.discovery.plan import Terms, apply_discovery, default_host, discover
from workers.reading.page import as_json as plain
from workers.settings import Settings

Kinds = Annotated[Kind, typer.Argument(help="github, gitlab, or gitea (Forgejo too).")]
GroupName = Annotated[str, typer.Argument(help="Organisation, or group with its subgroups.")]
Host = Annotated[str, typer.Option(help="Default: github.com or gitlab.com.")]
Listing = Annotated[
    str, typer.Option(help="Reference env:NAME or file:PATH of a token that may list.")
]
Include = Annotated[list[str] | None, typer.Option(help="Glob of names to take; may be repeated.")]
Exclude = Annotated[list[str] | None, typer.Option(help="Glob of names to leave; may be repeated.")]
Archived = Annotated[bool, typer.Option("--archived", help="Archived ones too.")]
Forks = Annotated[bool, typer.Option("--forks", help="Forks too.")]
Empty = Annotated[bool, typer.Option("--empty", help="Those without commits too.")]
Visibility = Annotated[
    list[str] | None, typer.Option(help="public, internal or private; may be repeated.")
]
Topic = Annotated[list[str] | None, typer.Option(help="Topic that they have; may be repeated.")]
NoTopic = Annotated[list[str] | None, typer.Option(help="Topic that they lack; may be repeated.")]
Ssh = Annotated[bool, typer.Option("--ssh", help="Register ssh addresses.")]
Register = Annotated[bool, typer.Option("--register", help="Register what is new after asking.")]
Owner = Annotated[str, typer.Option(help="Team that answers for the code.")]
Rights = Annotated[RightsBasis | None, typer.Option(help="Why the company may use it.")]
Spdx = Annotated[
    str, typer.Option("--license", help="SPDX expression or LicenseRef of first-party files.")
]
Evidence = Annotated[str, typer.Option(help="Reference to the attestation or contract.")]
Fetching = Annotated[str, typer.Option(help="Reference for fetching; default: that for listing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Register without asking.")]


def discover_group(
    kind: Kinds,
    group: GroupName,
    host: Host = "",
    credential: Listing = "",
    include: Include = None,
    exclude: Exclude = None,
    archived: Archived = False,
    forks: Forks = False,
    empty: Empty = False,
    visibility: Visibility = None,
    topic: Topic = None,
    exclude_topic: NoTopic = None,
    ssh: Ssh = False,
    register: Register = False,
    owner: Owner = "",
    rights: Rights = None,
    spdx: Spdx = "",
    evidence: Evidence = "",
    fetch_credential: Fetching = "",
    yes: Yes = False,
    as_json: AsJson = False,
    by: As = "",
) -> None:
    """List a group's repositories: new, known, renamed, gone; register the new ones.

    What is registered already is never changed, and no release consent is given.
    """
    wanted = Group(kind=kind, host=host or default_host(kind), name=group, credential=credential)
    filters = Filters(
        include=include or (),
        exclude=exclude or (),
        archived=archived,
        forks=forks,
        empty=empty,
        visibility=visibility or (),
        topics=topic or (),
        exclude_topics=exclude_topic or (),
    )
    terms = None
    if register:
        fetch = fetch_credential or ("" if ssh else credential)
        terms = _terms(owner, rights, spdx, evidence, fetch)
    context = Context(settings=Settings())
    plan = discover(context, wanted, filters, ssh=ssh)
    if as_json:
        typer.echo(json.dumps(plain(plan), indent=2))
    else:
        _print(plan)
    if terms is not None:
        _register(context, plan, terms, actor=acting(by), is_sure=yes)


def _terms(
    owner: str, rights: RightsBasis | None, spdx: str, evidence: str, credential: str
) -> Terms:
    if not owner or rights is None or not spdx:
        raise InputError("--register needs --owner, --rights and --license.")
    return Terms(owner=owner, rights=rights, license=spdx, evidence=evidence, credential=credential)


def _print(plan: DiscoveryPlan) -> None:
    print_table(
        f"plan for {plan.group.source}",
        ("standing", "repository", "visibility", "size", "why"),
        [_row(item) for item in plan.items],
    )
    counts = [f"{len(plan.of(s))} {s.value}" for s in Standing if plan.of(s)]
    out.print(", ".join(counts) or "the group has no repository", soft_wrap=True)


def _row(item: PlannedRepository) -> tuple[str, ...]:
    size = "" if item.kilobytes is None else human_bytes(item.kilobytes * 1024)
    return item.standing.value, item.full_name, item.visibility, size, item.reason


def _register(
    context: Context, plan: DiscoveryPlan, terms: Terms, *, actor: str, is_sure: bool
) -> None:
    count = len(plan.of(Standing.NEW)) + len(plan.of(Standing.RENAMED))
    if not count:
        out.print("nothing to register")
        return
    if not is_sure:
        typer.confirm(f"Register {count} for {terms.owner} ({terms.rights.value})?", abort=True)
    applied = apply_discovery(context, plan, terms, actor=actor, any_host=True)
    refused = [a for a in applied if a.outcome.action is Action.REFUSED]
    if refused:
        print_table(
            "refused",
            ("repository", "why"),
            [(a.item.full_name, a.outcome.reason) for a in refused],
        )
    out.print(f"{len(applied) - len(refused)} registered; next: shardgate sync")
    if refused:
        raise typer.Exit(1)
