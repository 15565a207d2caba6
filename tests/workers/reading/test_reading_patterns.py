"""Path patterns in views: a pattern may say what a path must not."""

from __future__ import annotations

import pytest

from cli.samples.canaries import canaries
from ingest.errors import InputError
from policies.review import Selector, Withdrawal, WithdrawalReason
from tests.strategies.reviews import waiver
from workers.context import Context, utc_now
from workers.reading.handing import withdrawal_view
from workers.reading.reviews import review_view
from workers.remarks import checked_pattern
from workers.settings import Settings

PATTERN = "customers/acme/"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    return Context(settings=Settings(home=tmp_path_factory.mktemp("home")))


def test_views_show_of_a_pattern_what_clean_paths_show(context: Context) -> None:
    review = waiver("GENERATED", repo_id="r", pattern=PATTERN)
    withdrawal = Withdrawal(
        id="wdr_1",
        selector=Selector.PATH,
        value=PATTERN,
        repo_id="r",
        reason=next(iter(WithdrawalReason)),
        comment="Asked for by its owner.",
        withdrawn_by="ann",
        withdrawn_at=utc_now(),
    )
    assert "acme" not in review_view(context, review, utc_now()).pattern
    assert "acme" not in withdrawal_view(context, withdrawal).value


def test_a_pattern_with_a_secret_is_not_kept(context: Context) -> None:
    value = canaries()["github_token"].text
    with pytest.raises(InputError, match="pattern holds") as refused:
        checked_pattern(context, f"backup/token={value}/*")
    assert value not in str(refused.value)
    assert checked_pattern(context, "src/**/*.py") == "src/**/*.py"
