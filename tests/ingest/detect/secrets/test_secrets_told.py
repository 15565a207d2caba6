"""Passwords in remarks of programs, passphrases of words, and what only reads like them."""

from __future__ import annotations

import pytest

from ingest.detect.secrets.lines import LineEngine

RULE = "named-value"
WORD = "Apfel" + "strudel7"
PHRASE = "seven otters " + "juggle burnt toast"

FOUND = {
    "remark": (f"# pw: {WORD}", "py"),
    "remark behind code": (f"connect();  // password = {WORD}", "java"),
    "with more behind": (f"\t// passwd: {WORD} (ask before changing)", "go"),
    "block": (f"/* 密码\uff1a{WORD} */", "c"),
    "letters beyond ASCII": ("# lösenord: Midsommar" + "_stång", "py"),
    "wide colon in a text": (f"密码\uff1a{WORD}", "txt"),
    "array of C": (f'static const char password[] = "{WORD}";', "c"),
    "array of a size": (f'char wifi_psk[MAX_LEN] = "{WORD}";', "c"),
    "passphrase": (f'passphrase: "{PHRASE}"', "yml"),
    "seed": ('totp_seed = "3YZ7FXGOMUWP4' + 'CASCJZZTPX2"', "toml"),
    "passphrase of a network": ('psk="seven otters 19 ' + 'juggle"', "conf"),
    "passphrase in capitals": ("export SAFE_PASSPHRASE='seven owls " + "are in the barn'", "sh"),
}
NOTHING = {
    "type": ("# password: str, optional", "py"),
    "type with digits": ("// password: base64, or nothing", "go"),
    "argument": ("// password: user_password2 of the form", "java"),
    "member": ("# password = config.db2.value", "py"),
    "expression": ("x.password = other7", "py"),
    "preprocessor": ("#define A password=B4rbar", "c"),
    "token in a remark": ("# token: abc123def456", "py"),
    "element": ("password[0] = other7;", "c"),
    "array of names": ('char *password[] = {"Kirmes77"};', "c"),
    "sentence": ('passphrase: "enter the words of your choice"', "yml"),
    "other name": (f'password_hint: "{PHRASE}"', "yml"),
    "demand": ("Passwort: mindestens 12 Zeichen", "md"),
}


def values(engine: LineEngine, text: str, suffix: str) -> list[str]:
    data = text.encode()
    return [
        data[m.start : m.end].decode() for m in engine.scan(data, suffix)[0] if m.rule_id == RULE
    ]


@pytest.mark.parametrize(("text", "suffix"), FOUND.values(), ids=FOUND)
def test_a_password_that_people_tell_is_found(
    text: str, suffix: str, line_engine: LineEngine
) -> None:
    found = values(line_engine, text, suffix)
    assert len(found) == 1
    assert found[0].startswith(("Apfel", "Mid", "seven", "3YZ"))
    assert found[0].isalnum() or found[0][-1].isalpha()


@pytest.mark.parametrize(("text", "suffix"), NOTHING.values(), ids=NOTHING)
def test_what_remarks_say_of_arguments_is_not(
    text: str, suffix: str, line_engine: LineEngine
) -> None:
    assert values(line_engine, text, suffix) == []
