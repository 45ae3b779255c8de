"""Files on their way: uploads and downloads that go on in the background, how they end, and how they are stopped.

Owns the running ones. How a file travels is in client.uploading and client.downloading, how it looks in
transfer_rows.py. FileTransfers is the part of the app between the actions on messages and the beginning (app.py).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from hubbub.client.downloading import Download, Failed, downloads_folder
from hubbub.client.events import Phase
from hubbub.client.http import HttpClient, NoAnswer, WrongAddress
from hubbub.client.outbox import Full
from hubbub.client.sending import NothingToSend
from hubbub.client.settings import Settings
from hubbub.client.trust import Trust
from hubbub.client.uploading import Chatting, Local, Refused, Sending, ask_grant, look_at, problem_with
from hubbub.irc.text import printable
from hubbub.tui import clipboard, emoji
from hubbub.tui.commands.desk import Desk
from hubbub.tui.message_actions import MessageActions
from hubbub.tui.transfer_rows import Transfer
from hubbub.tui.windows import Window

MOST = 8
"""At once; more would only share the line among them."""
_REFRESH = 0.25
_TWICE_WITHIN = 2.5
_MOST_INTERRUPTED = 50

Work = Callable[[Transfer], Coroutine[Any, Any, None]]
_Begun = tuple[Path, int, int, tuple[str, str]]


class FileTransfers(MessageActions):
    """`/upload`, `/get`, and Esc twice."""

    _escaped_at = 0.0

    def __init__(
        self,
        settings: Settings,
        *,
        environ: Mapping[str, str] = os.environ,
        state: Path | None = None,
        theme: str = "",
    ) -> None:
        super().__init__(settings, environ=environ, state=state, theme=theme)
        self.trust = Trust(settings)
        self._interrupted: dict[_Begun, str] = {}
        """Where uploads were begun that the connection has ended."""

    # -- uploads --------------------------------------------------------------------------------------------

    def begin_upload(self, desk: Desk, window: Window, path: str, caption: str) -> None:
        """For "": the picture in the clipboard. Its link is said in the window's conversation."""
        self._begin_transfer(
            Transfer("↑", Path(path).name or "picture", window),
            desk,
            lambda transfer: self._upload(desk, transfer, path, caption),
        )

    async def _upload(self, desk: Desk, transfer: Transfer, path: str, caption: str) -> None:
        file = await (asyncio.to_thread(look_at, _path(path)) if path else self._pasted(desk))
        try:
            problem = problem_with(desk.session, file.size)
            if problem:
                raise Refused(problem)
            link = await self._send(desk, transfer, file)
        finally:
            if not path:
                file.path.unlink(missing_ok=True)
        self._say_link(desk, transfer, f"{emoji.with_emoji(caption)} {link}".strip(), link)

    async def _pasted(self, desk: Desk) -> Local:
        found = await clipboard.paste_image(self.environ)
        if isinstance(found, str):
            raise Refused(found)
        return look_at(found)._replace(name=f"pasted-{desk.now:%Y%m%d-%H%M%S}.png")

    async def _send(self, desk: Desk, transfer: Transfer, file: Local) -> str:
        transfer.name, transfer.size = file.name, file.size
        network = self.network_of(transfer.window)
        chatting = Chatting(network.host, network.port, network.encrypted)
        key: _Begun = (file.path, file.size, file.changed_ns, transfer.window.key)
        sending = Sending(
            self._http(transfer.window),
            file,
            lambda: ask_grant(desk.session, desk.conversation.name, chatting),
            location=self._interrupted.pop(key, ""),
            on_progress=lambda sent: _moved(transfer, sent),
            pause=lambda seconds: _wait(transfer, seconds),
        )
        try:
            return await sending.run()
        except NoAnswer as error:
            if not sending.location:
                raise
            self._interrupted[key] = sending.location
            while len(self._interrupted) > _MOST_INTERRUPTED:
                del self._interrupted[next(iter(self._interrupted))]
            raise NoAnswer(f"{error}; the same /upload goes on where this one stopped") from error
        except asyncio.CancelledError:
            if transfer.is_cancelled:
                self.run_worker(_discard(sending))
            raise

    def _say_link(self, desk: Desk, transfer: Transfer, text: str, link: str) -> None:
        conversation = desk.conversation
        is_out = not conversation.joined and self.network_of(transfer.window).phase is Phase.ONLINE
        if transfer.window not in self.windows or is_out:
            desk.refuse(f"The file is there, but you are not in {conversation.name} any more: {link}")
            return
        try:
            desk.session.say(conversation, text)
        except (Full, NothingToSend):
            desk.refuse(f"The file is there, but its link could not be said: {link}")

    # -- downloads ------------------------------------------------------------------------------------------

    def begin_download(self, desk: Desk, window: Window, url: str, name: str, folder: str) -> None:
        self._begin_transfer(
            Transfer("↓", name or url, window),
            desk,
            lambda transfer: self._download(desk, transfer, url, name, folder),
        )

    async def _download(self, desk: Desk, transfer: Transfer, url: str, name: str, folder: str) -> None:
        def moved(came: int, size: int) -> None:
            transfer.size = size
            _moved(transfer, came)

        where = _path(folder) if folder else downloads_folder(self.environ)
        download = Download(self._http(transfer.window), url, where, name, on_progress=moved)
        desk.tell(f"The file is in {await download.run()}.")

    # -- all of them ----------------------------------------------------------------------------------------

    def _http(self, window: Window) -> HttpClient:
        """With the trust that the chat's connection has: its certificate, and those that are remembered."""
        connection = self.network_of(window).connection
        own = connection.fingerprint if connection is not None else ""
        return HttpClient(lambda host, port: {own, self.trust.known(host, port)} - {""})

    def _begin_transfer(self, transfer: Transfer, desk: Desk, work: Work) -> None:
        if len(self.transfers) >= MOST:
            desk.refuse(f"{MOST} files are on their way already; wait for one of them, or /upload cancel.")
            return
        self.transfers.append(transfer)
        transfer.worker = self.run_worker(self._run(transfer, desk, work), group="transfers")
        self.transfer_rows.update_rows()

    async def _run(self, transfer: Transfer, desk: Desk, work: Work) -> None:
        showing = self.set_interval(_REFRESH, self.transfer_rows.refresh)
        try:
            await work(transfer)
        except (Refused, Failed) as error:
            desk.refuse(str(error))
        except NoAnswer as error:
            desk.refuse(f"{printable(transfer.name)} did not get through: {error}.")
        except WrongAddress:
            desk.refuse("That is no link to a file.")
        except asyncio.CancelledError:
            if transfer.is_cancelled:
                desk.tell(f"{printable(transfer.name)} was cancelled.")
            raise
        finally:
            showing.stop()
            self.transfers.remove(transfer)
            self.transfer_rows.update_rows()

    def cancel_transfers(self, window: Window) -> bool:
        """Those that were begun there; False: there are none."""
        found = [one for one in self.transfers if one.window is window]
        for transfer in found:
            transfer.is_cancelled = True
            if transfer.worker is not None:
                transfer.worker.cancel()
        return bool(found)

    def escape_transfers(self) -> bool:
        """Esc twice ends what was begun in this conversation; True: it did now."""
        found = [one for one in self.transfers if one.window is self.window]
        if not found or self.window is None:
            return False
        if time.monotonic() - self._escaped_at < _TWICE_WITHIN:
            self._escaped_at = 0.0
            return self.cancel_transfers(self.window)
        self._escaped_at = time.monotonic()
        what = printable(found[0].name) if len(found) == 1 else f"{len(found)} files"
        self.status.say(f"Esc once more cancels {what}.")
        return False


def _path(typed: str) -> Path:
    return Path(os.path.expanduser(typed))


def _moved(transfer: Transfer, done: int) -> None:
    transfer.waits = False
    transfer.at(done, time.monotonic())


async def _wait(transfer: Transfer, seconds: float) -> None:
    transfer.waits = True
    await asyncio.sleep(seconds)


async def _discard(sending: Sending) -> None:
    try:
        await sending.discard()
    except NoAnswer:
        # The server forgets it by itself after a day.
        return
