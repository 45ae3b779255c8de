"""Giving a file to a server: where it may go, and how it gets there through connections that break.

Owns the protocols of docs/specs/upload.md (a grant by UPLOAD, then tus 1.0) and soju.im/FILEHOST (POST, with the name
and password of the login). Knows no screen; how a request is made is given (http.Http). Called by the terminal client.

1. A file is read piece by piece, never as a whole.
2. Where the chat is encrypted nothing goes out unencrypted; a password never does, except within this machine.
3. A password goes to nobody who doesn't know it: a server that has not been told it, but has shown by SCRAM that it
   knows it, gets it at its own host and can send it to no other.
"""

from __future__ import annotations

import asyncio
import mimetypes
import os
import stat
from base64 import b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import quote, urljoin

from hubbub.client.address import is_loopback
from hubbub.client.http import Address, Answer, Asking, Http, NoAnswer, WrongAddress, read_address
from hubbub.client.requests import Request
from hubbub.client.session import Session
from hubbub.irc.text import plain, printable
from hubbub.plain.shown import to_size

UPLOAD = "hubbub.chat/upload"
FILE_HOSTS = ("soju.im/FILEHOST", "draft/FILEHOST", "FILEHOST")

_TUS = {"Tus-Resumable": "1.0.0"}
_PIECE = 16 << 20
"""Bytes of one request: proxies keep a request until it is whole, and some limit its size."""
_CHUNK = 1 << 18
TRIES = 9
"""Attempts without progress: some two minutes."""
_MOST_CLAIMS = 20
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_LONGEST_NAME = 200
_LONGEST_LINK = 2_000
_LONGEST_REASON = 200

T = TypeVar("T")


class Refused(Exception):
    """It comes to nothing, and the sentence says why. `is_gone`: what was begun is not there any more.

    `is_forbidden`: it is not for us, as who we were when it was begun.
    """

    def __init__(self, reason: str, *, is_gone: bool = False, is_forbidden: bool = False) -> None:
        super().__init__(reason)
        self.is_gone = is_gone
        self.is_forbidden = is_forbidden


