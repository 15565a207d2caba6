from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.domain.finding import Category

Find = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("import x from '@umbra/ui'", "@umbra"),
        ('"@umbra/ui": "^1.0"', "@umbra"),
        ("registry=@Umbra/ui", "@Umbra"),
        ("import com.umbra.pay.Ledger;", "com.umbra"),
        ("package com.umbra;", "com.umbra"),
        ("src/main/java/com/umbra/Pay.java", "com/umbra"),
        ("<groupId>com.umbra.pay</groupId>", "com.umbra"),
        ("from umbra_utils import x", "umbra"),
        ("umbra-utils==1.0", "umbra"),
        ("UMBRA_PAY_URL", "UMBRA"),
        ("import 'go.umbra.dev/pay/v2'", "go.umbra.dev"),
        ("FROM umbrateam/base:1", "umbrateam"),
        ("image: docker.io/umbrateam/base", "umbrateam"),
    ],
)
def test_a_scope_is_found_where_packages_are_named(text: str, scope: str, find: Find) -> None:
    assert find(text, Category.PACKAGE_SCOPE) == [scope]


@pytest.mark.parametrize(
    "text",
    [
        "mail a@umbra/x",
        "@umbrage/ui",
        "@umbra",
        "dotcom.umbra.x",
        "com.umbrage.x",
        "org.com.umbra",
        "penumbra_utils",
        "umbrautils",
        "cargo.umbra.dev/pay",
        "go.umbra.develop/pay",
        "com-umbra",
        "myumbrateam/base",
    ],
)
def test_near_misses_are_no_scopes(text: str, find: Find) -> None:
    assert find(text, Category.PACKAGE_SCOPE) == []


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("git clone https://git.umbra.example/pay.git", "git.umbra.example"),
        ("git@git.umbra.example:pay.git", "git.umbra.example"),
        ("FROM eu.docker.umbra.example/base:1", "eu.docker.umbra.example"),
        ("see GIT.UMBRA.EXAMPLE.", "GIT.UMBRA.EXAMPLE"),
    ],
)
def test_listed_hosts_and_hosts_below_them_are_found_anywhere(
    text: str, host: str, find: Find
) -> None:
    assert find(text, Category.INTERNAL_HOST) == [host]


@pytest.mark.parametrize(
    "text",
    [
        "git.umbra.example.com",
        "legit.umbra.example",
        "git.umbra.example_x",
        "single = 1",
        "git.umbra",
    ],
)
def test_other_hosts_are_not(text: str, find: Find) -> None:
    assert find(text, Category.INTERNAL_HOST) == []
