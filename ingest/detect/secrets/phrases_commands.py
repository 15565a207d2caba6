"""Commands that take a password, and the options that carry it.

An option is read within its own command: up to the end of the line (a backslash joins the next
one), a pipe, or another command. Sources are the manual pages of the programs.
"""

from __future__ import annotations

from typing import Final

from ingest.detect.secrets.phrase import SHELL_WORD, Phrase
from ingest.domain.finding import Category

_REST: Final = rb"(?:[^\n|;\\]|\\.|\\\r?\n){0,300}?"
"""Other arguments of the command."""
_GAP: Final = rb"(?:[ \t]|\\\r?\n[ \t]*|[\"'][ \t]*,[ \t]*(?=[\"']))"
"""What parts two arguments, also as members of a list (``["mysql", "-p…"]``)."""
_EDGE: Final = rb"(?:^|[^\w.-])"


def _programs(names: str) -> bytes:
    return _EDGE + b"(?:" + names.replace(" ", "|").encode() + rb")(?:\.exe)?[\"']?[ \t,\\]"


def _option(name: str, programs: str, option: bytes, *, is_joined: bool | None = False) -> Phrase:
    """Return the phrase of an option whose value follows apart, joined, or either way (None)."""
    gap = {True: b"", False: rb"[= \t]" + _GAP + b"{0,3}", None: rb"=?" + _GAP + b"{0,3}"}[
        is_joined
    ]
    tail = rb"(?:" + _REST + _GAP + rb")?[\"']?" + option + gap + SHELL_WORD
    # A quote may stand before the option too, as in a list of arguments.
    return Phrase(name, _programs(programs), tail)


_MYSQL: Final = (
    "mysql mysqldump mysqladmin mysqlimport mysqlshow mysqlcheck mysqlpump mysqlbinlog mysqlsh"
    " mysqlslap mariadb mariadb-dump mariadb-admin mariadb-import mariabackup xtrabackup"
    " innobackupex mydumper myloader"
)
_MONGO: Final = (
    "mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat mongotop mongofiles"
)
_LDAP: Final = (
    "ldapsearch ldapadd ldapmodify ldapdelete ldappasswd ldapwhoami ldapcompare ldapmodrdn"
)
_SMB: Final = "smbclient rpcclient smbget smbcacls smbtree smbmap net winexe wmic pth-winexe"
_ORACLE: Final = "sqlplus sqlldr expdp impdp exp imp rman tnsping"
_SNMP: Final = (
    "snmpget snmpwalk snmpset snmpgetnext snmpbulkget snmpbulkwalk snmptable snmptrap snmpinform"
)
_LOGIN: Final = rb"(?:docker|podman|buildah|skopeo|oras|crane|nerdctl|helm registry|oc|cf|ibmcloud)"

