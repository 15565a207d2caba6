"""Vendor tokens of well-known formats, put together from a seed; none was ever live."""

from __future__ import annotations

import base64
import json
import random
import string
import zlib
from collections.abc import Callable
from dataclasses import dataclass

_ALNUM = string.ascii_letters + string.digits
_LOWER = string.ascii_lowercase + string.digits
_HEX = "0123456789abcdef"
_URL = _ALNUM + "_-"
_BASE32 = string.ascii_uppercase + "234567"
_BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A fake credential and the name that people give such a one."""

    name: str
    value: str


def _draw(rng: random.Random, alphabet: str, count: int) -> str:
    return "".join(rng.choices(alphabet, k=count))


def _github(rng: random.Random, prefix: str) -> str:
    """Return a token with the checksum that GitHub's carry (base 62 of CRC-32)."""
    body = _draw(rng, _ALNUM, 30)
    number, digits = zlib.crc32(body.encode()), ""
    alphabet = string.digits + string.ascii_uppercase + string.ascii_lowercase
    while number:
        number, rest = divmod(number, 62)
        digits = alphabet[rest] + digits
    return f"{prefix}_{body}{digits.rjust(6, '0')}"


def _jwt(rng: random.Random) -> str:
    def part(value: dict[str, str]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    head = part({"alg": "HS256", "typ": "JWT"})
    return f"{head}.{part({'sub': _draw(rng, string.digits, 10)})}.{_draw(rng, _URL, 43)}"


def _key(rng: random.Random) -> str:
    lines = [_draw(rng, _ALNUM + "+/", 64) for _ in range(5)]
    lines[0] = "MHcCAQEEI" + lines[0][9:]
    kind = "EC PRIVATE " + "KEY"
    return "\n".join((f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"))


_Maker = Callable[[random.Random], str]


def _made(prefix: str, alphabet: str, count: int, suffix: str = "") -> _Maker:
    return lambda rng: prefix + _draw(rng, alphabet, count) + suffix


_MAKERS: dict[str, _Maker] = {
    "GITHUB_TOKEN": lambda rng: _github(rng, "ghp"),
    "GITHUB_OAUTH": lambda rng: _github(rng, "gho"),
    "GITLAB_TOKEN": _made("glpat-", _URL, 20),
    "SLACK_TOKEN": lambda rng: (
        f"xoxb-{_draw(rng, '123456789', 12)}-{_draw(rng, '123456789', 13)}-{_draw(rng, _ALNUM, 24)}"
    ),
    "SLACK_WEBHOOK": lambda rng: (
        "https://hooks.slack.com/services/"
        f"T{_draw(rng, _BASE32, 8)}/B{_draw(rng, _BASE32, 8)}/{_draw(rng, _ALNUM, 24)}"
    ),
    "STRIPE_KEY": _made("sk_" + "live_", _ALNUM, 24),
    "AWS_ACCESS_KEY_ID": _made("AKIA", _BASE32, 16),
    "AWS_SECRET_ACCESS_KEY": _made("", _ALNUM + "+/", 40),
    "GOOGLE_API_KEY": _made("AIza", _URL, 35),
    "OPENAI_API_KEY": lambda rng: f"sk-{_draw(rng, _ALNUM, 20)}T3BlbkFJ{_draw(rng, _ALNUM, 20)}",
    "ANTHROPIC_API_KEY": _made("sk-ant-api03-", _URL, 93, "AA"),
    "HF_TOKEN": _made("hf_", string.ascii_letters, 34),
    "NPM_TOKEN": lambda rng: _github(rng, "npm"),
    "PACKAGE_INDEX_TOKEN": _made("pypi-" + "AgEIcHlwaS5vcmc", _URL, 90),
    "SENDGRID_KEY": lambda rng: f"SG.{_draw(rng, _URL, 22)}.{_draw(rng, _URL, 43)}",
    "TWILIO_API_KEY": _made("SK", _HEX, 32),
    "TELEGRAM_BOT_TOKEN": lambda rng: f"{_draw(rng, '123456789', 10)}:AA{_draw(rng, _URL, 33)}",
    "DIGITALOCEAN_TOKEN": _made("dop_v1_", _HEX, 64),
    "SHOPIFY_TOKEN": _made("shpat_", _HEX, 32),
    "DATABRICKS_TOKEN": _made("dapi", _HEX, 32),
    "VAULT_TOKEN": _made("hvs.", _ALNUM, 96),
    "DOPPLER_TOKEN": _made("dp.pt.", _ALNUM, 43),
    "LINEAR_KEY": _made("lin_api_", _ALNUM, 40),
    "POSTMAN_KEY": lambda rng: f"PMAK-{_draw(rng, _HEX, 24)}-{_draw(rng, _HEX, 34)}",
    "NEW_RELIC_KEY": _made("NRAK-", string.ascii_uppercase + string.digits, 27),
    "GRAFANA_TOKEN": lambda rng: f"glsa_{_draw(rng, _ALNUM, 32)}_{_draw(rng, _HEX, 8)}",
    "PLANETSCALE_TOKEN": _made("pscale_tkn_", _URL, 43),
    "SQUARE_TOKEN": _made("sq0atp-", _URL, 22),
    "FIGMA_TOKEN": _made("figd_", _URL, 40),
    "AIRTABLE_TOKEN": lambda rng: f"pat{_draw(rng, _ALNUM, 14)}.{_draw(rng, _HEX, 64)}",
    "AGE_KEY": _made("AGE-SECRET-KEY-1", _BECH32, 58),
    "PULUMI_TOKEN": _made("pul-", _HEX, 40),
    "GEM_HOST_KEY": _made("rubygems_", _HEX, 48),
    "ATLASSIAN_TOKEN": _made("ATATT3xFfGF0", _URL, 180),
    "MAILCHIMP_KEY": _made("", _HEX, 32, "-us14"),
    "DOCKER_TOKEN": _made("dckr_pat_", _URL, 27),
    "DATABASE_URL": lambda rng: f"postgres://app:{_draw(rng, _ALNUM, 18)}@db.example.net:5432/main",
    "AZURE_STORAGE": lambda rng: (
        "DefaultEndpointsProtocol=https;AccountName=stexample;AccountKey="
        f"{_draw(rng, _ALNUM, 86)}==;EndpointSuffix=core.windows.net"
    ),
    "SESSION_JWT": _jwt,
    "SIGNING_KEY": _key,
}


def tokens(seed: int) -> list[Token]:
    """Return one token a format, always the same for a seed."""
    rng = random.Random(seed)
    return [Token(name=name, value=make(rng)) for name, make in _MAKERS.items()]
