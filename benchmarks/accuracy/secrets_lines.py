"""Lines as people write them: with a secret, and with what only looks like one.

``{P}`` is a password, ``{T}`` a random token, ``{X}`` a hexadecimal one, ``{U}`` a word; all are
drawn at run time.
"""

from __future__ import annotations

import random
import string
from typing import Final

SECRET_LINES: Final = {
    "properties": ("spring.datasource.password={P}", "db.password: {P}", "api.secret = {T}"),
    "ini": ("password = {P}", "smtp_pass={P}", "[db]\npwd = {P}"),
    "yml": (
        "password: {P}",
        '  rootPassword: "{P}"',
        "    jwt-secret-key: {T}",
        "- DB_PASSWORD={P}",
        "stringData:\n  token: {T}",
    ),
    "json": ('{{"password": "{P}"}}', '  "client_secret": "{T}",', '"accessToken" : "{X}",'),
    "xml": (
        "<password>{P}</password>",
        '<add key="DbPassword" value="{P}"/>',
        '<property name="password" value="{P}"/>',
        '<user name="bob" password="{P}" roles="a"/>',
    ),
    "sh": (
        "export DB_PASS={P}",
        "curl -u bob:{P} https://git.acme.dev/x",
        "PGPASSWORD={P} psql -h db",
        "tool --user bob --password {P} --force",
        "curl -H 'Authorization: Bearer {T}' https://acme.dev",
        "docker run -e MYSQL_ROOT_PASSWORD={P} mysql",
        "openssl req -passout pass:{P} -days 1",
        "redis-server --requirepass {P} --appendonly yes",
        "az login --service-principal -u app -p {P} --tenant t",
    ),
    "py": (
        'connect(user="bob", password="{P}")',
        'PASSWORD = "{P}"',
        'auth=("bob", "{P}")',
        'client = Client(token="{T}")',
        'cfg["secret_key"] = "{T}"',
        'DSN = "postgresql://bob:{P}@db.acme.dev/x"',
        'if password == "{P}":',
    ),
    "js": (
        "const cfg = {{ password: '{P}', user: 'bob' }};",
        "oauth: {{ consumer_key: '{T}' }},",
        'mongoose.connect("mongodb://bob:{P}@db.acme.dev/x")',
        "process.env.SECRET = '{T}';",
    ),
    "java": (
        'String password = "{P}";',
        'ds.setPassword("{P}");',
        '@Value("{T}") private String apiKey = "{T}";',
        'ks.load(in, "{P}".toCharArray());',
        'props.put("db.password", "{P}");',
    ),
    "cs": (
        'var c = "Server=db;User Id=sa;Password={P};";',
        '[Credentials(Password = "{P}")]',
        'new NetworkCredential {{ UserName = "bob", Password = "{P}" }};',
        'var adminWachtwoord = "{P}";',
    ),
    "go": (
        'password := "{P}"',
        'Password:   "{P}",',
        'os.Setenv("API_KEY", "{T}")',
        'sql.Open("mysql", "app:{P}@tcp(10.1.2.3:3306)/x")',
    ),
    "gradle": ('    storePassword "{P}"',),
    "erl": ('{{password, "{P}"}}.',),
    "plist": ("<key>password</key>\n<string>{P}</string>",),
    "rb": ("password: '{P}'", "config.secret_key = '{T}'", "  :password => '{P}',"),
    "php": ("$password = '{P}';", "'password' => '{P}',", "define('DB_PASSWORD', '{P}');"),
    "sql": (
        "CREATE USER bob IDENTIFIED BY '{P}';",
        "ALTER ROLE bob WITH PASSWORD '{P}';",
        "IDENTIFIED BY {P}",
    ),
    "md": (
        "The login is bob, password: {P}",
        "Use the token `{T}` for now.",
        "The password is `{P}`.",
        "    API_KEY={T}",
    ),
    "tf": (
        '  admin_password = "{P}"',
        '  secret_key = "{T}"',
        'variable "db_password" {{\n  default = "{P}"\n}}',
    ),
    "dockerfile": ("ENV DB_PASSWORD={P}", "ENV DB_PASSWORD {P}"),
    "log": ("DEBUG login user=bob password={P} ok", "sent header X-Api-Key: {T}"),
    ".netrc": ("machine git.acme.dev login bob password {P}",),
    ".npmrc": ("//registry.acme.dev/:_authToken={T}",),
}

