"""Cells under a head that names a secret."""

from __future__ import annotations

import pytest

from ingest.detect.secrets.columns import RULE_ID
from ingest.detect.secrets.lines import LineEngine

HASH = "ab" * 16
WORD, OTHER = "Apfel" + "strudel7", "kirsch" + "torte"

FOUND = {
    "insert": (
        "sql",
        f"INSERT INTO users (id, x, passwd) VALUES (1, 'a, (b)', '{WORD}'),\n(2, f(), '{OTHER}');",
    ),
    "insert, one line, quotes": (
        "php",
        f"$q = \"INSERT INTO `u` (`login`,`password`) VALUES ('o','{WORD}'),('p','{OTHER}')\";",
    ),
    "separated": ("csv", f'login;Passwort;mail\nbob;{WORD};a@b\n"x;y";{OTHER};c@d\n'),
    "tabs": ("tsv", f"host\tpwd\nh\t{WORD}\nh2\t{OTHER}\n"),
    "markdown": (
        "md",
        f"\n| System | Password |\n|:---|---:|\n| a | `{WORD}` |\n| b | {OTHER} |\n\nend | no\n",
    ),
    "pgpass": ("", f"# mine\ndb:5432:shop:bob:{WORD}\n*:*:*:root:{OTHER}\n"),
}
NOTHING = {
    "hashes": f"INSERT INTO u (id, password) VALUES (1, '{HASH}'), (2, '$2y$10$abcdefgh');",
    "no such column": f"INSERT INTO u (id, name) VALUES (1, '{WORD}');",
    "parameters": "INSERT INTO u (id, password) VALUES (?, :password);",
    "no list": f"INSERT INTO u VALUES (1, '{WORD}');",
    "name of a column": "| Option | Password policy |\n|---|---|\n| x | strict7strict |\n",
    "other lines": f"db:5432:shop:bob:{WORD}\nand prose behind it\n",
}


def cells(engine: LineEngine, suffix: str, text: str) -> list[str]:
    data = text.encode()
    matches = engine.scan(data, suffix)[0]
    return [data[m.start : m.end].decode() for m in matches if m.rule_id == RULE_ID]


@pytest.mark.parametrize(("suffix", "text"), FOUND.values(), ids=FOUND)
def test_the_cells_of_a_secret_column_are_found(
    suffix: str, text: str, line_engine: LineEngine
) -> None:
    assert cells(line_engine, suffix, text) == [WORD, OTHER]


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_other_cells_are_not(text: str, line_engine: LineEngine) -> None:
    assert cells(line_engine, "", text) == []
