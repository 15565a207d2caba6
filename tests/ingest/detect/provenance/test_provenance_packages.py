"""Installed Python packages and the metadata beside them."""

from __future__ import annotations

from ingest.detect.provenance.packages import installed_members, is_record, likely_members

PLACE = b"venv/lib/site-packages/"
RECORD = PLACE + b"My_Tool-1.2.dist-info/RECORD"


def test_lists_of_installed_files_are_known_by_their_place() -> None:
    assert is_record(RECORD)
    assert is_record(b"a-1.dist-info/RECORD")
    assert not is_record(b"docs/RECORD")


def test_members_are_top_directories_and_files_without_metadata() -> None:
    text = b"""my_tool/__init__.py,sha256=x,10
my_tool/sub/a.py,sha256=y,2
single.py,,
"odd,name.py",,
../../bin/tool,sha256=z,3
My_Tool-1.2.dist-info/METADATA,,
"""
    found = list(installed_members(RECORD, text))

    assert found == [PLACE + b"my_tool", PLACE + b"single.py", PLACE + b"odd"]


def test_without_a_list_the_name_is_all_there_is() -> None:
    assert list(likely_members(RECORD)) == [PLACE + b"My_Tool", PLACE + b"My_Tool.py"]
