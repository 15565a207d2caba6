"""What a match is instead of a secret: a sample, a label, a name, a digest, a public key.

One place for all engines, ours and others': each of them would have to know the same. Values that
a vendor's format gives away are only explained by what is published, by templates, and by what
the format mistakes; what a name or randomness gives away also by its shape and by its name.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

from ingest.detect.secrets import identifiers, labels
from ingest.detect.secrets.addresses import is_piece_of_address
from ingest.detect.secrets.keys import has_armour, is_key_behind
from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.places import place_kind
from ingest.detect.secrets.plausible import CODE_SUFFIXES
from ingest.detect.secrets.public import is_public_form, public_kind
from ingest.detect.secrets.samples import is_published, is_sample_login, is_stand_in
from ingest.detect.secrets.shapes import is_row_of_words
from ingest.domain.finding import Category

_GUESSED: Final = frozenset(
    (
        *("keyword", "named-value", "phrase", "call-argument", "column", "random-uuid"),
        *("custom.generic-password", "custom.generic-api-key", "entropy-near-keyword"),
        *("base64-entropy", "hex-entropy"),
    )
)
"""Rules that go by a name or by randomness alone."""
_LOOSE: Final = frozenset(
    (
        *("kingfisher1.smtp.1", "kingfisher1.wincmd.2", "kingfisher1.unkey.2"),
        *("kingfisher1.mariadb.1", "kingfisher1.auth.1", "kingfisher1.salesforce.3"),
        *("kingfisher1.salesforce.4", "kingfisher1.ldap.1", "kingfisher1.google.3"),
    )
)
"""Rules of the engine that read on into prose and code."""
_PROSE: Final = re.compile(rb"[$A-Za-z_./:()&-]+[,;]?|v?[0-9]+(?:\.[0-9x]+)+\.?")
_LOOKED_UP: Final = re.compile(rb"(?:[\w.]+=)?(?:<[A-Za-z]+|os\.environ\[|ENV\[|process\.env\[)")
"""What the looser rules of the engine take up to the first blank or quote."""
_CLIENT_ID: Final = re.compile(rb"[0-9]+-[a-z0-9]+\.apps\.googleusercontent\.com")
"""Half of what OAuth wants, and public: developers.google.com/identity/protocols/oauth2."""
_PUBLISHABLE: Final = re.compile(rb"pk_(?:live|test)_[0-9A-Za-z]{16,}|pk\.eyJ[\w-]+\.[\w-]+")
"""Keys that are made to stand in pages: docs.stripe.com/keys, docs.mapbox.com on public tokens."""
_TEST_OR_LIVE: Final = re.compile(rb"(?:live|test)_\w+")
_MOMENT: Final = re.compile(
    rb"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?"
)
"""A date, and a time with it (RFC 3339)."""
_PSQL_VARIABLE: Final = re.compile(rb"[ \t(]:[\"']$")
_ELIDED: Final = re.compile(rb"[A-Za-z0-9_=-](?:\.{3}|\xe2\x80\xa6)(?=[\s\"'`,;)]|$|[A-Za-z0-9])")
_BLOCK: Final = re.compile(rb"-----(BEGIN|END)[ ](?P<kind>[A-Z0-9 ]{1,40})-----")
_PUBLIC_BLOCK: Final = re.compile(
    rb"(?:X509 |TRUSTED |NEW )?CERTIFICATE(?: REQUEST)?|X509 CRL|PKCS7"
    rb"|(?:RSA |EC |PGP )?PUBLIC KEY(?: BLOCK)?|PGP SIGNATURE|PGP MESSAGE"
)
_BLOCK_BYTES: Final = 16 * 1024
_RANDOM: Final = frozenset(
    ("custom.generic-api-key", "entropy-near-keyword", "base64-entropy", "hex-entropy")
)
"""Rules that take what looks random near a word, as a package's name beside its checksum."""
_CHECKSUMS: Final = frozenset(("go.sum", "sum", "lock", "cargo.lock", "yarn.lock"))
"""Name hints of files that are checksums; formats of vendors are still read in them."""
_CIPHERTEXT: Final = re.compile(
    # sops, Jasypt, Spring Cloud Config, Ansible, Puppet's eyaml, Mule, Fortinet, Chef, git-crypt
    rb"ENC\[|ENC\(|MASK-(?=\S{8})|\{cipher\}|\$ANSIBLE_VAULT|!\[|!vault|ENC |\{AES\}|\{aes"
    rb"\}|vault:v\d+:"
)
_SEALED: Final = re.compile(rb"kind:[ \t]*SealedSecret|\nsops:|encryptedData:|\"sops\":")
_SEALED_VALUE: Final = re.compile(rb"Ag[A-Za-z0-9+/=]{30,}")
_ADDRESS: Final = re.compile(rb"0x[0-9a-fA-F]{40}")
_SECRET_IN_ADDRESS: Final = re.compile(
    rb"(?i)(?:passw|pwd|secret|token|://[^/\s@]*:[^/\s@]+@|:\w+/[^@\s]+@)"
)
_REACH_BYTES: Final = 96
_IMPORT: Final = re.compile(
    rb"[ \t]*[#@]?(?:import|from|export|require|include|use|using)\b[\w \t({<\"'*,}@./-]*"
)
_REVISION_OF: Final = re.compile(rb"[0-9]{8,10}:[0-9a-f]{35,40}")
"""A number and a commit, as GitHub's ids join them; the tokens of Telegram's bots look so too."""
_LONGEST: Final = 4096
"""Bytes; what is longer is no label, name or sample."""


