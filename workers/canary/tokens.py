"""Made-up credentials in the formats of real vendors, assembled from a label when they are needed.

Each is shaped as the vendor shapes it (prefix, alphabet, length, checksum), so that scanners find
it, and each follows from a hash of a public label, so that it opens nothing. No literal here
looks like a credential: scanners pass over this source and not over what it makes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import string
import textwrap
import zlib

_DIGITS = string.digits
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BASE64 = string.ascii_letters + string.digits + "+/"
_URL_SAFE = string.ascii_letters + string.digits + "-_"
_AWS_KEY = string.ascii_uppercase + "234567"
_PEM_WIDTH = 64
_RSA_BYTES = 256


def draw_bytes(label: str, count: int) -> bytes:
    """Return bytes that follow from the label alone: SHA-256 over label and counter."""
    blocks = range(count // hashlib.sha256().digest_size + 1)
    digests = (hashlib.sha256(f"{label}\0{block}".encode()).digest() for block in blocks)
    return b"".join(digests)[:count]


def draw_text(label: str, alphabet: str, length: int) -> str:
    """Return characters of an alphabet that follow from the label alone."""
    return "".join(alphabet[byte % len(alphabet)] for byte in draw_bytes(label, length))


def draw_hex(label: str, length: int) -> str:
    """Return lower-case hexadecimal digits that follow from the label alone."""
    return draw_bytes(label, length).hex()[:length]


def aws_key_id(label: str) -> str:
    """Return an access key id: 16 characters of base 32 after the prefix of long-term keys."""
    return "AK" + "IA" + draw_text(label, _AWS_KEY, 16)


def aws_secret_key(label: str) -> str:
    """Return a secret access key: 40 characters of base 64."""
    return draw_text(label, _BASE64, 40)


def github_token(label: str) -> str:
    """Return a personal token: 30 characters, then their CRC-32 as six digits of base 62.

    The format is told in GitHub's post "Behind GitHub's new authentication token formats" (2021).
    """
    body = draw_text(label, _BASE62, 30)
    return "gh" + "p_" + body + _base62(zlib.crc32(body.encode()), width=6)


def slack_bot_token(label: str) -> str:
    """Return a bot token: workspace number, bot number, 24 characters."""
    team = "2" + draw_text(label + " team", _DIGITS, 11)
    bot = "4" + draw_text(label + " bot", _DIGITS, 12)
    return "-".join(("xo" + "xb", team, bot, draw_text(label, _BASE62, 24)))


def slack_webhook(label: str) -> str:
    """Return the address of an incoming webhook; the last part is what must stay secret."""
    ids = string.ascii_uppercase + _DIGITS
    parts = ("T0" + draw_text(label + " team", ids, 8), "B0" + draw_text(label + " bot", ids, 8))
    host = "hooks." + "slack" + ".com"
    return "/".join((f"https://{host}", "services", *parts, draw_text(label, _BASE62, 24)))


def stripe_key(label: str) -> str:
    """Return a secret key of the live mode with 99 characters after the prefix."""
    return "_".join(("sk", "live", "51" + draw_text(label, _BASE62, 97)))


def google_api_key(label: str) -> str:
    """Return an API key: 35 URL-safe characters after the prefix."""
    return "AI" + "za" + "Sy" + draw_text(label, _URL_SAFE, 32) + draw_text(label + "+", _DIGITS, 1)


def hugging_face_token(label: str) -> str:
    """Return a user token: 34 letters after the prefix."""
    return "h" + "f_" + draw_text(label, string.ascii_letters, 34)


def json_web_token(label: str) -> str:
    """Return a token with an HS256 header, plain claims and a made-up signature (RFC 7519)."""
    header = {"alg": "HS256", "typ": "JWT"}
    claims = {"iss": "billing", "sub": draw_hex(label + " sub", 16), "iat": 1_710_000_000}
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in (header, claims)]
    return ".".join(_base64url(part) for part in (*parts, draw_bytes(label, 32)))


def rsa_private_key(label: str) -> str:
    """Return a PKCS #1 block of 2048 bits (RFC 8017, A.1.2) whose numbers are no primes."""
    modulus, exponent = _RSA_BYTES, _RSA_BYTES // 2
    lengths = (modulus, modulus, exponent, exponent, exponent, exponent, exponent)
    numbers = [_odd_number(f"{label} {place}", length) for place, length in enumerate(lengths)]
    fields = [b"\0", numbers[0], b"\x01\x00\x01", *numbers[1:]]
    der = _der(0x30, b"".join(_der(0x02, field) for field in fields))
    name = "RSA PRIV" + "ATE KEY"
    body = textwrap.wrap(base64.b64encode(der).decode(), _PEM_WIDTH)
    return "\n".join((f"-----BEGIN {name}-----", *body, f"-----END {name}-----"))


def _odd_number(label: str, length: int) -> bytes:
    """Return an unsigned big-endian number with its top and lowest bits set, as DER wants it."""
    raw = bytearray(draw_bytes(label, length))
    raw[0] |= 0x80
    raw[-1] |= 0x01
    return b"\0" + bytes(raw)


def _der(tag: int, content: bytes) -> bytes:
    """Return one element of DER (X.690): tag, length, content."""
    size = len(content)
    if size < 0x80:  # noqa: PLR2004 - the short form of X.690, 8.1.3.4
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _base62(number: int, *, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, rest = divmod(number, len(_BASE62))
        digits = _BASE62[rest] + digits
    return digits


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
