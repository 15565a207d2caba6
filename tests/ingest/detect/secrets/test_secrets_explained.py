"""What a match is instead of a secret in use, and what must not be explained away."""

from __future__ import annotations

import base64

import pytest

from ingest.detect.secrets.explained import explanation
from ingest.detect.secrets.matches import Match
from ingest.domain.finding import Category, Confidence

UUID = "3f0e1c52-9a7b-4d2e-8c61-" + "5b7f90ad12e4"
HEX = "5baa61e4c9b93f3f06822" + "50b6cf8331b7ee68fd9"
BLOB = "Q4USEEs9eccQL7R8QZws2q" + "DRHtVo4UcKEbu2mX7WR6oA"

EXPLAINED = {
    "sample of a vendor": ("aws_key = «AKIA" + "I44QH8DHBEXAMPLE»", "sample"),
    "sample of a standard": ('"access_token":"«mF_9.' + 'B5f-4.1JqM»"', "sample"),
    "sample login": ("ftp://user:«password»@ftp.acme.dev", "sample"),
    "sample login of a local host": ("redis://:«password»@localhost:6379", "sample"),
    "stand-in": ("Bearer «YOUR_API_TOKEN»", "stand-in"),
    "stand-in in words": ("key: «<insert your key here>»", "stand-in"),
    "filtered by Maven": ("db.password=«@mail.password@»", "stand-in"),
    "property": ("<password>«${settings.pw}»</password>", "stand-in"),
    "field of a format": ('f"amqp://app:«{settings.amqp_pass}»@mq"', "stand-in"),
    "variable of a shell": ("$p = «$env:FTP_PASS»", "stand-in"),
    "dots": ('password: "«••••••»"', "stand-in"),
    "sops": ("token: «ENC[AES256_GCM,data:abc1»,iv:x]", "ciphertext"),
    "jasypt": ("pw=ENC(«G6N718UuyPE5bHyWKyuL»)", "ciphertext"),
    "cloud config": ("pw: «{cipher}AQA1b2c3d4»", "ciphertext"),
    "chain address": ("c = '«0x" + HEX[:40] + "»'", "address"),
    "translated": ('"password": "«Mot de passe oublié»"', "label"),
    "sentence": ('"password": "«Please enter it again.»"', "label"),
    "escaped script": ("password=«\\u30d1\\u30b9\\u30ef»", "label"),
    "label by name": ('passwordLabel: "«Kennwort»"', "label"),
    "field's name": ('PASSWORD_FIELD = "«j_password»"', "name"),
    "event": ('passwordEvent = "«user.password.changed»"', "name"),
    "resource": ('secretArn = "«arn:aws:secretsmanager:eu-west-1:1112:secret:prod/db-A»"', "name"),
    "algorithm": ("password_encryption = «scram-sha-256»", "name"),
    "words alone": ('token = "«reset-password-token-form»"', "words"),
    "graphql": ("password: «String!»", "type"),
    "rule": ("password: '«required|min:8»'", "type"),
    "member": ("password = «random_password.db.result»", "code"),
    "regex": ("PASSWORD_RE = re.compile(r'«^(?=.*[A-Z])[A-Za-z0-9]{8,}$»')", "pattern"),
    "tenant": (f'"tenantId": "«{UUID}»"', "identifier"),
    "request": (f"requestId=«{UUID}» token", "identifier"),
    "hash call": (f"expect(sha1('password')).to.equal('«{HEX}»')", "digest"),
    "fingerprint": (f"GPG_KEY=«{HEX}»", "digest"),
    "assembly": ("PublicKeyToken=«31bf3856ad364e35»", "digest"),
    "public key": (f'PublicKey = "«{BLOB}»"', "public key"),
    "web key": (f'{{"kty":"RSA","e":"AQAB","n":"«{BLOB}»"}}', "public key"),
    "site": (f'name="site-verification" content="«{BLOB}»"', "public key"),
    "strength": ("type PasswordStrength = «weak»", "name"),
    "days": ("password_max_days: «90»", "name"),
    "hasher": ('PASSWORD_HASHER = "«argon2id»"', "name"),
    "signature algorithm": ('m(SSL_SIGN_RSA, "«SHA256withRSA»")', "algorithm"),
    "name for itself": ("'SipAuthPassword' => «sip_auth_password»,", "words"),
    "key in a cluster's secret": ("secretKey: «admin-password»", "name"),
    "label as a word": ('"password": "«Password»"', "label"),
    "word of another script": ('"password": "«Пароль»"', "label"),
    "two words of a program": ("password: '«newPassword»',", "words"),
    "word of another language": ('"password": "«パスワード»"', "label"),
    "elided": ('api_key="«hf_...»"', "stand-in"),
    "cut off": ("STRIPE_SECRET=«sk_test_»...", "stand-in"),
    "identifier of a standard": ('GUID = "«258EAFA5-' + 'E914-47DA-95CA-C5AB0DC85B11»"', "sample"),
    "literals joined": ("x = ` PASSWORD '«` + newpw + `»'`", "code"),
    "publishable key": ('x = "«pk_' + 'live_51HabcDEFghiJKLmno»"', "public key"),
    "moment": ('"password_changed_at": "«2022-10-11T09:00:00Z»"', "moment"),
    "digest in an annotation": (f"checksum/secret: «{HEX}»", "digest"),
    "name of a secret elsewhere": ('existingSecret: "«grafana-admin»"', "name"),
    "option": ('pwFlag = "«--password-file»"', "name"),
    "path of windows": ('SecretKeyPath = @"«C:\\keys\\a.key»"', "name"),
    "rounds": ("password_hash_rounds = «12»", "name"),
    "strength in a translation": ("password.strength.weak=«schwach»", "name"),
    "part of a resource's name": (
        '"arn:aws:secretsmanager:eu-west-1:11:secret:«led/db-A1»"',
        "name",
    ),
    "command of powershell": ("$password = «Read-Host» -AsSecureString", "code"),
    "title in another language": ("login.secret=«Geheimnis»", "label"),
    "key of a cloud": (f'k = "arn:aws:kms:eu-west-1:11:key/«{UUID}»"', "name"),
    "build": (f"BUILD_ID=«{UUID}»", "identifier"),
    "parsed": (f'tenant = Guid.Parse("«{UUID}»")', "identifier"),
    "numbered fields": ('"password=«{0}&token={1»}"', "stand-in"),
    "standard's key": ("AES_KEY = '«2b7e151628aed2a6" + "abf7158809cf4f3c»'", "sample"),
    "translation of a phrase": ('"One-Time Password": "«Einmal-Passwort»"', "label"),
    "text of another script": ('"Change Password": "«パスワードの変更»"', "label"),
    "lock file of dotnet": (f'"contentHash": "«{BLOB[:43]}=»"', "digest"),
    "entity tag": (f"('ETag', 'W/\"«{HEX}»\"')", "digest"),
    "entity tag of a recorded answer": (f"      ETag:\n      - '«{HEX}»'", "digest"),
    "key's id": (f"- Key ID: `«{HEX}»`", "digest"),
    "number and commit": (f"x «279015286:{HEX[:40]}»", "digest"),
    "handshake": ("'Sec-WebSocket-Key' => '«NTA2MDAyMDU1NjMzNjkwMg==»'", "handshake"),
    "encoded public key": (f'K = "«MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE{BLOB}»"', "public key"),
    "serial number": (f'"serialNumber": "urn:uuid:«{UUID}»"', "identifier"),
    "class of windows": (f'_reg_clsid_ = "{{«{UUID}»}}"', "identifier"),
    "id of a message": (f"lists/acme/«{UUID}»@mail.acme.dev/T/#u", "identifier"),
    "kind of a value": ("if (typeof this.password === '«function»') {", "type"),
    "version of a package": ('"generate-password": "«~1.3.0»"', "version"),
    "file": ('PRIVATEKEY = "«acme.key»"', "name"),
    "route": ('match "/x/:secret" => "«web_requests#handle»"', "name"),
    "constant": ("'secret': '«LICHESS_CLIENT_SECRET»'", "name"),
    "key of a table": ('if clave == "«tipo_reg»":', "name"),
    "event's name": ('x = "account:password:«change»"', "name"),
    "name and remark": ("secretName: «app-tls   # filled in»", "name"),
    "variable under its name": ('{"password": «password»,', "code"),
    "namesakes": ("f(user=user, password=«password», x=1)", "code"),
    "members and closers": ("Password: «schema.DefaultConfig})»", "code"),
    "block of a program": ("if tc.secrets == «gin.H{»", "code"),
    "variable of concourse": ("password: «((demo/password))»", "stand-in"),
    "taken out": ('"client_secret": "«client_secret_removed»"', "stand-in"),
    "port and path": ("oauth_url: 'http://oauth.acme.dev:«8000/oauth2/token»'", "address"),
    "picture": ('"image/png": "«iVBORw0KGgo' + BLOB + '»"', "picture"),
    "salt of a hash": ('check("$argon2id$v=19$m=65536,t=3,p=2$«BpKnfgDsc2WD8F2q»$o/v")', "digest"),
    "hash of MySQL": ("IDENTIFIED BY PASSWORD '*«2470C0C06DEE42FD1618BB99005ADCA2»'", "digest"),
    "commit of a change": (f"- token refresh (@ann, «{HEX[:40]}»)", "digest"),
    "nonce of a script": ('<script nonce="«r4nd0mN0nc3V4lue9x8y»">', "nonce"),
    "token of a page": ('<meta name="csrf-token" content="«yJ3kVh0c9sPq7mN2bX5t»">', "nonce"),
    "vault": ('"Secret": "«@Microsoft.KeyVault(SecretUri=https://a/b)»"', "reference"),
    "item of a vault": ("password: «op://infra/shop-db/password»", "reference"),
    "key of a cache": ("CACHE_KEY: «linux-node-20-v4»", "name"),
    "path of a text": ("password: '«app.kiosk.password»'", "name"),
    "route of a page": ("resetPassword: '«/reset-password/:token»'", "name"),
    "right": ("scope = 'openid password:«reset»'", "name"),
    "parameter's name": ('PARAM_PASSWORD = "«password»"', "name"),
    "field asked for": ('data["«password1»"]', "name"),
    "block of Terraform": ('resource "random_password" "«master_pw_v2»"', "name"),
    "manner": ("update_password: «on_create»", "name"),
    "length of time": ("RESET_PASSWORD_WITHIN=«6.hours»", "moment"),
    "page": ("# Secret: «https://acme.dev/docs/secrets.html»", "address"),
    "class": ("'set_password': '«acme.auth.forms.SetPasswordForm»'", "expression"),
    "symbol": ("secret: '«:secret»'", "expression"),
    "generic type": ("password: «Option<String>»", "expression"),
    "option behind an option": ('["--password", "«--no-confirm»"]', "expression"),
    "verb of its key": ('"showPassword": "«Show»"', "label"),
    "rule of a form": ('"passwordRules": "«Mindestens 8 Zeichen, 1 Ziffer»"', "label"),
    "compound of another language": ('"apiKey": "«API-Schlüssel»"', "label"),
    "word for it elsewhere": ("login.password=«Salasana»", "label"),
    "masked by a server": ('password="«MASK-31x/z0Xn83H4Ja»"', "ciphertext"),
}
KEPT = {
    "key to sign with": ('signingKey = "«heron-marsh-41»"'),
    "typed into a field": ("cy.get('[name=password]').type('«Heron-Marsh-4»')"),
    "nested quotes": (' "PASSWORD = "«Kr4nichFlug8»"",'),
    "cache in a password": ("password: «linux-node-20-v4»"),
    "word as a password": 'password: "«password»"',
    "two words of a test": "password = '«testPassword»'",
    "two words": 'password = "«new_password»"',
    "default": "password: «changeme»",
    "passphrase": 'passphrase = "«correct horse battery staple»"',
    "user of one's own": "postgres://bob:«password»@db.acme.dev",
    "client secret": f'client_secret: "«{UUID}»"',
    "bare identifier": f'"id": "«{UUID}»"',
    "another live key": ('x = "«sk_' + 'live_51HabcDEFghiJKLmno»"'),
    "password with a date": ('password = "«2022-10-11-Kirmes»"'),
    "under a token's name": (f'build_token = "«{UUID}»"'),
    "word with a dash": ('password = "«Reader-Hut9»"'),
    "private web key": f'{{"kty":"OKP","x":"«{BLOB}»","d":"{BLOB}"}}',
    "key of a framework": 'SECRET_KEY = "«elm' + 'harvest»"',
    "member-like with digits": "password: «Hy4cinth" + ".Blue»",
    "hex key": f'secret_key = "«{HEX}»"',
    "mixture under a key's name": 'secretkey = "«kQwIOrYvnXmSDkwEiFngrKid»"',
    "dots and digits": 'password = "«a1.b2.c3»"',
    "braces around more than a name": 'password = "«{k9!x}»"',
    "hash of a password": 'password_hash: "«Zm9vYmFyMTIzNDU2Nzg5MA»"',
    "phrase under a phrase": '"Wifi Password": "«kirsche-77-torte»"',
    "token as a user": f"https://«{UUID}»@errors.acme.dev/2",
    "port-like password": 'password: "«8000»"',
    "version-like word": 'password: "«v1-Adler.2»"',
    "one namesake": "PGPASSWORD=«app»",
    "password with a brace": 'password: "«ab{c7}»"',
    "foreign word with a digit": 'password: "«schlüssel9»"',
    "constant without the word": "'secret': '«BLUE_WHALE_42X»'",
    "encoded text": f'api_secret = "«{BLOB}»"',
}


