"""Wake workers up: the one producer of messages, for every face and for the workers themselves.

A message carries a job id, and the ids of a trace where there is one. It is in the documented
protocol of Celery's messages (version 2), written without Celery: whoever only wakes workers, like
the web server, loads none of them. A broker that is away is no error, as jobs wait in the catalog
and the reconciler of any worker finds them there.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import redis
import structlog
from kombu.connection import Connection
from kombu.exceptions import OperationalError
from opentelemetry.trace import SpanKind

from workers.settings import Settings
from workers.tracing import carried, span

_PREFIX: Final = "shardgate"
TASK: Final = "shardgate.run_job"
_TRANSPORT: Final = {"socket_timeout": 5, "socket_connect_timeout": 0.3}
"""Seconds; who asks for something does not wait for a broker that is away."""
_AWAY: Final = (OperationalError, redis.RedisError, OSError)


def wake(settings: Settings, routed: Sequence[tuple[str, str]]) -> bool:
    """Announce jobs, each in its queue; tell whether the broker took the messages."""
    if not routed:
        return True
    count = {"messaging.batch.message_count": len(routed)}
    try:
        with span("wake", SpanKind.PRODUCER, count), _channel(settings) as channel:
            for job_id, queue in routed:
                _publish(channel, job_id, address(queue))
    except _AWAY:
        structlog.get_logger().warning("broker is away, jobs wait in the catalog")
        return False
    return True


def queue_lengths(settings: Settings, queues: Sequence[str]) -> dict[str, int] | None:
    """Return how many messages wait in each queue; None while the broker is away."""
    try:
        with _channel(settings) as channel:
            # What every transport of kombu has; to declare a queue would fail where it is empty.
            return {queue: int(channel._size(address(queue))) for queue in queues}  # noqa: SLF001
    except _AWAY:
        return None


def idle_queues(settings: Settings, queues: Sequence[str]) -> list[str]:
    """Return the queues in which no message waits; none while the broker is away."""
    lengths = queue_lengths(settings, queues) or {}
    return [queue for queue, length in lengths.items() if length == 0]


def address(queue: str) -> str:
    """Return what the broker knows a queue by."""
    return f"{_PREFIX}.{queue}"


@contextmanager
def _channel(settings: Settings) -> Iterator[Any]:
    # A connection a call: a kept one would be shared by forks, and a message is rare.
    options = dict(_TRANSPORT)
    with Connection(settings.queue_url, transport_options=options) as connection:  # type: ignore[no-untyped-call]
        # By itself a first failure is followed by two seconds of waiting.
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
        yield connection.channel()


def _publish(channel: Any, job_id: str, key: str) -> None:  # noqa: ANN401 - kombu has no types
    """Write one message: docs.celeryq.dev, "Message Protocol", version 2."""
    message_id = str(uuid.uuid4())
    body = [[job_id], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}]
    headers = {
        "lang": "py",
        "task": TASK,
        "id": message_id,
        "root_id": message_id,
        "parent_id": None,
        "group": None,
        "retries": 0,
        "eta": None,
        "expires": None,
        "timelimit": [None, None],
        "argsrepr": "()",
        "kwargsrepr": "{}",
        "ignore_result": True,
    } | carried()
    channel.Producer().publish(
        body,
        exchange="",
        routing_key=key,
        serializer="json",
        headers=headers,
        correlation_id=message_id,
        retry=False,
    )
