"""Why a file is where it is, without a script; and the audit chain."""

from __future__ import annotations

import csv
import io

import pytest

from tests.support.seeded import BEN, DORA, HOSTILE, SCRIPT
from tests.web.pages.conftest import Reader, Site, words_of


def why_of(site: Site, name: str, path: str = "") -> str:
    """Return the path of the page that tells why."""
    # What another test decided is being judged anew, and nothing is told meanwhile.
    site.settle()
    return site.repository(name).replace("/repositories/", "/why/") + path


def test_a_file_that_is_held_tells_why_and_what_would_release_it(site: Site, ada: Reader) -> None:
    asked = ada.get(why_of(site, "harbor-billing", "?path=deploy/.env"))
    assert asked.headers["location"].endswith("/deploy/.env")
    text = words_of(ada.get(asked.headers["location"]).text)
    assert "From commit to shard" in text
    assert "What would release it" in text
    assert "In no newest release" in text or "In a release" in text


def test_a_released_file_is_followed_to_its_shard(site: Site, ada: Reader) -> None:
    text = words_of(ada.get(why_of(site, HOSTILE, "?path=line%0Abreak.py")).text)
    assert "data/shard-00000.parquet" in text
    assert "What would release it" not in text


@pytest.mark.parametrize("name", ["%FF%FE.py", "right%E2%80%AEyp.tra"])
def test_any_name_of_a_file_can_be_asked_for(site: Site, ada: Reader, name: str) -> None:
    answer = ada.get(why_of(site, HOSTILE, f"/{name}"))
    assert answer.status_code == 200
    assert "\u202e" not in words_of(answer.text)


def test_a_path_that_is_not_there_is_asked_for_again(site: Site, ada: Reader) -> None:
    answer = ada.get(why_of(site, HOSTILE, "/%3Cscript%3Edocument.title='owned'%3C/script%3E"))
    assert answer.status_code == 404
    assert "Which file" in answer.text
    assert SCRIPT not in answer.text
    assert site.reader(DORA).get(why_of(site, HOSTILE, "/a.py")).status_code == 404


def test_the_chain_is_filtered_exported_and_verified(site: Site, ada: Reader) -> None:
    page = ada.get("/audit?action=review.*").text
    assert "review.propose" in page
    assert "user.add" not in page.split("<tbody>")[1]
    answer = ada.get("/exports/audit.csv?action=review.*")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows
    assert {row["action"].split(".")[0] for row in rows} == {"review"}
    assert "export" in ada.get("/audit?action=export").text
    assert "It holds" in words_of(ada.get("/audit/verification").text)
    assert ada.get("/audit?colour=red").status_code == 422
    assert site.reader(BEN).get("/audit").status_code == 404
