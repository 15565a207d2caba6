"""Tokens without a script: made, shown once, listed for who may see them, and ended."""

from __future__ import annotations

import re

from tests.support.seeded import ADA, BEN, DORA
from tests.web.pages.conftest import Reader, Site, words_of


def value_of(page: str) -> str:
    found = re.search(r"sgt_[A-Za-z0-9_-]{40,}", page)
    assert found is not None
    return found.group()


def test_a_token_is_shown_once_and_ended_by_its_holder(site: Site) -> None:
    dora = site.reader(DORA)
    assert "No token was made yet" in words_of(dora.get("/tokens").text)
    form = dora.get("/tokens/new").text
    # What she may not do herself is not offered.
    assert 'value="policy.apply"' not in form
    made = dora.post("/tokens", form, purpose="public-model", scope=["pull", "token.read"])
    value = value_of(made.text)
    listed = dora.get("/tokens").text
    assert value not in listed
    assert "In use" in words_of(listed)
    bearer = {"Authorization": f"Bearer {value}"}
    assert dora.client.get("/api/v1/tokens", headers=bearer).status_code == 200

    (path,) = re.findall(r"/tokens/tok_[0-9a-z]+/revoke", listed)
    ben = site.reader(BEN)
    assert ben.post(path, ben.get("/tokens").text).status_code == 404
    assert dora.post(path, listed).status_code == 303
    assert dora.client.get("/api/v1/tokens", headers=bearer).status_code == 401
    assert "Revoked" in words_of(dora.get("/tokens").text)


def test_a_wrong_day_or_no_scope_makes_no_token(site: Site) -> None:
    ben = site.reader(BEN)
    form = ben.get("/tokens/new").text
    for sent in ({"until": "soon", "scope": "pull"}, {"until": "2999-01-01", "scope": "pull"}, {}):
        told = ben.post("/tokens", form, purpose="evaluation", **sent)
        assert told.status_code == 422
        assert "No token was made" in words_of(told.text)
    assert "No token was made yet" in words_of(ben.get("/tokens").text)


def test_an_administrator_sees_the_tokens_of_everybody(site: Site, ada: Reader) -> None:
    form = ada.get("/tokens/new").text
    ada.post("/tokens", form, purpose="evaluation", scope="pull")
    text = words_of(ada.get("/tokens").text)
    assert "Everybody's tokens" in text
    mine = words_of(ada.get(f"/tokens?consumer={ADA.name}").text)
    assert "Your tokens" in mine
