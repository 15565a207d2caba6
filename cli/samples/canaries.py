"""What is planted in the samples: the values, what each of them is, and the company they name.

A sample's text says ``@{name}`` where a value is planted; `CANARIES` tells what stands there.
People, hosts and customers are invented. Mail addresses end in the company's own ``.internal``
or in ``example.cloud``: nobody can register either (ICANN keeps both labels back), and addresses
below ``.example`` would be passed over as documentation.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum, auto
from functools import cache

import yaml

from ingest.domain.company import CompanyProfile
from workers.canary import tokens

_INTERNAL = "lumenharbor.internal"
_CUSTOMER_MAIL = "quellberg.example.cloud"

COMPANY = CompanyProfile(
    names=("Lumen Harbor Ltd", "Lumen Harbor"),
    domains=("lumenharbor.example",),
    ticket_prefixes=("LHB", "HGW"),
    logins=("mkessler", "praman", "tbecker"),
    codenames=("Kittiwake",),
    customers=("Quellberg Logistik", "Fernwick"),
)
"""What the invented company says of itself; every planted term of its own stands here."""


class PlantKind(StrEnum):
    """What a planted value is."""

    SECRET = auto()
    EMAIL = auto()
    PERSON = auto()
    PHONE = auto()
    INTERNAL_HOST = auto()
    PRIVATE_IP = auto()
    CUSTOMER = auto()
    CODENAME = auto()
    TICKET = auto()
    LOGIN = auto()
    COPYLEFT_MARKER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A value that is planted under a name."""

    kind: PlantKind
    text: str
    """What stands in the file."""

    @property
    def values(self) -> tuple[str, ...]:
        """Strings to look for: every line of a key block, as one line alone is a leak."""
        lines = self.text.splitlines()
        return tuple(line for line in lines if not line.startswith("-----"))


@cache
def canaries() -> Mapping[str, Canary]:
    """Return every planted value by its name."""
    plain = {
        name: Canary(kind=kind, text=text)
        for kind, values in _PLAIN.items()
        for name, text in values.items()
    }
    secrets = {name: Canary(kind=PlantKind.SECRET, text=text) for name, text in _secrets().items()}
    return plain | secrets


@cache
def fillers() -> Mapping[str, str]:
    """Return values that stand in the samples under a name and give nothing away."""
    return {
        "firmware_commit": tokens.draw_hex("firmware commit", 40),
        "lfs_oid": tokens.draw_hex("drift model", 64),
    }


def company_profile_yaml() -> str:
    """Return the invented company's profile as YAML, with the keys of `CompanyProfile`."""
    terms = {key: list(value) for key, value in asdict(COMPANY).items() if value}
    return yaml.safe_dump(terms, allow_unicode=True, sort_keys=False)


_PLAIN: Mapping[PlantKind, Mapping[str, str]] = {
    PlantKind.EMAIL: {
        "email_lena": f"lena.fischbach@{_INTERNAL}",
        "email_priya": f"priya.raman@{_INTERNAL}",
        "email_thomas": f"thomas.becker@{_INTERNAL}",
        "email_henrik": f"henrik.lindgren@{_INTERNAL}",
        "email_finance": f"receivables@{_INTERNAL}",
        "email_customer": f"marit.solberg@{_CUSTOMER_MAIL}",
    },
    PlantKind.PERSON: {
        "person_lena": "Lena Fischbach",
        "person_priya": "Priya Raman",
        "person_thomas": "Thomas Becker",
        "person_henrik": "Henrik Lindgren",
    },
    PlantKind.PHONE: {
        # kept for drama by Ofcom: valid in form, given to nobody
        "phone_oncall": "+44 131 496 0172",
    },
    PlantKind.INTERNAL_HOST: {
        "host_build": f"build-07.ops.{_INTERNAL}",
        "host_build2": f"build-11.ops.{_INTERNAL}",
        "host_db": f"billing-db.prod.{_INTERNAL}",
        "host_files": f"files-02.ops.{_INTERNAL}",
        "host_git": f"git.{_INTERNAL}",
        "host_mqtt": f"mqtt-3.field.{_INTERNAL}",
    },
    PlantKind.PRIVATE_IP: {"ip_db": "10.48.7.21", "ip_mqtt": "172.20.4.118"},
    PlantKind.CUSTOMER: {
        "customer": "Fernwick",
        "customer_upper": "FERNWICK",
        "customer_prose": "Quellberg Logistik",
    },
    PlantKind.CODENAME: {"codename": "Kittiwake", "codename_snake": "kittiwake"},
    PlantKind.TICKET: {
        "ticket_vault": "LHB-1482",
        "ticket_statements": "LHB-1533",
        "ticket_dunning": "LHB-1607",
        "ticket_seats": "LHB-1719",
        "ticket_gateway": "HGW-209",
    },
    PlantKind.LOGIN: {
        "login_mkessler": "mkessler",
        "login_praman": "praman",
        "login_tbecker": "tbecker",
    },
    PlantKind.COPYLEFT_MARKER: {
        "gpl2_holder": "The Serial Frame Project",
        "gpl3_holder": "The Free Remittance Project",
    },
}


def _secrets() -> dict[str, str]:
    return {
        "archive_token": tokens.draw_hex("archive", 40),
        "aws_key_id": tokens.aws_key_id("billing"),
        "aws_secret": tokens.aws_secret_key("billing"),
        "db_password": tokens.draw_text("billing_rw", string.ascii_lowercase + "23456789", 20),
        "github_token": tokens.github_token("release"),
        "google_key": tokens.google_api_key("geocoder"),
        "hf_token": tokens.hugging_face_token("calibration"),
        "jwt": tokens.json_web_token("session"),
        "metering_key": tokens.draw_hex("metering", 48),
        "pem": tokens.rsa_private_key("export signing"),
        "slack_bot": tokens.slack_bot_token("release"),
        "slack_webhook": tokens.slack_webhook("alerts"),
        "stripe_key": tokens.stripe_key("billing"),
    }
