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
    # RFC 7515, A.1, and jwt.io
    rb"|AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
    rb"|your-256-bit-secret"
)
_TOKEN_PAYLOADS: Final = (
    # jwt.io: {"sub":"1234567890","name":"John Doe",…}, and RFC 7519, 3.1: {"iss":"joe",…}
    b".eyJzdWIiOiIxMjM0NTY3ODkwIiwi",
    b".eyJpc3MiOiJqb2UiLA0K",
)
_STAND_IN: Final = re.compile(
    rb"(?i)<?(?:your|insert|replace|enter|put|add|paste|the)(?:[_ -]?[a-z0-9]+){0,4}?[_ -]?"
    rb"(?:token|key|secret|password|passwd|pass|pwd|credentials?|id|here|this|value)"
    rb"[_ -]?(?:here|id|value|string|goes[_ -]here)?>?"
    rb"|x{6,}|\*{3,}|\.{3,}|(?:redacted|masked|removed|hidden|placeholder|dummy|todo|fixme|n/a)"
    rb"|<[^<>]{1,60}>|\[[A-Za-z _-]{3,40}\]|\{\{.*\}\}|\$\{[^}]*\}|@[\w.-]+@|%\w+%|\$\(.*\)|#\{.*\}"
    # a format string's field, a variable of PowerShell and of Perl, a masked field
    rb"|\{[A-Za-z_][\w.]{0,60}\}|\$env:\w+|\$ENV\{\w+\}|(?:\xe2\x80\xa2){3,}"
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
