"""Structured logs: static event names and identifiers, one JSON object a line, no content."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

FORBIDDEN_KEYS = frozenset(
    {"content", "match", "secret", "value", "text", "data", "password", "token", "exception"}
)


def drop_content(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out keys that could carry bytes of a repository; say which were taken."""
    dropped = sorted(FORBIDDEN_KEYS & event.keys())
    for key in dropped:
        del event[key]
    if dropped:
        event["dropped_keys"] = dropped
    return event


def configure_logging(level: int) -> None:
    """Write logs as JSON lines to the standard error of this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            drop_content,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
