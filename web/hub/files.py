"""How the bytes of a file leave the hub: by this process, by nginx in front, or by a store."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.types import Send

from web.services import Services
from workers.published import PublishedFile, PublishedRelease

_MEDIA_TYPE: Final = "application/octet-stream"


class _ListedFile(FileResponse):
    """A file, whole by the server's own means, or a range of it in pieces of a megabyte.

    A piece is one call in a thread: reading in the event loop was no faster for whole files, and a
    cold disk would hold all other requests up.
    """

    chunk_size = 2**20

    async def _handle_single_range(
        self,
        send: Send,
        start: int,
        end: int,
        file_size: int,
        send_header_only: bool,  # noqa: FBT001 - as Starlette has it
    ) -> None:
        headers = MutableHeaders(raw=list(self.raw_headers))
        headers["content-range"] = f"bytes {start}-{end - 1}/{file_size}"
        headers["content-length"] = str(end - start)
        await send({"type": "http.response.start", "status": 206, "headers": headers.raw})
        if send_header_only:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        loop = asyncio.get_running_loop()
        handle = await loop.run_in_executor(None, os.open, self.path, os.O_RDONLY)
        try:
            while start < end:
                wanted = min(self.chunk_size, end - start)
                piece = await loop.run_in_executor(None, os.pread, handle, wanted, start)
                if not piece:
                    raise OSError("the file is shorter than it was")
                start += len(piece)
                body = {"type": "http.response.body", "body": piece, "more_body": start < end}
                await send(body)
        finally:
            os.close(handle)


def send_listed(
    services: Services, release: PublishedRelease, file: PublishedFile, *, method: str
) -> Response:
    """Return the answer that hands out a listed file of a release, whole or the range asked for.

    Only shards are left to others: they are what is large. A head is always answered here, with
    the digest that clients remember.
    """
    headers = {
        "ETag": f'"{file.sha256}"',
        "X-Repo-Commit": release.commit,
        "X-Linked-Etag": f'"{file.sha256}"',
        "X-Linked-Size": str(file.bytes),
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if method == "GET" and file.path.startswith("data/"):
        elsewhere = _elsewhere(services, release, file, headers)
        if elsewhere is not None:
            return elsewhere
    return _ListedFile(release.directory / file.path, headers=headers, media_type=_MEDIA_TYPE)


def _elsewhere(
    services: Services, release: PublishedRelease, file: PublishedFile, headers: Mapping[str, str]
) -> Response | None:
    """Return the answer by which another server sends a shard; null where none is set up."""
    url = services.objects.link(release.tier, release.directory.name, file.path)
    if url is not None:
        return RedirectResponse(url, 302, headers={**headers, "Cache-Control": "no-store"})
    prefix = services.context.settings.web_accel_prefix
    if not prefix:
        return None
    place = f"{prefix.rstrip('/')}/{release.tier.value}/{release.directory.name}/{file.path}"
    return Response(media_type=_MEDIA_TYPE, headers={**headers, "X-Accel-Redirect": place})
