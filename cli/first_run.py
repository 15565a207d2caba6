"""The samples in a home: registered once, so that there is something real to look at."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from cli.people import acting
from cli.samples import company_profile_yaml, write_samples
from ingest.domain.repository import Repository
from ingest.register.registry import RegistrationRequest, register
from ingest.register.urls import canonicalise
from workers.audit import seal_audit
from workers.context import Context
from workers.registering import registrations
from workers.settings import Settings

SAMPLE_CONSENT: Final = timedelta(days=365)


def write_company(settings: Settings) -> None:
    """Write the profile of the company that the samples are of, where there is none."""
    path = settings.root / "company.yaml"
    if not path.exists():
        path.write_text(company_profile_yaml(), encoding="utf-8")


def register_samples(context: Context) -> list[Repository]:
    """Make and register the samples; what is registered stays as it is."""
    requests = [
        RegistrationRequest(
            url=str(sample.path),
            owner=sample.owner,
            rights=sample.rights_basis,
            license=sample.license,
            release_consent=sample.release_consent,
            consent_until=context.today() + SAMPLE_CONSENT if sample.release_consent else None,
            evidence=sample.evidence,
        )
        for sample in write_samples(context.settings.root / "samples")
    ]
    return [register_local(context, request) for request in requests]


def register_local(context: Context, request: RegistrationRequest) -> Repository:
    """Register what somebody at this machine names; what is registered stays as it is."""
    url = canonicalise(request.url, allow_local=True).url
    known = context.catalog.find_by_url(url)
    if known is not None:
        return known
    # The person who runs this names the path herself, which is the permission for a local one.
    book = registrations(context, acting(""))
    repository = register(request, book, today=context.today(), allow_local=True)
    seal_audit(context)
    return repository
