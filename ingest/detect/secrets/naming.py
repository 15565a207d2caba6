"""What names say of their values: the words that call one a secret, and the rests that deny it."""

from __future__ import annotations

import re
from typing import Final

from ingest.detect.secrets.plausible import Kind
from ingest.detect.secrets.vocabulary import VOCABULARY

_KEY_WORDS: Final = (
    rb"(?:api|access|private|auth|account|client|service|shared"
    rb"|app|consumer|application|db|database|storage|validation|session|cookie"
    rb"|ssh|webhook|license|subscription|admin|user|deploy|oauth|secure)[_.-]?key"
)


def _whole(word: bytes) -> bytes:
    """Return an expression for a word that is no end of another: *pass*, not *compass*."""
    return rb"(?:(?:^|[^A-Za-z])(?i:%s)|[a-z0-9]%s)" % (word, word.title())


NAME_EXPRESSIONS: Final = (
    (Kind.PASSWORD, rb"(?i:passw(?:or)?d|passwort|passphrase|passcode|passkey|pwd|identified by)"),
    (Kind.PASSWORD, rb"(?i:(?:db|user|root|admin|sql|ftp|mail|login|smtp|http)_?pass|[_.-]pw)"),
    (Kind.PASSWORD, _whole(rb"pass") + rb"|" + _whole(rb"psw")),
    (Kind.PASSWORD, rb"(?i:requirepass|masterauth|rootpw|bindpw)"),
    (Kind.PASSWORD, rb"curl [^\n]{0,160}(?:-u|--user)[ =]{1,2}['\"]?[A-Za-z0-9_.@-]{1,64}"),
    (Kind.SECRET, rb"(?i:secret|credential)|" + _whole(rb"creds")),
    # what people choose for such a key is a word as often as a number
    (
        Kind.SECRET,
        rb"(?i:(?:signing|encrypt(?:ion)?|master|cipher|crypto?|hmac|jwt|aes)[_.-]?key)",
    ),
    (Kind.TOKEN, rb"(?i:token|oauth|[_.-]auth|" + _KEY_WORDS + rb")"),
    (Kind.NONCE, _whole(rb"salt") + rb"|" + _whole(rb"nonce")),
    *VOCABULARY,
)
"""What a name says its value is, and the words that say it."""

HARMLESS_TAIL: Final = re.compile(
    rb"(?i)[_.-]?(?:files?|paths?|dirs?|ur[il]s?|endpoint|names?|types?|ids?|len|length|sizes?|min"
    rb"|max|fields?|labels?|hint|polic(?:y|ies)|expir\w*|ttl|age|count|class|formats?|regex|pattern"
    rb"|validate\w*|validation|validator|template|prompt|input|required|enabled|disabled|algo\w*|hash\w*|digest|refs?"
    rb"|strength|reset\w*|confirm\w*|mismatch|error|invalid|form|help|text|title|placeholder|change"
    rb"|renewal|refresh\w*|interval|period|schedule|duration|delay|retry|retries|weak|strong|medium|good|poor|fair|repeat|again|copy|show|hide|changed\w*|forgot\w*|issuer|scopes?|alias|version|vers|index|pos|position|offset|kind"
    rb"|prefix|suffix|header|param\w*|arg|args|attr\w*|column|encoding|encoder|store|manager"
    rb"|provider|service|factory|generator|handler|checker|verif\w*|at|on|by|for|with|is|in|to"
    rb"|time|date|timeout|lifetime|rotation|usage|uses|limit|rounds|cost|iterations|bytes|bits"
    rb"|chars?|charset|target|set|list|map|array|keys?[_.-]?(?:id|name|file|path)s?)"
    rb"|(?i:.*[_.-](?:file|path|dir|ur[il]|name|type|id|field|label|hash|algorithm|policy|length"
    rb"|expiry|ttl|class|regex|pattern|endpoint|target|charset|(?:set|get|with)?_?user_?name))"
)
"""The rest of a name that is for something else: ``passwordField``, ``token_ttl``."""
