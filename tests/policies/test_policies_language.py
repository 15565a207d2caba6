from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from ingest.domain.finding import Category
from ingest.errors import ConfigurationError
from policies.language import PRECEDENCE_COLUMNS, RULE_COLUMNS, check_condition, open_probe


@pytest.fixture(scope="module")
def probe() -> Iterator[duckdb.DuckDBPyConnection]:
    with open_probe() as connection:
        yield connection


@pytest.mark.parametrize(
    "text",
    [
        "secret_count > 0 AND NOT is_test",
        "coalesce(language, 'none') IN ('Python', 'C')",
        "path_text LIKE 'docs/%' OR size BETWEEN 1 AND 2 * 1024",
        "list_contains(pii_categories, 'PERSON')",
        "language IS NULL",
    ],
)
def test_plain_conditions_pass(text: str, probe: duckdb.DuckDBPyConnection) -> None:
    assert check_condition(text, RULE_COLUMNS, probe).sql


@pytest.mark.parametrize(
    "text",
    [
        "true; DROP TABLE probe",
        "size IN (SELECT size FROM probe)",
        "EXISTS (SELECT 1)",
        "read_text('x') = 'y'",
        "probe.size > 1",
        "size::VARCHAR = '1'",
        "getenv('HOME') = ''",
        "size > $1",
        "language SIMILAR TO '(a+)+'",
        "count(*) > 1",
        "CASE WHEN is_test THEN true END",
        "own_license_category = 1",
        "own_license_category = 'permisive'",
        "'complete' <> pii_status",
        "coalesce(provenance, 'none') = 'unknown'",
        "list_contains(pii_categories, 'PASSWORD')",
        "language = 1",
        "",
        "(" * 3000,
    ],
)
def test_everything_else_is_refused(text: str, probe: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ConfigurationError):
        check_condition(text, RULE_COLUMNS, probe)


def test_a_comment_does_not_reach_the_database(probe: duckdb.DuckDBPyConnection) -> None:
    assert "x" not in check_condition("is_test /* x */", RULE_COLUMNS, probe).sql


def test_precedence_cannot_read_what_it_decides(probe: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ConfigurationError, match="license_type"):
        check_condition("license_type = 'unknown'", PRECEDENCE_COLUMNS, probe)


def test_a_condition_knows_the_columns_and_categories_it_is_about(
    probe: duckdb.DuckDBPyConnection,
) -> None:
    condition = check_condition("customer_count > 0 AND is_test", RULE_COLUMNS, probe)
    assert condition.columns == ("customer_count", "is_test")
    assert condition.categories == (Category.CUSTOMER,)
    asked = check_condition("list_contains(pii_categories, 'PERSON')", RULE_COLUMNS, probe)
    assert asked.categories == (Category.PERSON,)


def test_a_function_that_is_not_known_is_named(probe: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ConfigurationError, match="The function 'first_of' is not allowed"):
        check_condition("first_of(path_text) = 'a'", RULE_COLUMNS, probe)
