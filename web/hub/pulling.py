"""What Shardgate's own client asks of the hub beside files: recalls, and the receipt."""

from __future__ import annotations

import re
from typing import Final

from fastapi import Request
from starlette.responses import FileResponse, Response

from release.domain.receipt import RECEIPT_TYPE
from web.hub.access import ADMITTED, SIGNED_IN, Admitted, Holder, informed, refusals
from web.hub.answers import HubRefusal, tier_of
from web.routing import Router
from web.services import Served

router = Router(prefix="/hub", include_in_schema=False)

_DATASET = "/datasets/{namespace}/{name}"

_RECALL_FILE: Final = re.compile(
    r"feed\.[a-z-]+\.dsse\.json|rcl_[0-9a-f]{24}\.(dsse\.json|parquet)"
)


@router.get(_DATASET + "/recalls/{file}", dependencies=SIGNED_IN)
def recalls(request: Request, services: Served, holder: Holder) -> Response:
    """Hand out the feed of recalls of a tier, a recall, or its tombstones; all are signed."""
    names = request.path_params
    tier = tier_of(names["namespace"], names["name"])
    informed(services, holder, tier)
    path = services.releases.recalls_folder(tier) / names["file"]
    if not _RECALL_FILE.fullmatch(names["file"]) or not path.is_file():
        raise HubRefusal(404, "There is no such recall.", "EntryNotFound")
    return FileResponse(path, headers={"Cache-Control": "private, no-cache"})


@router.post(_DATASET + "/receipt/{revision}", dependencies=ADMITTED)
def receipt(admitted_to: Admitted, services: Served, holder: Holder) -> Response:
    """Write a pull down, by the grant as it is now, and return its signed receipt."""
    with refusals():
        envelope = services.counter.receipt(
            holder, admitted_to.grant, admitted_to.release, admitted_to.recalls
        )
    return Response(envelope, media_type=RECEIPT_TYPE, headers={"Cache-Control": "no-store"})
