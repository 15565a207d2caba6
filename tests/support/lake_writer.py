"""A process that is killed while it writes an artefact; run by tests with ``-m``.

Arguments: folder of the lake, and the function of ``os`` before which the process dies.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pyarrow as pa

from store.lake import Lake


def die(*_: object) -> None:
    """End as a crash does: no cleanup, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    setattr(os, sys.argv[2], die)
    Lake(Path(sys.argv[1])).write("batches", "key", pa.table({"a": [1, 2, 3]}))
