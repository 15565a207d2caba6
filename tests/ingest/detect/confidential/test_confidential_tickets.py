from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.detect.confidential.tickets import Tickets, ticket_expressions
from ingest.detect.funnel import Funnel, Pattern
from ingest.domain.finding import Category

Find = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("text", "tickets"),
    [
        ("# PAY-1234: fix", ["PAY-1234"]),
        ("[PAY-1] (OPS2-77)", ["PAY-1", "OPS2-77"]),
        ("feature/pay-12-retry", ["pay-12"]),
        ("test_PAY-9", ["PAY-9"]),
        ("/browse/PAY-31?x", ["PAY-31"]),
        ("see PAY-5.", ["PAY-5"]),
        ("REPAY-12", []),
        ("PAY-0", []),
        ("PAY-12a", []),
        ("PAY-12.5", []),
        ("PAY 12", []),
        ("UTF-8", []),
        ("SHA-256", []),
        ("PAY-12345678", []),
        ("x-PAY-12", []),
        ("Pay-12", []),
    ],
)
def test_only_configured_prefixes_with_a_number_are_tickets(
    text: str, tickets: list[str], find: Find
) -> None:
    assert find(text, Category.TICKET_ID) == tickets


def test_a_prefix_that_begins_another_takes_nothing_from_it() -> None:
    prefixes = ("OPS", "OPS2")
    funnel = Funnel(
        [Pattern(id=n, expression=e) for n, e in enumerate(sorted(ticket_expressions(prefixes)))]
    )
    data = b"OPS2-7 OPS-8"
    ends = sorted(end for ends in funnel.hits(data).values() for end in ends)
    spans = {data[m.start : m.end] for m in Tickets(prefixes).matches(data, ends)}
    assert spans == {b"OPS2-7", b"OPS-8"}
