"""What discovery asks for and what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of hosts whose API is known."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"
    """Forgejo too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Whose repositories are listed: an organisation, or a group with its subgroups."""

    kind: Kind
    host: str
    """Lower case; with a port where it is not the one of https."""
    name: str
    """Such as ``acme``, or ``acme/platform`` on GitLab."""
    credential: str = ""
    """Reference ``env:NAME`` or ``file:PATH`` of a token that may read the list."""

    @property
    def source(self) -> str:
        """Name under which what was found is remembered."""
        return f"{self.kind.value}:{self.host}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which of a group's repositories are wanted. Patterns are globs without regard to case.

    One with a slash is compared with the full name, any other with its last part.
    """

    include: Sequence[str] = ()
    """Any of them; none: all."""
    exclude: Sequence[str] = ()
    archived: bool = False
    forks: bool = False
    empty: bool = False
    visibility: Sequence[str] = ()
    """Any of ``public``, ``internal``, ``private``; none: all."""
    topics: Sequence[str] = ()
    """Any of them; none: all."""
    exclude_topics: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRepository:
    """A repository as the host describes it."""

    remote_id: str
    """The host's own number; stays when the repository is renamed."""
    full_name: str
    https_url: str
    ssh_url: str
    visibility: str
    is_archived: bool = False
    is_fork: bool = False
    is_empty: bool = False
    topics: Sequence[str] = ()
    kilobytes: int | None = None
    """Size that the host states; None where it states none."""


class Standing(StrEnum):
    """How a found repository stands to what is registered."""

    NEW = "new"
    KNOWN = "known"
    RENAMED = "renamed"
    """Registered under an address that it no longer has."""
    GONE = "gone"
    """Registered, and no longer in the list."""
    LEFT_OUT = "left out"
    """By a filter."""
    REFUSED = "refused"
    """Its address is none that may be registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRepository:
    """One line of a plan."""

    standing: Standing
    full_name: str
    url: str
    """Canonical; empty where it is refused or gone."""
    repository_id: str
    remote_id: str
    reason: str
    """Why it is left out or refused, what it is registered as, or what it was called."""
    visibility: str = ""
    kilobytes: int | None = None
    registered_id: str = ""
    """Of the registration that is about it; empty for a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveryPlan:
    """What registering a group's repositories would change; nothing is written yet."""

    group: Group
    items: Sequence[PlannedRepository]
    """Sorted by standing and name."""
    requests: int
    """Asked of the API; answers that had not changed are among them and cost nothing there."""

    def of(self, standing: Standing) -> list[PlannedRepository]:
        """Return the lines of one standing."""
        return [item for item in self.items if item.standing is standing]
