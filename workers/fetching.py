"""How this installation runs git against a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.mirror.git import Extent, GitLimits, GitSettings
from workers.settings import Settings

if TYPE_CHECKING:
    from ingest.mirror.git import Held


def git_settings(
    settings: Settings,
    url: str,
    *,
    held: Held | None = None,
    limits: GitLimits | None = None,
    extent: Extent = Extent.ALL,
) -> GitSettings:
    """Return what git is told about a repository's URL.

    A local path is fetched where its URL got as far as here: what may be registered is decided at
    registration, and who scans a path names it herself.
    """
    return GitSettings(
        allow_hosts=frozenset(settings.allow_hosts),
        allow_local=url.startswith("file:"),
        known_hosts=settings.known_hosts,
        ca_file=settings.ca_file,
        limits=limits or GitLimits(wall_seconds=settings.git_timeout_seconds),
        extent=extent,
        held=held,
        credential_hosts=settings.credential_pairs,
        own_secrets=settings.own_secrets,
    )
