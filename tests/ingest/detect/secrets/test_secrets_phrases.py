"""Options, directives and constructs of code that carry a secret, and what only looks so."""

from __future__ import annotations

import pytest

from ingest.detect.secrets.lines import LineEngine
from ingest.detect.secrets.phrases import RULE_ID

WORD = "Apfel" + "strudel7"
BASE = "Sn" + "owBall/22"

FOUND = {
    "mariadb joined": f"mariadb -u app -p{WORD} shop < dump.sql",
    "mysql in quotes": f'system("mysqldump --all -u root -p{WORD} > x");',
    "mysql as a list": f'test: ["CMD", "mysqladmin", "-uroot", "-p{WORD}", "ping"]',
    "over two lines": f"mysql -h db \\\n  -p{WORD} shop",
    "mongodump apart": f"mongodump --host h -u u -p '{WORD}' --out x",
    "valkey": f"valkey-cli -p 6380 -a {WORD} info",
    "sshpass joined": f"sshpass -p{WORD} scp a b:",
    "bcp": f"bcp db.t out f -S h -U sa -P {WORD}",
    "mosquitto": f"mosquitto_sub -t x -u a -P {WORD}",
    "7z": f"7z a -p{WORD} out.7z in",
    "ldap": f"ldapmodify -x -D cn=admin -w {WORD} -f x.ldif",
    "smb": f"rpcclient -U 'dom/bob%{WORD}' host",
    "putty": f"plink -ssh bob@h -pw {WORD} ls",
    "keytool": f"keytool -genkey -alias a -storepass {WORD}",
    "openssl": f"openssl rsa -passin pass:{WORD} -in k",
    "htpasswd": f"htpasswd -cb /etc/h bob {WORD}",
    "oracle": f"sqlplus scott/{WORD}@db1 @x.sql",
    "login": f"podman login -u bob -p {WORD} reg.test",
    "rabbitmq": f"rabbitmqctl add_user bob {WORD}",
    "wpa": f"wpa_passphrase MyNet {WORD}",
    "piped to chpasswd": f"RUN echo 'pi:{WORD}' | chpasswd",
    "piped to sudo": f"echo {WORD} | sudo -S -k apt update",
    "piped to a login": f"echo '{WORD}' | docker login -u bob --password-stdin",
    "ios user": f"username ops secret 0 {WORD}\n",
    "ios server": f"radius-server host 10.0.0.1 key {WORD}\n",
    "fortinet": f'    set psksecret "{WORD}"\n',
    "snmpd": f"rocommunity {WORD} 10.0.0.0/8\n",
    "redis": f"requirepass {WORD}\n",
    "haproxy": f"  stats auth admin:{WORD}\n",
    "ipsec": f'%any : PSK "{WORD}"',
    "mysql plugin": f"CREATE USER x IDENTIFIED WITH caching_sha2_password BY '{WORD}';",
    "postgres role": f"ALTER ROLE app WITH PASSWORD '{WORD}';",
    "set password": f"SET PASSWORD FOR 'bob'@'%' = PASSWORD('{WORD}');",
    "strcmp": f'if (!strcmp(user_password, "{WORD}")) ok();',
    "equals": f'if (request.getPassword().equals("{WORD}")) {{',
    "compare digest": f'hmac.compare_digest(token, b"{WORD}")',
    "typed": f"page.locator('#password').fill('{WORD}')",
    "filled": f"fill_in 'Password', with: '{WORD}'",
    "flag": f'flag.StringVar(&p, "db-password", "{WORD}", "help")',
    "macro": '#define WIFI_PASSWORD "kirsch' + 'torte"',
    "php constant": f"define('DB_PASSWORD', '{BASE}{{x y}}');",
    "basic": f"basicAuth: bob:{WORD}",
    "basic in code": f"'Basic ' + btoa('bob:{WORD}')",
    "issuer": f'"Jwt": {{"Key": "{WORD}xy", "Audience": "a"}}',
    "number sign in an address": f"amqp://bob:a#{WORD}@mq.acme.dev/v",
    "go address": f'sql.Open("mysql", "app:{WORD}@tcp(10.2.2.8:3306)/db")',
    "go address without a host": f'dsn := "root:{WORD}@/shop?parseTime=true"',
    "characters": f'ks.load(in, "{WORD}".toCharArray());',
    "pair": f"requests.get(url, auth=('bob', '{WORD}'))",
    "told": f"// until then: user u88123, pass {WORD}",
    "told in another language": f"mit Benutzer `lager` und Passwort `{WORD}`.",
    "said later": f"# the old pw was {WORD}, until May",
    "said of a name": f"#domainPassword is hard-coded to {WORD}. You can change it",
    "said in german": f"Das Passwort lautet {WORD}.",
    "said in japanese": f"// パスワードは {WORD} です",
    "said of another secret": f"The shared secret is `{WORD}`; rotate it",
    "said for what": f"Passwort für das Lager: {WORD}",
    "named afterwards": f"log in with **{WORD}** as password",
    "temporary": f"your temporary pass {WORD}, change it",
    "pair of a demo": f"<!-- demo login: demo / {WORD} -->",
    "pair of a stage": f"# user/pass for staging: tracer / {WORD}",
    "said of a system": f"la contraseña del servidor es {WORD}",
    "said with a remark": f"import password (Birgit made it): {WORD}",
    "told in short": f"# tim: my account for the nightly run, pw {WORD}?9",
    "told in a record": f'"text": "ftp.lan user web pass {WORD}$"',
    "answered": f"> what's the pw for the box?\n> **Birgit:** {WORD} (same as before)\n",
    "pair of a log": f'"connected as analyst / {WORD}\\n"',
    "cookie of a node": f"+K true\n-setcookie {WORD}\n",
    "cookie in a program": f"erlang:set_cookie(node(), '{WORD}').",
    "server list of Emacs": f'(setq smtpmail-auth-credentials \'(("h" 587 "u" "{WORD}")))',
    "issuer before": f'"Jwt": {{"Issuer": "billing", "Key": "{WORD}-{WORD}" }}',
    "encrypted by openssl": f"openssl enc -aes-256-cbc -k {WORD} -in x -out y",
    "basic of ruby": f"http.basic_auth 'robot', '{WORD}'",
    "said": f"The password is `{WORD}` here",
    "azure": f"az login --service-principal -u app -p {WORD} --tenant t",
    "net user": f"net user bob {WORD} /add",
    "shared access": "https://a.test/x?sp=r&sig=" + "aZ3" * 14 + "%3D",
}

