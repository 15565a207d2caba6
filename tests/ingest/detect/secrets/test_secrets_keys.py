from __future__ import annotations

import pytest

from ingest.detect.secrets.keys import has_armour
from ingest.detect.secrets.lines import LineEngine
from ingest.domain.finding import Category

HEAD, TAIL = "-----BEGIN {}PRIVATE" + " KEY{}-----", "-----END {}PRIVATE" + " KEY{}-----"
BODY = "MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9Oi7"


def block(kind: str = "RSA ", suffix: str = "", joint: str = "\n") -> str:
    return joint.join((HEAD.format(kind, suffix), BODY, BODY, TAIL.format(kind, suffix)))


def keys(engine: LineEngine, text: str) -> list[str]:
    matches, _ = engine.scan(text.encode(), "py")
    return [text[m.start : m.end] for m in matches if m.category is Category.PRIVATE_KEY]


@pytest.mark.parametrize(
    ("body", "is_key"),
    [
        (f"{BODY}\n{BODY}", True),
        (f"{BODY}...", False),
        ("\\n); writer.append(encodeThePrivateKeyOfTheServer(key));", False),
        (f"{BODY}\n" * 9 + "...\n", True),
    ],
)
def test_a_block_counts_where_it_shows_key_material(body: str, *, is_key: bool) -> None:
    text = "\n".join((HEAD.format("", ""), body, TAIL.format("", "")))
    assert has_armour(text.encode()) is is_key


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED ", "ANY "])
def test_a_block_is_found_whole(kind: str, line_engine: LineEngine) -> None:
    text = f"a = 1\n{block(kind)}\nb = 2\n"
    assert keys(line_engine, text) == [block(kind)]


def test_an_openpgp_block_is_found_whole(line_engine: LineEngine) -> None:
    text = block("PGP ", " BLOCK")
    assert keys(line_engine, text) == [text]


@pytest.mark.parametrize("joint", ["\\n", "\r\n", '\\n" +\n    "', "\n    "])
def test_a_block_is_found_however_it_is_quoted(joint: str, line_engine: LineEngine) -> None:
    text = block(joint=joint)
    assert keys(line_engine, f'key = "{text}"') == [text]


def test_two_blocks_are_two_keys(line_engine: LineEngine) -> None:
    assert keys(line_engine, f"{block()}\n{block()}") == [block(), block()]


def test_a_block_without_an_end_reaches_as_far_as_its_armour(line_engine: LineEngine) -> None:
    head = HEAD.format("RSA ", "")
    (found,) = keys(line_engine, f"{head}\n{BODY}\n{BODY}\n(cut off)")
    assert found.startswith(head)
    assert found.count(BODY) == 2


@pytest.mark.parametrize("text", ["{}", 'if "{}" in text:', "{}\nshort\n"])
def test_a_header_without_key_material_is_no_key(text: str, line_engine: LineEngine) -> None:
    assert keys(line_engine, text.format(HEAD.format("RSA ", ""))) == []


@pytest.mark.parametrize("kind", ["PUBLIC", "CERTIFICATE"])
def test_public_armour_is_no_key(kind: str, line_engine: LineEngine) -> None:
    assert keys(line_engine, f"-----BEGIN {kind} KEY-----\n{BODY}\n-----END {kind} KEY-----") == []


def test_a_putty_key_is_found_whole(line_engine: LineEngine) -> None:
    text = "PuTTY-User-Key" + f"-File-3: ssh-rsa\nPrivate-Lines: 1\n{BODY}\nPrivate-MAC: 0a1b2c"
    assert keys(line_engine, f"x\n{text}\n") == [text]
