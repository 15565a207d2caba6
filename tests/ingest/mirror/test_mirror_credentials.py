from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import ConfigurationError
from ingest.mirror.credentials import resolve_credential, resolve_key_file

TOKEN = "tok" + "en-1"


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        (TOKEN, f"username=git\npassword={TOKEN}\n"),
        (f"bot:{TOKEN}:x\n", f"username=bot\npassword={TOKEN}:x\n"),
    ],
)
def test_a_reference_becomes_lines_of_the_credential_protocol(
    value: str, lines: str, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text(value)
    by_name = resolve_credential("env:NAME", {"NAME": value})
    by_file = resolve_credential(f"file:{tmp_path / 'file'}", {})
    assert by_name._value == by_file._value == lines.encode()
    assert TOKEN not in repr(by_name)


@pytest.mark.parametrize(
    "value", ["", "\n", "bot:", "a\nhost=evil.example", "a\0b", "a\rb", "x" * 20_000]
)
def test_a_value_that_could_forge_a_line_is_refused_unseen(value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        resolve_credential("env:NAME", {"NAME": value})
    assert "evil" not in str(caught.value)


@pytest.mark.parametrize("reference", ["env:ABSENT", "file:/nonexistent/token", "token", "exec:x"])
def test_a_reference_that_names_nothing_is_refused(reference: str) -> None:
    with pytest.raises(ConfigurationError):
        resolve_credential(reference, {})


def test_a_key_file_is_named_and_not_read(tmp_path: Path) -> None:
    key = tmp_path / "id"
    key.touch(mode=0o000)
    assert resolve_key_file(f"file:{key}") == key
    for reference in ("env:NAME", "file:relative", f"file:{tmp_path / 'absent'}"):
        with pytest.raises(ConfigurationError):
            resolve_key_file(reference)
