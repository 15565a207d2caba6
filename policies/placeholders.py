"""What stands where a value was, by category; the same in releases and in the paths of reports."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from ingest.domain.finding import NATIONAL_IDS, Category
from policies.decision import Tier
from policies.model import Effect, Policy, RedactTiers

PLACEHOLDERS: Final[dict[Category, bytes]] = {
    Category.PROVIDER_TOKEN: b"<KEY>",
    Category.PRIVATE_KEY: b"<KEY>",
    Category.URI_CREDENTIAL: b"<PASSWORD>",
    Category.PASSWORD: b"<PASSWORD>",
    Category.GENERIC_SECRET: b"<KEY>",
    Category.PERSON: b"<NAME>",
    Category.EMAIL_ADDRESS: b"<EMAIL>",
    Category.IP_ADDRESS: b"<IP_ADDRESS>",
    Category.PHONE_NUMBER: b"<PHONE>",
    Category.CREDIT_CARD: b"<CREDIT_CARD>",
    Category.IBAN_CODE: b"<IBAN>",
    Category.US_SSN: b"<SSN>",
    Category.USERNAME: b"<USERNAME>",
    **dict.fromkeys(NATIONAL_IDS, b"<NATIONAL_ID>"),
    Category.INTERNAL_HOST: b"<INTERNAL_HOST>",
    Category.PRIVATE_IP: b"<IP_ADDRESS>",
    Category.PACKAGE_SCOPE: b"<PACKAGE_SCOPE>",
    Category.TICKET_ID: b"<TICKET>",
    Category.EMPLOYEE_LOGIN: b"<USERNAME>",
    Category.CODENAME: b"<CODENAME>",
    Category.CUSTOMER: b"<CUSTOMER>",
}
"""Placeholder by category; ``<KEY>``, ``<PASSWORD>``, ``<EMAIL>``, ``<NAME>``, ``<IP_ADDRESS>`` and
``<USERNAME>`` are those of BigCode's PII redaction (bigcode-project/bigcode-dataset, pii/)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlaceholder:
    """What a rule puts in the place of one category."""

    rule_id: str
    category: Category
    text: bytes


def named_placeholders(policy: Policy, tier: Tier) -> tuple[NamedPlaceholder, ...]:
    """Return what the redactions of a tier name themselves, in the order of the document."""
    return tuple(
        NamedPlaceholder(
            rule_id=rule.id, category=category, text=rule.document.placeholder.encode()
        )
        for rule in policy.rules
        if rule.effect is Effect.REDACT
        and rule.document.placeholder
        and (tier is Tier.RELEASABLE or rule.document.tiers is RedactTiers.BOTH)
        for category in rule.categories
    )


def choose_placeholders(
    named: Iterable[NamedPlaceholder], reasons: Collection[str]
) -> dict[Category, bytes]:
    """Return the placeholder of every category in a file on which some rules fired.

    Of several rules that name one for a category, the first in the document does.
    """
    own: dict[Category, bytes] = {}
    for one in named:
        if one.rule_id in reasons:
            own.setdefault(one.category, one.text)
    return PLACEHOLDERS | own
