from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.pii.zones import Lines, Zones
from ingest.domain.text import ScanText


def text(data: str, suffix: str) -> ScanText:
    return ScanText(blob_id="0" * 40, suffix=suffix, data=data.encode())


def plainly(data: str, suffix: str, rule: str = "person.listed") -> bool:
    start = data.encode().index(b"Mira")
    return bool(Lines(text(data, suffix)).admits(rule, start, start + 4))


def test_a_comment_line_or_an_open_quote_needs_no_parser() -> None:
    assert plainly("  # by Mira\n", "py")
    assert plainly("x = 'by Mira Voss'\n", "py")
    assert plainly('{"a": "Mira"}', "json")
    assert not plainly("x = Mira\n", "py")
    assert not plainly("x = 'a' + Mira + 'b'\n", "py")
    assert not plainly("x = 'it\\'s' + Mira\n", "py")


def test_a_login_needs_no_parser_in_a_comment_line_alone() -> None:
    assert plainly("  # by @Mira\n", "py", "username.mention")
    assert not plainly("x = 'by @Mira'\n", "py", "username.mention")
    assert not plainly('{"a": "by @Mira"}', "json", "username.mention")


def test_a_list_in_a_string_over_many_lines_is_no_comment() -> None:
    assert not plainly('x = """\n* by @Mira\n""";', "java", "username.mention")
    assert plainly("/*\n * by @Mira\n */", "java", "username.mention")


SOURCES = st.lists(
    st.sampled_from(
        [
            "/*",
            "*/",
            "//",
            "#",
            '"',
            "'",
            "\n",
            " ",
            "x = ",
            "(@Mira)",
            "\\",
            "*",
            "=begin\n",
            "=end\n",
            "<!--",
            "-->",
            "<p>",
            "<script>",
        ]
    ),
    max_size=14,
).map("".join)


@given(SOURCES, st.sampled_from(["java", "c", "go", "js", "rb", "sh", "yaml", "html", "xml"]))
def test_what_lines_refuse_the_parser_refuses_too(before: str, suffix: str) -> None:
    source = text(f"{before}(@Mira)\n", suffix)
    start = len(before.encode()) + 2
    if Lines(source).admits("username.mention", start, start + 4) is False:
        assert not Zones.of(source).admits("username.mention", start, start + 4)


@given(st.lists(st.sampled_from(["'", '"', "\\", "a", "Mira ", "\n"]), max_size=30).map("".join))
def test_a_line_that_is_read_on_is_read_as_from_its_start(source: str) -> None:
    one = Lines(text(source, "py"))
    for at in [n for n in range(len(source)) if source.startswith("Mira", n)]:
        fresh = Lines(text(source, "py")).admits("person.listed", at, at + 4)
        assert one.admits("person.listed", at, at + 4) is fresh


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


@given(st.text("a\"'\\\\ ", min_size=1, max_size=60), st.lists(st.integers(0, 60), max_size=9))
def test_what_is_remembered_of_a_long_line_changes_no_answer(body: str, places: list[int]) -> None:
    text = ScanText(blob_id="0" * 40, suffix="py", data=body.encode())
    lines = Lines(text)
    for start in sorted(places):
        again = Lines(text).admits("person.marked", start, start + 1)
        assert lines.admits("person.marked", start, start + 1) is again


def test_no_part_of_a_long_line_without_quotes_is_read_twice() -> None:
    text = ScanText(blob_id="0" * 40, suffix="py", data=b"x " * 2000)
    lines = Lines(text)
    lines.admits("person.marked", 3000, 3001)
    assert [read_to for read_to, _ in lines._read.values()] == [2999]
