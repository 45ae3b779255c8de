"""What is remembered between two runs: drafts, the window in front, scroll positions and what was typed.

Owns one file for each server, $XDG_STATE_HOME/hubbub/chat-<server>.json, with a part for each account. Knows
no widget and no connection, and is told what is secret. Called by app.py, which never waits for it: a thread writes,
at most once a second.

1. The file is replaced as a whole, so it is the old one or the new one, never half of one.
2. Several clients may run at once. Whoever writes takes in what is newer in the file, entry by entry.
3. A file that can't be understood is set aside, not overwritten, and the chat begins without memories.
4. Passwords don't get into it: neither as a draft nor as something typed.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from hubbub.irc.names import fold

if sys.platform != "win32":
    import fcntl

MOST_ACCOUNTS, MOST_WINDOWS, MOST_TYPED = 16, 400, 500
LONGEST_DRAFT, LONGEST_TYPED = 64_000, 4_000
LARGEST_FILE = 64 << 20
"""Bytes that are read; what the bounds above let through is well below."""

_VERSION = 1
_LONGEST_NAME = 512
_MOST_IN_NEED = 50
_BETWEEN_WRITES = 1.0
_NOT_OF_FILE = re.compile(r"[^a-z0-9.-]+")


class Window(msgspec.Struct, omit_defaults=True):
    """One conversation. Draft and position have their own times (ms), as two clients may change one each."""

    draft: str = ""
    draft_ms: int = 0
    position: str = ""
    """The message (msgid) that is uppermost; "": the end is shown."""
    position_ms: int = 0

    def newest(self) -> int:
        return max(self.draft_ms, self.position_ms)

    def merged(self, other: Window) -> Window:
        draft = max(self, other, key=lambda window: window.draft_ms)
        position = max(self, other, key=lambda window: window.position_ms)
        return Window(draft.draft, draft.draft_ms, position.position, position.position_ms)


class Typed(msgspec.Struct, frozen=True, array_like=True):
    """A line that was sent, for recall."""

    time_ms: int
    conversation: str
    text: str


class Account(msgspec.Struct, omit_defaults=True):
    """`windows` by folded name. `typed`: oldest first. msgspec makes a new dict and list for each."""

    current: str = ""
    current_ms: int = 0
    windows: dict[str, Window] = {}
    typed: list[Typed] = []
    helped: bool = False
    """Whether the help was ever opened."""

    def newest(self) -> int:
        times = [window.newest() for window in self.windows.values()]
        return max([self.current_ms, *times, *(line.time_ms for line in self.typed[-1:])])

    def merged(self, other: Account) -> Account:
        latest = max(self, other, key=lambda account: account.current_ms)
        windows = _merged(self.windows, other.windows, Window.merged)
        typed = sorted({*self.typed, *other.typed}, key=lambda line: line.time_ms)
        kept = _newest(windows, MOST_WINDOWS, Window.newest)
        return Account(
            latest.current, latest.current_ms, kept, typed[-MOST_TYPED:], self.helped or other.helped
        )


class File(msgspec.Struct):
    """`hubbub_chat`: the version, and the sign that the file is ours."""

    hubbub_chat: int
    accounts: dict[str, Account]


_Entry = TypeVar("_Entry")


def _merged(
    ours: Mapping[str, _Entry], theirs: Mapping[str, _Entry], merge: Callable[[_Entry, _Entry], _Entry]
) -> dict[str, _Entry]:
    both = {**theirs, **ours}
    return {
        key: merge(ours[key], theirs[key]) if key in ours and key in theirs else both[key] for key in both
    }


def _newest(entries: Mapping[str, _Entry], most: int, age: Callable[[_Entry], int]) -> dict[str, _Entry]:
    if len(entries) <= most:
        return dict(entries)
    return dict(sorted(entries.items(), key=lambda entry: age(entry[1]), reverse=True)[:most])


# -- where it is --------------------------------------------------------------------------------------------


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """HUBBUB_CHAT_STATE names another folder."""
    if chosen := environ.get("HUBBUB_CHAT_STATE"):
        return Path(chosen).expanduser()
    from platformdirs import user_state_path  # it looks at the platform, which takes a while

    return user_state_path("hubbub", appauthor=False)


def state_file(server: str, folder: Path | None = None) -> Path:
    """For a server as Network.key names it: no two of them share a file."""
    name = _NOT_OF_FILE.sub("_", server.lower())[:80]
    if name != server:
        name += "-" + hashlib.sha256(server.encode("utf-8", "replace")).hexdigest()[:8]
    return (folder or state_folder()) / f"chat-{name}.json"


# -- what is remembered -------------------------------------------------------------------------------------


class Memory:
    """Of one account ("" for a guest) at one server. `problem`: why nothing can be kept, or "".

    `is_secret`: whether a text, written in a conversation, must not be kept (typed.is_secret).
    """

    def __init__(
        self,
        path: Path,
        account: str = "",
        *,
        is_secret: Callable[[str, str], bool] = lambda text, conversation: False,
        clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.problem = ""
        self._path = path
        self._key = fold(account)
        self._is_secret = is_secret
        self._clock_ms = clock_ms
        self._changed = threading.Condition()
        self._is_dirty = False
        self._is_closing = False
        self._writer: threading.Thread | None = None
        self._mine = self._load()
        self._latest_ms = self._mine.newest()

    def _load(self) -> Account:
        try:
            kept = _read(self._path)
        except OSError as error:
            self.problem = f"What is remembered can't be read: {error.strerror}."
            return Account()
        return kept.accounts.get(self._key, Account()) if kept else Account()

    # -- drafts and positions

    def draft(self, conversation: str) -> str:
        window = self._mine.windows.get(fold(conversation))
        return window.draft if window else ""

    def drafts(self) -> dict[str, str]:
        """By folded name, those that aren't empty."""
        return {name: window.draft for name, window in self._mine.windows.items() if window.draft}

    def set_draft(self, conversation: str, text: str) -> None:
        text = "" if self._is_secret(text, conversation) else _fit(text[:LONGEST_DRAFT])
        if text == self.draft(conversation):
            return
        with self._changed:
            window = self._window(conversation)
            window.draft, window.draft_ms = text, self._now()
            self._note_change()

    def position(self, conversation: str) -> str:
        """The msgid that was uppermost; "": the end."""
        window = self._mine.windows.get(fold(conversation))
        return window.position if window else ""

    def set_position(self, conversation: str, msgid: str) -> None:
        if msgid == self.position(conversation):
            return
        with self._changed:
            window = self._window(conversation)
            window.position, window.position_ms = _fit(msgid[:_LONGEST_NAME]), self._now()
            self._note_change()

    def _window(self, conversation: str) -> Window:
        if len(self._mine.windows) > 2 * MOST_WINDOWS:
            self._mine.windows = _newest(self._mine.windows, MOST_WINDOWS, Window.newest)
        return self._mine.windows.setdefault(_fit(fold(conversation)[:_LONGEST_NAME]), Window())

    # -- the window in front

    @property
    def current(self) -> str:
        """The conversation that was in front; "" for none known, or the server's own."""
        return self._mine.current

    @current.setter
    def current(self, conversation: str) -> None:
        if conversation == self._mine.current:
            return
        with self._changed:
            self._mine.current, self._mine.current_ms = _fit(conversation[:_LONGEST_NAME]), self._now()
            self._note_change()

    # -- the help

    @property
    def helped(self) -> bool:
        """Whether they have found the help, so that nobody points at it any more."""
        return self._mine.helped

    def set_helped(self) -> None:
        if not self._mine.helped:
            with self._changed:
                self._mine.helped = True
                self._note_change()

    # -- what was typed

    @property
    def typed(self) -> list[tuple[str, str]]:
        """In which conversation, and what; oldest first."""
        return [(line.conversation, line.text) for line in self._mine.typed]

    def add_typed(self, conversation: str, text: str) -> None:
        if not text.strip() or len(text) > LONGEST_TYPED or self._is_secret(text, conversation):
            return
        with self._changed:
            self._mine.typed.append(Typed(self._now(), _fit(conversation[:_LONGEST_NAME]), _fit(text)))
            del self._mine.typed[:-MOST_TYPED]
            self._note_change()

    def _now(self) -> int:
        """Later than all that was remembered before, whatever the clock does."""
        self._latest_ms = max(self._clock_ms(), self._latest_ms + 1)
        return self._latest_ms

    # -- writing it down

    def _note_change(self) -> None:
        self._is_dirty = True
        if self._writer is None and not self._is_closing:
            self._writer = threading.Thread(target=self._write_often, name="hubbub-memory", daemon=True)
            self._writer.start()
        self._changed.notify()

    def _write_often(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_dirty or self._is_closing)
                if self._is_closing:
                    return
            self.flush()
            with self._changed:
                self._changed.wait_for(lambda: self._is_closing, _BETWEEN_WRITES)

    def flush(self) -> None:
        """Write what has changed now. Not for the loop: the disk may take its time."""
        with self._changed:
            if not self._is_dirty:
                return
            mine = msgspec.json.encode(self._mine)
            self._is_dirty = False
        try:
            _merge_into(self._path, self._key, msgspec.json.decode(mine, type=Account))
            self.problem = ""
        except OSError as error:
            self.problem = f"Drafts can't be kept: {error.strerror}."

    def close(self) -> None:
        """At the end: everything is on disk afterwards, if it can be."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        if self._writer is not None:
            self._writer.join()
        self.flush()


def _fit(text: str) -> str:
    """Without halves of characters, which can't be written."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


