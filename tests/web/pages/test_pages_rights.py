"""Rights and consent, stated anew on the page of a repository."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.support.seeded import BEN, OWEN
from tests.web.pages.conftest import Reader, Site, words_of

NAME = "harbor-internal-tools"


def fields_of(page: str) -> dict[str, str]:
    """Return what the form for rights is filled in with."""
    form = page[page.index("/rights") :]
    texts = dict(re.findall(r'name="([a-z_]+)"[^>]*? value="([^"]*)"', form))
    ticked = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)" checked', form))
    return {k: v for k, v in (texts | ticked).items() if k != "csrf_token"}


def test_a_consent_is_given_and_ended_on_a_form_that_is_filled_in(site: Site, ada: Reader) -> None:
    path = site.repository(NAME)
    assert f'href="{path}/rights"' in ada.get(path).text
    page = ada.get(f"{path}/rights").text
    before = fields_of(page)
    assert before["consent"] == "no"
    until = (site.context.today() + timedelta(days=90)).isoformat()
    given = before | {"consent": "yes", "consent_until": until, "evidence": "ATT-9"}
    silent = ada.post(f"{path}/rights", page, **given)
    assert silent.status_code == 422
    assert "Say why it changes" in words_of(silent.text)
    done = ada.post(f"{path}/rights", page, **given, reason="consent-renewed")
    assert done.headers["location"] == path
    assert "May be released" in words_of(ada.get(path).text)

    late = ada.post(f"{path}/rights", page, **before, reason="other")
    assert late.status_code == 409
    assert "Somebody changed what is stated" in words_of(late.text)
    fresh = ada.get(f"{path}/rights").text
    assert fields_of(fresh)["consent_until"] == until
    back = before | {"seen": fields_of(fresh)["seen"]}
    assert ada.post(f"{path}/rights", fresh, **back, reason="consent-ended").status_code == 303
    assert "No consent" in words_of(ada.get(path).text)


def test_rights_are_stated_by_whoever_answers_for_them(site: Site) -> None:
    own, other = site.repository("harbor-billing"), site.repository("harbor-gateway")
    owen, ben = site.reader(OWEN), site.reader(BEN)
    page = owen.get(f"{own}/rights").text
    assert 'value="payments-team"' in page
    assert owen.get(f"{other}/rights").status_code == 404
    taken = owen.post(f"{own}/rights", page, **(fields_of(page) | {"owner": "x"}), reason="other")
    assert "own teams only" in words_of(taken.text)
    assert ben.get(f"{own}/rights").status_code == 403
    assert f"{own}/rights" not in ben.get(own).text
