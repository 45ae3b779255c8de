"""Giving files out: to whoever knows the id, which is in the link and can't be guessed.

What a browser might run is downloaded, and whatever is shown is shown in a sandbox without scripts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from hubbub.core.files import File, files
from hubbub.files.images import SMALL_TYPE
from hubbub.files.kinds import content_type, is_shown

if TYPE_CHECKING:
    from hubbub.net.web.filehost import FileHost

SANDBOX = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=600",
}
"""Ten minutes: what was taken back is to be gone from caches soon, too."""


class Content(FileResponse):
    """Part or all of a file."""

    chunk_size = 256 * 1024


class Downloads:
    """The handlers of everything under /f."""

    def __init__(self, host: FileHost, headers: Mapping[str, str]) -> None:
        self._host = host
        self._headers = SANDBOX | dict(headers)

    async def file(self, request: Request) -> Response:
        file = self._found(request)
        shown = "inline" if is_shown(file.type) else "attachment"
        name = f"{shown}; filename*=UTF-8''{quote(file.name)}"
        return await self._content(
            request, file.digest, content_type(file.type), {"Content-Disposition": name}
        )

    async def small(self, request: Request) -> Response:
        file = self._found(request)
        if not file.thumb:
            raise HTTPException(404)
        return await self._content(request, file.thumb, SMALL_TYPE, {"Content-Disposition": "inline"})

    async def info(self, request: Request) -> Response:
        file = self._found(request)
        about: dict[str, object] = {"name": file.name, "size": file.size, "type": file.type}
        if file.width and file.height:
            about |= {"width": file.width, "height": file.height}
        return JSONResponse(about | {"thumb": bool(file.thumb)}, headers=self._headers)

    def _found(self, request: Request) -> File:
        file = files(self._host.hub).by_id.get(request.path_params["id"])
        if file is None:
            raise HTTPException(404)
        return file

    async def _content(self, request: Request, digest: str, type: str, more: dict[str, str]) -> Response:
        etag = f'"{digest}"'
        headers = self._headers | more | {"ETag": etag, "Content-Type": type}
        given = {
            tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")
        }
        if etag in given or "*" in given:
            return Response(status_code=304, headers=headers)
        path = self._host.store.path(digest)
        try:
            stat = await self._host.look(lambda: os.stat(path))
        except FileNotFoundError:
            raise HTTPException(404) from None
        return Content(path, headers=headers, media_type=type, stat_result=stat)
