from __future__ import annotations

import base64
from collections.abc import Callable

from ingest.domain.finding import Finding


def test_a_code_name_in_a_run_is_found_where_the_run_stands(
    scan_confidential: Callable[..., list[Finding]],
) -> None:
    run = base64.b64encode(b"the plan for Zephyr is due in May").decode()
    text = f'note = "{run}"\n'
    found = [finding for finding in scan_confidential(text) if finding.views == ("base64",)]
    assert {text[finding.start : finding.end] for finding in found} == {run}
