"""What every page is made of: files under digests, the choice of colours, words and escapes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from web.access.local import local_path
from web.pages import words
from web.pages.assets import asset_url, assets
from web.pages.templating import environment

TEMPLATES = Path(__file__).resolve().parents[3] / "web" / "pages" / "templates"
NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", sorted(assets()))
def test_a_file_is_kept_for_good_under_the_digest_of_its_bytes(bare: TestClient, name: str) -> None:
    answer = bare.get(asset_url(name))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


def test_a_file_under_another_digest_is_not_kept(bare: TestClient) -> None:
    answer = bare.get("/static/000000000000/base.css")
    assert answer.headers["cache-control"] == "no-store"
    assert bare.get("/static/000000000000/none.css").status_code == 404


def test_the_choice_of_colours_is_kept_in_a_cookie(bare: TestClient) -> None:
    form = {"theme": "dark", "next": "/reviews?lane=legal"}
    answer = bare.post("/theme", data=form, follow_redirects=False)
    assert answer.headers["location"] == "/reviews?lane=legal"
    assert "shardgate-theme=dark" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/inbox/legal", "/inbox/legal"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("/a\nb", "/"),
        ("", "/"),
    ],
)
def test_nobody_is_led_off_the_site(asked: str, led: str) -> None:
    assert local_path(asked) == led


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda p: p.name)
def test_a_template_compiles_and_has_neither_script_nor_style_inside(path: Path) -> None:
    environment().get_template(path.name)
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    # What is marked safe is a literal of ours.
    assert path.name == "parts.html" or "| safe" not in text


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=90), "90 days ago"),
        (-timedelta(days=2), "in 2 days"),
    ],
)
def test_moments_are_told_as_people_tell_them(span: timedelta, told: str) -> None:
    assert words.ago(NOW - span, NOW) == told
    assert f">{told}</time>" in words.when(NOW - span, NOW)


def test_text_of_others_shows_what_it_hides() -> None:
    assert words.shown("a\u202etxt.exe") == "a\\u{202e}txt.exe"
    assert words.shown(b"a\xff") == "a\\xff"
