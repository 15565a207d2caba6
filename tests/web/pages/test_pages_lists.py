"""Lists by their URL: filters that a link takes off, pages both ways, and whose rows they show."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support.seeded import BEN, DORA, OWEN
from tests.web.pages.conftest import Reader, Site, words_of

OWN = "harbor-billing"
OTHERS = ("harbor-gateway", "harbor-internal-tools", "hostile")


def links_of(page: str, words: str) -> list[str]:
    """Return where the links of some words lead."""
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return [unescape(url) for url, inner in found if words in words_of(inner)]


def rows_of(page: str) -> list[str]:
    body = page.rpartition("<tbody>")[2].partition("</tbody>")[0]
    return [words_of(row) for row in body.split("<tr")[1:]]


@pytest.mark.parametrize(
    "path",
    ["/findings?limit=17", "/findings?lane=security&limit=4&sort=-repository"],
)
def test_pages_lead_forth_and_back(ada: Reader, path: str) -> None:
    pages = [path]
    while following := links_of(ada.get(pages[-1]).text, "Next page"):
        pages.append(following[0])
        assert len(pages) < 60
    assert len(pages) > 2
    texts = [rows_of(ada.get(page).text) for page in pages]
    assert len({row for rows in texts for row in rows}) > 1
    back = links_of(ada.get(pages[2]).text, "Previous page")[0]
    assert rows_of(ada.get(back).text) == texts[1]
    assert rows_of(ada.get(links_of(ada.get(back).text, "Previous page")[0]).text) == texts[0]
    assert rows_of(ada.get(links_of(ada.get(pages[2]).text, "First page")[0]).text) == texts[0]
    assert not links_of(ada.get(path).text, "Previous page")


@pytest.mark.parametrize(
    ("path", "chips"),
    [
        ("/findings?path=src/**&rule!=jwt&q=a&lane=security", 3),
        ("/inbox/security?rule=LEAKED_*&repository=harbor-*&q=e", 3),
        ("/repositories?owner!=nobody&repository=harbor-*&registered_after=2020-01-01", 3),
        ("/reviews?by!=nobody&requested_after=2020-01-01&kind=waive", 2),
        ("/waivers?by=cleo", 1),
        ("/releases?built_after=2020-01-01", 1),
        ("/operations?started_after=2020-01-01&kind=sync", 1),
        ("/audit?actor=root&at_after=2020-01-01", 2),
    ],
)
def test_every_filter_of_a_url_has_a_link_that_takes_it_off(
    ada: Reader, path: str, chips: int
) -> None:
    page = ada.get(path).text
    asked = set(parse_qsl(urlsplit(path).query))
    group = page.split('aria-label="Filters"')[1].split("</div>")[0]
    off = links_of(group, "remove this filter")
    assert len(off) == chips
    for link in off:
        left = set(parse_qsl(urlsplit(link).query))
        assert len(asked - left) == 1
        assert left < asked
        assert ada.get(link).status_code == 200
    assert links_of(group, "Clear all") == [urlsplit(path).path]
    (export,) = links_of(page, "CSV")
    assert asked <= set(parse_qsl(urlsplit(export).query))


def test_a_registrant_sees_what_waits_in_their_own_repositories(site: Site) -> None:
    owen = site.reader(OWEN)
    for path in ("/inbox", "/inbox/security", "/inbox?q=e&limit=2", "/findings", "/find?q=harbor"):
        page = owen.get(path)
        assert page.status_code == 200, path
        assert OWN in page.text
        assert not [name for name in OTHERS if name in words_of(page.text)], path
        assert BEN.name not in words_of(page.text).split()
    whole = owen.get("/inbox").text
    assert 'type="checkbox"' not in whole
    assert "Decide on the ticked" not in whole
    assert "Waiting for a second person" not in whole
    assert 'href="/waivers"' not in whole
    asked = owen.get("/inbox?repository=hostile&repository=harbor-gateway")
    assert "No open group fits these filters" in words_of(asked.text)
    assert site.reader(DORA).get("/inbox").status_code == 404


def test_what_a_registrant_counts_is_their_own(site: Site, ada: Reader) -> None:
    def total(reader: Reader, path: str) -> int:
        found = re.search(r"Open groups ([\d,]+) group", words_of(reader.get(path).text))
        assert found is not None
        return int(found.group(1))

    owen = site.reader(OWEN)
    assert total(owen, "/inbox") == total(ada, f"/inbox?repository={OWN}") < total(ada, "/inbox")
    rules = re.findall(r"rule=([A-Z_]+)", owen.get("/inbox").text)
    mine = re.findall(r"([A-Z_]+) · ", " ".join(rows_of(owen.get("/inbox?limit=500").text)))
    assert set(rules) <= {"NO_GRANT", *mine}


def test_an_inbox_of_all_lanes_tells_which_lane(ada: Reader) -> None:
    text = words_of(ada.get("/inbox?lane=privacy&lane=security").text)
    assert "Privacy · CUSTOMER_NAMED" in text
    assert "Legal · " not in text
    assert "deploy/.env" in words_of(ada.get("/find?q=deploy/.env").text)


def test_a_search_without_an_answer_says_where_else_to_look(ada: Reader) -> None:
    assert "Look among all findings" in ada.get("/find?q=nothing-like-it").text
    assert "No finding fits these filters" in ada.get("/findings?q=nothing-like-it").text
