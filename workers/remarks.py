"""What people write down is looked at for secrets first: it stays in the catalog for good."""

from __future__ import annotations

from ingest.detect.detector import findings_of_all
from ingest.domain.finding import Family
from ingest.domain.text import ScanText
from ingest.errors import InputError
from workers.context import Context
from workers.corpus import known_of_company
from workers.known import Sweeper

_NO_BLOB = "0" * 40


def checked_remark(context: Context, text: str) -> str:
    """Return a remark of a person in which no secret was found.

    It is looked at as prose by all rules for secrets, and for every value that is known to be one.

    Raises:
        InputError: it holds a secret; the message names the rule and never the value.
    """
    asked = [ScanText(blob_id=_NO_BLOB, suffix=".md", data=text.encode())]
    sweeper = Sweeper(known=known_of_company(context), key=context.keys.hmac)
    for detector in (sweeper, *context.detectors((Family.SECRETS,))):
        for finding in findings_of_all(detector, asked)[0]:
            raise InputError(
                f"The comment holds what looks like a secret ({finding.rule_id}, from character "
                f"{_characters_before(text, finding.start) + 1}); nothing was written.",
                hint="Name the finding by its fingerprint instead.",
            )
    return text


def _characters_before(text: str, offset: int) -> int:
    return len(text.encode()[:offset].decode(errors="replace"))
