"""Calls that take a secret by position: ``DriverManager.getConnection(url, user, password)``.

The table holds callees of widely used libraries, as their documentation declares them, and which
argument is the secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.plausible import is_spelled_out
from ingest.domain.finding import Category, Confidence

DETECTOR_ID: Final = "shardgate"
RULE_ID: Final = "call-argument"

_PASSWORD_CALLS: Final = {
    2: (
        "NetworkCredential PSCredential SetBasicAuth setBasicAuth withBasicAuth basicAuth"
        " basic_auth"
        " basicAuthentication HTTPBasicAuth HttpBasicAuth HTTPDigestAuth HttpNtlmAuth BasicAuth"
        " BasicCredentials BasicAuthentication BasicAuthenticationInterceptor Credentials.basic"
        " UsernamePasswordCredentials UsernamePasswordAuthenticationToken UsernamePasswordToken"
        " PasswordAuthentication SimpleCredentials PasswordCredentials authorization_basic"
        " username_pw_set BasicAWSCredentials NewStaticCredentials NewStaticCredentialsProvider"
        " StaticCredentials WiFi.begin WiFiMulti.addAP addAP simple_bind_s simple_bind ldap.bind"
        " createConnectionFactory oci_connect oci_pconnect oci_new_connect cx_Oracle.connect"
        " oracledb.connect CRAMMD5Auth setAuthentication addCredentials useBasicAuth"
        " inMemoryAuthentication.withUser setCredentials setProxyCredentials PlainTextAuthProvider"
        " AuthTokens.basic BasicAuthCredentials BasicAuthProvider PlainAuthenticator UserPass"
        " AuthenticationHeader NewBasicAuth"
    ),
    3: (
        "getConnection mysqli mysqli_connect mysqli_real_connect mysql_connect mysql_pconnect"
        " mysqli_init.real_connect PDO DBI.connect DBI->connect ftp_login ssh2_auth_password"
        " ldap_bind imap_open odbc_connect odbc_pconnect pymysql.connect MySQLdb.connect"
        " ftplib.FTP FTP_TLS smtp.PlainAuth sasl.Plain transport.connect SftpClient SshClient"
        " create_user create_superuser createUser DataSource.create createPool HikariPool"
        " ScpClient DriverManagerDataSource SingleConnectionDataSource Sql.newInstance"
        " Database.connect sqlDriverConnect ldap_bind_s AMQPStreamConnection.new"
        " Sequelize RunAs RunAsWait"
    ),
    4: "AMQPStreamConnection add_password HTTPPasswordMgr.add_password LWP.credentials"
    " mysql_real_connect",
    5: "QNetworkProxy",
}
_KEY_CALLS: Final = {
    1: (
        "AES.new DES.new DES3.new ARC2.new ARC4.new Blowfish.new Fernet SecretKeySpec hmac.new"
        " HMAC.new Algorithm.HMAC256 Algorithm.HMAC384 Algorithm.HMAC512 hmacShaKeyFor"
        " URLSafeTimedSerializer URLSafeSerializer TimestampSigner cookieParser cookie-parser"
        " HMACSHA256 HMACSHA1 HMACSHA512 SymmetricSecurityKey sessions.NewCookieStore"
        " securecookie.New cookie.NewStore SignedString HS256Key::from_bytes"
        " EncodingKey::from_secret DecodingKey::from_secret setSigningKey setCipherKey"
    ),
    2: (
        "createHmac createCipher createDecipher createCipheriv createDecipheriv jwt.sign jwt.verify"
        " jwt.encode jwt.decode JWT.encode JWT.decode Jwt.encode jsonwebtoken.sign AES.encrypt"
        " AES.decrypt TripleDES.encrypt HmacSHA256 HmacSHA1 HmacSHA512 signWith SigningCredentials"
        " hmac.New pgp_sym_encrypt pgp_sym_decrypt aes_encrypt aes_decrypt AES_ENCRYPT AES_DECRYPT"
    ),
    3: "openssl_encrypt openssl_decrypt hash_hmac CreateEncryptor",
}
_POSITIONS: Final = {
    name: (position, category)
    for calls, category in (
        (_PASSWORD_CALLS, Category.PASSWORD),
        (_KEY_CALLS, Category.GENERIC_SECRET),
    )
    for position, names in calls.items()
    for name in names.split()
}
_CALLEES: Final = b"|".join(
    re.escape(name.encode()) for name in sorted(_POSITIONS, key=lambda n: (-len(n), n))
)
EXPRESSIONS: Final = (
    *(re.escape(name.encode()) + rb"\(" for name in sorted(_POSITIONS)),
    # Ruby leaves the brackets out.
    rb"basic_auth, ?['\"]",
)
"""What the funnel looks for; literals, for they cost next to nothing."""
_CALL: Final = re.compile(rb"(?<![A-Za-z0-9_])(" + _CALLEES + rb")(?:\(|,)")
_TEXT: Final = rb"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`[^`\n]*`"
_LITERAL: Final = (
    rb"(?:[bBuUrRLN@]|new\s|\[\]byte\(|&|(?:[A-Z]\w{0,16}\.){1,4}GetBytes\(|Buffer\.from\(){0,2}"
    rb"(?:\"(?P<a>(?:\\.|[^\"\\\n])*)\"|'(?P<b>(?:\\.|[^'\\\n])*)'|`(?P<c>[^`\n]*)`)"
    rb"(?:\s*\.\s*(?:getBytes|encode|toCharArray|as_bytes|to_string|into)\([^()\n]{0,40}\))?\)?"
    rb"(?=\s*(?:,|\)|$|\n|\s*do\b))"
)
_NESTED: Final = (
    rb"\((?:[^()]|\([^()]*\)){0,200}\)|\{(?:[^{}]|\{[^{}]*\}){0,200}\}|\[[^\[\]]{0,200}\]"
)
_ARGUMENT: Final = re.compile(
    rb"\s*(?:" + _LITERAL + rb"|(?:[^,(){}\[\]\"'`\n]|" + _NESTED + rb"|" + _TEXT + rb"){1,240})"
)
_SEPARATOR: Final = re.compile(rb"\s*,")
_REACH_BYTES: Final = 600
_HEAD_BYTES: Final = 80
_FEWEST_PASSWORD: Final = 4
_FEWEST_KEY: Final = 8


def argument_secrets(data: bytes, ends: Iterable[int]) -> Iterator[Match]:
    """Yield the literals that calls, seen at `ends`, take for a secret."""
    for end in ends:
        begin = max(0, end - _HEAD_BYTES)
        callee = None
        for found in _CALL.finditer(data, begin, end + 1):
            callee = found
        if callee is None:
            continue
        position, category = _POSITIONS[callee[1].decode()]
        span = _literal_at(data, callee.end(), position)
        if span is None:
            continue
        fewest = _FEWEST_PASSWORD if category is Category.PASSWORD else _FEWEST_KEY
        value = data[slice(*span)]
        if len(value) >= fewest and b" " not in value and is_spelled_out(value):
            yield _match(*span, category)


def _literal_at(data: bytes, begin: int, position: int) -> tuple[int, int] | None:
    """Return the span inside the quotes of the argument at a position; None if it is no literal."""
    offset, limit = begin, min(len(data), begin + _REACH_BYTES)
    for n in range(1, position + 1):
        argument = _ARGUMENT.match(data, offset, limit)
        if argument is None:
            return None
        if n == position:
            return next((argument.span(g) for g in "abc" if argument[g] is not None), None)
        separator = _SEPARATOR.match(data, argument.end(), limit)
        if separator is None:
            return None
        offset = separator.end()
    return None


def _match(start: int, end: int, category: Category) -> Match:
    return Match(
        start=start,
        end=end,
        detector_id=DETECTOR_ID,
        rule_id=RULE_ID,
        category=category,
        confidence=Confidence.LOW,
        evidence="argument",
    )
