"""Words that take back what a license gives."""

from __future__ import annotations

import pytest

from ingest.detect.licensing.evidence import NO_TRAINING, RESTRICTION
from ingest.detect.licensing.names import fold
from ingest.detect.licensing.restrictions import find_restrictions


def _found(text: bytes) -> set[str]:
    return {sign.spdx for sign in find_restrictions(fold(text), (), ())}


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
        b"internal use only",
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


def test_inside_texts_only_hard_words_count() -> None:
    soft, hard = b"x" * 500 + b" must not be sold ", b"x" * 500 + b" non-commercial "
    for text, permissive, strict in ((soft, False, False), (hard, True, False)):
        span = [(0, len(text))]
        assert bool(find_restrictions(fold(text), span, [])) is permissive
        assert bool(find_restrictions(fold(text), [], span)) is strict
        assert find_restrictions(fold(text), [], [])
