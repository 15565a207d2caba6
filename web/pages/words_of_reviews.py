"""The words of the decide panel: what each outcome and each reason means, for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from policies.review import ReviewKind, ReviewReason
from workers.snippets import UnmaskReason


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWords:
    """How an outcome is offered."""

    name: str
    means: str
    key: str
    """That picks it; empty: none does."""


KINDS: Final = {
    ReviewKind.FALSE_POSITIVE: KindWords(
        name="False positive",
        means="It is none. It no longer counts, and is not redacted.",
        key="a",
    ),
    ReviewKind.REDACT: KindWords(
        name="Redact",
        means="The value is replaced in what is shipped; the rule no longer holds these files.",
        key="d",
    ),
    ReviewKind.WAIVE: KindWords(
        name="Waive",
        means="The rule does not count for these files until the waiver ends.",
        key="w",
    ),
    ReviewKind.KEEP_INTERNAL: KindWords(
        name="Keep internal",
        means="These files are never releasable, whatever else is decided.",
        key="r",
    ),
    ReviewKind.EXCLUDE: KindWords(
        name="Exclude",
        means="These files go into no tier at all.",
        key="e",
    ),
}
REASONS: Final = {
    ReviewReason.RIGHTS_CONFIRMED: "Rights are confirmed",
    ReviewReason.LICENSE_CLARIFIED: "The license is clarified",
    ReviewReason.PERMISSION_OBTAINED: "Permission was obtained",
    ReviewReason.CREDENTIAL_DEAD: "The credential is dead",
    ReviewReason.INVENTED_DATA: "The data is invented",
    ReviewReason.PUBLIC_KNOWLEDGE: "It is public knowledge",
    ReviewReason.PERSON_AGREED: "The person agreed",
    ReviewReason.WRONG_MATCH: "The match is wrong",
    ReviewReason.RISK_ACCEPTED: "The risk is accepted",
    ReviewReason.NOT_FOR_RELEASE: "It is not for release",
    ReviewReason.OTHER: "Another reason, in the comment",
}
UNMASK_WORDS: Final = {
    UnmaskReason.JUDGE_MATCH: "To judge whether the match is right",
    UnmaskReason.FIND_OWNER: "To find whose it is",
    UnmaskReason.CHECK_ROTATION: "To check that it was rotated",
    UnmaskReason.INCIDENT: "Because of an incident",
}
ACTIONS: Final = {
    "propose": "asked for it",
    "approve": "agreed",
    "reject": "rejected it",
    "withdraw": "took it back",
}
EFFECTS: Final = {
    "hold": "Holds the file until somebody of the lane has looked",
    "internal-only": "Keeps the file internal",
    "exclude": "Leaves the file out of both tiers",
    "redact": "Replaces what was found",
    "report": "Is reported, and holds nothing",
    "grant": "Lets the file be released, where nothing stands against it",
}
