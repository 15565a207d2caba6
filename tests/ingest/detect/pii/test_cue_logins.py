from __future__ import annotations

from collections.abc import Callable

import pytest

Find = Callable[..., list[tuple[str, str]]]


def logins(found: list[tuple[str, str]]) -> list[str]:
    return [value for kind, value in found if kind == "USERNAME"]


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        ("// FIXME hmiller: negative amounts\n", "java", ["hmiller"]),
        ("# TODO annegret: later\n", "py", ["annegret"]),
        ("*.sql  @hzornedal @k-voss @org/team\n# @nobody1 said\n", "codeowners",
         ["hzornedal", "k-voss"]),
        ('# TODO(hzornedal): later\nnotify(user="hzornedal")\n', "py", ["hzornedal"]),
        ("# NOTE: ask @heidi_z on chat\n", "py", ["heidi_z"]),
        ('1.2.3.4 - hzornedal [12/Mar/2023:08:11:02 +0100] "GET / HTTP/1.1" 200 1\n', "log",
         ["hzornedal"]),
        ("sshd[1]: Accepted password for hzornedal from 1.2.3.4 port 5 ssh2\n", "log",
         ["hzornedal"]),
        ("session opened for user hzornedal by (uid=0)\n", "log", ["hzornedal"]),
        ("dn: uid=hzornedal,ou=people,dc=web\n", "ldif", ["hzornedal"]),
        ("hzornedal:x:1004:1004::/srv:/bin/sh\nmail:x:8:12::/:/bin/sh\n", "", ["hzornedal"]),
        ("Key,Assignee,Reporter\nX-1,hmiller,h.zornedal\n", "csv", ["hmiller", "h.zornedal"]),
    ],
)  # fmt: skip
def test_a_login_is_found_where_accounts_are_named(
    text: str, suffix: str, names: list[str], find: Find
) -> None:
    assert logins(find(text, suffix)) == names


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("// FIXME refactor: negative amounts\n", "java"),
        ("// TODO perf: slow\n", "java"),
        ("# TODO(parser): later\nparser = 1\n", "py"),
        ("# @heidi_z\ndef f(): ...\n", "py"),
        ('1.2.3.4 - - [12/Mar/2023:08:11:02 +0100] "GET / HTTP/1.1" 200 1\n', "log"),
        ("Failed waiting for function to end\n", "log"),
        ("sshd[1]: Failed password for root from 1.2.3.4 port 5 ssh2\n", "log"),
        ("uid=hzornedal,ou=people,dc=example,dc=com", "ldif"),
        ("nobody:x:65534:65534::/:/bin/sh\n", ""),
        ("Key,Assignee\nX-1,unassigned\nX-2,platform\n", "csv"),
        ("*.sql @org/team\n", "codeowners"),
    ],
)
def test_topics_roles_and_identifiers_are_no_logins(text: str, suffix: str, find: Find) -> None:
    assert logins(find(text, suffix)) == []


@pytest.mark.parametrize(
    ("text", "suffix", "names"),
    [
        ("INFO user Zzelma Bzornedal (zbzornedal) signed in\n", "log", ["zbzornedal"]),
        ('name = "Zzelma O\'Bzorn"\ngithub = "zzelmab"\n', "toml", ["zzelmab"]),
        ('User(2, name = "Zzelma Bzorn", login = "zbzorn")', "kt", ["zbzorn"]),
        ('{"username": "hmiller", "age": 4}', "json", ["hmiller"]),
        ("ssh hmiller@bastion", "sh", ["hmiller"]),
        ("login ok user=hmiller ip=x", "log", ["hmiller"]),
    ],
)
def test_a_login_that_is_made_of_a_name_fills_its_field(
    text: str, suffix: str, names: list[str], find: Find
) -> None:
    assert logins(find(text, suffix)) == names


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ('user = "postgres"\nlogin: "readonly"', "toml"),
        ('username = "username"', "py"),
        ("Zzelma Bzornedal (optional)", "md"),
        ('name = "Zzelma Bzorn"\nlogin = "deploy"', "toml"),
    ],
)
def test_an_account_of_nobody_is_left(text: str, suffix: str, find: Find) -> None:
    assert logins(find(text, suffix)) == []
