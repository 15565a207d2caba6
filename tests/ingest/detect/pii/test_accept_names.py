from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.domain.finding import Category

Find = Callable[..., list[tuple[str, str]]]
Reasons = Callable[..., set[str]]


@pytest.mark.parametrize(
    ("text", "login"),
    [
        ("TODO(mquendrel): mend", "mquendrel"),
        ("FIXME (mquendrel) mend", "mquendrel"),
        ("XXX[m.quendrel] mend", "m.quendrel"),
        ("HACK(@mquendrel): mend", "mquendrel"),
        ("open /home/mquendrel/work", "mquendrel"),
        ("open /Users/mquendrel", "mquendrel"),
        (r"open C:\Users\mquendrel\x", "mquendrel"),
        (r"open C:\\Users\\mquendrel\\x", "mquendrel"),
        ("thanks to @mquendrel for it", "mquendrel"),
        ("reported by @m-quendrel.", "m-quendrel"),
    ],
)
def test_a_login_is_found(text: str, login: str, find: Find) -> None:
    assert find(text) == [("USERNAME", login)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("TODO(performance): x", "not_a_login"),
        ("TODO(issue-1234): x", "reference"),
        ("TODO(FloatArray): x", "identifier"),
        ("TODO(reader): x\nreader = 1", "identifier"),
        ("/home/runner/work", "not_a_login"),
        ("see @param here", "tag"),
        ("see @angular/core", "scope_or_call"),
        ("see @torque.wrench()", "scope_or_call"),
        ("from @dear_reader here", "template"),
        ("by the @lazyload decorator", "decorator"),
        ("x  # @NoMove", "pragma"),
        ("it is @mquendrel", "no_context"),
        ("by @lazyload\nlazyload = 1", "identifier"),
    ],
)
def test_what_is_no_login_has_its_reason(text: str, reason: str, reasons: Reasons) -> None:
    assert reasons(text, Category.USERNAME) == {reason}


def test_a_listed_name_whose_words_the_file_uses_is_a_phrase(find: Find, reasons: Reasons) -> None:
    assert find("We met Emily Johnson.") == [("PERSON", "Emily Johnson")]
    assert reasons("Emily Johnson\nemily = 1", Category.PERSON) == {"word_of_the_file"}


def test_a_login_or_address_does_not_make_a_name_a_word(find: Find) -> None:
    assert ("PERSON", "Emily Johnson") in find("We met Emily Johnson (@emily, emily@x).")


def test_a_listed_name_that_begins_a_company_is_none(reasons: Reasons) -> None:
    assert reasons("We met Emily Johnson Inc", Category.PERSON) <= {"organisation"}
