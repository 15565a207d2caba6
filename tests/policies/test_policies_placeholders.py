"""A redaction may name its own placeholder; who names none keeps BigCode's, and its digest."""

from __future__ import annotations

import pytest

from ingest.domain.finding import Category
from ingest.errors import ConfigurationError
from policies.compare import compare
from policies.decision import Tier
from policies.document import default_policy_text, load_default_policy, load_policy
from policies.model import Policy
from policies.placeholders import PLACEHOLDERS, choose_placeholders, named_placeholders
from policies.review import rule_version

SECRET = "  - id: REDACT_SECRET\n"


def policy_with(placeholder: str, *, before: str = "") -> Policy:
    """The default policy with a placeholder for secrets, and a rule before that one."""
    text = default_policy_text().replace(
        SECRET, f"{before}{SECRET}    placeholder: {placeholder}\n"
    )
    return load_policy(text)


def test_a_named_placeholder_is_chosen_where_its_rule_fired() -> None:
    named = named_placeholders(policy_with('"<HIDDEN_KEY>"'), Tier.RELEASABLE)
    chosen = choose_placeholders(named, ["REDACT_SECRET"])
    assert chosen[Category.PASSWORD] == chosen[Category.PRIVATE_KEY] == b"<HIDDEN_KEY>"
    assert chosen[Category.EMAIL_ADDRESS] == PLACEHOLDERS[Category.EMAIL_ADDRESS]
    assert choose_placeholders(named, ["OTHER"]) == PLACEHOLDERS
    assert named_placeholders(load_default_policy(), Tier.RELEASABLE) == ()


def test_the_first_rule_of_the_document_names_it_and_a_tier_may_have_its_own() -> None:
    first = (
        "  - id: FIRST\n    title: A test key\n    because: It is one of ours.\n"
        "    when: is_test AND password_count > 0\n    effect: redact\n"
        '    categories: [PASSWORD]\n    tiers: releasable\n    placeholder: "<TEST_WORD>"\n'
    )
    policy = policy_with('"<HIDDEN_KEY>"', before=first)
    both = ["REDACT_SECRET", "FIRST"]
    released = choose_placeholders(named_placeholders(policy, Tier.RELEASABLE), both)
    inside = choose_placeholders(named_placeholders(policy, Tier.INTERNAL_ONLY), both)
    assert (released[Category.PASSWORD], inside[Category.PASSWORD]) == (
        b"<TEST_WORD>",
        b"<HIDDEN_KEY>",
    )


@pytest.mark.parametrize("written", ['"KEY"', '"<key>"', '"<K1>"', '"<KEY> "', '"<>"', '"<A><B>"'])
def test_what_is_no_placeholder_is_refused(written: str) -> None:
    with pytest.raises(ConfigurationError, match=r"line \d+, column \d+: .*placeholder"):
        policy_with(written)


def test_only_a_redaction_names_one() -> None:
    text = default_policy_text().replace(
        "    effect: grant\n", '    effect: grant\n    placeholder: "<X>"\n', 1
    )
    with pytest.raises(ConfigurationError, match="only a redaction names a placeholder"):
        load_policy(text)


def test_a_rule_that_names_none_has_the_digest_that_it_had() -> None:
    policy, named = load_default_policy(), policy_with('"<HIDDEN_KEY>"')
    assert all("placeholder" not in r.document.model_dump(mode="json") for r in policy.rules)
    assert rule_version(policy, "GENERATED") == rule_version(named, "GENERATED")
    assert rule_version(policy, "REDACT_SECRET") != rule_version(named, "REDACT_SECRET")
    assert policy.digest != named.digest
    for pair in ((policy, named), (named, policy)):
        (change,) = compare(pair[0].document, pair[1].document)
        assert (change.what, change.field) == ("rule REDACT_SECRET", "placeholder")
