"""Directives of configuration files that name a secret without a sign between.

Sources: command references of Cisco IOS, Juniper and Fortinet, the manual pages of the programs,
and the grammars of PostgreSQL and MySQL.
"""

from __future__ import annotations

from typing import Final

from ingest.detect.secrets.phrase import BARE_WORD, QUOTED, Phrase

_LINE: Final = rb"(?:^|\n)[ \t]*(?:set[ \t]+)?"
_PLAIN: Final = rb"(?:[067][ \t]+)?"
"""Cisco's kinds of a written password: none, 0, 6 and 7 can be read back; others are hashes."""
_NO_KIND: Final = rb"(?!(?:[0-9]|ENC|encrypted|hash)[ \t])"


def _line(name: str, words: bytes, tail: bytes = b"") -> Phrase:
    """Return a directive at the start of a line."""
    head = _LINE + words + rb"[ \t]"
    return Phrase(name, head, rb"[ \t]*" + tail + BARE_WORD + rb"(?=[\s;]|$)")


DIRECTIVES: Final = (
    _line(
        "ios user",
        rb"username[ \t]\S{1,40}(?:[ \t]privilege[ \t]\d+)?[ \t](?:password|secret)",
        _PLAIN + _NO_KIND,
    ),
    _line(
        "ios enable", rb"enable[ \t](?:password|secret)(?:[ \t]level[ \t]\d+)?", _PLAIN + _NO_KIND
    ),
    _line("ios isakmp", rb"crypto[ \t]isakmp[ \t]key", _PLAIN + _NO_KIND),
    _line(
        "ios server", rb"(?:tacacs|radius)-server[ \t](?:host[ \t]\S+[ \t])?key", _PLAIN + _NO_KIND
    ),
    Phrase(
        "key of a tunnel",
        rb"\b(?:pre-shared-key|ldap-login-password|radius-common-pw|plain-text-password|tacp"
        rb"lus-key)[ \t]",
        rb"(?:(?:ascii-text|ascii|simple|plain|local|remote|cleartext)[ \t])?"
        + _PLAIN
        + _NO_KIND
        + BARE_WORD
        + rb"[ \t]*;?[ \t]*(?=\r|\n|$)",
        before=rb"(?<![^\n])[\w ./\"-]{0,120}$",
    ),
    Phrase("vrp", rb"password[ \t](?:simple|cleartext|plain)[ \t]", BARE_WORD),
    Phrase(
        "junos server",
        rb"(?:radius|tacplus|tacacs)-server[ \t]\S{1,40}[ \t](?:secret|key)[ \t]",
        _PLAIN + _NO_KIND + BARE_WORD,
    ),
    Phrase("junos community", rb"\bset[ \t]snmp[ \t]community[ \t]", BARE_WORD),
    Phrase(
        "snmp user",
        rb"\b(?:auth[ \t](?:sha|md5|sha-?(?:224|256|384|512))|priv[ \t](?:aes|des|3des)(?:[ "
        rb"\t](?:128|192|256))?)[ \t]",
        BARE_WORD + rb"(?=[\s;]|$)",
        before=rb"\b(?:snmp|usm)\S*[ \t]",
        is_caseless=True,
    ),
    Phrase("turnserver", rb"\nuser=[\w.-]{1,40}:", rb"(?!0x)(?P<v4>[^\s\"';]{4,64})"),
    Phrase(
        "sqlplus",
        rb"\ncon(?:n|ne[c]t)[ \t]{1,4}\w{2,30}/",
        rb"(?P<v4>[^\s@/\"'$&]{3,64})@\w",
        is_caseless=True,
    ),
    Phrase(
        "ios server block",
        rb"(?:radius|tacacs|aaa)[- ]server[^\n]{0,80}\r?\n(?:[ \t]+[^\n]{0,80}\r?\n){0,3}[ "
        rb"\t]+key[ \t]",
        _PLAIN + _NO_KIND + BARE_WORD + rb"(?=[\s;]|$)",
    ),
    _line("ios community", rb"snmp-server[ \t]community", b""),
    _line("ios neighbor", rb"neighbor[ \t]\S{1,40}[ \t]password", _PLAIN + _NO_KIND),
    _line(
        "ios ospf",
        rb"ip[ \t]ospf[ \t](?:authentication-key|message-digest-key[ \t]\d+[ \t]md5)",
        _PLAIN + _NO_KIND,
    ),
    _line("ios ntp", rb"ntp[ \t]authentication-key[ \t]\d+[ \t]md5", _PLAIN),
    _line(
        "ios key",
        rb"(?:key-string|pre-shared-key|ppp[ \t](?:chap|pap)[ \t]password)",
        rb"(?:local|remote|ascii-text|ascii)?[ \t]*" + _PLAIN + _NO_KIND,
    ),
    _line("ios wpa", rb"wpa-psk[ \t](?:ascii|hex)", _PLAIN),
    Phrase(
        "fortinet",
        rb"(?:^|\n)[ \t]*set[ \t]+(?:passwd|psksecret|password|auth-pwd|secret"
        rb"|pre-shared-secret)[ \t]",
        rb"(?!ENC[ \t])" + BARE_WORD + rb"[ \t]*(?=\r|\n|$)",
    ),
    _line("snmpd", rb"r[ow]community6?"),
    Phrase(
        "erlang cookie",
        rb"(?:-setcookie[ \t]+|\bset_cookie\(|-define\(\w{0,24}COOKIE,[ \t]*)",
        rb"(?:[^,\n\"']{0,40},[ \t]*)?"
        rb"(?:'(?P<v2>[^'\n]{3,64})'|(?P<v4>[A-Za-z0-9_]{4,64})(?=[\s\"]|$))",
    ),
    Phrase(
        "smtpmail",
        rb"smtpmail-auth-credentials",
        rb"[^\n\"]{0,20}\"[^\"\n]{1,80}\"[ \t]+(?:\d+|nil|\"[^\"\n]*\")[ \t]+"
        rb"\"[^\"\n]{1,80}\"[ \t]+"
        rb"\"(?P<v1>[^\"\n]{4,64})\"",
    ),
    Phrase(
        "cobol",
        rb"(?:PASSWORD|PASSWD|PWD|PASS)[A-Z0-9-]{0,12}[ \t]+PI[CTURE]{1,5}[ \t]+[\w()]{1,16}[ "
        rb"\t]+VALUE[ \t]+",
        rb"(?:IS[ \t]+)?" + QUOTED,
    ),
    _line("redis", rb"(?:requirepass|masterauth)"),
    _line("bind", rb"(?:bindpw|rootpw|ldap_bindpw|rootbindpw|olcRootPW)"),
    _line("nginx", rb"secure_link_secret"),
    _line("haproxy", rb"user[ \t]\S{1,40}[ \t]insecure-password"),
    Phrase("haproxy", _LINE + rb"stats[ \t]+auth[ \t]+", rb"[\w.@-]{1,40}:(?P<v4>\S{4,64})"),
    Phrase("ipsec", rb":[ \t]*(?:PSK|XAUTH|EAP)[ \t]+", rb"[\"'](?P<v1>[^\"'\n]{4,128})[\"']"),
    Phrase(
        "redis acl",
        rb"(?:^|\n)[ \t]*(?:user|ACL SETUSER)[ \t]+\w",
        rb"[^\n>]{0,60}[ \t]>(?P<v4>\S{4,64})",
    ),
    Phrase(
        "sql identified",
        rb"identified[ \t]+(?:with|via)[ \t]+[\w'\"]{2,40}[ \t]+(?:by|using|as)[ \t]+",
        rb"(?i)(?:password[ \t]*\([ \t]*)?" + QUOTED,
        is_caseless=True,
    ),
    Phrase(
        "sql password",
        rb"password[ \t]+'",
        rb"(?P<v2>[^'\n]{4,128})'",
        before=rb"\b(?:user|role|login|options|alter|create|grant|with|encrypted)\b",
        is_caseless=True,
    ),
    Phrase(
        "sql function",
        rb"(?:set[ \t]+password[^\n;]{0,80}=|using)[ \t]*password[ \t]*\([ \t]*",
        QUOTED,
        is_caseless=True,
    ),
    Phrase(
        "sp_addlogin",
        rb"sp_(?:addlogin|password)[ \t]+",
        rb"N?'[^'\n]*'[ \t]*,[ \t]*N?'(?P<v2>[^'\n]{4,64})'",
    ),
)
"""Directives of devices, servers and databases."""