# -- the file -----------------------------------------------------------------------------------------------


def _read(path: Path) -> File | None:
    """None: there is none, or it was not ours and has been set aside."""
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else b""
    except FileNotFoundError:
        return None
    kept = _decoded(data)
    if kept is None:
        path.replace(path.with_name(f"{path.name}.bad"))
    return kept


def _decoded(data: bytes) -> File | None:
    try:
        kept = msgspec.json.decode(data, type=File)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return kept if kept.hubbub_chat == _VERSION else None


def _merge_into(path: Path, key: str, mine: Account) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(path):
        kept = _read(path) or File(_VERSION, {})
        merged = mine.merged(kept.accounts.get(key, Account()))
        accounts = _newest({**kept.accounts, key: merged}, MOST_ACCOUNTS, Account.newest)
        data = msgspec.json.encode(File(_VERSION, accounts))
        if len(data) > LARGEST_FILE:
            merged.windows = _newest(merged.windows, _MOST_IN_NEED, Window.newest)
            data = msgspec.json.encode(File(_VERSION, {key: merged}))
        _replace(path, data)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """No other client reads and replaces the file meanwhile. The system opens the lock if we are killed."""
    if sys.platform == "win32":
        yield
        return
    number = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _replace(path: Path, data: bytes) -> None:
    # mkstemp makes it 0600.
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise
