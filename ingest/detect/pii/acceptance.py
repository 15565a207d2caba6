"""What becomes of a recognizer's hit: accepted, perhaps trimmed, or dropped with a reason code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ingest.detect.pii.accept_ip import judge_ip
from ingest.detect.pii.accept_mail import judge_email, judge_spelled_email
from ingest.detect.pii.accept_names import (
    judge_home,
    judge_listed_person,
    judge_marked_person,
    judge_mention,
    judge_note,
)
from ingest.detect.pii.accept_numbers import judge_card, judge_iban, judge_phone, judge_ssn
from ingest.detect.pii.engine import Hit
from ingest.detect.pii.exclusions import Exclusions
from ingest.detect.pii.place import Place, Verdict

Rule = Callable[[Place, Exclusions], Verdict]


def judge(hit: Hit, data: bytes, exclusions: Exclusions) -> Verdict:
    """Return the verdict of the rule that belongs to the hit's recognizer."""
    return _RULES[hit.rule](Place(data=data, hit=hit), exclusions)


_RULES: Final[Mapping[str, Rule]] = {
    "email.address": judge_email,
    "email.spelled": judge_spelled_email,
    "ip.address": judge_ip,
    "card.number": judge_card,
    "iban.code": judge_iban,
    "ssn.dashed": judge_ssn,
    "phone.international": judge_phone,
    "phone.us": judge_phone,
    "phone.national": judge_phone,
    "person.marked": judge_marked_person,
    "person.listed": judge_listed_person,
    "username.note": judge_note,
    "username.home": judge_home,
    "username.mention": judge_mention,
}
