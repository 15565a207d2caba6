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
    rb"|pgp)_?(?:key)?(?:_?ids?)?|key[_ -]?id|sha\d*|md5"
    rb"|hash|commit|revision|gravatar\w{0,4}|none-match|etag|node_id|(?:object|trace|span|build)_?id"
    rb"|\bkid)[\w]{0,8}[\"']?\]?["
    rb" \t]*(?:=>|[:=(,])?[ \t]*(?:[\"'`\\]|W/|0x){0,4}$"
)
_BASE64_DIGEST: Final = re.compile(
    rb"[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=?|[A-Za-z0-9+/]{64}"
    rb"|[A-Za-z0-9+/]{86}(?:==)?"
)
"""As long as MD5 and SHA-1 to SHA-512 are in Base64."""
_BASE64_DIGEST_NAME: Final = re.compile(
    rb"(?i)(?:fingerprint|thumbprint|checksum|digest|integrity|etag|(?:content|file|body|blob|object"
    rb"|code|package|script|sha-?\d{0,3})[_-]?hash|sha-?\d{1,3}|md5)[\"']?\]?"
    rb"[ \t]*(?:=>|[:=(,])[ \t]*(?:[\"'`\\]|W/|sha\d{1,3}[-:=]){0,4}$"
)
_NODE_ID: Final = re.compile(rb"0?\d\d:[A-Z][A-Za-z]{2,30}[0-9:].{0,80}")
"""A global id of GitHub's, decoded (docs.github.com, *Using global node IDs*)."""
_ENCODED_PUBLIC: Final = re.compile(
    # RSA, P-256, P-384 and Ed25519 as SubjectPublicKeyInfo (RFC 5280, 8410), and OpenSSH's
    rb"MIGfMA0GCSqGSIb3DQEBAQUAA4GN|MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A|MIICIjANBgkqhkiG9w0BAQEFAAOCAg8A"
    rb"|MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE|MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE|MCowBQYDK2VwAyEA"
    rb"|AAAAB3NzaC1yc2E|AAAAC3NzaC1lZDI1NTE5|AAAAE2VjZHNhLXNoYTI"
    # a certificate of version 3: its number follows
    rb"|MI[IH][A-Za-z0-9+/]{3}CCA[A-Za-z0-9+/]{2}gAwIBAgI"
)
"""How public keys and certificates begin in Base64."""
_HANDSHAKE: Final = re.compile(
    rb"(?i)sec-websocket-(?:key|accept)[\"']?\]?[ \t]*(?:=>|[:=,])[ \t]*[\"'`]?$"
)
"""What both sides of a WebSocket show each other (RFC 6455, section 1.3)."""
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
    rb"|message|event|order|invoice|customer|batch|agent|website|family)[_ -]?(?:id|code|guid)"
    rb"|guid|\buid|serial_?number|_?clsid_?|typelib|\bsub"
    rb"|idempotency_?key)s?"
    rb"[\"']?\]?[ \t]*(?:=>|[:=]|[ ])[ \t]*[\"'{(]{0,2}$"
    # the name of a cloud's resource, and a call that makes an identifier of a text
    rb"|\burn:uuid:$|/assets/(?:[0-9]{1,12}/)?$|\*\\g\{$|guid[^\"'\n]{0,60}\([\"']$"
    rb"|arn:aws[\w-]*:[\w:./-]*[:/]$|\bguid\.parse\([ ]?[\"']$|\bnew guid\([ ]?[\"']$"
)
_ITEM: Final = re.compile(rb"[ \t]*-[ \t]+(?:[\"']|W/){0,3}")
"""What stands before an item of a list in YAML."""
_MAIL_HOST: Final = re.compile(rb"@[\w-]+\.[A-Za-z]")
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
        is_named = _UUID_NAME.search(head) or _PUBLIC_NAME.search(head)
        return "identifier" if is_named or _is_message(data, match, head) else ""
    if _ITEM.fullmatch(head):
        head = _line_before(data, match.start - len(head))
    kind = _told_by_form(value) or _told_by_name(value, head)
    if kind:
        return kind
    if match.rule_id in _ENTROPY and (_CLIENT_NAME.search(head) or _is_cursor(value)):
        return "identifier"
    if _PUBLIC_NAME.search(head) is None:
        return ""
    around = data[max(0, match.start - _WIDE_BYTES) : match.end + _WIDE_BYTES]
    is_public = bool(_PUBLIC_WORD.search(head))
    if _JWK.search(around):
        is_public = _PRIVATE_PART.search(around) is None
    return "public key" if is_public else ""


def is_public_form(value: bytes) -> bool:
    """Say whether a value begins as the encoding of a public key or certificate does."""
    return _ENCODED_PUBLIC.match(value) is not None


def _told_by_form(value: bytes) -> str:
    if _IMAGE.match(value):
        return "picture"
    if _ENCODED_PUBLIC.match(value):
        return "public key"
    return "identifier" if _is_node_id(value) else ""


def _told_by_name(value: bytes, head: bytes) -> str:
    if _DATA_URI.search(head):
        return "picture"
    if _HEX.fullmatch(value) and (_DIGEST_NAME.search(head) or _HASHED.search(head)):
        return "digest"
    if _BASE64_DIGEST.fullmatch(value) and _BASE64_DIGEST_NAME.search(head):
        return "digest"
    return "handshake" if _HANDSHAKE.search(head) else ""


def _line_before(data: bytes, start: int) -> bytes:
    """Return the line before one, which names an item of a list alone (a header, recorded)."""
    end = max(0, start - 1)
    return data[data.rfind(b"\n", 0, end) + 1 : end].strip()


def _is_message(data: bytes, match: Match, head: bytes) -> bool:
    """Say whether a UUID is the left half of a message's id (RFC 5322, section 3.6.4)."""
    return _MAIL_HOST.match(data, match.end) is not None and not head.endswith(b"://")


def _is_node_id(value: bytes) -> bool:
    """Say whether a value is an identifier that GitHub's interface encodes."""
    if not value.startswith(b"MD"):
        return False
    try:
        return _NODE_ID.fullmatch(binascii.a2b_base64(value + b"=" * (-len(value) % 4))) is not None
    except ValueError:
        return False


def _is_cursor(value: bytes) -> bool:
    """Say whether a value is JSON that tells where a list goes on, as interfaces encode it."""
    if not value.startswith(b"eyJ"):
        return False
    try:
        text = binascii.a2b_base64(value + b"=" * (-len(value) % 4))
    except ValueError:
        return False
    return _CURSOR_KEYS.match(text) is not None