def explain(marked: str, suffix: str = "txt", rule: str = "keyword") -> str:
    head, _, rest = marked.partition("«")
    start, value = len(head.encode()), rest.partition("»")[0].encode()
    match = Match(
        start=start,
        end=start + len(value),
        detector_id="x",
        rule_id=rule,
        category=Category.PASSWORD,
        confidence=Confidence.LOW,
    )
    return explanation(marked.replace("«", "").replace("»", "").encode(), match, suffix)


@pytest.mark.parametrize(("marked", "kind"), EXPLAINED.values(), ids=EXPLAINED)
def test_what_is_no_secret_is_called_by_its_name(marked: str, kind: str) -> None:
    assert explain(marked) == kind


@pytest.mark.parametrize(
    ("suffix", "kind"), [("go.sum", "digest"), ("yarn.lock", "digest"), ("yml", "")]
)
def test_what_looks_random_in_a_file_of_checksums_is_one(suffix: str, kind: str) -> None:
    line = "acme.dev/token-keeper v1.2.3 h1:«way7bWYa6lDppZoZcgMbYsvC7Gxljxr»="
    assert explain(line, suffix, "entropy-near-keyword") == kind


def test_a_line_of_a_certificate_in_a_program_is_public() -> None:
    line = f'"-----BEGIN CERTIFICATE-----\\n" +\n  "«{BLOB}»\\n"'
    assert explain(line, "java", "base64-entropy") == "certificate"
    private = line.replace("CERTIFICATE", "PRIVATE KEY")
    assert explain(private, "java", "base64-entropy") == ""


