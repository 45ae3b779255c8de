"""Files by HTTP: POST (soju.im/FILEHOST), PUT for curl -T, tus 1.0 for what has to survive a broken connection.

https://tus.io/protocols/resumable-upload ·  docs/specs/upload.md. Owns the words of these protocols; filehost.py does
the work, downloads.py gives files out. The address of an unfinished upload can't be guessed and is all that is needed
to go on with it; with a token besides, it becomes that person's. No cookie means anything here, so that pages of other
origins may be let in (CORS).
"""

from __future__ import annotations

import asyncio
import binascii
import hashlib
import mimetypes
from base64 import b64decode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from email.message import Message as Headers
from email.utils import formatdate
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hubbub.core.attempts import network_of
from hubbub.core.files import MIB, File, files, link_to
from hubbub.core.uploading import TooMuch, Uploader
from hubbub.files.store import DiskFull
from hubbub.net.web.downloads import Downloads
from hubbub.net.web.file_login import Answer, Caller, uploader_of
from hubbub.net.web.headers import asked_of

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from hubbub.net.web.filehost import FileHost, Taking
    from hubbub.net.web.forwarded import Asked

Ask = Callable[["Scope"], "Asked"]
Handler = Callable[[Request], Awaitable[Response]]

TUS = "1.0.0"
PIECES = "application/offset+octet-stream"
CHECKSUMS = ("sha1", "sha256")
MISMATCH = 460
LONGEST_METADATA = 4096
LINGER = 10.0
"""Seconds for which is still read what nobody wants, so that a refusal isn't lost with the connection."""
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Location, Content-Location, Tus-Resumable, Tus-Version, Tus-Extension, "
    "Tus-Max-Size, Upload-Offset, Upload-Length, Upload-Expires, Upload-Metadata, Retry-After",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST, PUT, HEAD, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Disposition, Tus-Resumable, "
    "Upload-Length, Upload-Offset, Upload-Metadata, Upload-Checksum, X-HTTP-Method-Override",
    "Access-Control-Max-Age": "86400",
}
FULL = "The server's disk is full, so the file was not stored; ask whoever runs it."


def routes(host: FileHost, ask: Ask = asked_of) -> list[Route]:
    """All addresses that have to do with files. `ask`: from where a request comes."""
    uploads, downloads = Uploads(host, ask), Downloads(host, CORS)
    return [
        Route("/files", uploads.answered(uploads.at_door), methods=["POST", "OPTIONS"]),
        Route("/files/", uploads.answered(uploads.at_door), methods=["POST", "OPTIONS"]),
        Route(
            "/files/{id}",
            uploads.answered(uploads.at_upload),
            methods=["HEAD", "PATCH", "DELETE", "POST", "PUT", "OPTIONS"],
        ),
        Route("/f/{id}", downloads.file),
        Route("/f/{id}/info", downloads.info),
        Route("/f/{id}/thumb", downloads.small),
        Route("/f/{id}/{name}", downloads.file),
    ]


