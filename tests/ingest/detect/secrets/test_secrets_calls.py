"""Arguments that are secrets by their place in a call."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.funnel import Funnel, Pattern
from ingest.detect.secrets.calls import EXPRESSIONS, argument_secrets

FUNNEL = Funnel([Pattern(id=0, expression=expression) for expression in EXPRESSIONS])
WORD = "Apfel" + "strudel7"

FOUND = {
    "java": f'DriverManager.getConnection(URL, "bob", "{WORD}");',
    "java over lines": f'DriverManager.getConnection(\n    url(),\n    user,\n    "{WORD}")',
    "comma in a string": f'mysqli_connect("a,b", f(1, 2), \'{WORD}\', "db")',
    "c#": f'new NetworkCredential("bob", @"{WORD}")',
    "go": f'req.SetBasicAuth(user, "{WORD}")',
    "go mail": f'smtp.PlainAuth("", "bob@acme.dev", "{WORD}", host)',
    "python": f'requests.get(u, auth=HTTPBasicAuth("bob", "{WORD}"))',
    "python key": f'AES.new(b"{WORD}x", AES.MODE_CBC)',
    "javascript": f"jwt.sign({{ id: user.id, n: [1, 2] }}, '{WORD}', {{}})",
    "hmac": f"crypto.createHmac('sha256', '{WORD}')",
    "ruby": f"conn.request :basic_auth, 'bob', '{WORD}'",
    "arduino": f'WiFi.begin("net", "{WORD}");',
    "bytes of": f'new SecretKeySpec("{WORD}".getBytes(UTF_8), "AES")',
}
NOTHING = {
    "variable": 'DriverManager.getConnection(url, "bob", password)',
    "other place": f'DriverManager.getConnection("{WORD}", user, password)',
    "too few": f'DriverManager.getConnection("{WORD}")',
    "stand-in": 'new NetworkCredential("user", "password")',
    "lookup": "jwt.sign(payload, process.env.SECRET1)",
    "built": f'req.SetBasicAuth(user, "{WORD}" + suffix)',
    "longer name": f'myGetSetBasicAuthor("a", "{WORD}")',
    "definition": "def basic_auth(user, password):",
    "sentence": 'new NetworkCredential("bob", "please set one 1")',
    "template": 'new mysqli("h", "u", "{{db_password}}")',
}


def secrets(text: str) -> list[str]:
    data = text.encode()
    ends = FUNNEL.hits(data).get(0, [])
    return [data[m.start : m.end].decode() for m in argument_secrets(data, ends)]


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND)
def test_the_literal_in_the_secret_place_is_found(text: str) -> None:
    assert [value.rstrip("x") for value in secrets(text)] == [WORD]


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_no_other_argument_is_taken(text: str) -> None:
    assert secrets(text) == []


@given(st.text(alphabet="ab(),\"'\\ \n", max_size=60))
def test_whatever_follows_a_call_the_values_lie_inside(rest: str) -> None:
    text = "AES.new(" + rest
    assert all(value in text for value in secrets(text))
