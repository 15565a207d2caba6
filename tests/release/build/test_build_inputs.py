from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from ingest.domain.finding import Category
from ingest.errors import ArtefactCorrupt
from policies.decision import Tier
from release.build.inputs import CONFIDENTIAL, PERSONAL, REDACTING, SECRETS
from tests.strategies.release import mixed_corpus, spec_of


def test_every_category_belongs_to_exactly_one_family() -> None:
    assert sorted([*SECRETS, *PERSONAL, *CONFIDENTIAL]) == sorted(Category)
    assert set().union(*REDACTING.values()) == set(Category)


@pytest.mark.parametrize("name", ["decisions", "snapshots", "trees", "rights"])
def test_a_table_that_lacks_a_column_is_refused(name: str) -> None:
    inputs = mixed_corpus().inputs
    table = getattr(inputs, name)
    with pytest.raises(ArtefactCorrupt, match="lack the columns repo_id"):
        replace(inputs, **{name: table.drop_columns(["repo_id"])})


def test_decisions_that_name_no_policy_are_refused() -> None:
    inputs = mixed_corpus().inputs
    nameless = replace(inputs, decisions=inputs.decisions.replace_schema_metadata(None))
    with pytest.raises(ArtefactCorrupt, match="policy"):
        _ = nameless.policy_digest


def test_the_releasable_exit_scan_refuses_secrets_and_confidential_terms() -> None:
    assert spec_of(Tier.RELEASABLE).refused_categories == SECRETS | CONFIDENTIAL
    only = frozenset({Category.PASSWORD})
    assert spec_of(Tier.RELEASABLE, exit_categories=only).refused_categories == only


def test_a_time_without_zone_and_an_empty_shard_are_refused() -> None:
    with pytest.raises(ValueError, match="UTC"):
        spec_of(Tier.RELEASABLE, created_at=datetime(2024, 1, 1))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="positive"):
        spec_of(Tier.RELEASABLE, target_bytes=0)
