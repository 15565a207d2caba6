"""Words that take back what a license gives."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ingest.detect.licensing.evidence import NO_TRAINING, RESTRICTION, UNKNOWN, Evidence
from ingest.detect.licensing.names import fold
from ingest.detect.licensing.restrictions import find_purposes, find_restrictions
from ingest.detect.licensing.texts import Texts

NONE = Texts()


Span = tuple[int, int]


def _signs(
    text: bytes, permissive: Sequence[Span] = (), strict: Sequence[Span] = (), texts: Texts = NONE
) -> list[Evidence]:
    return find_restrictions(
        fold(text), texts, permissive=permissive, strict=strict, is_license_file=False
    )


def _found(text: bytes) -> set[str]:
    return {sign.spdx for sign in _signs(text)}


@pytest.mark.parametrize(
    "text",
    [
        b"may not be used to train machine learning models",
        b"No part may be used for training artificial intelligence systems",
        b"use in training of large language models is prohibited",
        b"rights for text and data mining are reserved and not granted",
        b"Training an AI requires a written agreement",
        b"you may not include this in a dataset for training",
    ],
)
def test_words_against_training(text: bytes) -> None:
    assert NO_TRAINING in _found(text)


@pytest.mark.parametrize(
    "text",
    [
        b"for non-commercial use",
        b"NonCommercial",
        b"may not be used for commercial purposes without prior written permission",
        b"for evaluation purposes only",
        b"this software is for internal use only",
        b"internal use only - do not distribute",
        b"Commons Clause",
        b"must not be redistributed",
        b"redistribution is strictly prohibited",
        b"do not distribute",
        b"confidential",
    ],
)
def test_words_of_restriction(text: bytes) -> None:
    assert RESTRICTION in _found(text)


@pytest.mark.parametrize(
    "text",
    [
        b"you may not use this file except in compliance with the License",
        b"names of contributors may not be used to endorse or promote products",
        b"shall not be used in advertising or otherwise to promote the sale",
        b"for commercial and non-commercial purposes",
        b"must not be misrepresented as being the original software",
        b"training data for the model is described in the paper",
        b"a train of thought that is not finished",
    ],
)
def test_sentences_of_permissive_licenses_are_innocent(text: bytes) -> None:
    assert _found(text) == set()


def test_inside_texts_that_only_a_template_saw_hard_words_count() -> None:
    soft, hard = b"x" * 500 + b" must not be sold x", b"x" * 500 + b" non-commercial x"
    for text, is_found in ((soft, False), (hard, True)):
        span = [(0, len(text))]
        found = {s.spdx for s in _signs(text, permissive=span) if s.score == 1.0}
        assert bool(found) is is_found
        assert not _signs(text, strict=span)
        assert _signs(text)


def test_words_of_a_known_text_say_nothing_new_and_added_ones_do() -> None:
    text = b"do as you like. commercial use is prohibited here for all of you. have fun with it."
    start, end = text.index(b"commercial"), text.index(b" have")
    whole = ((0, len(text)),)
    own = Texts(own=whole)
    changed = Texts(own=((0, start), (end, len(text))), added=((start, end),))

    assert not _signs(text, permissive=whole, texts=own)
    assert RESTRICTION in {s.spdx for s in _signs(text, permissive=whole, texts=changed)}


def test_a_sentence_added_inside_a_text_is_at_least_doubtful() -> None:
    text = b"take it. the wind has blown over the old hills and it is gone by now. take it all."
    start, end = text.index(b"the wind"), text.index(b" take it all")
    texts = Texts(own=((0, start), (end, len(text))), added=((start, end),))

    assert {s.spdx for s in _signs(text, permissive=[(0, len(text))], texts=texts)} == {UNKNOWN}


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        (b"free for non-commercial use", True),
        (b"it should not be used for any commercial purposes", True),
        (b"for commercial and non-commercial use", False),
        (b"a non-commercial flight", False),
        (b"we do not train the language model here", False),
        (b"must not be used to train a language model", True),
    ],
)
def test_limits_of_purpose_need_no_legal_word(text: bytes, *, is_found: bool) -> None:
    assert bool(find_purposes(fold(text))) is is_found


def test_functions_for_internal_use_are_no_restricted_works() -> None:
    assert _found(b"all the rest are undocumented and for internal use only") == set()
