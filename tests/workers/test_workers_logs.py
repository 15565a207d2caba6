from __future__ import annotations

from workers.logs import drop_content


def test_keys_that_could_carry_content_are_taken_out_and_named() -> None:
    event = {"event": "scan", "job": "job_1", "content": "x", "match": "y"}
    assert drop_content(None, "info", event) == {
        "event": "scan",
        "job": "job_1",
        "dropped_keys": ["content", "match"],
    }


def test_identifiers_pass() -> None:
    assert drop_content(None, "info", {"event": "scan", "job": "job_1"}) == {
        "event": "scan",
        "job": "job_1",
    }