class Local(NamedTuple):
    """A file on this machine, as it was when it was looked at."""

    path: Path
    name: str
    size: int
    changed_ns: int

    @property
    def type(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


def look_at(path: Path) -> Local:
    """Raises Refused."""
    shown = printable(str(path))
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise Refused(f"{shown} is a folder; only files can be sent.")
        if not stat.S_ISREG(found.st_mode):
            raise Refused(f"{shown} is no ordinary file.")
        if not os.access(path, os.R_OK):
            raise Refused(f"You may not read {shown}.")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Refused(f"There is no file {shown}.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "that is no name of a file"
        raise Refused(f"{shown} can't be read: {reason}.") from error
    return Local(path, plain(path.name).strip() or "file", found.st_size, found.st_mtime_ns)


class Grant(NamedTuple):
    """`endpoints`: one server by all names that it may be reached by, the best first. `resumable`: it speaks tus."""

    endpoints: Sequence[str]
    headers: Mapping[str, str]
    resumable: bool


@dataclass(frozen=True, slots=True)
class Chatting:
    """The connection of the chat, as far as it matters for where a file goes."""

    host: str
    port: int
    encrypted: bool


# -- where to -------------------------------------------------------------------------------------------------


def problem_with(session: Session, size: int) -> str:
    """Why a file of this size can't be sent, as far as it is known before; "" if nothing is in the way."""
    if not session.can("upload"):
        return (
            ""
            if file_host(session)
            else "This server takes no files (it announces no place for them, FILEHOST)."
        )
    most = largest(session)
    if not most:
        return "This server takes no files."
    if size > most:
        return f"The file has {to_size(str(size))}; this server takes at most {to_size(str(most))}."
    return ""


def largest(session: Session) -> int:
    """Bytes; 0: the server takes no files, or doesn't say."""
    for part in session.chat.capabilities.get(UPLOAD, "").split(","):
        name, _, value = part.partition("=")
        if name == "max-size" and value.isascii() and value.isdigit() and len(value) < 16:
            return int(value)
    return 0


def file_host(session: Session) -> str:
    """The address that the server announces for files, or ""."""
    return next(filter(None, (session.chat.tokens.get(token, "") for token in FILE_HOSTS)), "")


async def ask_grant(session: Session, target: str, chatting: Chatting) -> Grant:
    """Leave to send files for this conversation. Raises Refused."""
    if not session.can("upload"):
        return _by_login(session, chatting)
    request = await _answer_to(session.ask("UPLOAD", target))
    if request.failed:
        raise Refused(_sentence(request.failure))
    for message in request.messages():
        if message.command == "UPLOAD" and len(message.params) > 2:
            _, url, token = message.params[:3]
            endpoints = _endpoints(url, chatting)
            if endpoints and token.isascii() and token.isprintable():
                return Grant(endpoints, {"Authorization": f"Bearer {token}"}, resumable=True)
    raise Refused("The server did not say in a way that can be understood where the file is to go.")


def _answer_to(request: Request) -> asyncio.Future[Request]:
    answer: asyncio.Future[Request] = asyncio.get_running_loop().create_future()
    request.then(lambda done: None if answer.done() else answer.set_result(done))
    return answer


def _endpoints(url: str, chatting: Chatting) -> list[str]:
    """The announced address, and the same at the door that the chat came by: that one can be reached for certain.

    Which of them comes first: what looks like another name for the very door that the chat came by gives way to it.
    """
    try:
        announced = read_address(url)
    except WrongAddress:
        return []
    own = announced._replace(secure=chatting.encrypted, host=chatting.host, port=chatting.port)
    is_same_door = announced.port == own.port and announced.secure == own.secure
    both = [own, announced] if is_same_door else [announced, own]
    return [one.origin + one.path for one in dict.fromkeys(both) if one.secure or not chatting.encrypted]


def _by_login(session: Session, chatting: Chatting) -> Grant:
    try:
        url = read_address(file_host(session))
    except WrongAddress as error:
        raise Refused("This server announces no place for files that can be understood.") from error
    if chatting.encrypted and not url.secure:
        raise Refused("This server takes files without encryption only, though the chat is encrypted.")
    account = session.chat.account or session.identity.account
    password = session.identity.password
    headers = {}
    if account and password and _may_have_password(session, url, chatting):
        headers["Authorization"] = f"Basic {_base64(f'{account}:{password}')}"
    return Grant([url.origin + url.path], headers, resumable=False)


def _may_have_password(session: Session, url: Address, chatting: Chatting) -> bool:
    is_shown = session.proved_by == "SCRAM-SHA-256" and url.host == chatting.host.lower()
    return (session.proved_by == "PLAIN" or is_shown) and (url.secure or is_loopback(url.host))


# -- the way there --------------------------------------------------------------------------------------------


class Sending:
    """One file on its way. `location`: where it was begun, from where it goes on; "" if nowhere yet."""

    def __init__(
        self,
        http: Http,
        file: Local,
        grant: Callable[[], Awaitable[Grant]],
        *,
        location: str = "",
        on_progress: Callable[[int], None] = lambda sent: None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.location = location
        self._http = http
        self._file = file
        self._grant = grant
        self._on_progress = on_progress
        self._pause = pause
        self._sent = 0
        self._claims = 0

    async def run(self) -> str:
        """The link to the file. Raises Refused, and NoAnswer once it was tried for long; it can be run again then."""
        if self.location:
            try:
                return await self._go_on(self.location)
            except Refused as refused:
                if not refused.is_gone:
                    raise
                self.location = ""
        grant = await self._grant()
        if not grant.resumable:
            return await self._post(grant)
        self.location = await self._begin(grant)
        return await self._go_on(self.location, 0)

    async def discard(self) -> None:
        """Tell the server that nobody goes on with it; where that is not heard, it finds out by itself."""
        if self.location:
            location, self.location = self.location, ""
            await self._http(Asking("DELETE", location, _TUS))

    # -- tus (https://tus.io/protocols/resumable-upload)

    async def _begin(self, grant: Grant) -> str:
        name, type = _base64(self._file.name[:_LONGEST_NAME]), _base64(self._file.type)
        headers = {
            **_TUS,
            **grant.headers,
            "Upload-Length": str(self._file.size),
            "Upload-Metadata": f"filename {name},filetype {type}",
        }
        endpoint, answer = await self._patiently(lambda: self._first_answer(grant, headers))
        location = answer.headers.get("location", "")
        if answer.status != 201 or not location:
            raise _refusal(answer)
        # The server may be known by several names; we stay with the one that was reached.
        made = read_address(urljoin(endpoint, location))
        return read_address(endpoint).origin + made.path

    async def _first_answer(self, grant: Grant, headers: Mapping[str, str]) -> tuple[str, Answer]:
        """Of the first endpoint that is a file host at all."""
        problem: NoAnswer | None = None
        answered: tuple[str, Answer] | None = None
        for endpoint in grant.endpoints:
            try:
                answer = await self._ask("POST", endpoint, headers)
            except NoAnswer as error:
                problem = problem or error
                continue
            if "tus-resumable" in answer.headers:
                return endpoint, answer
            answered = answered or (endpoint, answer)
        if answered is not None:
            return answered
        assert problem is not None  # a grant has an endpoint
        raise problem

    async def _go_on(self, place: str, offset: int | None = None) -> str:
        answer: Answer | None = None
        if offset is None:
            offset = await self._patiently(lambda: self._as_ours(place, lambda: self._offset(place)))
        self._progress(offset)
        stuck = 0
        while offset < self._file.size:
            answer = await self._patiently(lambda: self._as_ours(place, lambda: self._piece(place)))
            stuck += self._sent <= offset
            if stuck >= TRIES:
                raise Refused("The server and this client don't agree on how much of the file is there.")
            offset = self._sent
        if answer is None or "content-location" not in answer.headers:
            answer = await self._patiently(lambda: self._ask("HEAD", place, _TUS))
        # Never the address of the upload itself: who has it may delete the file.
        return _link(place, answer.headers.get("content-location", ""))

    async def _as_ours(self, place: str, act: Callable[[], Awaitable[T]]) -> T:
        """Guests who come back are somebody else: then the upload is made theirs."""
        try:
            return await act()
        except Refused as refused:
            self._claims += 1
            if not refused.is_forbidden or self._claims > _MOST_CLAIMS:
                raise
        try:
            grant = await self._grant()
        except Refused as refused:
            # We may not be back yet.
            raise NoAnswer(str(refused).rstrip(".")) from refused
        origins = {read_address(endpoint).origin for endpoint in grant.endpoints}
        own = grant.headers if read_address(place).origin in origins else {}
        answer = await self._ask("HEAD", place, {**_TUS, **own})
        if answer.status not in (200, 204):
            raise _refusal(answer)
        return await act()

    async def _piece(self, place: str) -> Answer:
        """From where the server is; a request that broke has perhaps arrived in part."""
        if self._is_doubtful:
            self._progress(await self._offset(place))
            self._is_doubtful = False
        offset = self._sent
        length = min(self._file.size - offset, _PIECE)
        if not length:
            return await self._ask("HEAD", place, _TUS)
        headers = {**_TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        self._is_doubtful = True
        answer = await self._ask("PATCH", place, headers, offset=offset, length=length)
        if answer.status not in (200, 204, 409):
            raise _refusal(answer)
        self._progress(_offset_in(answer))
        self._is_doubtful = False
        return answer

    _is_doubtful = False

    async def _offset(self, place: str) -> int:
        answer = await self._ask("HEAD", place, _TUS)
        if answer.status not in (200, 204):
            raise _refusal(answer)
        return _offset_in(answer)

    # -- soju.im/FILEHOST

    async def _post(self, grant: Grant) -> str:
        headers = {
            **grant.headers,
            "Content-Type": self._file.type,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(self._file.name[:_LONGEST_NAME], safe='')}",
        }
        endpoint = grant.endpoints[0]

        async def once() -> Answer:
            """All of it anew after a break: this protocol has no other way. Not what has perhaps arrived."""
            try:
                return await self._ask("POST", endpoint, headers, offset=0, length=self._file.size)
            except NoAnswer as error:
                raise NoAnswer(
                    str(error), is_final=error.is_final or self._sent >= self._file.size
                ) from error

        answer = await self._patiently(once)
        if answer.status not in (200, 201):
            raise _refusal(answer)
        return _link(endpoint, answer.headers.get("location", ""))

    # -- requests

    async def _patiently(self, act: Callable[[], Awaitable[T]]) -> T:
        """The same again while there is no answer; what gets further counts as a fresh start."""
        failures, best = 0, self._sent
        while True:
            try:
                return await act()
            except NoAnswer as error:
                failures = 1 if self._sent > best else failures + 1
                best = max(best, self._sent)
                if error.is_final or failures >= TRIES:
                    raise
            await self._pause(min(_FIRST_PAUSE * 2**failures, _LONGEST_PAUSE))

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], *, offset: int = 0, length: int | None = None
    ) -> Answer:
        asking = Asking(method, url, headers)
        if length is not None:
            self._progress(offset)
            asking = replace(
                asking,
                body=read_piece(self._file, offset, length),
                length=length,
                on_sent=lambda count: self._progress(self._sent + count),
            )
        answer = await self._http(asking)
        # 423: the server still waits for the rest of a broken request.
        if answer.status in (423, 429) or (answer.status >= 500 and answer.status != 507):
            raise NoAnswer(_words(answer))
        return answer

    def _progress(self, sent: int) -> None:
        self._sent = sent
        self._on_progress(sent)


async def read_piece(file: Local, offset: int, length: int) -> AsyncGenerator[bytes, None]:
    """So many bytes from there. Raises Refused where the file is not what it was."""
    try:
        with await asyncio.to_thread(file.path.open, "rb") as source:
            if os.fstat(source.fileno()).st_mtime_ns != file.changed_ns:
                raise Refused(f"{file.name} was changed while it was sent.")
            source.seek(offset)
            while length:
                # Beside the loop: the disk may be at the other end of a network.
                data = await asyncio.to_thread(source.read, min(length, _CHUNK))
                if not data:
                    raise Refused(f"{file.name} became shorter while it was sent.")
                length -= len(data)
                yield data
    except OSError as error:
        raise Refused(f"{file.name} can't be read: {error.strerror}.") from error


# -- what a server says ---------------------------------------------------------------------------------------


def _offset_in(answer: Answer) -> int:
    value = answer.headers.get("upload-offset", "")
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise Refused("The server answered in a way that makes no sense.")
    return int(value)


def _link(place: str, where: str) -> str:
    link = urljoin(place, where) if where else ""
    link = "" if link == place else link
    try:
        read_address(link)
    except WrongAddress as error:
        raise Refused("The server doesn't say where the file is.") from error
    if len(link) > _LONGEST_LINK or plain(link) != link:
        raise Refused("The server doesn't say where the file is.")
    return link


_REASONS = {
    401: "You may not send files here; it may help to log in (/login).",
    403: "You may not send files here.",
    404: "There is no place for files at the address that the server announces.",
    405: "There is no place for files at the address that the server announces.",
    413: "The file is too large for this server.",
    415: "The server takes no files of this kind.",
    429: "Too many files at once; wait a minute.",
    507: "The server has no room for the file.",
}


def _refusal(answer: Answer) -> Refused:
    return Refused(_words(answer), is_gone=answer.status in (404, 410), is_forbidden=answer.status == 403)


def _words(answer: Answer) -> str:
    said = answer.text if len(answer.text) < _LONGEST_REASON and "<" not in answer.text else ""
    return _sentence(said) or _REASONS.get(answer.status, f"The server refused the file ({answer.status}).")


def _sentence(said: str) -> str:
    said = printable(said.replace("\n", " ")).strip()
    return f"{said[:1].upper()}{said[1:]}{'' if said.endswith(('.', '!', '?')) else '.'}" if said else ""


def _base64(text: str) -> str:
    return b64encode(text.encode("utf-8", "replace")).decode()
