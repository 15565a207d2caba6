"""Policies without a script: tried, weighed, asked for, and put in force by somebody else."""

from __future__ import annotations

import re

import pytest

from ingest.errors import ConfigurationError
from policies.document import default_policy_text
from store.catalog.errands import ErrandKind
from tests.support.seeded import CLEO, DORA, OWEN
from tests.web.pages.conftest import Reader, Site, words_of
from workers.policy_change import apply_policy, plan_policy


def test_the_policy_in_force_is_shown_with_its_rules(site: Site, ada: Reader) -> None:
    assert "LEAKED_CREDENTIAL" in words_of(ada.get("/policies").text)
    owen = site.reader(OWEN)
    assert "/policies/edit" not in owen.get("/policies").text
    assert owen.get("/policies/edit").status_code == 403
    assert site.reader(DORA).get("/policies").status_code == 404


def test_what_is_wrong_is_told_by_its_line_and_what_was_written_stays(ada: Reader) -> None:
    page = ada.get("/policies/edit").text
    text = default_policy_text()
    assert "examples hold" in words_of(ada.post("/policies/test", page, text=text).text)
    broken = ada.post("/policies/test", page, text=text + "\nrules: [")
    assert broken.status_code == 422
    assert "line " in words_of(broken.text)
    assert "rules: [</textarea>" in broken.text


def test_whoever_asks_for_a_policy_cannot_put_it_in_force(site: Site, ada: Reader) -> None:
    site.settle()
    cleo = site.reader(CLEO)
    form = cleo.get("/policies/edit").text
    text = default_policy_text().replace("name: default", "name: stricter", 1)
    asked = cleo.post("/policies/impact", form, text=text.replace("\n", "\r\n"))
    at = asked.headers["location"]
    assert "Weighing what it would change" in words_of(cleo.get(at).text)
    site.find_out(ErrandKind.IMPACT)
    assert "1 difference" in words_of(cleo.get(at).text)
    mine = cleo.post("/policies/proposals", form, text=text).headers["location"]
    assert "Put it in force" not in words_of(cleo.get(mine).text)
    assert cleo.post(f"{mine}/apply", form, plan="0" * 64).status_code == 403

    page = ada.get(mine).text
    assert "Put it in force" in words_of(page)
    moved = ada.post(f"{mine}/apply", page, plan="0" * 64)
    assert moved.status_code == 409
    again = default_policy_text().replace("name: default", "name: laxer", 1)
    own = ada.post("/policies/proposals", page, text=again).headers["location"]
    assert "you cannot put it in force" in words_of(ada.get(own).text)
    assert ada.post(f"{own}/apply", page, plan="0" * 64).status_code == 403


def test_a_policy_that_leaks_is_told_so_and_put_in_force_by_no_page(
    site: Site, ada: Reader
) -> None:
    text, rule = default_policy_text(), "  - id: TRAINING_RESTRICTED\n"
    head, _, rest = text.partition(rule)
    leaking = head + rest[rest.index("  - id: ") :]
    site.settle()
    cleo = site.reader(CLEO)
    form = cleo.get("/policies/edit").text
    asked = cleo.post("/policies/proposals", form, text=leaking).headers["location"]
    page = ada.get(asked).text
    assert "whose terms forbid training would be released" in words_of(page)
    plan = re.findall(r'name="plan" value="(\w+)"', page)[0]
    refused = ada.post(f"{asked}/apply", page, plan=plan)
    assert refused.status_code == 409
    assert "Lint finds 1 errors" in words_of(refused.text)
    context = site.context
    made = plan_policy(context, leaking)
    with pytest.raises(ConfigurationError, match="Lint"):
        apply_policy(context, made, plan, "ada")
    assert made.changes[0].what == "rule TRAINING_RESTRICTED"
