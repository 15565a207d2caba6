"""What becomes of a recognizer's hit: accepted, perhaps trimmed, or dropped with a reason code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ingest.detect.pii.accept_ip import judge_ip
from ingest.detect.pii.accept_mail import judge_email, judge_spelled_email
from ingest.detect.pii.accept_names import (
    judge_field_person,
    judge_home,
    judge_listed_person,
    judge_login_column,
    judge_marked_person,
    judge_mention,
    judge_model_person,
    judge_note,
)
from ingest.detect.pii.accept_numbers import (
    judge_card,
    judge_column,
    judge_iban,
    judge_identity,
    judge_phone,
    judge_phone_beside,
    judge_ssn,
)
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.place import Place, Verdict
from ingest.detect.pii.words import WordIndex

Rule = Callable[[Place, Exclusions], Verdict]


def judge(hit: Hit, data: bytes, exclusions: Exclusions, words: WordIndex | None = None) -> Verdict:
    """Return the verdict of the rule that belongs to the hit's recognizer.

    `words` is the index of `data`; without it one is made for this call.
    """
    return rule_of(hit.rule)(Place(data=data, hit=hit, words=words or WordIndex(data)), exclusions)


def rule_of(name: str) -> Rule:
    """Return the acceptance of a rule id.

    Raises:
        KeyError: no recognizer has this name.
    """
    return judge_identity if name.startswith("identity.") else _RULES[name]


_RULES: Final[Mapping[str, Rule]] = {
    "email.address": judge_email,
    "email.spelled": judge_spelled_email,
    "ip.address": judge_ip,
    "card.number": judge_card,
    "card.column": judge_column,
    "iban.code": judge_iban,
    "ssn.dashed": judge_ssn,
    "ssn.column": judge_column,
    "phone.international": judge_phone,
    "phone.us": judge_phone,
    "phone.national": judge_phone,
    "phone.column": judge_column,
    "phone.beside": judge_phone_beside,
    "person.marked": judge_marked_person,
    "person.field": judge_field_person,
    "person.column": judge_field_person,
    "person.roster": judge_field_person,
    "person.listed": judge_listed_person,
    "person.hinted": judge_listed_person,
    "person.given": judge_listed_person,
    "person.echo": judge_listed_person,
    "person.ner": judge_model_person,
    "username.note": judge_note,
    "username.home": judge_home,
    "username.mention": judge_mention,
    "username.column": judge_login_column,
    "username.record": judge_login_column,
}
