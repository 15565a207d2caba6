"""What a match is instead of a secret: a sample, a label, a name, a digest, a public key.

One place for all engines, ours and others': each of them would have to know the same. Values that
a vendor's format gives away are only explained by what is published, by templates, and by what
the format mistakes; what a name or randomness gives away also by its shape and by its name.
"""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.secrets import identifiers, labels
from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.plausible import CODE_SUFFIXES
from ingest.detect.secrets.public import public_kind
from ingest.detect.secrets.samples import is_published, is_sample_login, is_stand_in
from ingest.domain.finding import Category

_GUESSED: Final = frozenset(
    (
        *("keyword", "named-value", "phrase", "call-argument", "column", "random-uuid"),
        *("custom.generic-password", "custom.generic-api-key", "entropy-near-keyword"),
        *("base64-entropy", "hex-entropy"),
    )
)
"""Rules that go by a name or by randomness alone."""
_CIPHERTEXT: Final = re.compile(
    # sops, Jasypt, Spring Cloud Config, Ansible, Puppet's eyaml, Mule, Fortinet, Chef, git-crypt
    rb"ENC\[|ENC\(|\{cipher\}|\$ANSIBLE_VAULT|!\[|!vault|ENC |\{AES\}|\{aes\}|vault:v\d+:"
)
_SEALED: Final = re.compile(rb"kind:[ \t]*SealedSecret|\nsops:|encryptedData:|\"sops\":")
_SEALED_VALUE: Final = re.compile(rb"Ag[A-Za-z0-9+/=]{30,}")
_ADDRESS: Final = re.compile(rb"0x[0-9a-fA-F]{40}")
_SECRET_IN_ADDRESS: Final = re.compile(
    rb"(?i)(?:passw|pwd|secret|token|://[^/\s@]*:[^/\s@]+@|:\w+/[^@\s]+@)"
)
_REACH_BYTES: Final = 96
_ARMOUR: Final = re.compile(rb"[A-Za-z0-9+/=]{16}")
_ARMOUR_REACH: Final = 200
_LONGEST: Final = 4096
"""Bytes; what is longer is no label, name or sample."""


def explanation(data: bytes, match: Match, suffix: str = "") -> str:
    """Return what a match is instead of a secret in use; empty where it may be one."""
    value = data[match.start : match.end]
    if len(value) > _LONGEST or match.category is Category.PRIVATE_KEY:
        return ""
    line = data.rfind(b"\n", max(0, match.start - _REACH_BYTES), match.start) + 1
    head = data[max(line, match.start - _REACH_BYTES) : match.start]
    kind = _kind_for_all(data, match, value, head)
    if kind or match.rule_id not in _GUESSED:
        return kind
    if suffix in CODE_SUFFIXES and identifiers.is_expression(data, match, value):
        return "expression"
    if labels.is_label(value, head):
        return "label"
    kind = identifiers.name_kind(data, match, value, head)
    return kind or public_kind(data, match, value, head)


def _kind_for_all(data: bytes, match: Match, value: bytes, head: bytes) -> str:
    """Return what explains a match of any rule, one of a vendor's format too."""
    if is_published(value) or is_sample_login(value, head, data[match.end : match.end + 20]):
        return "sample"
    if is_stand_in(value):
        return "stand-in"
    if _is_encrypted(data, value, head):
        return "ciphertext"
    if _ADDRESS.fullmatch(value) or _is_public_address(value, match):
        return "address"
    is_header = match.rule_id == "private-key-header"
    if is_header and not _ARMOUR.search(data, match.end, match.end + _ARMOUR_REACH):
        return "header"
    return ""


def _is_encrypted(data: bytes, value: bytes, head: bytes) -> bool:
    """Say whether the value is marked as ciphertext: unreadable without a key kept elsewhere."""
    if _CIPHERTEXT.match(value) or (
        _CIPHERTEXT.match(head[-5:].lstrip(b" =:\"'")) and head[-1:] in b"[( "
    ):
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
