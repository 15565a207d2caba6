"""The filter grammar: one spelling of a query, and nothing that is not understood."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.asking import MAX_LIMIT, Filter, Op, Position, Query
from workers.reading import Field, Kind, QueryRefused, parse_query, parse_url, url_of
from workers.reading.cursors import read_cursor, write_cursor

FIELDS = {
    "rule": Field(does="Rule.", is_sortable=True),
    "lane": Field(does="Lane.", kind=Kind.CHOICE, choices=("legal", "privacy")),
    "path": Field(does="Path.", kind=Kind.PATH),
    "seen": Field(does="When.", kind=Kind.MOMENT, is_sortable=True),
    "size": Field(does="Bytes.", is_sortable=True, is_filter=False),
}
TEXT = st.text(
    st.characters(exclude_categories=("C", "Z"), include_characters=" "),
    min_size=1,
    max_size=20,
).filter(lambda t: t == t.strip())
POSITIONS = st.lists(TEXT | st.integers(-(2**62), 2**62) | st.none(), min_size=1, max_size=2).map(
    tuple
)


def parsed(params: list[tuple[str, str]]) -> Query | QueryRefused:
    try:
        return parse_query(params, FIELDS)
    except QueryRefused as error:
        return error


def several(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(values, min_size=1, max_size=4).map(lambda found: tuple(sorted(set(found))))


@st.composite
def queries(draw: st.DrawFn) -> Query:
    days = st.dates().map(lambda day: (day.isoformat(),))
    times = st.datetimes(timezones=st.just(UTC)).map(
        lambda t: (t.isoformat().replace("+00:00", "Z"),)
    )
    plain = st.sampled_from([Op.ANY, Op.NONE])
    filters = draw(
        st.lists(
            st.builds(Filter, field=st.just("rule"), op=plain, values=several(TEXT))
            | st.builds(
                Filter,
                field=st.just("lane"),
                op=plain,
                values=several(st.sampled_from(["legal", "privacy"])),
            )
            | st.builds(
                Filter,
                field=st.just("path"),
                op=plain,
                values=several(st.sampled_from(["src/**", "*.py", "a b/", "[ab].c"])),
            )
            | st.builds(
                Filter,
                field=st.just("seen"),
                op=st.sampled_from([Op.AFTER, Op.BEFORE]),
                values=days | times,
            ),
            unique_by=lambda found: found.key,
        )
    )
    query = Query(
        filters=tuple(sorted(filters)),
        text=draw(st.just("") | TEXT),
        limit=draw(st.integers(1, MAX_LIMIT)),
        sort=draw(st.sampled_from(["", "rule", "-rule", "-seen", "size"])),
    )
    cursor = write_cursor(query, draw(POSITIONS)) if draw(st.booleans()) else ""
    return replace(query, cursor=cursor)


@given(queries())
def test_a_query_is_read_back_from_its_url(query: Query) -> None:
    url = url_of(query)
    assert parse_url(url, FIELDS) == query
    assert re.fullmatch(r"[A-Za-z0-9%&=._~*!/:,@-]*", url)


@given(st.lists(st.tuples(st.sampled_from(["rule", "rule!", "lane", "q", "seen_after"]), TEXT)))
def test_what_is_understood_has_one_spelling(params: list[tuple[str, str]]) -> None:
    query = parsed(params)
    if isinstance(query, QueryRefused):
        assert query.parameter in {key for key, _ in params}
        return
    assert parse_url(url_of(query), FIELDS) == query
    assert url_of(parse_query(list(reversed(params)), FIELDS)) == url_of(query)


@given(queries(), POSITIONS)
def test_a_cursor_gives_its_position_back_to_the_same_query(
    query: Query, position: Position
) -> None:
    again = replace(query, cursor=write_cursor(query, position))
    assert read_cursor(again) == position
    other = again.having(Filter(field="other", values=("x",)))
    with pytest.raises(ValueError, match="another list"):
        read_cursor(replace(other, cursor=again.cursor))


@given(st.text(max_size=60))
def test_no_text_makes_the_grammar_fail_in_another_way_than_by_refusing(text: str) -> None:
    for key in ("cursor", "limit", "sort", "seen_after", "path", "lane", "rule!", text):
        query = parsed([(key, text)])
        assert isinstance(query, Query) or query.parameter == key


@pytest.mark.parametrize(
    ("params", "parameter"),
    [
        ("colour=red", "colour"),
        ("lane=security", "lane"),
        ("seen=2026-01-01", "seen"),
        ("seen_after=yesterday", "seen_after"),
        ("seen_after=2026-01-01T10:00:00", "seen_after"),
        ("seen_after=2026-01-01&seen_after=2026-02-01", "seen_after"),
        ("rule_after=2026-01-01", "rule_after"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=ten", "limit"),
        ("limit=10&limit=20", "limit"),
        ("sort=lane", "sort"),
        ("sort=--rule", "sort"),
        ("size=7", "size"),
        ("cursor=%00", "cursor"),
        ("cursor=e30", "cursor"),
        ("path=[ab", "path"),
        ("rule=a%0Ab", "rule"),
    ],
)
def test_a_refusal_names_the_parameter(params: str, parameter: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        parse_url(params, FIELDS)
    assert refused.value.parameter == parameter
    assert parameter in refused.value.hint


def test_a_form_is_read_as_it_is_sent() -> None:
    query = parse_url("rule=b&rule=a&lane=&q=+token+&seen_after=&format=csv", FIELDS)
    assert query == Query(filters=(Filter(field="rule", values=("a", "b")),), text="token")
    assert query.values("rule") == ("a", "b")
    assert url_of(query.without("rule")) == "q=token"


def test_a_time_of_any_zone_is_one_moment() -> None:
    query = parse_url("seen_before=2026-01-01T01:30:00%2B01:00", FIELDS)
    assert query.filters[0].moment == datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
    assert query == parse_url("seen_before=2026-01-01T01:30:00+01:00", FIELDS)
    day = parse_url("seen_before=2026-01-01", FIELDS).filters[0].moment
    assert query.filters[0].moment - day == timedelta(minutes=30)
