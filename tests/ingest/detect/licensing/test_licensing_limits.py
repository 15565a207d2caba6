"""Limits and refusals, by their grammar."""

from __future__ import annotations

import pytest

from ingest.detect.licensing.limits import LIMITED_PURPOSE, REFUSED
from ingest.detect.licensing.names import fold


@pytest.mark.parametrize(
    "text",
    [
        b"Free use of this tool is strictly limited to personal use.",
        b"The models are available for non-profit use only.",
        b"This material is licensed to you strictly for use in conjunction with our adapters.",
        b"free for academic use",
        b"You may not sell it, nor use it commercially, and never for profit.",
        b"There is no license for products that shoot.",
        b"may be used for any purpose except weapons",
    ],
)
def test_a_limited_purpose_is_seen(text: bytes) -> None:
    assert LIMITED_PURPOSE.search(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        b"free for personal and commercial use",
        b"This class is used only for testing.",
        b"can be used in commercial and non-commercial products",
        b"Only the first element is used for evaluation of the rule.",
    ],
)
def test_what_limits_nothing_is_no_purpose(text: bytes) -> None:
    assert not LIMITED_PURPOSE.search(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        b"You may NOT however re-distribute modified versions.",
        b"Members of that office are not allowed to download it.",
        b"The right to use this software is explicitly not granted to them.",
        b"The provision of paid services with it is prohibited.",
        b"It may be used only with the permission of its author.",
        b"Use of the recording requires our permission.",
        b"No redistribution is permitted.",
        b"freely distributable if unmodified",
        b"Companies must purchase a license.",
    ],
)
def test_a_refusal_is_seen(text: bytes) -> None:
    assert REFUSED.search(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        b"The buffer cannot be changed after that.",
        b"This header should not be used directly.",
        b"nor the names of contributors may be used to endorse it without written permission",
        b"No modification of the license is allowed.",
    ],
)
def test_what_refuses_no_act_is_no_refusal(text: bytes) -> None:
    assert not REFUSED.search(fold(text))
