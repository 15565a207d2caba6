"""``shardgate repo …``: register repositories with their rights."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.console import out, print_table
from cli.renew import renew_decisions
from ingest.domain.repository import RightsBasis
from ingest.errors import RegistrationRefused
from ingest.register.plan import plan_registry
from ingest.register.registry import Action, RegistrationRequest, register
from workers.audit import record_registration
from workers.context import Context
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
    settings = Settings()
    context = Context(settings=settings)
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
    repository = register(
        request, context.catalog, today=context.today(), allow_local=settings.allow_local
    )
    record_registration(context, repository)
    out.print(f"registered {repository.name} as {repository.id}")
    out.print("next: shardgate sync " + repository.name)


@app.command("apply")
def apply(
    registry: Annotated[Path, typer.Argument(help="YAML file with a list of repositories.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only print the plan.")] = False,
) -> None:
    """Register many repositories from a file; prints the plan first, and is idempotent."""
    settings = Settings()
    context = Context(settings=settings)
    try:
        text = registry.read_text(encoding="utf-8")
    except OSError as error:
        raise RegistrationRefused(f"{registry} cannot be read: {error.strerror}.") from None
    plan = plan_registry(
        text, context.catalog, today=context.today(), allow_local=settings.allow_local
    )
    print_table(
        "plan", ("action", "repository", "why"), [(p.action.value, p.name, p.reason) for p in plan]
    )
    refused = [change for change in plan if change.action is Action.REFUSED]
    if refused:
        raise RegistrationRefused(
            f"{len(refused)} of {len(plan)} entries are refused; nothing was written.",
            hint="Mend them in the file and apply again.",
        )
    if dry_run:
        out.print("dry run: nothing was written")
        return
    for change in plan:
        if change.repository is not None and change.action is not Action.UNCHANGED:
            context.catalog.save_repository(change.repository)
            record_registration(context, change.repository)
    changed = sum(change.action is not Action.UNCHANGED for change in plan)
    out.print(f"{changed} written")
    if changed:
        renew_decisions(context)


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
