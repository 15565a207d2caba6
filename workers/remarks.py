"""What people write down is looked at for secrets first: it stays in the catalog for good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ingest.detect.detector import findings_of_all
from ingest.domain.finding import NATIONAL_IDS, Category, Confidence, Family, Finding
from ingest.domain.text import ScanText
from ingest.errors import InputError, RegistrationRefused
from workers.context import Context
from workers.corpus import known_of_company
from workers.known import Sweeper

_NO_BLOB = "0" * 40


_NUMBERS: Final = {Category.CREDIT_CARD, Category.IBAN_CODE, Category.US_SSN, *NATIONAL_IDS}
_FEWEST_DIGITS: Final = 4
"""Of any of them; an Indian PAN has four. Where there are fewer, no rules need be loaded."""


def checked_remark(context: Context, text: str) -> str:
    """Return a remark of a person in which no secret was found.

    It is looked at as prose by all rules for secrets, and for every value that is known to be one.

    Raises:
        InputError: it holds a secret; the message names the rule and never the value.
    """
    for finding in _secrets_in(context, text):
        raise _refusal("The comment", text, finding, "Name the finding by its fingerprint instead.")
    return text


def checked_pattern(context: Context, text: str) -> str:
    """Return a path pattern, or another name of what is meant, in which no secret was found.

    Raises:
        InputError: it holds a secret; the message names the rule and never the value.
    """
    for finding in _secrets_in(context, text):
        raise _refusal("The pattern", text, finding, "Write * in place of it.")
    return text


def check_statement(context: Context, field: str, text: str) -> None:
    """Check that what somebody states about a repository holds no secret.

    Numbers of accounts, cards and persons are refused too, where the rules are sure. Names and
    mail addresses are not: an owner is a team or a person of the company, and evidence names who
    gave it.

    Raises:
        RegistrationRefused: it does; the message names the rule and never the value.
    """
    for finding in (*_secrets_in(context, text), *_numbers_in(context, text)):
        error = _refusal(f"The {field}", text, finding, "Say where it is kept instead.")
        raise RegistrationRefused(error.message, hint=error.hint)


def _prose(text: str) -> list[ScanText]:
    return [ScanText(blob_id=_NO_BLOB, suffix=".md", data=text.encode())]


def _secrets_in(context: Context, text: str) -> Iterator[Finding]:
    sweeper = Sweeper(known=known_of_company(context), key=context.keys.hmac)
    for detector in (sweeper, *context.detectors((Family.SECRETS,))):
        yield from findings_of_all(detector, _prose(text))[0]


def _numbers_in(context: Context, text: str) -> Iterator[Finding]:
    """Yield account, card and identity numbers that the rules are sure of."""
    if sum(character.isdigit() for character in text) < _FEWEST_DIGITS:
        return
    (pii,) = context.detectors((Family.PII,))
    for finding in findings_of_all(pii, _prose(text))[0]:
        if finding.category in _NUMBERS and finding.confidence is Confidence.HIGH:
            yield finding


def _refusal(what: str, text: str, finding: Finding, hint: str) -> InputError:
    return InputError(
        f"{what} holds what looks like a secret ({finding.rule_id}, from character "
        f"{_characters_before(text, finding.start) + 1}); nothing was written.",
        hint=hint,
    )


def _characters_before(text: str, offset: int) -> int:
    return len(text.encode()[:offset].decode(errors="replace"))
