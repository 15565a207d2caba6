"""Registers a repository with its rights basis and release consent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from ingest.domain.repository import Repository, RightsBasis
from ingest.errors import RegistrationRefused
from ingest.ports import RepositoryRegistry
from ingest.register.licenses import check_license
from ingest.register.urls import CanonicalUrl, canonicalise, repository_id

_CREDENTIAL: Final = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]{0,127}|file:/[^\x00-\x1f\x7f]{1,1023}")
_MAX_CHARS: Final = 500


def _read_date(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value  # refused by its type, without showing it


class RegistrationRequest(BaseModel):
    """What an owner states, as options or one entry of a YAML file; types only are checked here.

    Values never appear in error messages: somebody may have pasted a credential.

    Raises:
        pydantic.ValidationError: a field is missing, unknown or of the wrong type.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    url: str
    owner: str
    rights: Annotated[RightsBasis, Field(strict=False)]
    license: str
    evidence: str = ""
    release_consent: bool = False
    consent_until: Annotated[date | None, BeforeValidator(_read_date)] = None
    credential: str = ""


class Action(StrEnum):
    """What a registration changes."""

    ADD = "add"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A checked registration, not yet written."""

    action: Action
    repository: Repository
    changes: tuple[str, ...] = ()
    """Names of the fields that an update changes."""


def register(
    request: RegistrationRequest,
    registry: RepositoryRegistry,
    *,
    today: date,
    allow_local: bool,
    update: bool = False,
) -> Repository:
    """Write one registration and return the repository; the same request twice changes nothing.

    Raises:
        RegistrationRefused: the request is invalid, the repository is registered under another
            spelling, or it is registered with other rights and `update` is false.
    """
    known = registry.list_repositories()
    registration = judge(request, known, today=today, allow_local=allow_local)
    if registration.action is Action.UPDATE and not update:
        raise RegistrationRefused(
            f"{registration.repository.name} is registered with other values of "
            f"{', '.join(registration.changes)}.",
            hint="State its rights anew: Change on its page, PUT /api/v1/repositories/ID/rights,"
            " or shardgate repo apply FILE.",
        )
    if registration.action is not Action.UNCHANGED:
        registry.save_repository(registration.repository)
    return registration.repository


def judge(
    request: RegistrationRequest,
    known: Iterable[Repository],
    *,
    today: date,
    allow_local: bool,
) -> Registration:
    """Check a request against what is registered and say what it would change.

    Raises:
        RegistrationRefused: the request is invalid, or the repository is registered under another
            spelling.
    """
    url = canonicalise(request.url, allow_local=allow_local)
    repository = _build(request, url)
    before = next((other for other in known if other.id == repository.id), None)
    if before == repository:  # an expired consent stays as it is; every reader checks its date
        return Registration(action=Action.UNCHANGED, repository=before)
    _check_consent(request, today)
    if before is None:
        return Registration(action=Action.ADD, repository=repository)
    if before.url != repository.url:
        raise RegistrationRefused(
            f"This repository is already registered as {before.url}.", hint="Use that spelling."
        )
    changes = tuple(
        name
        for name in Repository.__dataclass_fields__
        if getattr(before, name) != getattr(repository, name)
    )
    return Registration(action=Action.UPDATE, repository=repository, changes=changes)


def _build(request: RegistrationRequest, url: CanonicalUrl) -> Repository:
    _check_line("owner", request.owner, is_required=True)
    _check_line("evidence", request.evidence, is_required=request.release_consent)
    return Repository(
        id=repository_id(url.identity),
        url=url.url,
        name=url.name,
        owner=request.owner,
        rights_basis=request.rights,
        license=check_license(request.license),
        release_consent=request.release_consent,
        consent_until=request.consent_until,
        evidence=request.evidence,
        credential=check_credential(request.credential, url.scheme),
    )


def _check_line(field: str, text: str, *, is_required: bool) -> None:
    if is_required and not text.strip():
        raise RegistrationRefused(f"The {field} is missing.")
    if len(text) > _MAX_CHARS or not text.isprintable():
        raise RegistrationRefused(
            f"The {field} is not one readable line of {_MAX_CHARS} characters."
        )


def _check_consent(request: RegistrationRequest, today: date) -> None:
    if request.release_consent and request.consent_until is None:
        raise RegistrationRefused(
            "Release consent needs the last day on which it holds.", hint="Give consent_until."
        )
    if not request.release_consent and request.consent_until is not None:
        raise RegistrationRefused(
            "There is a last day of consent, but no consent.", hint="Give release_consent too."
        )
    if request.consent_until is not None and request.consent_until < today:
        raise RegistrationRefused(f"The release consent expired on {request.consent_until}.")


def check_credential(reference: str, scheme: str) -> str:
    """Return a credential reference that fits a scheme; empty for none.

    Raises:
        RegistrationRefused: it is no reference, or one of another kind.
    """
    if not reference:
        return ""
    if not _CREDENTIAL.fullmatch(reference):  # the text is not shown, it may be the credential
        raise RegistrationRefused(
            "The credential is no reference.", hint="Write env:NAME or file:/absolute/path."
        )
    if scheme == "file" or (scheme == "ssh" and reference.startswith("env:")):
        raise RegistrationRefused(
            f"A credential of this kind does not fit {scheme}.",
            hint="ssh takes file:PATH of a private key; local repositories take none.",
        )
    return reference
