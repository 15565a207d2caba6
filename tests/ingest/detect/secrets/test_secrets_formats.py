"""Vendors' formats: whole tokens, weak ones too, and what has only their head."""

from __future__ import annotations

import random

import pytest

from benchmarks.accuracy.secrets_formats import FORMATS as SAMPLES
from benchmarks.accuracy.secrets_formats import draw
from ingest.detect.funnel import Funnel, Pattern
from ingest.detect.secrets.formats import FORMATS, Formats

FUNNEL = Funnel([Pattern(id=n, expression=row.expression) for n, row in enumerate(FORMATS)])
ENGINE = Formats()
CARRIERS = ("use {} for now", "x = '{}'", "?token={}&a=b", "Bearer {}", "é {}")
OTHERS_KNOW = {
    "1password secret key",
    "azure devops",
    "discord bot",
    "google access",
    "infracost",
    "jwt",
    "teams webhook",
    "zapier webhook",
    "crates.io",
    "fireworks",
    "telegram",
}
"""Formats that the rule packs tell well enough, so no row of ours does."""


def spans(data: bytes) -> set[tuple[int, int]]:
    return {(m.start, m.end) for m in ENGINE.matches(data, FUNNEL.hits(data))}


@pytest.mark.parametrize("is_weak", [False, True], ids=["random", "weak"])
@pytest.mark.parametrize("name", sorted(set(SAMPLES) - OTHERS_KNOW))
def test_a_token_is_found_whole_wherever_it_stands(name: str, *, is_weak: bool) -> None:
    source = random.Random(name)
    for carrier in CARRIERS:
        token = draw(SAMPLES[name], source, is_weak=is_weak).removeprefix("https://")
        data = carrier.format(token).encode()
        start = data.index(token.encode())
        span = max(spans(data), key=lambda s: s[1] - s[0])
        assert span[0] <= start + len("SSWS "), carrier
        assert span[1] >= start + len(token), carrier


RECENT = {
    "adyen": "AQEyhmfx{A60}-{A43}=-{A16}",
    "azure function": "{A44}AzFu{A5}==",
    "azure openai": "{A52}JQQJ99{A10}AAABACOG{A4}",
    "baidu": "bce-v3/ALTAK-{A21}/{h40}",
    "browserbase": "bb_live_{s27}",
    "clickup": "pk_{d8}_{U32}",
    "cockroach": "CCDB1_{A22}_{A40}",
    "configcat": "configcat-sdk-1/{A22}/{A22}",
    "databricks oauth": "dose{h32}",
    "facebook": "EAA{A170}",
    "gemini": "AQ.Ab8{A48}",
    "google hmac": "GOOG1E{U55}",
    "honeycomb": "hcaik_{z58}",
    "imagekit": "private_{b27}=",
    "inngest": "signkey-prod-{h64}",
    "kaggle": "KGAT_{h32}",
    "langfuse": "sk-lf-{h8}-{h4}-{h4}-{h4}-{h12}",
    "modal": "as-{A22}",
    "plaid": "access-production-{h8}-{h4}-{h4}-{h4}-{h12}",
    "retool": "retool_{z26}",
    "swarm": "SWMTKN-1-{z50}-{z25}",
    "tavily": "tvly-dev-{A32}",
    "trello": "ATTA{h64}{H8}",
    "trigger": "tr_prod_{A24}",
    "twitter": "AAAAAAAAAAAAAAAAAAAAA{A24}%3D{A42}",
    "vk": "vk1.a.{A80}",
}
"""Of `formats_recent`, as the vendors' pages show them."""


@pytest.mark.parametrize("is_weak", [False, True], ids=["random", "weak"])
@pytest.mark.parametrize("name", RECENT)
def test_a_recent_token_is_found_whole(name: str, *, is_weak: bool) -> None:
    source = random.Random(name)
    for carrier in CARRIERS:
        token = draw(RECENT[name], source, is_weak=is_weak)
        data = carrier.format(token).encode()
        start = data.index(token.encode())
        assert (start, start + len(token)) in spans(data), carrier


def test_a_head_alone_is_no_token() -> None:
    assert spans(b"sk- ghp_ AKIA glpat- live_ SK key- xoxb- hf_ EAAA 1//0 S NR AT") == set()


@pytest.mark.parametrize("sign", ["x", "X", "*"])
def test_a_drawing_of_a_token_is_no_token(sign: str) -> None:
    assert spans(f"t = 'gh{'p_'}{sign * 36}'".encode()) == set()


def test_a_token_inside_a_word_is_part_of_something_else() -> None:
    assert spans(("q" + "gh" + "p_" + "a8Bd9Kq2Lm3N" * 3).encode()) == set()


def test_every_row_names_its_source() -> None:
    assert [row.vendor for row in FORMATS if "." not in row.source] == []
