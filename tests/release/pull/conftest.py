"""Pulling from a stand-in of the hub."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from release.domain.manifest import Release
from release.pull import Address, Patience, Wanted, open_hub, take_over
from release.pull.recalls import Reader
from tests.support.hubserver import TOKEN, Standin

HASTY = Patience(connect_seconds=5, read_seconds=5, tries=4, pause_seconds=0)


def from_hub(
    server: Standin, release: str, dest: Path, reader: Reader, *, streams: int = 3, **more: Any
) -> Release:
    """Pull a release from a stand-in."""
    wanted = Wanted(
        release=release,
        tier=reader.tier,
        streams=streams,
        drop_recalled=more.get("drop_recalled", False),
    )
    with open_hub(Address(url=server.url, token=TOKEN), wanted, HASTY) as source:
        return take_over(source, dest, reader, **more)
