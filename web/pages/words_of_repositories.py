"""The words of repositories: rights, consent and how visits ended."""

from __future__ import annotations

from typing import Final

from ingest.domain.repository import RightsBasis
from workers.restating import Cause

SYNC_WORDS: Final = {
    "full": ("Up to date", "good", "check"),
    "partial": ("Partly read", "warn", "warn"),
    "not_found": ("Not found", "bad", "cross"),
    "failed": ("Failed", "bad", "cross"),
    "never": ("Not visited yet", "mute", "clock"),
}
"""How the newest visit ended to (word, tone, icon)."""
CONSENT_WORDS: Final = {
    "valid": ("May be released", "good", "check"),
    "expired": ("Consent has ended", "bad", "clock"),
    "none": ("No consent", "mute", "lock"),
}
"""Release consent to (word, tone, icon)."""
RIGHTS_WORDS: Final[dict[str, tuple[str, str]]] = {
    RightsBasis.OWNER_ATTESTED.value: ("Our own", "Its owner attests that the company wrote it."),
    RightsBasis.CONTRACT.value: ("By contract", "Somebody wrote it for us, or let us have it."),
    RightsBasis.LICENSE.value: ("By license", "Its own license lets us use it."),
}
"""Rights basis to (word, meaning); a basis without one shows its own name."""
CAUSE_WORDS: Final[dict[str, str]] = {
    Cause.RENEWED.value: "The consent is given or renewed",
    Cause.ENDED.value: "The consent ends",
    Cause.TERMS.value: "Contract or license changed",
    Cause.TEAM.value: "Another team answers for it",
    Cause.CORRECTED.value: "What was stated was wrong",
    Cause.OTHER.value: "Another reason",
}
"""Why rights are stated anew, in words."""
