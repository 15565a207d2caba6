"""Whatever is asked for, the API answers: schemathesis makes requests from its own description."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error

from tests.web.api.conftest import Api

EXAMPLES = 4
"""Requests made of each operation; the whole stays within a minute."""


# Requests that are malformed on purpose hold bytes that encoders warn of.
@pytest.mark.filterwarnings("ignore")
def test_no_request_breaks_the_api(api: Api) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api.app)
    headers = {"Authorization": f"Bearer {api.tokens['all']}"}
    seen = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if not operation.path.startswith("/api/v1/"):
            continue

        @seed(1)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=headers, checks=[not_a_server_error])

        ask()
        seen.append(operation.label)
    assert len(seen) > 50
