"""Read models: what pages, API and exports show, each list asked for in one grammar."""

from store.asking import DEFAULT_LIMIT, MAX_LIMIT, Filter, Op, Query
from workers.reading.grammar import Field, Kind, QueryRefused, parse_query, parse_url, url_of
from workers.reading.page import Page, as_json

__all__ = [
    "DEFAULT_LIMIT",
    "MAX_LIMIT",
    "Field",
    "Filter",
    "Kind",
    "Op",
    "Page",
    "Query",
    "QueryRefused",
    "as_json",
    "parse_query",
    "parse_url",
    "url_of",
]
