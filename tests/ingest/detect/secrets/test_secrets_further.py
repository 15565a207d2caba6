"""Values further from their name than one sign: wrapped, standing in for a lookup, in a pair."""

from __future__ import annotations

import pytest

from ingest.detect.secrets.lines import LineEngine

WORD = "Apfel" + "strudel7"

FOUND = {
    "go bytes": ("go", f'var signingSecret = []byte("{WORD}")'),
    "rust string": ("rs", f'let password: String = String::from("{WORD}");'),
    "rust raw": ("rs", f'let secret = r#"{WORD}"#;'),
    "secret type": ("rs", f'password: SecretString::new("{WORD}"),'),
    "perl": ("pl", f"my $passwd = q({WORD});"),
    "ruby": ("rb", f"password = %q[{WORD}]"),
    "python, three quotes": ("py", f'password = """{WORD}"""'),
    "r": ("r", f'db_password <- "{WORD}"'),
    "visual basic": ("bas", f'Dim sPwd As String = "{WORD}"'),
    "qt": ("cpp", f'const auto password = QStringLiteral("{WORD}");'),
    "fallback in js": ("js", f"const password = process.env.DB_PASSWORD || '{WORD}'"),
    "fallback in php": ("php", f"$p = getenv('DB_PASSWORD') ?: '{WORD}';"),
    "second argument": ("rb", f"ENV.fetch('DB_PASSWORD', '{WORD}')"),
    "property's default": ("java", f'System.getProperty("db.password", "{WORD}")'),
    "rust default": ("rs", f'env::var("DB_PASSWORD").unwrap_or("{WORD}")'),
    "expansion": ("yml", f"pass: ${{DB_PASSWORD:-{WORD}}}"),
    "environment of a container": ("yml", f"- name: MYSQL_PASSWORD\n  value: {WORD}\n"),
    "task definition": ("json", f'{{"name": "DB_PASSWORD", "value": "{WORD}"}}'),
    "value first": ("json", f'{{"value": "{WORD}", "name": "DB_PASSWORD"}}'),
    "terraform": ("tf", f'{{\n  name = "DB_PASSWORD"\n  value = "{WORD}"\n}}'),
    "content": ("xml", f'<property name="jdbc.password">{WORD}</property>'),
    "content on its own line": ("xml", f'<prop key="db.password">\n  {WORD}\n</prop>'),
    "marked section": ("xml", f'<entry key="db.secret"><![CDATA[{WORD}]]></entry>'),
    "attributes reversed": ("xml", f'<add value="{WORD}" name="DbPassword"/>'),
    "variable of terraform": ("tf", f'variable "db_password" {{\n  default = "{WORD}"\n}}'),
    "parameter of a stack": ("yml", f"  DbPassword:\n    Type: String\n    Default: {WORD}\n"),
    "property list": ("plist", f"<key>password</key>\n\t<string>{WORD}</string>"),
    "short name": ("ini", f"wifi_psk={WORD}"),
    "spanish": ("md", f"Contraseña: {WORD}"),
    "russian": ("txt", f"Пароль: {WORD}"),
    "chinese": ("yml", f"密码: {WORD}"),
    "german, umlaut": ("ini", "passwort=Käse" + "kuchen9"),
    "bang first": ("env", "DB_PASS=!Winter" + "2019!"),
}
NOTHING = {
    "no lookup": ("js", f"const a = password || '{WORD}'.length"),
    "lookup alone": ("py", "password = os.environ.get('DB_PASSWORD')"),
    "lookup's default is empty": ("py", "os.environ.get('DB_PASSWORD', '')"),
    "required": ("sh", "${DB_PASSWORD:?must be set}"),
    "nested expansion": ("sh", "${DB_PASSWORD:-${OTHER_PASSWORD}}"),
    "secret reference": (
        "yml",
        "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db1creds\n",
    ),
    "next entry": ("yml", f"- name: DB_PASSWORD\n- name: OTHER\n  value: {WORD}\n"),
    "template": ("yml", "- name: DB_PASSWORD\n  value: {{ .Values.pw }}\n"),
    "string of an app": ("xml", '<string name="password">Kennwort eingeben</string>'),
    "call": ("rs", "let password = String::from(value1);"),
    "yaml tag": ("yml", "password: !vault |"),
    "tag with a name": ("yml", "password: !secret wifi1"),
    "translated": ("po", "password: Пароль"),
    "power": ("v", "assign pw_on = vdd1;"),
    "key of a table": ("py", "PRIMARY_KEY = 'id'"),
}


def values(engine: LineEngine, suffix: str, text: str) -> set[str]:
    data = text.encode()
    matches = engine.scan(data, suffix)[0]
    return {data[m.start : m.end].decode() for m in matches if m.rule_id == "named-value"}


@pytest.mark.parametrize(("suffix", "text"), FOUND.values(), ids=FOUND)
def test_a_value_that_belongs_to_a_name_is_found(
    suffix: str, text: str, line_engine: LineEngine
) -> None:
    found = values(line_engine, suffix, text)
    assert len(found) == 1
    assert found.pop() in (WORD, "Käse" + "kuchen9", "!Winter" + "2019!")


@pytest.mark.parametrize(("suffix", "text"), NOTHING.values(), ids=NOTHING)
def test_what_only_stands_near_a_name_is_not_taken(
    suffix: str, text: str, line_engine: LineEngine
) -> None:
    assert values(line_engine, suffix, text) == set()
