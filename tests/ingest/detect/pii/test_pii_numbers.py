from __future__ import annotations

import pytest

from ingest.detect.pii.numbers import number_recognizers, respell_email


def test_every_recognizer_has_a_name_of_its_own() -> None:
    names = [recognizer.name for recognizer in number_recognizers(())]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "text",
    [
        "jane [at] kestrel [dot] io",
        "jane(at)kestrel.io",
        "jane at kestrel dot io",
        "jane {AT} kestrel {DOT} io",
    ],
)
def test_signs_that_are_spelled_are_put_back(text: str) -> None:
    assert respell_email(text) == ("jane", "kestrel.io")


def test_a_spelled_domain_needs_a_suffix_that_exists() -> None:
    spelled = next(r for r in number_recognizers(()) if r.name == "email.spelled")
    assert spelled.analyze("jane at kestrel dot io", ["EMAIL_ADDRESS"])
    assert not spelled.analyze("stop at first dot after", ["EMAIL_ADDRESS"])


def test_internal_suffixes_extend_the_public_list() -> None:
    text = "jane" + "@" + "mail.kestrelcorp"
    for suffixes, count in (((), 0), (("kestrelcorp",), 1)):
        plain = next(r for r in number_recognizers(suffixes) if r.name == "email.address")
        assert len(plain.analyze(text, ["EMAIL_ADDRESS"])) == count


def test_national_numbers_are_not_looked_for_without_a_phone_word() -> None:
    national = next(r for r in number_recognizers(()) if r.name == "phone.national")
    number = "020 7183 " + "8750"
    assert national.analyze(f"phone {number}", ["PHONE_NUMBER"])
    assert not national.analyze(f"value {number}", ["PHONE_NUMBER"])
