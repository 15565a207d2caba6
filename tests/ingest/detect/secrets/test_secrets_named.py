"""What people write by hand: names, signs, values, and what only looks like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.funnel import Funnel, Pattern
from ingest.detect.secrets.named import named_values
from ingest.detect.secrets.naming import NAME_EXPRESSIONS
from ingest.detect.secrets.plausible import Kind

KINDS = tuple(Kind)
FUNNEL = Funnel(
    [Pattern(id=KINDS.index(kind), expression=words) for kind, words in NAME_EXPRESSIONS]
)
WORD, TOKEN = "hun" + "ter2", "kkk9" + "d7dh3k39sjv7"

FOUND = {
    "properties": ("properties", f"db.password: {WORD}"),
    "environment": ("env", f"export DB_PASS={WORD}!"),
    "dockerfile": ("dockerfile", f"FROM a\nENV ROOT_PASSWORD {WORD}\n"),
    "xml element": ("xml", f"<password>{WORD}</password>"),
    "xml attribute": ("xml", f'<add key="DbPassword" value="{WORD}"/>'),
    "name and value": ("json", f'{{"name": "x", "password", "value": "{WORD}"}}'),
    "json": ("json", f'{{"passwd": "{WORD}"}}'),
    "javascript key": ("js", f"const a = {{ passphrase: '{WORD}' }}"),
    "python keyword": ("py", f'connect(user="bob", password="{WORD}")'),
    "python bytes": ("py", f'SECRET_KEY = b"{WORD}"'),
    "annotated": ("py", f'password: str = "{WORD}"'),
    "go": ("go", f'pwd := "{WORD}"'),
    "csharp attribute": ("cs", f'[Login(Password = "{WORD}")]'),
    "setter": ("java", f'config.setPassword("{WORD}");'),
    "php": ("php", f"'cookieValidationKey' => '{TOKEN}',"),
    "comparison": ("go", f'if password == "{WORD}" {{'),
    "connection string in code": ("cs", f'var c = "Server=h;Password={WORD};";'),
    "query in code": ("py", f'url = "http://h/x?oauth_token={TOKEN}&a=1"'),
    "option": ("sh", f"run --user bob --password {WORD} --help"),
    "sql": ("md", f"alter user bob identified by {WORD} container=all;"),
    "wrapped": ("java", f'Value password = new StringValue("{WORD}2x");'),
    "consumer key": ("js", f"oauth_consumer_key: '{TOKEN}',"),
    "salt": ("rb", 'salt = "7e3041ebc2fc05a40c60028e2c49"'),
    "letters that somebody chose": ("yml", "jwt_secret: " + "asdasda" + "sifhueuiwy"),
    "default": ("yml", "password: change" + "it"),
    "scrambled letters": ("yml", "secret-key: kQwIOrYv" + "nXmSDkwEiFngrKid"),
    "ampersand": ("yml", "password: Brook" + "&Fjord29"),
    "two letters' cases": ("properties", "password.admin=oak" + "Apples"),
    "signs and letters beyond ASCII": ("php", "$pass = 'żurek" + "-z-jajkiem';"),
    "word of another language in a name": ("cs", f'var adminWachtwoord = "{WORD}";'),
    "option of a server": ("yml", f"command: redis-server --requirepass {WORD}"),
    "option in a list": ("yml", 'command: ["x", "--requirepass", "elm' + 'harvest"]'),
    "option with a full stop": ("sh", "x --password Hy4cinth" + ".Blue"),
    "directive": ("gradle", '    storePassword "elm' + 'harvest"\n'),
    "put": ("java", 'props.put("db.password", "elm' + 'harvest");'),
    "keyword of Clojure": ("clj", '{:user "app" :password "elm' + 'harvest"}'),
    "variable of Emacs": ("el", f'(setq mail-password "{WORD}")'),
    "option of Emacs": ("el", f'(defcustom forge-token "{TOKEN}" "Doc." :type (quote string))'),
    "definition of Clojure": ("clj", f'(def db-pass "{WORD}") ; for now'),
    "binary of Erlang": ("erl", f'{{password, <<"{WORD}">>}}.'),
    "map of Erlang": ("erl", f'#{{password => <<"{WORD}">>}}'),
    "macro of Erlang": ("erl", f'-define(DB_PASSWORD, "{WORD}").'),
    "secret of OAuth": ("env", "TWITTER_OAUTH_SECRET=ixZ0ncf" + "LlzTpIsHzNC"),
    "scrambled with one digit": ("env", "SESSION_TOKEN=ixZ0ncf" + "LlzTpIsHzNC"),
    "list of Perl": ("pm", f"my ($db_user, $db_pass) = ('app', '{WORD}');"),
    "list in the middle": ("pm", f"my ($u, $password, $h) = ('app', '{WORD}', 'db9');"),
    "several names at once": ("go", f'user, pass := "app", "{WORD}"'),
    "tuple of Erlang": ("erl", '{password, "elm' + 'harvest"}.'),
    "key to sign with": ("js", 'const signingKey = "heron' + '-marsh-41";'),
    "pepper": ("rb", "c.pepper = 'oak" + "-bark-tannin'"),
    "word with a capital in an environment": ("env", "DB_PASS=Holz" + "kessel"),
    "word with a capital in quotes": ("json", '{"password": "Holz' + 'kesselchen"}'),
    "one word of secrets": ("env", "APP_SECRET=notreally" + "asecret"),
    "quotes doubled": ("csv", '1,"password = ""' + WORD + '"""'),
    "constructor": ("kt", 'val password = PasswordValue("elm' + '-harvest")'),
    "decoded": ("java", 'mgr.setCipherKey(Base64.decode("' + "kZ4hUIEXwT" + '3vY2nq6c0fBQX"));'),
    "element of an element": ("rb", "default['db']['password']['admin'] = 'elm" + "_harvest'"),
    "pair of Kotlin": ("kt", 'mapOf("apiSecret" to "elm' + '-harvest-7")'),
    "option with members": ("sh", "x --password plum" + ".cake"),
}