COMMANDS: Final = (
    _option("mysql", _MYSQL, rb"-p", is_joined=True),
    _option("mongo", _MONGO, rb"-p", is_joined=None),
    _option("sshpass", "sshpass", rb"-p", is_joined=None),
    _option("redis", "redis-cli valkey-cli keydb-cli redis-benchmark", rb"(?:-a|--pass)"),
    _option("sqlcmd", "sqlcmd bcp osql isql tsql", rb"-P", is_joined=None),
    _option("mosquitto", "mosquitto_pub mosquitto_sub mosquitto_rr", rb"(?:-P|--pw)"),
    _option("zip", "zip unzip zipcloak", rb"-P", is_joined=None),
    _option("7z", "7z 7za 7zr 7zz rar unrar", rb"-h?p", is_joined=True),
    _option("ldap", _LDAP, rb"-w", is_joined=None),
    _option("smb", _SMB, rb"(?:-U|--user=?)[ \t]{0,2}[\"']?[\w.\\/@-]{1,64}%", is_joined=True),
    _option("ipmi", "ipmitool ipmipower bmc-info", rb"-P"),
    _option("snmp", _SNMP, rb"-[cAX]"),
    _option("putty", "plink pscp psftp putty klink", rb"-pw"),
    _option("rdp", "xfreerdp wlfreerdp mstsc", rb"/p:", is_joined=True),
    _option("rdesktop", "rdesktop", rb"-p", is_joined=None),
    _option("swaks", "swaks sendemail sendEmail", rb"(?:-ap|-xp|--auth-password)"),
    _option("twine", "twine", rb"-p"),
    _option("ncftp", "ncftp ncftpput ncftpget ncftpls", rb"-p"),
    _option("psexec", "psexec PsExec psexec64", rb"-p"),
    _option("cmdkey", "cmdkey", rb"/pass:", is_joined=True),
    _option("schtasks", "schtasks", rb"/rp"),
    _option("openssl enc", "openssl", rb"-[kK]"),
    _option("az", "az", rb"(?:-p|--password)"),
    _option("gpg", "gpg gpg2", rb"--passphrase"),
    _option("ssh-keygen", "ssh-keygen", rb"-[NP]"),
    _option("signtool", "signtool osslsigncode", rb"(?:/p|-pass)"),
    _option("nmcli", "nmcli", rb"password"),
    Phrase(
        "stored",
        rb"(?:put-parameter|(?:put|create)-secret(?:-value)?|keyvault secret set|gh secret s"
        rb"et|secrets? (?:set|create|put))[ \t]",
        rb"(?:[^\n|;\\]|\\\r?\n){0,200}?[ \t](?:--value|--secret-string|--body|-b|--secret)[ =]"
        + SHELL_WORD,
    ),
    Phrase(
        "stored by key",
        rb"\b(?:consul kv put|etcdctl put|doppler secrets set|redis-cli set|config set-secre"
        rb"t)[ \t]",
        rb"[ \t]*(?=\S{0,80}(?i:pass|pwd|secret|token|key|cred))[\w./-]{2,80}[ \t]{1,2}"
        + SHELL_WORD,
    ),
    Phrase(
        "hashed",
        rb"\bopenssl[ \t]+passwd[ \t]",
        rb"(?:-\w+[ \t]+(?:(?<=salt )\S+[ \t]+)?){0,4}" + SHELL_WORD,
    ),
    Phrase(
        "printed",
        rb"(?:password|passphrase|passwd)[_-]?(?:file|command|cmd|fd)[ =][^\n]{0,12}\b(?:ech"
        rb"o|printf)[ \t]",
        SHELL_WORD,
        is_caseless=True,
    ),
    Phrase(
        "variable of powershell",
        rb"(?:set|new)-item[ \t]+(?:-path[ \t]+)?[\"']?env:[\\/]?\w{0,40}(?:password|passwd|"
        rb"pwd|secret|token|key)\w{0,12}",
        rb"(?i)[\"']?[ \t]+(?:-value[ \t]+)?" + SHELL_WORD,
        is_caseless=True,
    ),
    Phrase(
        "kubernetes literal",
        rb"--from-literal[= \t]{1,2}[\"']?[\w.-]{1,64}=",
        SHELL_WORD,
        before=rb"\bsecret\b",
    ),
    Phrase(
        "user and password",
        _programs("etcdctl siege elasticdump influx arangosh cbbackup couchbase-cli"),
        _REST + rb"(?:--user|--username|-u|-A)[ =][\"']?[\w.@-]{1,64}:" + SHELL_WORD,
    ),
    Phrase(
        "db2",
        rb"\bconnect[ \t]+to[ \t]+\w{1,16}[ \t]+user[ \t]+\S{1,40}[ \t]+using[ \t]+",
        SHELL_WORD,
        is_caseless=True,
    ),
    Phrase(
        "expected",
        rb"assw(?:or)?d[^\n]{0,40}(?:\r?\n[ \t]*)?[^\n]{0,20}\bsend(?:_?line)?[ \t(]{1,3}(?:"
        rb"--[ \t]+)?[\"']",
        rb"(?P<v1>[^\"'\n\\\[$]{4,64})(?:\\[rn]){0,2}[\"']",
    ),
    Phrase(
        "net user",
        rb"(?:^|[^\w])net[ \t]+user[ \t]",
        rb"(?!/)\S{1,64}[ \t]+(?P<v1>[^\s/*\"'$%]\S{3,64})"
        rb"(?=[ \t]+/(?i:add|active|domain|expires|y)|[ \t]*(?:\r|\n|$))",
        is_caseless=True,
    ),
    Phrase(
        "keytool",
        rb"-(?:src|dest)?(?:storepass|keypass)[ \t\"']",
        rb"[, \t\"']{0,4}" + SHELL_WORD,
    ),
    Phrase("openssl", rb"-pass(?:in|out)?[ \t=]{1,3}[\"']?pass:", SHELL_WORD),
    Phrase("lftp", _programs("lftp"), _REST + rb"-u[ \t]*[\"']?[\w.@\\-]{1,64}," + SHELL_WORD),
    Phrase(
        "httpie",
        _programs("http https xh"),
        _REST + rb"(?:-a|--auth)[ =][\"']?[\w.@-]{1,64}:" + SHELL_WORD,
    ),
    Phrase(
        "htpasswd",
        _programs("htpasswd"),
        rb"(?=[^\n]{0,60}-\w*b)(?:-\w+[ \t]+){1,4}(?:(?<=n[ \t])|\S+[ \t]+)[\w.@-]{1,64}[ \t]+"
        + SHELL_WORD,
    ),
    Phrase(
        "oracle",
        _programs(_ORACLE),
        rb"(?:-\w+[ \t]+){0,3}(?:userid=)?[\"']?\w{2,30}/(?P<v1>[^\s@/\"'$%&{<]{3,64})"
        rb"(?=[\"']?(?:@|[ \t]|$|\r|\n))",
    ),
    Phrase("login", _EDGE + _LOGIN + rb"[ \t]+login[ \t]", _REST + rb"-p[ \t=]+" + SHELL_WORD),
    Phrase(
        "rabbitmqctl",
        rb"rabbitmqctl(?:[ \t]+-\S+){0,3}[ \t]+(?:add_user|change_password|authenticate_user)[ \t]",
        rb"[ \t]*\S{1,64}[ \t]+" + SHELL_WORD,
    ),
    Phrase(
        "wpa",
        _programs("wpa_passphrase"),
        rb"[ \t]*(?:\"[^\"\n]+\"|\S+)[ \t]+" + SHELL_WORD,
        fewest=8,
    ),
    Phrase(
        "mc alias",
        rb"(?:^|[^\w])mc[ \t]+alias[ \t]+set[ \t]",
        rb"[ \t]*\S+[ \t]+\S+[ \t]+\S+[ \t]+" + SHELL_WORD,
    ),
    Phrase(
        "net use",
        rb"(?:^|[^\w])net[ \t]+use[ \t]",
        rb"(?i)(?:\S+[ \t]+){1,2}(?!/|\\\\)(?P<v1>\S{4,64})[ \t]+/user:",
        is_caseless=True,
    ),
    Phrase(
        "chpasswd",
        rb"\|[ \t]*(?:sudo[ \t]+)?(?:/usr/sbin/)?chpasswd",
        rb"",
        before=rb"(?:echo|printf)[ \t]+(?:-\w+[ \t]+)?[\\\"']{0,2}[\w.$-]{1,40}:"
        rb"(?P<v1>[^\s\"'|$\\]{4,200})[\\\"'n]{0,4}[ \t]*\|[^|\n]*$",
    ),
    Phrase(
        "piped",
        rb"\|[ \t]*(?:sudo[ \t]+(?:-\w+[ \t]+){0,3}-\w*S|(?:sudo[ \t]+)?passwd[^\n|]{0,40}--stdin"
        rb"|[^\n|]{0,120}--password-stdin|su[ \t]|kinit[ \t]|cryptsetup[ \t])",
        rb"",
        before=rb"(?:echo|printf)[ \t]+(?:-\w+[ \t]+)?"
        rb"(?:\"(?P<v1>[^\"\n]{4,200})\"|'(?P<v2>[^'\n]{4,200})'|(?P<v4>[^\s\"'|$\\]{4,200}))"
        rb"[ \t]*\|[^|\n]*$",
    ),
    Phrase(
        "here-string",
        rb"(?:sudo[^\n<]{0,40}-S|chpasswd|cryptsetup|kinit|--stdin|--password-stdin)[^\n<]{0"
        rb",80}<<<[ \t]*",
        rb"(?:(?<=x)|)[\"']?(?:[\w.-]{1,40}:)?(?P<v1>[^\s\"'$]{4,200})",
    ),
    Phrase(
        "sas",
        rb"[?&;]sig=",
        rb"(?P<v1>[A-Za-z0-9%_+/-]{40,120}(?:=|%3[dD])?)",
        fewest=40,
        category=Category.PROVIDER_TOKEN,
    ),
)
"""Programs, their options, and what is piped into them."""
