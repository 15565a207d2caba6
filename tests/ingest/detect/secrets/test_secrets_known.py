"""A value found once is found everywhere, and is kept nowhere."""

from __future__ import annotations

import pickle
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.detect.secrets.known import MIN_BYTES, KnownValue, KnownValues, known_of
from ingest.domain.finding import Category, Confidence, Finding
from ingest.domain.secret import HmacKey, Secret

KEY = HmacKey(key_id="test", material=b"k" * 32)
JOINTS = "=:/@&?#.!%+*$~^-"
VALUE = "q9Zk2" + "LmT8xWv4R"
secrets = st.text(string.ascii_letters + string.digits + JOINTS, min_size=12, max_size=40).filter(
    lambda v: (
        any(c.isdigit() for c in v) and any(c.islower() for c in v) and any(c.isupper() for c in v)
    )
)


def known(value: str, category: str = "PASSWORD") -> KnownValue:
    return KnownValue(
        category=category, length=len(value), hmac=KEY.digest("value", value.encode())
    )


def places(text: str, *values: str) -> list[str]:
    data = text.encode()
    found = KnownValues(map(known, values), key=KEY).matches(data)
    return [data[m.start : m.end].decode() for m in found]


@given(
    value=secrets,
    before=st.sampled_from([*" \n\"'<([{,;", *JOINTS]),
    after=st.sampled_from([*" \n\"'>)]},;", *JOINTS]),
)
def test_a_known_value_is_found_between_any_two_edges(value: str, before: str, after: str) -> None:
    assert value in places(f"see{before}{value}{after}more", value)


@pytest.mark.parametrize(
    "text", [VALUE, f"a={VALUE}", f"{VALUE}/x", f"https://u:{VALUE}@h/x", f"é{' '}{VALUE}"]
)
def test_it_is_found_at_the_ends_and_inside_of_runs(text: str) -> None:
    assert places(text, VALUE) == [VALUE]


@pytest.mark.parametrize(
    "text", [f"x{VALUE}", f"{VALUE}9", VALUE[:-1], VALUE.lower(), "", " ".join(VALUE)]
)
def test_what_is_glued_cut_or_changed_is_not_it(text: str) -> None:
    assert places(text, VALUE) == []


def test_the_longer_of_two_known_values_is_taken() -> None:
    assert places(f"x={VALUE}/{VALUE} {VALUE}", VALUE, f"{VALUE}/{VALUE}") == [
        f"{VALUE}/{VALUE}",
        VALUE,
    ]


@pytest.mark.parametrize("value", ["administrator", "20240101", "password1"[:7], "a1B"])
def test_a_value_that_may_stand_for_something_else_is_not_swept(value: str) -> None:
    assert places(f"x = {value}", value) == []


def test_the_digest_changes_with_what_is_known_and_not_with_its_order() -> None:
    values = [known(value) for value in (VALUE, VALUE[::-1])]
    digests = {KnownValues(v, key=KEY).digest for v in (values, values[::-1], values[:1], [])}
    assert len(digests) == 3


@given(st.lists(st.text("aZ0=/_. '", max_size=30), max_size=8))
def test_what_was_read_before_changes_nothing(texts: list[str]) -> None:
    values = [known(value) for value in ("a0=Z0/a0Z", "0000aaaa", "a_0Z.0aZ")]
    used = KnownValues(values, key=KEY)
    for text in [*texts, *texts, *("a0=Z0/a0Z.0000aaaa", "0000aaaa")]:
        data = text.encode()
        assert used.matches(data) == KnownValues(values, key=KEY).matches(data)


def test_the_lookup_holds_no_value() -> None:
    lookup = KnownValues([known(VALUE)], key=KEY)
    assert lookup.matches(f"{VALUE}x {VALUE}".encode())
    shown = repr(vars(lookup)) + repr(known(VALUE))
    assert VALUE not in shown
    assert VALUE[:6] not in shown
    with pytest.raises(TypeError):
        pickle.dumps(lookup)


def test_another_key_finds_nothing() -> None:
    other = HmacKey(key_id="other", material=b"o" * 32)
    assert KnownValues([known(VALUE)], key=other).matches(VALUE.encode()) == []


def test_findings_through_views_and_private_keys_make_nothing_known() -> None:
    def finding(category: Category, views: tuple[str, ...]) -> Finding:
        return Finding.of(
            Secret(VALUE.encode()),
            key=KEY,
            detector_id="d",
            rule_id="r",
            category=category,
            start=0,
            end=len(VALUE),
            line=1,
            confidence=Confidence.LOW,
            views=views,
        )

    taken = finding(Category.PROVIDER_TOKEN, ())
    left = [finding(Category.PRIVATE_KEY, ()), finding(Category.PASSWORD, ("base64",))]
    assert known_of([taken, *left]) == {known(VALUE, "PROVIDER_TOKEN")}


def test_a_long_run_of_joints_is_read_to_its_end() -> None:
    text = "/".join("a1B2c3D4" for _ in range(4000)) + f"/{VALUE}"
    assert places(text, VALUE, "x" * MIN_BYTES) == [VALUE]
