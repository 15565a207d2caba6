from __future__ import annotations

import pytest

from ingest.detect.pii.logins import login_recognizers


def logins(text: str) -> dict[str, list[str]]:
    return {
        recognizer.name: [text[r.start : r.end] for r in results]
        for recognizer in login_recognizers()
        if (results := recognizer.analyze(text, ["USERNAME"]))
    }


@pytest.mark.parametrize(
    ("text", "rule", "login"),
    [
        ("TODO(mquendrel): x", "username.note", "mquendrel"),
        ("FIXME [m_q] x", "username.note", "m_q"),
        ("/home/mquendrel/a.txt", "username.home", "mquendrel"),
        ("D:\\Users\\mquendrel", "username.home", "mquendrel"),
        ("by @mquendrel,", "username.mention", "mquendrel"),
    ],
)
def test_each_rule_spans_the_login_alone(text: str, rule: str, login: str) -> None:
    assert logins(text) == {rule: [login]}


@pytest.mark.parametrize(
    "text",
    [
        "TODO: x",
        "todo(list)",
        "https://kestrel.io/home/page/x",
        "/home/index.html",
        "a@bcd",
        "@@abc",
    ],
)
def test_near_misses_are_no_logins(text: str) -> None:
    assert logins(text) == {}


def test_scores_differ_so_that_presidio_has_a_choice() -> None:
    scores = [recognizer.score for recognizer in login_recognizers()]
    assert len(set(scores)) == len(scores)
