from __future__ import annotations

from hypothesis import given

from ingest.domain.company import CompanyProfile
from ingest.domain.secret import HmacKey
from tests.strategies.ingest import KEY, companies


@given(companies, companies)
def test_profiles_have_equal_digests_exactly_when_they_are_equal(
    a: CompanyProfile, b: CompanyProfile
) -> None:
    assert (a.digest(KEY) == b.digest(KEY)) == (a == b)


@given(companies)
def test_without_the_key_a_guess_cannot_be_confirmed(profile: CompanyProfile) -> None:
    other = HmacKey(key_id="other", material=b"o" * 32)
    assert profile.digest(KEY) != profile.digest(other)
