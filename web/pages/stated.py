"""The form in which somebody states why the company may use a repository."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from pydantic import ValidationError

from ingest.domain.repository import Repository, RightsBasis
from ingest.errors import InputError
from ingest.register.registry import RegistrationRequest

FIELDS: Final = (
    "url",
    "owner",
    "rights",
    "license",
    "evidence",
    "consent",
    "consent_until",
    "credential",
)
"""Names of the form's fields; each has a text."""


def read_statement(filled: Mapping[str, str]) -> RegistrationRequest:
    """Return what a form states.

    Raises:
        InputError: a field is missing or not understood, and what to write there.
    """
    if filled["rights"] not in set(RightsBasis):
        raise InputError("Say why the company may use it: choose one of the three.")
    is_released = filled["consent"] == "yes"
    try:
        until = date.fromisoformat(filled["consent_until"]) if is_released else None
    except ValueError:
        raise InputError("The consent needs its last day, written as 2030-12-31.") from None
    try:
        return RegistrationRequest(
            url=filled["url"],
            owner=filled["owner"],
            rights=RightsBasis(filled["rights"]),
            license=filled["license"],
            evidence=filled["evidence"],
            release_consent=is_released,
            consent_until=until,
            credential=filled["credential"],
        )
    except ValidationError as error:
        names = sorted({str(part) for problem in error.errors() for part in problem["loc"]})
        raise InputError(f"Mend {', '.join(names)}.") from None


def filled_from(repository: Repository, today: date) -> dict[str, str]:
    """Return the form as a repository fills it in; the day of a consent that has ended is asked.

    The credential stays out: who states rights need not learn what a worker logs in with.
    """
    is_over = not repository.has_valid_consent(today)
    until = repository.consent_until
    return {
        "url": repository.url,
        "owner": repository.owner,
        "rights": repository.rights_basis.value,
        "license": repository.license,
        "evidence": repository.evidence,
        "consent": "yes" if repository.release_consent else "no",
        "consent_until": "" if until is None or is_over else until.isoformat(),
        "credential": "",
    }
