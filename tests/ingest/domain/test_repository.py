from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.repository import Repository
from tests.strategies.ingest import repositories

TODAY = date(2026, 5, 1)


@given(repositories, st.dates())
def test_consent_never_comes_back_as_days_go_by(repository: Repository, today: date) -> None:
    if not repository.has_valid_consent(today):
        assert (
            not repository.has_valid_consent(today + timedelta(days=1))
            if today < date.max
            else True
        )


@given(repositories)
def test_consent_holds_on_its_last_day_and_not_after(repository: Repository) -> None:
    given_ = replace(repository, release_consent=True, consent_until=TODAY)
    assert given_.has_valid_consent(TODAY)
    assert not given_.has_valid_consent(TODAY + timedelta(days=1))


@given(repositories)
def test_no_date_or_no_word_is_no_consent(repository: Repository) -> None:
    assert not replace(repository, release_consent=True, consent_until=None).has_valid_consent(
        TODAY
    )
    assert not replace(repository, release_consent=False, consent_until=TODAY).has_valid_consent(
        TODAY
    )