NOTHING = {
    "call": ("yml", "password = get_password()"),
    "lookup": ("py", 'password = os.environ["PASSWORD"]'),
    "lookup by call": ("py", 'password = os.getenv("DB_PASSWORD")'),
    "member": ("ini", "password = settings.database.password"),
    "variable in code": ("py", "login(password=password1)"),
    "expression in code": ("js", "token = tokens2[0]"),
    "template": ("yml", "password: {{ vault_password1 }}"),
    "shell variable": ("sh", "PASSWORD=$DB_PASSWORD1"),
    "stand-in": ("yml", "password: <your password1>"),
    "stand-in in words": ("yml", "password: your-password-here"),
    "mask": ("yml", "password: ********"),
    "drawn": ("yml", "token: xxxxxxxxxxxxxxxx"),
    "type": ("ts", "password: string;"),
    "type in quotes": ("json", '"password": "string"'),
    "required": ("php", "'password' => 'required',"),
    "label": ("js", "password: 'Enter your password'"),
    "translation": ("po", 'password: "Contraseña"'),
    "name": ("js", "password: 'newPassword'"),
    "field": ("html", '<input type="password" name="password1">'),
    "path": ("yml", "password: /run/secrets/db1"),
    "file": ("yml", "secret: tls1.pem"),
    "address": ("yml", "token: https://h.test/a1b2c3d4"),
    "file's name": ("yml", "password_file: a1b2c3d4"),
    "hash of one": ("yml", "password_hash: a1b2c3d4e5f6"),
    "length": ("yml", "password_length: 12345678"),
    "upper-case name": ("yml", "password: DB_PASSWORD_1"),
    "other word": ("py", 'compass = "a1b2c3d4"'),
    "longer word": ("py", 'tokenizer = "a1b2c3d4"'),
    "past tense": ("py", 'passed = "a1b2c3d4"'),
    "version": ("json", '"token": "1.22.333-rc1"'),
    "number": ("json", '"token": "1234567890"'),
    "plain token": ("js", 'token: "keyword.control"'),
    "prose": ("md", "The password is important."),
    "markup": ("html", '<li data-password-match-target="matchMessage1">'),
    "further parameter": ("txt", "http://h/x?password=a&next=page1b"),
    "prose of identity": ("c", "// nodes identified by their name1"),
    "name in backticks": ("md", "fields identified by `node_name`"),
    "prompt of Emacs": ("el", '(defcustom auth-password-prompt "Password: " "Doc2.")'),
    "number of Emacs": ("el", "(defvar password-cache-expiry 1600)"),
    "key of a map": ("el", "(define-key map password 'x1y2z3)"),
    "field in Erlang": ("erl", '-define(PASSWORD_FIELD, "password").'),
    "variable of Erlang": ("erl", "{password, Password1}"),
    "user's name by a setter": ("java", 'passwordParameters.setUsername("test-user1");'),
    "parameters of Perl": ("pm", "my ($user, $pass) = @_;"),
    "call for several": ("py", "user, password = get('a1', 'b2')"),
    "parts of a value": ("py", "password, salt = value.split('$1')"),
    "words with a number": ("env", "GITHUB_TOKEN=getUserByIdV2FromDb"),
    "back reference": ("php", '$secret = "\\3$secret";'),
    "encoding": ("py", 'password = password.encode("latin1")'),
    "lock file": ("lock", 'token = "a1b2c3d4e5"'),
    "pseudo-class": ("css", "input[type=password]:focus {"),
    "message about an option": ("c", 'puts("--password argument given twice");'),
    "sentence of a setting": ("md", "Password: whatever you set for it."),
    "weak of a password": ("properties", "password.weak=schwach"),
    "how often": ("yml", "token_renewal: every-12-hours"),
    "name of a resource": ("js", "secret: 'my-app-" + "credentials'"),
}


def values(text: str, suffix: str) -> list[str]:
    data = text.encode()
    hits = {KINDS[index]: ends for index, ends in FUNNEL.hits(data).items()}
    return [data[m.start : m.end].decode() for m in named_values(data, hits, suffix)]


@pytest.mark.parametrize("case", FOUND)
def test_a_value_with_a_secrets_name_is_found_and_nothing_around_it(case: str) -> None:
    suffix, text = FOUND[case]
    (value,) = values(text, suffix)
    assert value in text
    assert not set(value) & set("\"'<>;= \n")


@pytest.mark.parametrize("case", NOTHING)
def test_what_is_no_value_is_left_alone(case: str) -> None:
    suffix, text = NOTHING[case]
    assert values(text, suffix) == []


@given(text=st.text(alphabet="pasword=:'\"\\ \n<>(){}[].,-x1é", max_size=60))
def test_any_text_is_read_and_spans_lie_inside(text: str) -> None:
    data = f"password{text}".encode()
    hits = {KINDS[index]: ends for index, ends in FUNNEL.hits(data).items()}
    for suffix in ("py", "yml"):
        assert all(0 < m.start < m.end <= len(data) for m in named_values(data, hits, suffix))


@pytest.mark.parametrize("piece", ["password", "password=", "password='", "token: \\", "secret(a"])
def test_a_long_line_of_names_takes_linear_time(piece: str) -> None:
    # The whole test must end; a backtracking expression would not at this length.
    values(piece * (64 * 1024 // len(piece)), "txt")
