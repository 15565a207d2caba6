"""Constructs of programs in which a literal is a secret by its place."""

from __future__ import annotations

from typing import Final

from ingest.detect.secrets.phrase import QUOTED, Phrase
from ingest.domain.finding import Category

_WORD: Final = rb"(?:passw(?:or)?d|passwort|passphrase|pwd|secret|token|passcode|pass|pw)"
_CONSTANT: Final = rb"\w{0,40}(?:KEY|SALT|PASSWORD|PASSWD|PASS|SECRET|TOKEN)\w{0,12}"
_ANY: Final = rb"(?:'(?P<v1>(?:\\.|[^'\\\n]){8,200})'|\"(?P<v2>(?:\\.|[^\"\\\n]){8,200})\")"

CODE: Final = (
    Phrase(
        "compare",
        rb"\b(?:strn?(?:case)?i?cmp|strncasecmp|memcmp|compare_digest|secure_compare|hash_equals"
        rb"|ConstantTimeCompare|Objects\.equals|String\.Equals|StringUtils\.equals|streq)[ \t]*\(",
        rb"(?i)[^,()\n\"']{0,40}\b\w*(?:"
        + _WORD.replace(b"|token", b"")
        # A parser compares its tokens with words.
        + rb"|token(?=[^,\n]{0,32},[ \t]*[bBuUL@]?[\"'][^\"'\n]{0,40}[0-9]))"
        + rb"(?!s\b)\w{0,12}[^,()\n\"']{0,20},[ \t]*(?-i:"
        + QUOTED
        + rb")",
    ),
    Phrase(
        "equals",
        rb"(?:passw(?:or)?d|passphrase|pwd|pass|secret)\w{0,8}(?:\(\))?\.(?:equals(?:IgnoreCase)?"
        rb"|isEqual(?:To)?|compareTo)\(",
        QUOTED + rb"[ \t]*\)",
        is_caseless=True,
    ),
    Phrase(
        "typed",
        rb"(?:\.(?:type|fill|send_?keys|setValue|clear_?and_?type|typeText|sendKeys|keyboardType"
        rb"|enterText|replaceText)|fill_in)[ \t]*\(?[ \t]*",
        rb"(?:[^\n]{0,80}?(?:,|with:)[ \t]*)?"
        rb"[\"'](?P<v1>[^\"'\n{}]{4,64})(?:\{\w+\})*[\"'][ \t]*\)?",
        before=rb"(?:passw(?:or)?d|passwort|passphrase)[\w\"'\])}-]*[^\n,;]{0,30}$",
    ),
    Phrase(
        "fill",
        rb"\b(?:fill|type|fill_in|fillIn|fillField|setValue|enterText|typeText|sendKeys)[ \t]*\(?["
        rb" \t]*(?:[\w.]{1,24}\(){0,3}[\"'][^\"'\n]{0,40}(?i:passw(?:or)?d|passwort)",
        rb"[^\"'\n]{0,30}(?:[\"'][^\"'\n]{0,20}){0,2}?[\"'][ \t]*(?:\)[ \t]*\.\w+\(|\){0,3},["
        rb" \t]*(?:with:)?)[ \t]*[\"'](?P<v1>[^\"'\n{}]{4,64})(?:\{\w+\})*[\"']",
    ),
    Phrase(
        "secure string",
        rb"ConvertTo-SecureString[ \t]",
        rb"(?:[ \t]*-(?:AsPlainText|Force|String))*[ \t]*" + QUOTED,
        is_caseless=True,
    ),
    Phrase(
        "typed with enter",
        rb"\{ENTER\}",
        rb"",
        before=rb"\bsend(?:keys|input|raw|text)?[( \t]{1,2}[\"']?"
        rb"(?P<v1>(?=[^\"'{}\n]{0,40}[0-9!@#$%&])[^\"'{}\n]{6,64})\{ENTER\}$",
        is_caseless=True,
    ),
    Phrase(
        "returned",
        rb"(?:password|passwd|passphrase|secret)\(\)[^\n{:=;]{0,40}[{:=]>?[ \t]*(?:\r?\n[ \t]*)?"
        rb"(?:return[ \t])?[ \t]*[\"']",
        rb"(?P<v1>[^\"'\n]{4,200})[\"']",
        before=rb"\b(?:def|fun|func|function|fn|string|get)[ \t]\w",
        is_caseless=True,
    ),
    Phrase(
        "jmeter",
        rb">(?:password|passwd|pwd|secret|token)</stringProp>\s{0,20}<stringProp name=\"Argu"
        rb"ment\.value\">",
        rb"(?P<v4>[^<>\s]{4,64})<",
        is_caseless=True,
    ),
    Phrase(
        "default of an option",
        rb"(?:password|passwd|passphrase|secret|pwd)[\"'][^)\n]{0,120}\bdefault(?:_value)?[ "
        rb"]?[=(][ ]?",
        QUOTED,
        before=rb"[\"']--?[\w-]{0,40}[\"']",
        is_caseless=True,
    ),
    Phrase(
        "listed",
        rb"passwords[\"']?[ \t]*(?:=|:|=>)[ \t]*[\[({][ \t]*(?:\r?\n[ \t]*)?",
        QUOTED + rb"[ \t]*[,\])}\r\n]",
        is_caseless=True,
    ),
    Phrase(
        "built",
        rb"\.(?:password|passwd|passphrase|secret|clientSecret|apiSecret|client_secret)\([ \t]*",
        QUOTED + rb"[ \t]*\)",
    ),
    Phrase(
        "robot",
        rb"Input (?:Password|Text)(?:  |\t)",
        rb"(?:(?<=Password  )|(?<=Password\t)|(?=[ \t]*\S{0,40}(?i:pass|pwd)))[ \t]*\S{1,60}"
        rb"(?:  |\t)[ \t]*"
        rb"(?P<v4>[^\s${}]{4,64})(?=[ \t]*(?:\r|\n|$))",
    ),
    Phrase(
        "variable of robot",
        rb"\$\{[\w ]{0,30}(?:password|passwd|pwd|secret)[\w ]{0,12}\}(?:  |\t)",
        rb"[ \t]*(?P<v4>[^\s${}]{4,64})(?=[ \t]*(?:\r|\n|$))",
        before=rb"(?<![^\n])[ \t]*\$\{[^{}]*\}[ \t]+$",
        is_caseless=True,
    ),
    Phrase(
        "step",
        rb"passw(?:or)?d[^\"'\n]{0,24}[\"'](?: field)? (?:with|as|to) (?:the )?(?:value )?",
        QUOTED,
        before=rb"\b(?:fill|enter|typ|input|provid|sets?\b)\w*[ ][^\"'\n]{0,24}[\"']",
        is_caseless=True,
    ),
    Phrase(
        "step back",
        rb"[\"'] (?:in|into|as|for) (?:the )?[\"']?(?:\w{1,12} )?passw(?:or)?d",
        rb"",
        before=rb"\b(?:fill|enter|typ|input|provid)\w*[ ](?:in )?[\"'](?P<v1>[^\"'\n]{4,64})"
        rb"[\"'][ ]\w{2,4}[^\n]{0,24}$",
        is_caseless=True,
    ),
    Phrase(
        "authenticated",
        rb"\.auth\([ \t]*[\"']",
        rb"[^\"'\n]{1,64}[\"'][ \t]*,[ \t]*[\"'](?P<v1>[^\"'\n]{4,64})[\"'][ \t]*[,)]",
    ),
    Phrase(
        "authenticated at a cache",
        rb"(?:redis|jedis|red|valkey|cache|lettuce)\w{0,12}[.:]auth\([ \t]*[\"']",
        rb"(?P<v1>[^\"'\n]{4,64})[\"'][ \t]*\)",
        is_caseless=True,
    ),
    Phrase(
        "connection",
        rb"\b(?:uid|usr|user(?:[ _]?id|name)?)=[^\s;,=\"']{1,40}[;, \t]{1,2}(?:pwd|password|"
        rb"passwd|pw)=",
        rb"(?P<v4>[^\s;,\"'()&<>{}$%\\]{4,64})",
        is_caseless=True,
    ),
    Phrase(
        "flag",
        rb"(?i:\b(?:flag|flags|pflag|fs|cmd)\.\w{0,20}String\w{0,3}\()",
        rb"(?i)[^\"'\n]{0,40}[\"'][\w.-]*"
        + _WORD
        + rb"[\w-]{0,8}[\"'][ \t]*,[ \t]*(?-i:"
        + QUOTED
        + rb")",
    ),
    Phrase(
        "macro",
        rb"#[ \t]*define[ \t]+\w{0,40}(?:PASSWORD|PASSWD|PASS|PWD|PSK|SECRET|PASSPHRASE)[ \t]+",
        rb"(?:\([ \t]*)?L?\"(?P<v1>[^\"\n]{4,64})\"",
        is_caseless=True,
    ),
    Phrase(
        "constant",
        rb"\bdefine[ \t]*\([ \t]*['\"]" + _CONSTANT + rb"['\"][ \t]*,[ \t]*",
        _ANY,
        is_caseless=True,
    ),
    Phrase(
        "basic",
        rb"(?:basic_?auth\w{0,12}|[ \t\"'{,]auth|userpwd|user_?pass)[\"']?[ \t]*[:=][ \t]*[\"']?",
        rb"[A-Za-z][\w.@-]{0,40}:(?P<v4>[^\s\"',;:<>{}$/]{4,64})(?=[\"',\s:;]|$)",
        is_caseless=True,
    ),
    Phrase(
        "basic of ruby",
        rb"\b(?:basic_auth|digest_auth|basic_authorize|basic_authentication)[ \t]+[\"']",
        rb"[^\"'\n]{1,64}[\"'][ \t]*,[ \t]*" + QUOTED,
    ),
    Phrase(
        "basic in code",
        rb"(?:Basic|Buffer\.from|btoa|b64encode|encodeBase64|Base64\.encode\w*|base64_encode"
        rb"|encodeToString|EncodeToString)[^\n\"'`]{0,40}[\"'`]",
        rb"[A-Za-z][\w.@-]{1,40}:(?P<v4>[^\s\"'`:<>{}$/][^\s\"'`:<>{}$]{3,63})[\"'`]",
    ),
    Phrase(
        "pair of credentials",
        rb"\bauth[ \t]*[=:][ \t]*[(\[][ \t]*[\"'][^\"'\n]{1,64}[\"'][ \t]*,[ \t]*",
        QUOTED,
    ),
    Phrase(
        "characters",
        rb"\"\.toCharArray\(\)",
        rb"",
        before=rb"(?:load|init|getKey|setKeyEntry|getEntry|store|PasswordProtection|PBEKeySpec"
        rb"|loadKeyMaterial|loadTrustMaterial|\w*KeyStore\w*|\w*Password\w*|\w*Credential\w*)"
        rb"\([^\n]{0,200}?\"(?P<v1>[^\"\n]{4,128})\"\.toCharArray\(\)$",
    ),
    Phrase(
        "go-sql-driver",
        rb"@(?:(?:tcp6?|unix|udp|cloudsql)\(|/[\w-]{0,64}\?(?:parseTime|charset|loc|tls|timeout"
        rb"|collation|multiStatements|allowNativePasswords)=)",
        rb"",
        before=rb"[\"'`=\s][\w.-]{1,64}:(?P<v4>[^\s\"'`]{3,100})@(?:\w{3,8}\(|/[\w-]{0,64}\?\w+=)$",
        category=Category.URI_CREDENTIAL,
    ),
    Phrase(
        "issuer",
        rb"[\"'](?i:key|signing_?key|issuer_?signing_?key)[\"'][ \t]*:[ \t]*",
        rb"[\"'](?P<v1>[^\"'\n]{8,200})[\"'](?=[^{}]{0,300}[\"'](?i:issuer|audience"
        rb"|valid(?:issuer|audience|for|in|until|seconds|minutes|days|hours)\w*)[\"'])",
        fewest=12,
    ),
    Phrase(
        "issuer before",
        rb"[\"'](?i:issuer|audience)[\"'][ \t]*:[ \t]*[\"']",
        rb"[^\"'\n]{0,80}[\"'](?:[ \t]*,\s*[\"']\w{1,24}[\"'][ \t]*:[ \t]*[^{},\n]{1,80}){0,3}?"
        rb"[ \t]*,\s*[\"'](?i:key|signing_?key|issuer_?signing_?key)[\"'][ \t]*:[ \t]*"
        rb"[\"'](?P<v1>[^\"'\n]{8,200})[\"']",
        fewest=12,
    ),
    Phrase(
        "address",
        rb"[a-z]://[\w.%+-]{1,64}:",
        # The last at sign parts the password from the host; a port is none.
        rb"(?!\d{1,5}(?:[/?#\s]|$))(?P<v4>(?=[^\s\"'`<>{}$]{0,80}[#/?!&,;(*+])[^\s\"'`<>{}$]{4,80})"
        rb"@(?=[\w.-]+(?:[:/?\"'`\s)]|$))",
        category=Category.URI_CREDENTIAL,
    ),
)
"""Comparisons, test typing, defaults, macros, credentials in one string."""
