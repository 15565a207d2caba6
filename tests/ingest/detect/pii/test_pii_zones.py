from __future__ import annotations

from ingest.detect.pii.zones import Zones, is_plainly_written
from ingest.domain.text import ScanText


def text(data: str, suffix: str) -> ScanText:
    return ScanText(blob_id="0" * 40, suffix=suffix, data=data.encode())


def plainly(data: str, suffix: str) -> bool:
    start = data.encode().index(b"Mira")
    return is_plainly_written(text(data, suffix), start, start + 4)


def test_a_comment_line_or_an_open_quote_needs_no_parser() -> None:
    assert plainly("  # by Mira\n", "py")
    assert plainly("x = 'by Mira Voss'\n", "py")
    assert plainly('{"a": "Mira"}', "json")
    assert not plainly("x = Mira\n", "py")
    assert not plainly("x = 'a' + Mira + 'b'\n", "py")
    assert not plainly("x = 'it\\'s' + Mira\n", "py")


def test_names_may_stand_in_strings_and_logins_may_not() -> None:
    source = "x = 'Mira'  # Mira\n"
    zones = Zones.of(text(source, "py"))
    assert zones.admits("person.listed", 5, 9)
    assert not zones.admits("username.mention", 5, 9)
    assert zones.admits("username.mention", 14, 18)
    assert not zones.admits("person.listed", 0, 1)
    assert zones.admits("email.address", 0, 1)


def test_an_unknown_language_is_all_natural() -> None:
    assert Zones.of(text("x", "nosuch")).admits("person.listed", 0, 1)
