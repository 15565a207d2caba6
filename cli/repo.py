"""``shardgate repo …``: register repositories with their rights."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.console import out, print_table
from cli.renew import renew_decisions
from cli.repo_discover import discover_group
from cli.repo_preview import preview
from cli.repo_show import show
from cli.repo_webhook import webhook_secret
from ingest.domain.repository import RightsBasis
from ingest.errors import RegistrationRefused
from ingest.register.registry import Action, RegistrationRequest
from workers.context import Context
from workers.registering import apply_plan, plan_file, register
from workers.settings import Settings

app = typer.Typer(help="Register repositories with their rights.", no_args_is_help=True)


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="https, ssh or git@host:path; local where allowed.")],
    owner: Annotated[str, typer.Option(help="Team that answers for the code.")],
    rights: Annotated[RightsBasis, typer.Option(help="Why the company may use it.")],
    spdx: Annotated[
        str, typer.Option("--license", help="SPDX expression or LicenseRef of first-party files.")
    ],
    evidence: Annotated[str, typer.Option(help="Reference to the attestation or contract.")],
    release_consent: Annotated[
        bool, typer.Option("--release-consent/--no-release-consent", help="May it be released?")
    ] = False,
    consent_until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of the consent.")
    ] = None,
    credential: Annotated[
        str, typer.Option(help="Reference env:NAME or file:PATH; never the credential itself.")
    ] = "",
) -> None:
    """Register one repository."""
    context = Context(settings=Settings())
    request = RegistrationRequest(
        url=url,
        owner=owner,
        rights=rights,
        license=spdx,
        release_consent=release_consent,
        consent_until=consent_until.date() if consent_until else None,
        evidence=evidence,
        credential=credential,
    )
    repository = register(context, request, actor="cli", any_host=True)
    out.print(f"registered {repository.name} as {repository.id}")
    out.print("next: shardgate sync " + repository.name)


@app.command("apply")
def apply(
    registry: Annotated[Path, typer.Argument(help="YAML file with a list of repositories.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print the plan.")] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Write the others where some are refused.")
    ] = False,
) -> None:
    """Register many repositories from a file; prints the plan first, and is idempotent."""
    context = Context(settings=Settings())
    try:
        text = registry.read_text(encoding="utf-8")
    except OSError as error:
        raise RegistrationRefused(f"{registry} cannot be read: {error.strerror}.") from None
    plan = plan_file(context, text)
    print_table(
        "plan", ("action", "repository", "why"), [(p.action.value, p.name, p.reason) for p in plan]
    )
    is_whole = not any(change.action is Action.REFUSED for change in plan)
    if dry_run and (is_whole or keep_going):
        out.print("dry run: nothing was written")
    else:
        wanted = [c for c in plan if c.action is not Action.REFUSED] if keep_going else plan
        changed = apply_plan(context, wanted, actor="cli")
        out.print(f"{changed} written")
        if changed:
            renew_decisions(context)
    if not is_whole:
        raise typer.Exit(1)


@app.command("list")
def list_repositories() -> None:
    """List the registered repositories."""
    rows = [
        (
            r.name,
            r.owner,
            r.rights_basis.value,
            r.license,
            f"until {r.consent_until}" if r.release_consent else "no",
            r.url,
        )
        for r in Context(settings=Settings()).catalog.list_repositories()
    ]
    print_table("repositories", ("name", "owner", "rights", "license", "release", "url"), rows)


app.command("preview")(preview)
app.command("discover")(discover_group)
app.command("show")(show)
app.command("webhook-secret")(webhook_secret)
