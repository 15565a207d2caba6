"""Random-looking values that are public by what they are: digests, public keys, identifiers."""

from __future__ import annotations

import binascii
import re
from typing import Final

from ingest.detect.secrets.matches import Match

_IMAGE: Final = re.compile(
    rb"iVBORw0KGgo|/9j/[24]|R0lGOD|d09GM[gk]|UklGR|AAABAA|PHN2Zy|PD94bWwg|T1RUTw|AAEAAAA|JVBERi0"
    rb"|SUQz|Qk0"
)
_DATA_URI: Final = re.compile(
    rb"data:[\w/+.-]+;(?:charset=[\w-]+;)?base64,[\w+/=]*$|\"(?:image|font)/[\w+.-]+\":["
    rb" \t]*[\"\[][ \t\n\"]*$"
)
_HEX: Final = re.compile(rb"(?:0x)?[0-9a-fA-F]{16,}")
_DIGEST_NAME: Final = re.compile(
    rb"(?i)(?:fingerprint|thumbprint|checksum(?:/[\w.-]{1,32})?|digest|public_?key_?token|(?:gpg"
    rb"|pgp)_?(?:key)?(?:_?ids?)?|key_?id|sha\d*|md5"
    rb"|hash|commit|revision|gravatar\w{0,4}|none-match|etag|node_id|(?:object|trace|span|build)_?id"
    rb"|\bkid)[\w]{0,8}[\"']?\]?["
    rb" \t]*(?:=>|[:=(,])?[ \t]*(?:[\"']|0x){0,2}$"
)
_HASHED: Final = re.compile(rb"(?i)(?:sha-?\d*|md5|hash|digest|hexdigest)(?:sum)?\(")
_PUBLIC_NAME: Final = re.compile(
    rb"(?i)(?:public_?key|pub_?key|publickey|site_?key|verification|sri|integrity|\bn|\bx|\by"
    rb"|\be)[\"']?\]?"
    rb"(?:[ \t]+content)?[ \t]*(?:=>|[:=])[ \t]*[\"']?$"
)
_JWK: Final = re.compile(rb"\"kty\"[ \t]*:")
_PRIVATE_PART: Final = re.compile(rb"\"(?:d|k)\"[ \t]*:[ \t]*\"")
_UUID: Final = re.compile(rb"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?")
_UUID_NAME: Final = re.compile(
    rb"(?i)(?:(?:tenant|client|subscription|request|correlation|trace|span|postman|credentials?"
    rb"|activity|operation"
    rb"|object|principal|application|app|directory|install(?:ation)?|device|product|project"
    rb"|upgrade|package|role|resource|workspace|subnet|policy|definition|build|run|job|deployment|kms_?key"
    rb"|message|event|order|invoice|customer|batch)[_ ]?(?:id|code|guid)|\bguid|\buid"
    rb"|idempotency_?key)s?"
    rb"[\"']?\]?[ \t]*(?:=>|[:=]|[ ])[ \t]*[\"'{(]{0,2}$"
    # the name of a cloud's resource, and a call that makes an identifier of a text
    rb"|arn:aws[\w-]*:[\w:./-]*[:/]$|\bguid\.parse\([ ]?[\"']$|\bnew guid\([ ]?[\"']$"
)
_PUBLIC_WORD: Final = re.compile(rb"(?i)public|pub_?key|site_?key|verification|integrity")
_WIDE_BYTES: Final = 700
_ENTROPY: Final = frozenset(("base64-entropy", "hex-entropy"))
_CLIENT_NAME: Final = re.compile(
    rb"(?i)(?:(?:client|app|application)_?id|publishable(?:_?key)?)"
    rb"[\"']?\]?[ \t]*(?:=>|[:=])[ \t]*[\"']?$"
)
"""The half of an OAuth login that every browser sees (RFC 6749, section 2.2)."""
_CURSOR_KEYS: Final = re.compile(
    rb"(?i)[\[{][\s\"\[{]*(?:offset|limit|page|cursor|after|before|last|sort)\w{0,12}\""
)


def public_kind(data: bytes, match: Match, value: bytes, head: bytes) -> str:
    """Return what public thing a value is; empty where it is none.

    `head` is what stands before the value on its line.
    """
    if _UUID.fullmatch(value):
        return "identifier" if _UUID_NAME.search(head) or _PUBLIC_NAME.search(head) else ""
    if _IMAGE.match(value) or _DATA_URI.search(head):
        return "picture"
    if _HEX.fullmatch(value) and (_DIGEST_NAME.search(head) or _HASHED.search(head)):
        return "digest"
    if match.rule_id in _ENTROPY and (_CLIENT_NAME.search(head) or _is_cursor(value)):
        return "identifier"
    if _PUBLIC_NAME.search(head) is None:
        return ""
    around = data[max(0, match.start - _WIDE_BYTES) : match.end + _WIDE_BYTES]
    is_public = bool(_PUBLIC_WORD.search(head))
    if _JWK.search(around):
        is_public = _PRIVATE_PART.search(around) is None
    return "public key" if is_public else ""


def _is_cursor(value: bytes) -> bool:
    """Say whether a value is JSON that tells where a list goes on, as interfaces encode it."""
    if not value.startswith(b"eyJ"):
        return False
    try:
        text = binascii.a2b_base64(value + b"=" * (-len(value) % 4))
    except ValueError:
        return False
    return _CURSOR_KEYS.match(text) is not None