@pytest.mark.parametrize("marked", KEPT.values(), ids=KEPT)
def test_what_may_be_a_secret_is_kept(marked: str) -> None:
    assert explain(marked) == ""


def test_a_vendors_format_is_not_explained_by_shape_or_name() -> None:
    assert explain('tokenName = "«user-token-name»"', rule="github-token") == ""
    assert explain('tokenName = "«user-token-name»"') == "name"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("fix the token ([#2528](https://github.com/«gin-gonic/gin/pull/2528»))", "address"),
        (f"token https://git.acme.dev/a/blob/«{HEX[:40]}»/x", "address"),
        ("parse('pg://someuser:somepw@somehost:«381/somedatabase»')", "address"),
        ("API_TOKEN=https://x.acme.dev/in/«a8f3k29dk3q0zk1m»", ""),
        ("token: see https://x.acme.dev/hook/«a8f3k29dk3q0zk1m/x»", ""),
        ("Authorization: Basic «a8f3k29d/k3q0zk1m»", ""),
    ],
)
def test_a_path_is_no_secret_unless_its_address_speaks_of_one(line: str, kind: str) -> None:
    assert explain(line, rule="entropy-near-keyword") == kind


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('{"«ShouldRefuseTokensThatAreOldAndInvalid»",', "words"),
        ('"«___unsafeOptions_WILL_CHANGE_IN_PATCH»": {', "words"),
        ("<a href='token/«v1-9-0-how-we-renew-tokens»'>", "words"),
        ("token «APIKEYS_TEAMS_N49»", "words"),
        ('import "@acme/token/«ERC721/extensions/ERC721Storage»";', "path"),
        ('t = "«kQwIOrYvnXmSDkwEiFngrKid»"', ""),
        ('t = "«q7-x81-blue-zk92kd81mm»"', ""),
        ('t = "«JBSWY3DPEHPK3PXPJBSWY»"', ""),
    ],
)
def test_words_in_a_row_are_not_random(line: str, kind: str) -> None:
    assert explain(line, rule="entropy-near-keyword") == kind


