"""What people decide: reviews, their states, what they are bound to, and what they change."""

from policies.review.active import NO_REVIEWS, Bearing, Reviews, in_force, is_bound
from policies.review.binding import (
    DEFAULT_WAIVER_DAYS,
    ReviewRefused,
    check_binding,
    clearing_lane,
    lane_of_category,
    lane_that_clears,
    max_waiver,
    rule_version,
)
from policies.review.clear import Cleared, clear_findings
from policies.review.lifecycle import Bench, Move, approve, reject, withdraw
from policies.review.lifting import approve_lifting, ask_to_lift, refuse_lifting
from policies.review.model import (
    MAX_BLOBS,
    Approval,
    Review,
    ReviewKind,
    ReviewReason,
    ReviewState,
    Target,
    check_comment,
    check_person,
    is_person,
)
from policies.review.withdrawal import (
    WITHDRAWN_CONTENTS,
    Selector,
    Withdrawal,
    WithdrawalReason,
    WithdrawalScope,
    WithdrawalState,
)

__all__ = [
    "DEFAULT_WAIVER_DAYS",
    "MAX_BLOBS",
    "NO_REVIEWS",
    "WITHDRAWN_CONTENTS",
    "Approval",
    "Bearing",
    "Bench",
    "Cleared",
    "Move",
    "Review",
    "ReviewKind",
    "ReviewReason",
    "ReviewRefused",
    "ReviewState",
    "Reviews",
    "Selector",
    "Target",
    "Withdrawal",
    "WithdrawalReason",
    "WithdrawalScope",
    "WithdrawalState",
    "approve",
    "approve_lifting",
    "ask_to_lift",
    "check_binding",
    "check_comment",
    "check_person",
    "clear_findings",
    "clearing_lane",
    "in_force",
    "is_bound",
    "is_person",
    "lane_of_category",
    "lane_that_clears",
    "max_waiver",
    "refuse_lifting",
    "reject",
    "rule_version",
    "withdraw",
]
