"""The APIs of three kinds of hosts: where a list is, and what an entry of it says.

Sources: GitHub REST API "List organization repositories"; GitLab "Groups API", list projects
(with ``include_subgroups``); Gitea API ``orgListRepos`` (Forgejo has the same).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import SourceUnreachable
from workers.discovery.model import FoundRepository, Group, Kind

_JSON: Final = "application/json"
_AGENT: Final = {"User-Agent": "shardgate"}


class _Entry(BaseModel):
    """What is read of an entry; hosts add fields, and none of these may be of another type."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    id: int
    archived: bool = False
    topics: tuple[str, ...] | None = None


class _Hosted(_Entry):
    """GitHub's and Gitea's."""

    full_name: str = Field(min_length=1, max_length=500)
    clone_url: str
    ssh_url: str = ""
    private: bool = False
    internal: bool = False
    visibility: str = ""
    fork: bool = False
    empty: bool = False
    size: int | None = None

    def found(self) -> FoundRepository:
        """Return it as one of ours."""
        named = "internal" if self.internal else "private" if self.private else "public"
        return FoundRepository(
            remote_id=str(self.id),
            full_name=self.full_name,
            https_url=self.clone_url,
            ssh_url=self.ssh_url,
            visibility=self.visibility or named,
            is_archived=self.archived,
            is_fork=self.fork,
            is_empty=self.empty,
            topics=self.topics or (),
            kilobytes=self.size,
        )


class _Project(_Entry):
    """GitLab's."""

    path_with_namespace: str = Field(min_length=1, max_length=500)
    http_url_to_repo: str
    ssh_url_to_repo: str = ""
    visibility: str = "private"
    forked_from_project: dict[str, Any] | None = None
    empty_repo: bool = False

    def found(self) -> FoundRepository:
        """Return it as one of ours."""
        return FoundRepository(
            remote_id=str(self.id),
            full_name=self.path_with_namespace,
            https_url=self.http_url_to_repo,
            ssh_url=self.ssh_url_to_repo,
            visibility=self.visibility,
            is_archived=self.archived,
            is_fork=self.forked_from_project is not None,
            is_empty=self.empty_repo,
            topics=self.topics or (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """Where a group's list is."""

    host: str
    """That answers; GitHub's is another than the one that serves git."""
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    scheme: str
    """Of the ``Authorization`` header."""


def api_of(group: Group) -> Api:
    """Return where and how the list of a group is asked for."""
    host = group.host.partition(":")[0]
    if group.kind is Kind.GITHUB:
        is_cloud = host == "github.com" or host.endswith(".ghe.com")
        return Api(
            host=f"api.{host}" if is_cloud else host,
            path=f"{'' if is_cloud else '/api/v3'}/orgs/{quote(group.name, safe='')}/repos",
            query={"type": "all", "sort": "full_name", "per_page": "100"},
            headers=_AGENT
            | {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"},
            scheme="Bearer",
        )
    if group.kind is Kind.GITLAB:
        return Api(
            host=host,
            path=f"/api/v4/groups/{quote(group.name, safe='')}/projects",
            query={
                "include_subgroups": "true",
                "with_shared": "false",
                "order_by": "id",
                "sort": "asc",
                "per_page": "100",
            },
            headers=_AGENT | {"Accept": _JSON},
            scheme="Bearer",
        )
    return Api(
        host=host,
        path=f"/api/v1/orgs/{quote(group.name, safe='')}/repos",
        query={"limit": "50", "page": "1"},
        headers=_AGENT | {"Accept": _JSON},
        scheme="token",
    )


def read_entries(kind: Kind, body: Any) -> list[FoundRepository]:  # noqa: ANN401 - decoded JSON
    """Return the repositories of a page.

    Raises:
        SourceUnreachable: it is no list of the documented form.
    """
    shape: type[_Hosted | _Project] = _Project if kind is Kind.GITLAB else _Hosted
    if not isinstance(body, list):
        raise SourceUnreachable("The API answers something that is no list of repositories.")
    try:
        return [shape.model_validate(entry).found() for entry in body]
    except ValidationError as error:
        field = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))[:60]
        raise SourceUnreachable(
            f"The API answers an entry of another form than documented ({field})."
        ) from None
