"""``python -m workers.health``: exit 0 where this process could work; stacks ask it."""

from __future__ import annotations

import sys

from sqlalchemy import text

from workers import embedded
from workers.context import Context
from workers.settings import Settings


def faults(settings: Settings) -> list[str]:
    """Return what does not answer, each in a few words; none where a worker could work."""
    found = [] if embedded.ping(settings) else ["the broker does not answer"]
    try:
        Context(settings=settings).catalog.database.read(lambda s: s.execute(text("SELECT 1")))
    except Exception as error:  # noqa: BLE001 - whatever it is, and its text may name a password
        found.append(f"the catalog does not answer: {type(error).__name__}")
    return found


def main() -> None:
    """Print what does not answer, and exit 1 for it."""
    found = faults(Settings())
    for line in found:
        sys.stderr.write(f"{line}\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
