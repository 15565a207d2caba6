"""What pages are told of who asks, and where."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import Request

from policies.access import Principal
from web.pages.caller import Caller
from workers.context import Context
from workers.settings import Settings


@pytest.mark.parametrize(
    ("public_url", "hub"),
    [
        ("", "http://127.0.0.1:8080/hub"),
        ("https://shardgate.example", "https://shardgate.example/hub"),
    ],
)
def test_people_are_told_to_pull_from_the_address_that_ends_tls(
    tmp_path: Path, public_url: str, hub: str
) -> None:
    # A proxy that ends TLS asks in plain HTTP, for whatever host it was told to.
    scope = {
        "type": "http",
        "scheme": "http",
        "server": ("127.0.0.1", 8080),
        "path": "/start",
        "headers": [],
    }
    caller = Caller(
        request=Request(scope),
        context=Context(settings=Settings(home=tmp_path, public_url=public_url)),
        who=Principal(name="ann", roles=frozenset()),
    )
    assert caller.hub == hub
