"""The hub's routes; each asks one question of the published releases."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import Depends, Request
from starlette.responses import Response

from web.hub.access import ADMITTED, SIGNED_IN, Admitted, Holder, refusals
from web.hub.answers import (
    HubRefusal,
    describe_dataset,
    describe_paths,
    describe_refs,
    list_tree,
)
from web.hub.files import send_listed
from web.routing import Router
from web.services import Served
from workers.published import PublishedRelease

router = Router(prefix="/hub", include_in_schema=False)

_DATASET = "/api/datasets/{namespace}/{name}"
_MAX_BODY_BYTES = 2**20
_TRUE = frozenset({"true", "True", "1"})


async def release_of(admitted_to: Admitted) -> PublishedRelease:
    """Return the release that a path names."""
    return admitted_to.release


Release = Annotated[PublishedRelease, Depends(release_of)]


@router.get("/api/whoami-v2", dependencies=SIGNED_IN)
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


@router.get(_DATASET, dependencies=ADMITTED)
@router.get(_DATASET + "/revision/{revision}", dependencies=ADMITTED)
def dataset(release: Release) -> dict[str, Any]:
    """Say what a dataset is at a revision."""
    return describe_dataset(release)


@router.get(_DATASET + "/refs", dependencies=ADMITTED)
def refs(release: Release, services: Served) -> dict[str, Any]:
    """List the revisions of a dataset."""
    return describe_refs(services.releases.list_all(release.tier))


@router.get(_DATASET + "/tree/{revision}", dependencies=ADMITTED)
@router.get(_DATASET + "/tree/{revision}/{path:path}", dependencies=ADMITTED)
def tree(release: Release, request: Request) -> list[dict[str, Any]]:
    """List files of a revision."""
    asked = request.query_params
    return list_tree(
        release,
        request.path_params.get("path", "").strip("/"),
        recursive=asked.get("recursive") in _TRUE,
        expand=asked.get("expand") in _TRUE,
    )


@router.post(_DATASET + "/paths-info/{revision}", dependencies=ADMITTED)
async def paths_info(release: Release, request: Request) -> list[dict[str, Any]]:
    """Say what some paths of a revision are; asked as a form or as JSON."""
    paths, expand = _asked_paths(await _read_body(request), request.headers.get("content-type", ""))
    return list(describe_paths(release, paths, expand=expand))


@router.api_route(
    "/datasets/{namespace}/{name}/resolve/{revision}/{path:path}",
    methods=["GET", "HEAD"],
    dependencies=ADMITTED,
)
def resolve(admitted_to: Admitted, request: Request, services: Served, holder: Holder) -> Response:
    """Hand out a file of a revision, whole or a range of it; what was read is a pull."""
    release = admitted_to.release
    file = release.by_path.get(request.path_params["path"])
    if file is None:
        raise HubRefusal(404, "There is no such file.", "EntryNotFound")
    if request.method == "GET" and file.path.startswith("data/"):
        with refusals():
            services.counter.hand_over(holder, admitted_to.grant, release, admitted_to.recalls)
    return send_listed(services, release, file, method=request.method)


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