HARMLESS_LINES: Final = {
    "yml": (
        "password: ${{DB_PASSWORD}}",
        "password: {{{{ vault_db_password }}}}",
        "password: <your password>",
        "passwordSecretRef: db-credentials",
        "password_file: /run/secrets/db",
        "token_url: https://login.acme.dev/oauth/token",
        "image: repo/app@sha256:{X}{X}",
        "secretName: app-tls",
    ),
    "py": (
        "password = get_password()",
        'password = os.environ["DB_PASSWORD"]',
        "def login(user, password, token=None):",
        "token = tokens[0].value",
        'parser.add_argument("--password", help="the password to use")',
        'revision = "{X12}"',
        'password = forms.CharField(label="Password")',
        'raise ValueError("password too short")',
        "self.assertEqual(secret.name, name)",
        'COMMIT = "{X40}"',
        'PASSWORD_HASHER = "argon2id"',
        'client = Client(api_key="sk_test_...")',
        "# nodes identified by their names",
    ),
    "js": (
        "password: Joi.string().required(),",
        "const token = await getToken(user);",
        '<input type="password" name="password" placeholder="Password">',
        "token: 'keyword.control',",
        "password: 'newPassword',",
        "import {{ Secret }} from './secret';",
        "export type PasswordStrength = 'weak' | 'fair' | 'strong';",
        "'SipAuthPassword' => sip_auth_password,",
    ),
    "json": (
        '"password": "string",',
        '"integrity": "sha512-{T}{T}{T}{T}==",',
        '"resolved": "https://registry.acme.dev/a/-/a-1.0.tgz#{X40}",',
        '"passwordLabel": "Your password",',
        '"password": "Password",',
        '"password": "Пароль",',
        '"secretKey": "admin-password",',
    ),
    "java": (
        "String password = props.getProperty(KEY);",
        "private final String password;",
        "user.setPassword(encoder.encode(raw));",
    ),
    "go": ("password := os.Getenv(key)", 'Token string `json:"token"`'),
    "md": (
        "Set the password in the settings dialog.",
        "The token is sent in the header.",
        "export TOKEN=<token>",
        "curl -H 'Authorization: Bearer $TOKEN' https://acme.dev",
    ),
    "sh": ('PASSWORD="$(cat /run/secrets/db)"', 'read -s -p "Password: " PASSWORD'),
    "html": ('<label for="password">Password</label>', "<a href='/reset-password'>Forgot?</a>"),
    "css": (".password-field { color: #{X6}; }".replace("{ ", "{{ ").replace(" }", " }}"),),
    "lock": ('hash = "sha256:{X}{X}"',),
}


def fill(line: str, source: random.Random) -> tuple[str, str]:
    """Return a line and the last value that was drawn for it."""
    values = {
        "P": password(source),
        "T": "".join(
            source.choices(string.ascii_letters + string.digits, k=source.randint(20, 40))
        ),
        "X": "".join(source.choices("0123456789abcdef", k=32)),
        "X6": "".join(source.choices("0123456789abcdef", k=6)),
        "X12": "".join(source.choices("0123456789abcdef", k=12)),
        "X40": "".join(source.choices("0123456789abcdef", k=40)),
    }
    used = [name for name in ("P", "T", "X") if "{" + name + "}" in line]
    return line.format(**values), values[used[0]] if used else ""


_WORDS: Final = ("tiger", "summer", "dragon", "acme", "orange", "copper", "maple", "falcon")


def password(source: random.Random) -> str:
    """Return a password of the kinds people choose: a word and digits, changed letters, random."""
    word = source.choice(_WORDS)
    kinds = (
        lambda: word + str(source.randint(1, 2099)),
        lambda: word.title() + source.choice("!#@") + str(source.randint(1, 99)),
        lambda: word.replace("e", "3").replace("a", "4") + "!" + source.choice("xyz"),
        lambda: "".join(source.choices(string.ascii_letters + string.digits + "!@#%", k=12)) + "7a",
        lambda: word,
        lambda: word + source.choice(_WORDS),
    )
    return source.choice(kinds)()
