"""License texts as the installed package keeps them."""

from __future__ import annotations

from ingest.detect.licensing.templates import read_templates


def test_texts_are_read_with_alternatives_and_options() -> None:
    templates = {t.license_id: t for t in read_templates()}
    mit = templates["MIT"]

    assert len(templates) > 500
    assert mit.title == "MIT License"
    assert ("hereby", "granted", "free") in mit.possible
    assert ("permission", "is", "hereby") in mit.needed
    assert all(t.needed <= t.possible for t in templates.values())


def test_a_short_optional_part_is_not_the_body() -> None:
    templates = {t.license_id: t for t in read_templates()}

    assert ("this", "version", "removes") in templates["W3C"].possible - templates["W3C"].needed
    # The older of its two texts is an option of the whole, and nearly all of it.
    assert len(templates["OpenSSL"].needed) > 400
