"""A process that appends to the audit chain until it is killed; run by tests with ``-m``.

Argument: catalog URL. Prints the number of every entry after its commit.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from store.catalog import AuditLog, Catalog


def write_forever(url: str) -> None:
    """Append and print, without end."""
    log = AuditLog(Catalog(url), lambda: datetime.now(UTC))
    while True:
        entry = log.append("writer", "wrote", "nothing")
        sys.stdout.write(f"{entry.seq}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    write_forever(sys.argv[1])
