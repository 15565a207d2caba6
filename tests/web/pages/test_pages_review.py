"""Reviewing without a script: inbox, group, decide panel, and the second person."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from policies.decision import Lane
from tests.support.seeded import DORA, HOSTILE, OWEN, SCRIPT
from tests.web.pages.conftest import Reader, Site, words_of

FILLED = {"scope": "here", "reason": "other", "comment": "Looked at together.", "lane": "security"}


def known_of(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found is not None
    return found.group(1)


def ask_for(site: Site, who: Reader, **filters: str) -> str:
    """Ask for a false positive of a group nobody acted on; return the path of the review."""
    path = site.group_of(who, Lane.SECURITY, **filters)
    page = who.get(path).text
    sent = FILLED | {"kind": "false_positive", "seen": known_of(page)}
    answer = who.post(f"{path}/reviews", page, **sent)
    assert answer.status_code == 303, words_of(answer.text)
    found = re.search(r"/reviews/(rvw_[0-9a-f]+)/undo", who.get(answer.headers["location"]).text)
    assert found is not None
    return f"/reviews/{found.group(1)}"


def test_an_inbox_lists_what_waits_and_for_whom(ada: Reader) -> None:
    text = words_of(ada.get("/inbox/security").text)
    assert "Waiting for a second person" in text
    assert "A value of the test suite, never issued." in text
    assert "LEAKED_CREDENTIAL" in text


def test_filters_of_an_inbox_live_in_its_url(ada: Reader) -> None:
    only = ada.get("/inbox/security", params={"repository": HOSTILE, "q": "ghp_"}).text
    assert "1 group" in words_of(only)
    assert 'aria-current="true"' in only
    none = ada.get("/inbox/security", params={"q": "nothing like it"}).text
    assert "No open group fits these filters" in words_of(none)


def test_htmx_is_sent_the_list_alone(ada: Reader) -> None:
    headers = {"HX-Request": "true", "HX-Target": "list"}
    part = ada.client.get("/inbox/legal", headers=headers).text
    assert "<html" not in part
    assert "Open groups" in part


def test_a_group_shows_masked_lines_and_never_the_value(site: Site, ada: Reader) -> None:
    from cli.samples.canaries import canaries

    path = site.group_of(ada, Lane.SECURITY, repository=HOSTILE)
    page = ada.get(path).text
    assert "<mark>ghp_****</mark>" in page
    assert "1 file of other repositories" in words_of(page)
    assert canaries()["github_token"].text not in page
    assert SCRIPT not in page


def test_a_value_is_shown_once_with_a_reason_that_is_kept(site: Site, ada: Reader) -> None:
    from cli.samples.canaries import canaries

    path = site.group_of(ada, Lane.SECURITY, repository=HOSTILE)
    page = ada.get(path).text
    assert ada.post(f"{path}/unmask", page, why="curious").status_code == 422
    shown = ada.post(f"{path}/unmask", page, why="find-owner").text
    assert canaries()["github_token"].text in shown
    assert canaries()["github_token"].text not in ada.get(path).text


def test_what_would_change_is_told_before_it_is_asked_for(site: Site, ada: Reader) -> None:
    site.settle()
    path = site.group_of(ada, Lane.LEGAL)
    page = ada.get(path).text
    sent = FILLED | {"kind": "exclude", "comment": ""}
    assert "Touches" in words_of(ada.post(f"{path}/preview", page, **sent).text)
    part = ada.post(f"{path}/outlook", page, **sent).text
    assert "Would free 0 files" in words_of(part)
    assert "<html" not in part


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"kind": ""}, "Choose an outcome first."),
        ({"comment": ""}, "a comment is one line"),
        ({"kind": "waive", "until": "soon"}, "the last day is none"),
        ({"kind": "waive", "scope": "pattern", "pattern": ""}, "Write the pattern"),
    ],
)
def test_what_does_not_fit_is_told_beside_the_form(
    site: Site, ada: Reader, fields: dict[str, str], told: str
) -> None:
    path = site.group_of(ada, Lane.SECURITY)
    page = ada.get(path).text
    sent = FILLED | {"kind": "keep_internal", "seen": known_of(page)} | fields
    answer = ada.post(f"{path}/reviews", page, **sent)
    assert answer.status_code == 422
    assert told in words_of(answer.text)


def test_who_asked_cannot_agree_and_another_one_can(site: Site, ada: Reader, ben: Reader) -> None:
    path = ask_for(site, ada, q="AKIA")
    own = ada.get(path).text
    assert "You asked for this, you cannot approve it" in words_of(own)
    sent = {"seen": "1", "comment": "It is fine."}
    assert ada.post(f"{path}/approve", own, **sent).status_code == 403
    theirs = ben.get(path).text
    done = ben.post(f"{path}/approve", theirs, **sent)
    assert done.status_code == 303
    assert "You agreed. Decisions are being made anew." in words_of(ben.get(path).text)
    why = ada.get(site.repository("harbor-billing").replace("/repositories/", "/why/") + "/x.py")
    assert (why.status_code, "made anew just now" in words_of(why.text)) == (202, True)
    # Of two that saw the same version the second is told what the first did.
    late = ben.post(f"{path}/reject", theirs, seen="1", comment="Not so fast.")
    assert late.status_code == 409
    assert "ben agreed" in words_of(late.text)
    assert "Not so fast." not in words_of(late.text).split("What happened")[1]


def test_two_who_ask_about_one_group_hear_of_each_other(
    site: Site, ada: Reader, ben: Reader
) -> None:
    path = site.group_of(ada, Lane.SECURITY, q="sk_l")
    seen_by_ben = ben.get(path).text
    ask_for(site, ada, q="sk_l")
    sent = FILLED | {"kind": "keep_internal", "seen": known_of(seen_by_ben)}
    answer = ben.post(f"{path}/reviews", seen_by_ben, **sent)
    assert answer.status_code == 409
    told = words_of(answer.text)
    assert "ada acted on it after you opened it" in told
    assert "Looked at together." in told


def test_what_was_asked_can_be_undone(site: Site, ada: Reader) -> None:
    path = ask_for(site, ada, q="xoxb")
    back = ada.post(f"{path}/undo", ada.get(path).text, next="/inbox/security")
    assert urlsplit(back.headers["location"]).path == "/inbox/security"
    assert "Withdrawn" in words_of(ada.get(path).text)


def test_several_groups_are_decided_on_at_once(site: Site, ada: Reader) -> None:
    inbox = ada.get("/inbox/privacy").text
    ids = sorted(set(re.findall(r'value="(grp_[0-9a-f]+)"', inbox)))[:2]
    form = ada.post("/groups/decide", inbox, group=ids, lane="privacy").text
    assert "Decide on 2 groups" in words_of(form)
    sent = FILLED | {"kind": "redact", "until": "", "group": ids}
    done = words_of(ada.post("/groups/reviews", form, **sent).text)
    assert "Asked for 2 of 2 decisions" in done
    assert "Nothing was ticked" in words_of(ada.post("/groups/decide", inbox).text)


def test_the_register_tells_who_agreed_and_what_ends_soon(ada: Reader) -> None:
    text = words_of(ada.get("/waivers").text)
    assert "Counsel confirmed the exception in writing." in text
    assert "agreed by ben" in text
    assert "End within 14 days 1" in text
    assert "Every waiver still matches" in words_of(ada.get("/waivers?orphan=yes").text)


def test_reviews_are_filtered_by_their_url(ada: Reader) -> None:
    assert "1 review" in words_of(ada.get("/reviews?state=active&kind=waive").text)
    assert "No review fits" in words_of(ada.get("/reviews?by=nobody").text)
    refused = ada.get("/reviews?colour=red")
    assert refused.status_code == 422
    assert "This list has no such parameter" in words_of(refused.text)


def test_what_may_not_be_seen_is_not_there(site: Site, ada: Reader) -> None:
    paths = [site.group_of(ada, Lane.SECURITY), "/waivers", site.repository(HOSTILE)]
    for person in (DORA, OWEN):
        reader = site.reader(person)
        assert [reader.get(path).status_code for path in paths] == [404] * 3
    nobody = Reader(client=site.reader(DORA).client, name="")
    nobody.client.cookies.clear()
    assert nobody.get("/reviews").headers["location"] == "/login?next=/reviews"
