"""Read a release in a training run: ``from shardgate_client import load``.

Needs no more of Shardgate than `release.pull`: no catalog, no detectors, no queue.
"""

from shardgate_client.loading import Server, load
from shardgate_client.rows import Rows

__all__ = ["Rows", "Server", "load"]
