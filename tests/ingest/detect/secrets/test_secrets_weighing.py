from __future__ import annotations

import pytest

from ingest.detect.secrets.matches import Match
from ingest.detect.secrets.weighing import weigh_match
from ingest.domain.finding import Category, Confidence

TOKEN = b"AK" + b"IA" + b"Q3EGPVXH7T2JWK5M"
RUN = b"aGVsbG8gd29ybGQh" * 4


def weighed(data: bytes, value: bytes, category: Category) -> Match:
    start = data.index(value)
    match = Match(
        start=start,
        end=start + len(value),
        detector_id="d",
        rule_id="r",
        category=category,
        confidence=Confidence.HIGH,
    )
    result = weigh_match(data, match)
    assert (result.start, result.end) == (match.start, match.end)
    return result


@pytest.mark.parametrize("data", [RUN + TOKEN, TOKEN + RUN, RUN + TOKEN + RUN])
def test_a_format_within_encoded_text_is_only_a_random_value(data: bytes) -> None:
    match = weighed(data, TOKEN, Category.PROVIDER_TOKEN)
    assert (match.category, match.confidence) == (Category.GENERIC_SECRET, Confidence.LOW)


@pytest.mark.parametrize(
    "data", [TOKEN, RUN + b"\n" + TOKEN, b"x" * 39 + TOKEN, b"'" + TOKEN + b"'"]
)
def test_a_format_with_an_edge_stays_a_token(data: bytes) -> None:
    assert weighed(data, TOKEN, Category.PROVIDER_TOKEN).category is Category.PROVIDER_TOKEN


def test_the_word_for_a_password_is_a_weak_one() -> None:
    data = b"x://user:" + b"secret@host"
    assert weighed(data, b"secret", Category.URI_CREDENTIAL).category is Category.PASSWORD
    data = b"x://user:" + b"s3cret@host"
    assert weighed(data, b"s3cret", Category.URI_CREDENTIAL).category is Category.URI_CREDENTIAL
