"""Routers pass over paths that are none of theirs, and over no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Match

from web.access import marked_routes
from web.app import create_app
from web.routing import Router
from workers.settings import Settings


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    home: Path = tmp_path_factory.mktemp("home")
    return create_app(Settings(home=home))


def chosen(app: FastAPI, path: str, method: str) -> Any:
    scope = {"type": "http", "path": path, "method": method, "root_path": "", "headers": []}
    for index, route in enumerate(app.router.routes):
        match, _ = route.matches(scope)
        if match is not Match.NONE:
            return index, match
    return None


def test_every_path_comes_to_the_router_that_trying_all_would_find(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [
        (re.sub(r"\{[^}]*\}", word, route.path), method)
        for route in marked_routes(app)
        for method in route.methods
        for word in ("x", "repositories", "api")
    ]
    asked += [(f"{path}/", method) for path, method in asked]
    assert len(asked) > 600
    quick = [chosen(app, *one) for one in asked]
    monkeypatch.setattr(Router, "matches", APIRouter.matches)
    assert quick == [chosen(app, *one) for one in asked]


WORDS = st.sampled_from(["", "a", "b", "{id}", "{rest:path}"])


@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=3), min_size=1, max_size=3),
    st.sampled_from(["", "/p", "/{p}"]),
    st.lists(st.sampled_from(["", "a", "b", "c", "p"]), min_size=1, max_size=5),
)
def test_a_router_of_any_paths_is_found_as_without_first_words(
    paths: list[list[str]], prefix: str, asked: list[str]
) -> None:
    apps = []
    for kind in (Router, APIRouter):
        router, app = kind(prefix=prefix), FastAPI()
        for words in paths:
            # A name stands once in a path.
            unique = [
                word.replace("id", f"id{i}").replace("rest", f"rest{i}")
                for i, word in enumerate(words)
            ]
            router.add_api_route("/" + "/".join(unique), lambda: None)
        app.include_router(router)
        apps.append(app)
    quick, plain = (chosen(app, "/" + "/".join(asked), "GET") for app in apps)
    assert quick == plain
