"""Grants in words of their own."""

from __future__ import annotations

import pytest

from ingest.detect.licensing.grants import find_open_grants
from ingest.detect.licensing.names import fold


@pytest.mark.parametrize(
    "text",
    [
        b"You may use this code in any way you like.",
        b"This library is free software; you can redistribute it and/or modify it as you like.",
        b"Permission to use, modify and sell this software is granted. It has no warranty.",
        b"This code is free for both commercial and non-commercial use.",
        b"You may change and redistribute this script if the name of the author stays in it.",
    ],
)
def test_a_grant_of_everything_is_seen(text: bytes) -> None:
    assert find_open_grants(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        b"Permission is granted to make and distribute verbatim copies of this manual.",
        b"You may use and modify this code for your own research.",
        b"You may use, modify and distribute this software, but you may not sell it.",
        b"You may use, modify and distribute this software if you send changes back to us.",
        b"You can modify and distribute it under the terms of the license in COPYING.",
        b"You may use, modify and distribute it. Companies must ask first.",
        b"As a special exception you may use the output without restriction.",
        b"Do whatever you want with the list that is returned.",
        b"This software may be copied for personal use.",
    ],
)
def test_a_grant_with_more_terms_stays_unread(text: bytes) -> None:
    assert not find_open_grants(fold(text))