def explanation(data: bytes, match: Match, suffix: str = "") -> str:
    """Return what a match is instead of a secret in use; empty where it may be one."""
    value = data[match.start : match.end]
    if match.category is Category.PRIVATE_KEY:
        return "" if has_armour(value) else "header"
    if len(value) > _LONGEST:
        return ""
    line = data.rfind(b"\n", max(0, match.start - _REACH_BYTES), match.start) + 1
    head = data[max(line, match.start - _REACH_BYTES) : match.start]
    kind = _kind_for_all(data, match, value, head)
    if not kind and match.rule_id in _RANDOM:
        kind = _kind_of_random(data, match, value, suffix)
    if not kind and match.evidence == "nonce" and is_row_of_words(value):
        kind = "words"
    if kind or match.rule_id not in _GUESSED:
        return kind
    return _kind_of_guess(data, match, suffix, head)


def _kind_of_random(data: bytes, match: Match, value: bytes, suffix: str) -> str:
    """Return what looks random to a rule that counts bits."""
    if suffix in _CHECKSUMS:
        return "digest"
    if is_row_of_words(value):
        return "words"
    line = data.rfind(b"\n", max(0, match.start - _REACH_BYTES), match.start) + 1
    if _IMPORT.fullmatch(data, line, match.start):
        return "path"
    is_line = match.rule_id == "base64-entropy"
    return "certificate" if is_line and _is_in_public_block(data, match.start) else ""


def _kind_of_guess(data: bytes, match: Match, suffix: str, head: bytes) -> str:
    """Return what a value is that nothing but a name or its randomness gave away."""
    value = data[match.start : match.end]
    if is_piece_of_address(data, match, value):
        return "address"
    if suffix in CODE_SUFFIXES and _is_looked_up(data, match, suffix):
        return "expression"
    if _MOMENT.fullmatch(value):
        return "moment"
    if labels.is_label(value, head):
        return "label"
    kind = identifiers.name_kind(data, match, value, head) or place_kind(value, head)
    return kind or public_kind(data, match, value, head)


def _is_looked_up(data: bytes, match: Match, suffix: str) -> bool:
    """Say whether a value of a program is an expression, or a variable of psql: ``:'name'``."""
    if suffix == "sql" and _PSQL_VARIABLE.search(data[max(0, match.start - 3) : match.start]):
        return True
    return identifiers.is_expression(data, match, data[match.start : match.end])


def _kind_for_all(data: bytes, match: Match, value: bytes, head: bytes) -> str:
    """Return what explains a match of any rule, one of a vendor's format too."""
    tail = data[match.end : match.end + 20]
    if is_published(value) or is_sample_login(value, head, tail):
        return "sample"
    if is_stand_in(value) or _ELIDED.search(value + tail[:4]):
        return "stand-in"
    if match.rule_id == "kingfisher1.ansible.1" or _is_encrypted(data, value, head):
        return "ciphertext"
    if _ADDRESS.fullmatch(value) or _is_public_address(value, match):
        return "address"
    return _misread(data, match, value)


def _misread(data: bytes, match: Match, value: bytes) -> str:
    """Return what else fits the format that a rule looks for."""
    if match.rule_id in _LOOSE:
        if _LOOKED_UP.fullmatch(value):
            return "code"
        if _PROSE.fullmatch(value) and not _is_login(value):
            return "prose"
    if (
        is_public_form(value)
        or _PUBLISHABLE.fullmatch(value)
        or _is_behind(b"pk_", _TEST_OR_LIVE, data, match)
    ):
        return "public key"
    if _CLIENT_ID.fullmatch(value):
        return "client id"
    if _REVISION_OF.fullmatch(value):
        return "digest"
    is_header = match.rule_id == "private-key-header"
    return "header" if is_header and not is_key_behind(data, match.end) else ""


def _is_behind(prefix: bytes, shape: re.Pattern[bytes], data: bytes, match: Match) -> bool:
    """Say whether a match of a shape is the rest of a longer token."""
    if not data.endswith(prefix, 0, match.start):
        return False
    return shape.fullmatch(data, match.start, match.end) is not None


def _is_login(value: bytes) -> bool:
    """Say whether a value is the Base64 of a user's name and password, as HTTP's scheme wants."""
    try:
        text = binascii.a2b_base64(value + b"=" * (-len(value) % 4))
    except ValueError:
        return False
    return b":" in text and text.isascii() and text.decode().isprintable()


def _is_in_public_block(data: bytes, start: int) -> bool:
    """Say whether a line belongs to a certificate or public key, written out in a program."""
    last = None
    opening = data.rfind(b"-----BEGIN ", max(0, start - _BLOCK_BYTES), start)
    if opening >= 0:
        last = _BLOCK.match(data, opening)
    if last is None or data.find(b"-----END ", opening, start) >= 0:
        return False
    return _PUBLIC_BLOCK.fullmatch(last["kind"]) is not None


def _is_encrypted(data: bytes, value: bytes, head: bytes) -> bool:
    """Say whether the value is marked as ciphertext: unreadable without a key kept elsewhere."""
    if _CIPHERTEXT.match(value) or (
        _CIPHERTEXT.match(head[-5:].lstrip(b" =:\"'")) and head[-1:] in b"[( "
    ):
        return True
    if head.endswith(b"<password>{"):
        # Maven: settings.xml, *Password Encryption*
        return True
    opened = head.rfind(b"ENC[")
    if opened >= 0 and b"]" not in head[opened:]:
        return True
    return _SEALED_VALUE.fullmatch(value) is not None and _SEALED.search(data) is not None


def _is_public_address(value: bytes, match: Match) -> bool:
    if match.category is not Category.URI_CREDENTIAL or (
        b"://" not in value and b"jdbc:" not in value
    ):
        return False
    return _SECRET_IN_ADDRESS.search(value) is None
