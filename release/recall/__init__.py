"""Take back: a release again without some rows, the recall that names them, the feed of recalls.

The order is part of the promise: first the release without the rows is published, then the recall
that names them, then the feed that lists both. Each step may be repeated and changes nothing the
second time, so a process that dies between two of them is made good by running it again.
"""

from release.domain.feed import Feed, FeedRelease, ReleaseStanding
from release.domain.recall import Recall, RecallReason, Tombstone, tombstones_table
from release.pull.recalls import read_feed, recalls_folder
from release.recall.publish import RecallTools, publish_recall, update_feed
from release.recall.rerelease import (
    DROPPED,
    ReReleaseSpec,
    ReReleaseTools,
    re_release,
)

__all__ = [
    "DROPPED",
    "Feed",
    "FeedRelease",
    "ReReleaseSpec",
    "ReReleaseTools",
    "Recall",
    "RecallReason",
    "RecallTools",
    "ReleaseStanding",
    "Tombstone",
    "publish_recall",
    "re_release",
    "read_feed",
    "recalls_folder",
    "tombstones_table",
    "update_feed",
]
