from __future__ import annotations

from ingest.detect.pii.engine import Hit
from ingest.detect.pii.place import Place, drop, first_reason
from ingest.domain.finding import Category, Confidence


def place(text: str, value: str) -> Place:
    data = text.encode()
    start = data.index(value.encode())
    hit = Hit(category=Category.PERSON, rule="r", start=start, end=start + len(value.encode()))
    return Place(data=data, hit=hit)


def test_context_ends_at_the_line() -> None:
    here = place("one\ntwo Mira three\nfour", "Mira")
    assert (here.value, here.before(), here.after()) == ("Mira", "two ", " three")


def test_acceptance_can_trim_both_ends() -> None:
    verdict = place("x Mira", "Mira").accept(confidence=Confidence.LOW, skip=1, cut=2)
    assert (verdict.start, verdict.end, verdict.is_accepted) == (3, 4, True)


def test_a_dropped_hit_keeps_its_reason() -> None:
    assert not drop("x").is_accepted
    checks = iter([("a", False), ("b", 1), ("c", True)])
    assert first_reason(checks) == "b"
    assert next(checks)[0] == "c"  # was not asked
    assert first_reason([("a", None)]) == ""
