"""What stands beside a permissive name and takes something back."""

from __future__ import annotations

import pytest

from tests.ingest.detect.licensing.conftest import Scan


@pytest.mark.parametrize(
    "remark",
    [
        "Contractors have to contact us.",
        "Anyone else pays.",
        "Arms dealers get no rights.",
        "Not for use in advertising.",
        "Keep this file inside.",
        "For client work purchase a seat.",
        "Resale forbidden.",
        "This license was withdrawn in 2020.",
        "The second half needs a paid key.",
    ],
)
def test_a_remark_takes_back(scan: Scan, remark: str) -> None:
    row = scan(f"# MIT license. {remark}\n\nvalue = compute(3)\n".encode())
    assert row["license_category"] == "proprietary"


@pytest.mark.parametrize(
    "remark",
    ["Keep it out of corpora.", "LLM vendors need to ask.", "Hands off, crawlers."],
)
def test_a_remark_on_machines_is_one_on_training(scan: Scan, remark: str) -> None:
    row = scan(f"# MIT license. {remark}\n\nvalue = compute(3)\n".encode())
    assert row["training_restricted"]


@pytest.mark.parametrize(
    "remark",
    [
        "Companies have an id.",
        "Events get no right edge.",
        "Not for use in tests.",
        "Keep it out of sync.",
        "For production settings see the guide.",
        "Selling prices are rounded.",
        "The session was terminated.",
        "The socket is closed.",
        "No crawler is started.",
    ],
)
def test_talk_beside_a_name_takes_nothing_back(scan: Scan, remark: str) -> None:
    row = scan(f"# MIT license. {remark}\n\nvalue = compute(3)\n".encode())
    assert row["license_category"] == "permissive"


def test_a_long_region_is_left_to_other_rules(scan: Scan) -> None:
    filling = "# The pump turns.\n" * 200
    row = scan(f"# MIT license.\n{filling}# Anyone else pays.\n\nvalue = 3\n".encode())
    assert row["license_category"] == "permissive"
