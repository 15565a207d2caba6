from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.domain.secret import HmacKey, Secret
from tests.strategies.ingest import KEY

VALUE = b"correct-horse-battery-staple"


def test_a_secret_shows_nothing_of_itself() -> None:
    secret = Secret(VALUE)
    assert repr(secret) == str(secret) == "***"
    assert not hasattr(secret, "__dict__")


@pytest.mark.parametrize(
    "escape",
    [
        pickle.dumps,
        json.dumps,
        copy.copy,
        copy.deepcopy,
        hash,
        lambda s: f"{s}",
        lambda s: f"{s:>10}",
        lambda s: s == Secret(VALUE),
        lambda s: {s},
    ],
)
def test_a_secret_refuses_every_usual_way_out(escape: object) -> None:
    with pytest.raises(TypeError):
        escape(Secret(VALUE))  # type: ignore[operator]


def test_an_hmac_key_hides_its_material_and_cannot_be_pickled() -> None:
    assert "kkkk" not in repr(KEY)
    with pytest.raises(TypeError):
        pickle.dumps(KEY)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        HmacKey(key_id="short", material=b"x" * 31)


@given(st.binary(min_size=1), st.binary(min_size=1))
def test_equal_values_have_equal_identities_and_others_do_not(a: bytes, b: bytes) -> None:
    same = Secret(a).identity(KEY, "value") == Secret(b).identity(KEY, "value")
    assert same == (a == b)


@given(st.binary(min_size=1))
def test_identities_depend_on_key_and_kind(value: bytes) -> None:
    other = HmacKey(key_id="other", material=b"o" * 32)
    identities = {
        Secret(value).identity(KEY, "value"),
        Secret(value).identity(other, "value"),
        Secret(value).identity(KEY, "kind"),
    }
    assert len(identities) == 3


@given(st.binary(min_size=1, max_size=64))
def test_a_preview_shows_at_most_four_characters_and_none_of_a_short_value(value: bytes) -> None:
    preview = Secret(value).preview()
    assert preview.endswith("****")
    assert preview.isascii()
    assert preview.isprintable()
    assert len(preview) <= 8
    if len(value) < 16:
        assert preview == "****"