class Body:
    """What a client sends, as it comes (filehost.Body)."""

    def __init__(self, receive: Receive) -> None:
        self.ended = False
        self.is_gone = False
        self.asked = False
        self._receive = receive

    async def next(self) -> bytes | None:
        if self.ended or self.is_gone:
            return None
        self.asked = True
        message = await self._receive()
        if message["type"] != "http.request":
            self.is_gone = True
            return None
        self.ended = not message.get("more_body", False)
        data: bytes = message.get("body", b"")
        return data

    async def drain(self) -> None:
        """Read for a while what nobody wants."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                while await self.next() is not None:
                    pass


class Uploads:
    """The handlers of everything under /files."""

    def __init__(self, host: FileHost, ask: Ask) -> None:
        self._host = host
        self._ask = ask

    def answered(self, handler: Callable[[Request, Body], Awaitable[Response]]) -> Handler:
        """A handler whose refusals become answers, with the headers that every answer has."""

        async def answer(request: Request) -> Response:
            body = Body(request.receive)
            try:
                response = await handler(request, body)
            except Answer as refusal:
                response = _refusal(refusal.status, refusal.sentence, refusal.headers)
            except TooMuch as error:
                response = _refusal(507 if error.is_ours else 413, str(error))
            except DiskFull:
                response = _refusal(507, FULL)
            for name, value in CORS.items():
                response.headers.setdefault(name, value)
            if _speaks_tus(request) or request.method == "OPTIONS":
                response.headers["Tus-Resumable"] = TUS
            return Lingering(response, body) if _is_sending(request, body) else response

        return answer

    # -- /files ---------------------------------------------------------------------------------------------

    async def at_door(self, request: Request, body: Body) -> Response:
        if request.method == "OPTIONS":
            return self._options()
        if _speaks_tus(request):
            return await self._create(request, body)
        return await self._take_whole(request, body, _given_name(request))

    def _options(self) -> Response:
        headers = {
            "Allow": "POST, OPTIONS",
            "Accept-Post": "*/*",
            "Tus-Version": TUS,
            "Tus-Extension": "creation,creation-with-upload,expiration,termination,checksum",
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
            "Tus-Max-Size": str(self._host.hub.settings.files.max_size * MIB),
        }
        return Response(status_code=204, headers=headers | PREFLIGHT)

    async def _who(self, request: Request) -> tuple[Uploader, Caller]:
        origin = self._ask(request.scope).origin
        caller = Caller(self._host.hub, origin.ip, origin.secure)
        if not self._host.by_network.allows(network_of(caller.ip)):
            raise Answer(429, "Too many uploads from your address; wait a minute.", {"Retry-After": "60"})
        who = await uploader_of(caller, request.headers.get("authorization", ""))
        if not self._host.by_person.allows(who.id):
            raise Answer(429, "Too many uploads; wait a minute.", {"Retry-After": "60"})
        return who, caller

    async def _take_whole(self, request: Request, body: Body, name: str) -> Response:
        """The whole file is the body (FILEHOST)."""
        who, caller = await self._who(request)
        type = request.headers.get("content-type", "")
        if type.startswith("multipart/"):
            raise Answer(
                415, "Send the file itself as the body, not a form: curl -T file, or --data-binary @file."
            )
        length = _number(request, "content-length", default=-1)
        taking = await self._host.begin(
            who, name or _unnamed(type), type, length, network=network_of(caller.ip)
        )
        async with taking.lock:
            try:
                await self._host.receive(taking, body)
                if not body.ended:
                    raise Answer(408, "The file did not come to its end.")
                file = await self._host.finish(taking)
            finally:
                if not taking.is_over:
                    await self._host.drop(taking)
        link = link_to(self._host.hub, file, secure=caller.secure)
        return PlainTextResponse(f"{link}\n", 201, {"Location": link})

    # -- tus ------------------------------------------------------------------------------------------------

    async def _create(self, request: Request, body: Body) -> Response:
        _check_version(request)
        if "upload-defer-length" in request.headers:
            raise Answer(400, "The length of the file must be said at once (Upload-Length).")
        metadata = request.headers.get("upload-metadata", "")
        known = _metadata(metadata)
        who, caller = await self._who(request)
        length = _number(request, "upload-length")
        name = known.get("filename") or known.get("name", "")
        type = known.get("filetype") or known.get("type", "")
        taking = await self._host.begin(
            who,
            name or _unnamed(type),
            type,
            length,
            network=network_of(caller.ip),
            metadata=metadata,
            resumable=True,
        )
        async with taking.lock:
            if request.headers.get("content-type") == PIECES:
                await self._add(taking, request, body)
            response = await self._standing(taking, caller, 201)
        # Relative to the address that was asked, whatever a proxy calls it.
        response.headers["Location"] = f"{_folder(request)}{taking.upload.announced.id}"
        return response

    async def at_upload(self, request: Request, body: Body) -> Response:
        method = request.headers.get("x-http-method-override", request.method).upper()
        if method == "OPTIONS":
            return self._options()
        if method == "PUT":
            return await self._take_whole(request, body, request.path_params["id"])
        if method not in {"HEAD", "PATCH", "DELETE"}:
            raise Answer(405, "That can't be done here.", {"Allow": "HEAD, PATCH, DELETE, PUT, OPTIONS"})
        _check_version(request)
        taking = self._host.takings.get(request.path_params["id"])
        if taking is None:
            raise Answer(404, "There is no such upload, or it is too old.", {"Cache-Control": "no-store"})
        origin = self._ask(request.scope).origin
        caller = Caller(self._host.hub, origin.ip, origin.secure)
        await taking.take_over()
        try:
            if taking.is_over:
                raise Answer(404, "There is no such upload any more.", {"Cache-Control": "no-store"})
            if method != "DELETE":
                await self._hand_over(taking, request, caller)
            if method == "HEAD":
                return await self._head(taking, caller)
            if method == "DELETE":
                await self._host.end(taking)
                return Response(status_code=204)
            return await self._patch(taking, request, body, caller)
        finally:
            taking.lock.release()

    async def _hand_over(self, taking: Taking, request: Request, caller: Caller) -> None:
        """Its address is enough to go on with it; whoever also says who they are, goes on with it as their own."""
        given = request.headers.get("authorization", "")
        if given:
            await self._host.hand_over(taking, await uploader_of(caller, given), network_of(caller.ip))

    async def _head(self, taking: Taking, caller: Caller) -> Response:
        response = await self._standing(taking, caller, 200)
        announced = taking.upload.announced
        response.headers["Upload-Length"] = str(announced.length)
        response.headers["Cache-Control"] = "no-store"
        if announced.metadata:
            response.headers["Upload-Metadata"] = announced.metadata
        return response

    async def _patch(self, taking: Taking, request: Request, body: Body, caller: Caller) -> Response:
        if request.headers.get("content-type") != PIECES:
            raise Answer(415, f"The Content-Type must be {PIECES}.")
        upload = taking.upload
        if _number(request, "upload-offset") != upload.offset:
            raise Answer(409, f"{upload.offset} bytes are here.", {"Upload-Offset": str(upload.offset)})
        if upload.offset + _number(request, "content-length", default=0) > upload.announced.length:
            raise TooMuch("That is more than was announced.")
        await self._add(taking, request, body)
        return await self._standing(taking, caller, 204)

    async def _add(self, taking: Taking, request: Request, body: Body) -> None:
        """Add a piece; with a checksum, all of it or nothing."""
        before, check = taking.upload.offset, _checksum(request)
        if check is None:
            await self._host.receive(taking, body)
            return
        algorithm, wanted = check
        summed = Summed(body, algorithm)
        try:
            await self._host.receive(taking, summed)
        except TooMuch:
            await self._host.take_back(taking, before)
            raise
        if not summed.ended or summed.digest() != wanted:
            await self._host.take_back(taking, before)
            if summed.ended:
                raise Answer(MISMATCH, "The checksum does not match; the piece was not taken.")

    async def _standing(self, taking: Taking, caller: Caller, status: int) -> Response:
        """How far it is; with its last byte it becomes a file, and Content-Location says where."""
        headers = {"Upload-Offset": str(taking.upload.offset)}
        if taking.upload.is_complete:
            headers["Content-Location"] = self._link(await self._finished(taking), caller)
        headers["Upload-Expires"] = formatdate(taking.expires_ms / 1000, usegmt=True)
        return Response(status_code=status, headers=headers)

    async def _finished(self, taking: Taking) -> File:
        announced = taking.upload.announced
        if announced.file and announced.file not in files(self._host.hub).by_id:
            await self._host.drop(taking)
            raise Answer(410, "The file has been deleted.")
        return await self._host.finish(taking)

    def _link(self, file: File, caller: Caller) -> str:
        return link_to(self._host.hub, file, secure=caller.secure)


class Summed:
    """A body, and the checksum of what came of it."""

    def __init__(self, body: Body, algorithm: str) -> None:
        self._body = body
        self._sum = hashlib.new(algorithm, usedforsecurity=False)

    @property
    def ended(self) -> bool:
        return self._body.ended

    async def next(self) -> bytes | None:
        more = await self._body.next()
        self._sum.update(more or b"")
        return more

    def digest(self) -> bytes:
        return self._sum.digest()


# -- headers -------------------------------------------------------------------------------------------------


def _speaks_tus(request: Request) -> bool:
    return "tus-resumable" in request.headers


def _check_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != TUS:
        raise Answer(412, f"This server speaks tus {TUS}.", {"Tus-Version": TUS})


def _number(request: Request, name: str, default: int | None = None) -> int:
    text = request.headers.get(name)
    if text is None and default is not None:
        return default
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Answer(400, f"The header {name.title()} must be a number of bytes.")
    return int(text)


def _checksum(request: Request) -> tuple[str, bytes] | None:
    text = request.headers.get("upload-checksum")
    if text is None:
        return None
    algorithm, _, value = text.partition(" ")
    if algorithm not in CHECKSUMS:
        raise Answer(400, f"Checksums are taken by {' and '.join(CHECKSUMS)}.")
    try:
        return algorithm, b64decode(value, validate=True)
    except binascii.Error:
        raise Answer(400, "The checksum can't be read.") from None


def _metadata(text: str) -> dict[str, str]:
    """Upload-Metadata: keys with values in base64, divided by commas."""
    if len(text) > LONGEST_METADATA or not text.isascii() or not text.isprintable():
        raise Answer(400, "Upload-Metadata can't be read, or is too long.")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Answer(400, "The values of Upload-Metadata must be base64 of UTF-8.") from None
    return found


def _given_name(request: Request) -> str:
    """The name that Content-Disposition gives (RFC 6266), also where it is written as UTF-8."""
    given = request.headers.get("content-disposition", "")
    with suppress(UnicodeDecodeError):
        given = given.encode("latin-1").decode()
    headers = Headers()
    headers["Content-Disposition"] = given.replace("\r", "").replace("\n", "")
    return headers.get_filename() or ""


def _unnamed(type: str) -> str:
    return f"file{mimetypes.guess_extension(type.partition(';')[0].strip()) or ''}"


def _folder(request: Request) -> str:
    return "" if request.url.path.endswith("/") else "files/"


# -- answers -------------------------------------------------------------------------------------------------


def _refusal(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{sentence}\n", status, headers)


class Lingering(Response):
    """A refusal that is there before all of the body is: whoever sends on to its end before reading finds it, too.

    Closed at once, the connection would be reset, and the answer lost (RFC 9112, 9.6).
    """

    def __init__(self, refusal: Response, rest: Body) -> None:
        super().__init__(refusal.body, refusal.status_code)
        self.raw_headers = refusal.raw_headers
        self.headers["Connection"] = "close"
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": bytes(self.body), "more_body": True})
        await self._rest.drain()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _is_sending(request: Request, body: Body) -> bool:
    """Whether there is more to come that nobody has asked for."""
    waits = request.headers.get("expect", "").lower() == "100-continue" and not body.asked
    has_body = "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"
    return has_body and not waits and not body.ended