def test_in_a_program_a_value_outside_of_strings_is_an_expression() -> None:
    assert explain("cfg.password = «values[EnvPassword]»", "go") == "expression"
    assert explain("// password = «hunter2x»", "go") == ""
    assert explain("password = «hunterx»", "ini") == ""


@pytest.mark.parametrize(
    ("line", "suffix", "kind"),
    [
        ("CREATE ROLE a PASSWORD :'«app_pw»';", "sql", "expression"),
        ("CREATE ROLE a PASSWORD '«app_pw»';", "sql", ""),
        ("{password :'«app_pw»'}", "yaml", ""),
    ],
)
def test_a_variable_of_psql_is_one_in_its_own_files(line: str, suffix: str, kind: str) -> None:
    assert explain(line, suffix, "custom.generic-password") == kind


@pytest.mark.parametrize(
    ("keys", "kind"), [('{"offset":40,"limit":20}', "identifier"), ('{"sub":"otto","n":12}', "")]
)
def test_a_cursor_of_a_list_is_read(keys: str, kind: str) -> None:
    value = base64.b64encode(keys.encode()).decode().rstrip("=")
    assert explain(f'cursor = "«{value}»"', rule="base64-entropy") == kind


@pytest.mark.parametrize("name", ["paypal_client_id", "captcha_site_key", "APP_ID", "publishable"])
def test_the_public_half_of_a_login_is_no_secret(name: str) -> None:
    assert explain(f"'{name}' => '«{BLOB}»'", rule="base64-entropy")
    assert explain(f"'{name}_secret' => '«{BLOB}»'", rule="base64-entropy") == ""


def test_the_rest_of_a_publishable_key_is_public_too() -> None:
    rest = "live_51HabcDEFghi" + "JKLmnoPQR"
    assert explain(f'x = "pk_«{rest}»"', rule="format-gocardless") == "public key"
    assert explain(f'x = "«{rest}»"', rule="format-gocardless") == ""


def test_a_header_of_a_private_key_counts_with_its_body_only() -> None:
    header = "BEGIN RSA PRIVATE " + "KEY"
    assert explain(f"-----«{header}»-----\n...", rule="private-key-header") == "header"
    body = "MIIEpAIBAAKCAQEA" + "7x8y"
    assert explain(f"-----«{header}»-----\n{body}", rule="private-key-header") == ""
