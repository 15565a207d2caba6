"""What people decide: reviews, their states, what they are bound to, and what they change."""

from policies.review.active import NO_REVIEWS, Reviews, in_force, is_bound
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
)

__all__ = [
    "DEFAULT_WAIVER_DAYS",
    "MAX_BLOBS",
    "NO_REVIEWS",
    "Approval",
    "Bench",
    "Cleared",
    "Move",
    "Review",
    "ReviewKind",
    "ReviewReason",
    "ReviewRefused",
    "ReviewState",
    "Reviews",
    "Target",
    "approve",
    "check_binding",
    "check_comment",
    "check_person",
    "clear_findings",
    "clearing_lane",
    "in_force",
    "is_bound",
    "lane_of_category",
    "lane_that_clears",
    "max_waiver",
    "reject",
    "rule_version",
    "withdraw",
]