NOTHING = {
    "prompt for it": "mysql -u root -p shop",
    "variable": 'mysql -u root -p"$DB_PASS" shop',
    "stand-in": "mysql -u root -pYOUR_PASSWORD shop",
    "port": "redis-cli -p 6380 ping",
    "port in upper case": "mysql -h h -P 3307 -u root",
    "mongo's port": "mongo -p 27017",
    "another program": "mkdir -p some/Folder7; cp -a F1le7 x",
    "option of the next command": "mysql -e 'x' | grep -pX4yz9",
    "prose": "zip and mysql are programs, see page -P of the manual",
    "user's right": "this allows the user to pass PEM/PKCS#8 encoded bytes",
    "variable in a list": 'x("sqlcmd", "-U", "sa", "-P", pw, "-d", "db")',
    "image's port": "docker run -p 8080:80 nginx1",
    "hash of ios": "username ops secret 5 $1$abc$defg\n",
    "encrypted by fortinet": "    set password ENC SH2abc\n",
    "nothing piped": "echo done7now | grep x",
    "piped variable": 'echo "$PW" | sudo -S true',
    "compare of names": 'strcmp(method, "Basic12")',
    "argument in short": "do not pass arg2 or pw file3! to it",
    "form": "Forgot your password?\nClick: resetlink123456 here",
    "answer without one": "did you reset the password?\nBob: yes, at 10:30",
    "answer elsewhere": "what is the password?\nSee: https://acme.dev/reset1",
    "hashed": "the password for the user is hashed with sha256 twice",
    "connected to a host": "connected to host1 / port-2200",
    "node's cookie by name": "-setcookie $COOKIE1",
    "compare of a parser": 'if (strncmp(token, "begin{code}", 11) == 0) {',
    "file of a command": "tool -u USER -p PASS Acme-Helper-0.01.tar.gz",
    "compare to a constant": "if (password.equals(confirmation)) {",
    "label typed": "page.fill('#name', 'Otto77')",
    "macro of a field": '#define PASSWORD_FIELD "password"',
    "port of a host": "http://host:8080/a#b@c.example",
    "what a password is": "the password is required, see step 2",
    "what it is for": "Password for the database: see page 12 of it",
    "how it is made": "the password is hashed with sha256 twice",
    "passing a test": "make it pass on host12, then password on server7",
    "standard of passwords": "One-Time Password Algorithm (TOTP) [RFC6238]",
    "a stand-in as the password": "use `x-access-token-1` as the password",
    "a rate": "login: requests / second, users-per-minute",
    "key file": "openssl x509 -key k.pem -in a1",
    "template": "basicAuth: ${USER}:${PASS}",
    "key without an issuer": '"Sort": {"Key": "created-at-desc", "Order": 1}',
}


def phrases(engine: LineEngine, text: str, suffix: str = "sh") -> list[str]:
    data = text.encode()
    matches = engine.scan(data, suffix)[0]
    return [data[m.start : m.end].decode() for m in matches if m.rule_id == RULE_ID]


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND)
def test_a_secret_behind_well_known_words_is_found(text: str, line_engine: LineEngine) -> None:
    found = phrases(line_engine, text)
    assert found
    assert all(value in text for value in found)
    assert any(part in value for value in found for part in (WORD, BASE, "torte", "aZ3aZ3"))


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_what_only_looks_like_it_is_left_alone(text: str, line_engine: LineEngine) -> None:
    assert phrases(line_engine, text) == []
