"""Values that are published as examples, and words that stand for a value.

A value printed in a standard or in a vendor's first steps is nobody's secret, whatever rule finds
it and wherever it is copied to.
"""

from __future__ import annotations

import re
from typing import Final

_PUBLISHED: Final = re.compile(
    # docs.aws.amazon.com, IAM: every sample key ends so
    rb"(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{2,12}EXAMPLE\w{0,3}|[\w/+]{20,36}EXAMPLEKEY"
    # RFC 6749 and 6750 (OAuth), RFC 7636 (PKCE), RFC 7617 and 2617 (Basic)
    rb"|2YotnFZFEjr1zCsicMWpAA|tGzv3JOkF0XG5Qx2TlKWIA|czZCaGRSa3F0MzpnWDFmQmF0M2JW|gX1fBat3bV"
    rb"|7Fjfp0ZBr1KtDRbnfVdmIw|SplxlOBeZQQYbYS6WxSbIA|mF_9\.B5f-4\.1JqM"
    rb"|dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk|E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    rb"|(?:Basic )?QWxhZGRpbjpvcGVu(?:IHNlc2FtZQ==|c2VzYW1l)|(?:Basic )?dGVzdDoxMjPCow=="
    rb"|Aladdin:open ?sesame"
    # FIPS 197, appendices A and C, and NIST SP 800-38A, appendix F: keys of AES
    rb"|(?i:2b7e151628aed2a6abf7158809cf4f3c|8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b"
    rb"|603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
    rb"|000102030405060708090a0b0c0d0e0f(?:1011121314151617(?:18191a1b1c1d1e1f)?)?)"
    # RFC 7515, A.1, and jwt.io
    rb"|AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
    rb"|your-256-bit-secret"
    # RFC 6455 (WebSocket), RFC 9562 and what everybody copies from it and from encyclopaedias
    rb"|(?i:258EAFA5-E914-47DA-95CA-C5AB0DC85B11|f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
    rb"|6ba7b81[0-8]-9dad-11d1-80b4-00c04fd430c8|123e4567-e89b-12d3-a456-42661417400\d"
    rb"|550e8400-e29b-41d4-a716-446655440000|f47ac10b-58cc-4372-a567-0e02b2c3d479"
    rb"|3f2504e0-4f89-(?:11d3|41d3)-9a0c-0305e82c330[1-9])"
)
_SAMPLE_KEY: Final = re.compile(rb"(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{2,12}EXAMPLE|EXAMPLEKEY")
_TOKEN_PAYLOADS: Final = (
    # jwt.io: {"sub":"1234567890","name":"John Doe",…}, and RFC 7519, 3.1: {"iss":"joe",…}
    b".eyJzdWIiOiIxMjM0NTY3ODkwIiwi",
    b".eyJpc3MiOiJqb2UiLA0K",
)
_STAND_IN: Final = re.compile(
    rb"(?i)your\.(?:password|secret|token|key)|<?(?:your|insert|replace|enter|put|add|paste|"
    rb"the)(?:[_ -]?[a-z0-9]+){0,4}?[_ -]?"
    rb"(?:token|key|secret|password|passwd|pass|pwd|credentials?|id|here|this|value)"
    rb"[_ -]?(?:here|id|value|string|goes[_ -]here)?>?"
    rb"|x{6,}|[x*]{12,}[\w-]{1,6}|\*{3,}|\.{3,}|(?:redacted|masked|removed|hidden|placeholder|dummy|todo|fixme|n/a)"
    rb"|<[^<>]{1,60}>|\[[A-Za-z _-]{3,40}\]|\{\{.*\}\}|\$\{[^}]*\}|@[\w.-]+@|\$[A-Za-z_]{8,6"
    rb"0}|%\w+%|\$\(.*\)|#\{.*\}"
    # a format string's field, a variable of PowerShell and of Perl, a masked field
    rb"|\{[A-Za-z_][\w.]{0,60}\}|\$env:\w+[)\]},;]*|\$ENV\{\w+\}|(?:\xe2\x80\xa2){3,}"
    rb"|(?:wrong|invalid|incorrect|bad)[_ -](?:password|passphrase|secret|token|key)"
    rb"|\[{1,2}\w+\]{1,2}|\(\([\w./:-]{1,60}\)\)|\w{2,40}_(?:removed|redacted|masked|goes_here)"
    # numbered fields of a format string, and what follows the first
    rb"|\{\d\}(?:[&;,][\w.-]{1,40}=\{\d\}?){0,8}"
)
_USERS: Final = frozenset(
    (b"user", b"username", b"usr", b"name", b"login", b"u", b"uname", b"myuser", b"dbuser", b"")
)
_PASSWORDS: Final = frozenset(
    (b"pass", b"password", b"passwd", b"pwd", b"pw", b"p", b"secret", b"mypassword")
)
_CREDENTIALS: Final = re.compile(rb"://([^/\s:@]*):$")
_LOCAL: Final = re.compile(
    rb"@(?:localhost|127\.0\.0\.1|host(?:name)?|HOST(?:NAME)?|\[?::1|example|server|db|redis"
    rb"|[\w.-]*example\.)"
)


def is_published(value: bytes) -> bool:
    """Say whether a value is, or carries, one of a standard or of a vendor's documentation."""
    if _PUBLISHED.fullmatch(value) is not None:
        return True
    if _SAMPLE_KEY.search(value) is not None:
        return True
    return value.startswith(b"eyJ") and any(part in value for part in _TOKEN_PAYLOADS)


def is_stand_in(value: bytes) -> bool:
    """Say whether words or a template stand where a value is to be put."""
    return _STAND_IN.fullmatch(value.strip()) is not None


def is_sample_login(value: bytes, head: bytes, tail: bytes) -> bool:
    """Say whether ``user:password@host`` is made of the words for them.

    An address without a user name counts only where the host is a sample too.
    """
    found = _CREDENTIALS.search(head)
    if found is None or value.lower() not in _PASSWORDS:
        return False
    user = found[1].lower()
    return user in _USERS and (bool(user) or _LOCAL.match(tail) is not None)
