"""The hub's routes; each asks one question of the published releases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from starlette.responses import FileResponse, Response

from ingest.errors import ReleaseRefused
from release.domain.grant import Grant
from store.catalog import Token
from web.hub.access import admitted, authenticated, handed_over
from web.hub.answers import (
    HubRefusal,
    describe_dataset,
    describe_paths,
    describe_refs,
    list_tree,
    tier_of,
)
from web.services import Served
from workers.published import LATEST, PublishedRelease

router = APIRouter(prefix="/hub", include_in_schema=False)

_DATASET = "/api/datasets/{namespace}/{name}"
_MAX_BODY_BYTES = 2**20
_TRUE = frozenset({"true", "True", "1"})


class _ListedFile(FileResponse):
    """A file, whole by the server's own means, or a range of it in pieces of a megabyte."""

    chunk_size = 2**20


Holder = Annotated[Token, Depends(authenticated)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A release, and by which grant somebody reads it."""

    release: PublishedRelease
    grant: Grant


def admission(request: Request, services: Served, holder: Holder) -> Admission:
    """Return the release that a path names, if the token's holder may read it.

    Raises:
        HubRefusal: there is no such dataset or revision, or nobody granted it.
    """
    names = request.path_params
    tier = tier_of(names["namespace"], names["name"])
    grant = admitted(services, holder, tier)
    try:
        release = services.releases.find(tier, names.get("revision", LATEST))
    except ReleaseRefused as error:
        raise HubRefusal(410, error.message) from None
    if release is None:
        raise HubRefusal(404, "There is no such release.", "RevisionNotFound")
    return Admission(release=release, grant=grant)


def release_of(admitted_to: Annotated[Admission, Depends(admission)]) -> PublishedRelease:
    """Return the release that a path names."""
    return admitted_to.release


Release = Annotated[PublishedRelease, Depends(release_of)]


@router.get("/api/whoami-v2")
def whoami(holder: Holder) -> dict[str, Any]:
    """Say whose token it is."""
    access = {"displayName": holder.id, "role": "read"}
    return {
        "type": "user",
        "id": holder.id,
        "name": holder.consumer,
        "fullname": holder.consumer,
        "orgs": [],
        "auth": {"type": "access_token", "accessToken": access},
    }


@router.get(_DATASET)
@router.get(_DATASET + "/revision/{revision}")
def dataset(release: Release) -> dict[str, Any]:
    """Say what a dataset is at a revision."""
    return describe_dataset(release)


@router.get(_DATASET + "/refs")
def refs(release: Release, services: Served) -> dict[str, Any]:
    """List the revisions of a dataset."""
    return describe_refs(services.releases.list_all(release.tier))


@router.get(_DATASET + "/tree/{revision}")
@router.get(_DATASET + "/tree/{revision}/{path:path}")
def tree(release: Release, request: Request) -> list[dict[str, Any]]:
    """List files of a revision."""
    asked = request.query_params
    return list_tree(
        release,
        request.path_params.get("path", "").strip("/"),
        recursive=asked.get("recursive") in _TRUE,
        expand=asked.get("expand") in _TRUE,
    )


@router.post(_DATASET + "/paths-info/{revision}")
async def paths_info(release: Release, request: Request) -> list[dict[str, Any]]:
    """Say what some paths of a revision are; asked as a form or as JSON."""
    paths, expand = _asked_paths(await _read_body(request), request.headers.get("content-type", ""))
    return list(describe_paths(release, paths, expand=expand))


@router.api_route(
    "/datasets/{namespace}/{name}/resolve/{revision}/{path:path}", methods=["GET", "HEAD"]
)
def resolve(
    admitted_to: Annotated[Admission, Depends(admission)],
    request: Request,
    services: Served,
    holder: Holder,
) -> Response:
    """Hand out a file of a revision, whole or a range of it; what was read is a pull."""
    release = admitted_to.release
    file = release.by_path.get(request.path_params["path"])
    if file is None:
        raise HubRefusal(404, "There is no such file.", "EntryNotFound")
    if request.method == "GET" and file.path.startswith("data/"):
        handed_over(services, holder, admitted_to.grant, release)
    headers = {
        "ETag": f'"{file.sha256}"',
        "X-Repo-Commit": release.commit,
        "X-Linked-Etag": f'"{file.sha256}"',
        "X-Linked-Size": str(file.bytes),
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    media_type = "application/octet-stream"
    return _ListedFile(release.directory / file.path, headers=headers, media_type=media_type)


async def _read_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BODY_BYTES:
            raise HubRefusal(413, "The request is too large.")
    return body


def _asked_paths(body: bytes, kind: str) -> tuple[list[str], bool]:
    try:
        if kind.startswith("application/json"):
            asked = json.loads(body)
            paths, expand = asked.get("paths", []), str(asked.get("expand", ""))
        else:
            form = parse_qs(body.decode())
            paths, expand = form.get("paths", []), form.get("expand", [""])[0]
    except (ValueError, AttributeError, RecursionError):
        raise HubRefusal(400, "The request is malformed.") from None
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise HubRefusal(400, "The request names no paths.")
    return paths, expand in _TRUE
