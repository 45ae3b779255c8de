"""Files that people share: what is known of each, and the facts by which they come and go.

Owns the records, kept in the ledger's state under file/<id>, and the links to them. A file is reached by whoever knows
its id, which nobody can guess. Its content lies elsewhere, by digest; `dropped` is told when nothing refers to one any
more. Knows no disk and no HTTP. Who may upload is core.uploading; commands are features.filehost.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from hubbub.core.accounts import FORGETTING
from hubbub.core.command import Proposal
from hubbub.core.delivery import NOBODY, Audience
from hubbub.core.event import Event
from hubbub.core.hub import RESTORED, restores
from hubbub.core.ledger import Put
from hubbub.core.retention import DAY_MS, EXPIRING, RETENTION
from hubbub.core.rooms import FORGOTTEN
from hubbub.core.said import LINKING
from hubbub.core.web_address import web_address
from hubbub.irc.text import clip, plain

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.command import Context
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.said import Said

MIB = 1 << 20
LONGEST_NAME = 100
"""Bytes of a file's name: a link with it has to go into one line."""
LONGEST_ENDING = 16
LINKS = 20
"""Links that are looked at in one message."""
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_LINK = re.compile(rf"/f/([{_DIGITS}]{{26}})(?![0-9A-Za-z])")
RESERVED = frozenset({"info", "thumb"})
"""Names that mean something else in a link."""


class File(msgspec.Struct, frozen=True):
    """What is known of a file. `digest` is that of its content, as it is stored."""

    id: str
    digest: str
    name: str
    size: int
    type: str
    owner: str
    """Id of who has uploaded it …"""
    by: str
    """… and their nick, as it was then."""
    at_ms: int
    topic: str = ""
    """The conversation that it belongs to; "" for none yet."""
    width: int = 0
    height: int = 0
    thumb: str = ""
    """Digest of a small picture of it."""

    @property
    def contents(self) -> tuple[str, ...]:
        return (self.digest, self.thumb) if self.thumb else (self.digest,)


class Files:
    """All files of this server."""

    def __init__(self) -> None:
        self.by_id: dict[str, File] = {}
        self.size_of: Counter[str] = Counter()
        """Bytes of all files of somebody, by their id."""
        self.size = 0
        """Bytes of all files together, each content counted once."""
        self.uses: Counter[str] = Counter()
        """How many files refer to a content."""
        self.dropped: Callable[[str], None] = lambda _digest: None
        """Told of a content that nothing refers to any more; injected by whoever keeps contents."""

    def keep(self, file: File) -> None:
        self._take_out(file.id)
        self.by_id[file.id] = file
        self.size_of[file.owner] += file.size
        if not self.uses[file.digest]:
            self.size += file.size
        self.uses.update(file.contents)

    def forget(self, id: str) -> None:
        for digest in self._take_out(id):
            if not self.uses[digest]:
                del self.uses[digest]
                self.dropped(digest)

    def _take_out(self, id: str) -> tuple[str, ...]:
        file = self.by_id.pop(id, None)
        if file is None:
            return ()
        self.size_of[file.owner] -= file.size
        if not self.size_of[file.owner]:
            del self.size_of[file.owner]
        self.uses.subtract(file.contents)
        if not self.uses[file.digest]:
            self.size -= file.size
        return file.contents

    def of(self, topic: str) -> list[File]:
        """Those of a conversation, the newest last."""
        return sorted(
            (file for file in self.by_id.values() if file.topic == topic), key=lambda file: file.at_ms
        )


def files(hub: Hub) -> Files:
    return hub.part(Files)


def new_id() -> str:
    """128 bits that nobody can guess, in 26 letters."""
    number = secrets.randbits(128)
    return "".join([_DIGITS[number >> shift & 31] for shift in range(125, -1, -5)])


def file_key(id: str) -> str:
    return f"file/{id}"


def file_put(file: File) -> Put:
    return Put(file_key(file.id), msgspec.json.encode(file))


@restores("file")
def _restore_file(hub: Hub, _id: str, value: bytes) -> None:
    files(hub).keep(msgspec.json.decode(value, type=File))


# -- names and links -----------------------------------------------------------------------------------------


def clean_name(given: str) -> str:
    """A file's name without folders and without what can't be seen, short enough for a link."""
    name = plain(unicodedata.normalize("NFC", given)).replace("\\", "/").rpartition("/")[2]
    name = "".join([letter for letter in name if letter not in '<>:"|?*']).strip(" .") or "file"
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    name = clip(stem, LONGEST_NAME - len(f"{dot}{ending}".encode())) + dot + ending
    return f"{name}-file" if name in RESERVED else name


def path_of(file: File) -> str:
    """Where it is fetched, beneath the server's address."""
    return f"/f/{file.id}/{quote(file.name)}"


def link_to(hub: Hub, file: File, *, secure: bool) -> str:
    return web_address(hub, secure=secure) + path_of(file)


def linked_in(text: str) -> Iterator[str]:
    """Ids of files that a text links to, at whatever address it says they are."""
    found = dict.fromkeys(match[1] for match in _LINK.finditer(text))
    yield from list(found)[:LINKS]


# -- facts ---------------------------------------------------------------------------------------------------


class FileUploaded(Event, frozen=True):
    """A file is there. Nobody is told before its owner tells them."""

    file: File

    def author(self) -> str:
        return self.file.owner

    def apply(self, hub: Hub) -> Audience:
        files(hub).keep(self.file)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


class FileShared(Event, frozen=True):
    """A file belongs to a conversation, since its owner has said the link there or may; the owner may be a new one."""

    id: str
    topic_of: str
    owner: str

    def apply(self, hub: Hub) -> Audience:
        file = files(hub).by_id.get(self.id)
        if file is not None:
            files(hub).keep(replace(file, topic=self.topic_of, owner=self.owner))
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


class FilesDeleted(Event, frozen=True):
    """Files are gone, with the message, the room or the account that they belonged to, or because of their age."""

    ids: tuple[str, ...]

    def apply(self, hub: Hub) -> Audience:
        for id in self.ids:
            files(hub).forget(id)
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None


def deleting(ids: Iterable[str]) -> tuple[FilesDeleted, tuple[Put, ...]]:
    """The fact, and what belongs to it."""
    gone = tuple(ids)
    return FilesDeleted(ids=gone), tuple(Put(file_key(id), None) for id in gone)


def delete(hub: Hub, gone: Iterable[File]) -> None:
    """Propose that files go; nobody waits for it."""
    event, puts = deleting(file.id for file in gone)
    if event.ids:
        hub.propose(event, puts=puts)


# -- with what they belong to --------------------------------------------------------------------------------


@LINKING.append
def _share(hub: Hub, said: Said) -> None:
    """The first message with the link says where a file belongs. Only the node that it was said at proposes it."""
    if hub.origin is None or hub.origin.user is None:
        return
    own = (said.user, hub.origin.user.id, hub.origin.user.former_id)
    for id in linked_in(said.whole_text):
        file = files(hub).by_id.get(id)
        if file is None or file.owner not in own or file.topic not in ("", said.topic()):
            continue
        if (file.topic, file.owner) != (said.topic(), said.user):
            give(hub, file, said.user, said.topic())


def give(hub: Hub, file: File, owner: str, topic: str, done: Callable[[], None] = lambda: None) -> None:
    """Propose that a file is somebody's and belongs to a conversation. `done`: it is, or something came between."""
    file, key = replace(file, topic=topic, owner=owner), file_key(file.id)
    event = FileShared(id=file.id, topic_of=file.topic, owner=file.owner)
    proposal = Proposal(event, None, refused=lambda _reason: done(), applied=done)
    hub.append(proposal, ((key, hub.ledger.version(key)),), (file_put(file),))


def delete_with(ctx: Context, *said: Said) -> None:
    """Propose that the files of a message go with it: those of its author that belong to this conversation."""
    ids = dict.fromkeys(id for each in said for id in linked_in(each.whole_text))
    gone = [id for id in ids if any(_goes_with(ctx.hub, id, each) for each in said)]
    if gone:
        event, puts = deleting(gone)
        ctx.propose(event, puts=puts)


def delete_unlinked(ctx: Context, said: Said, text: str) -> None:
    """Propose that those go that a message linked to and links to no more, now that it says `text`."""
    left = set(linked_in(text))
    gone = [id for id in linked_in(said.whole_text) if id not in left and _goes_with(ctx.hub, id, said)]
    if gone:
        event, puts = deleting(gone)
        ctx.propose(event, puts=puts)


def _goes_with(hub: Hub, id: str, said: Said) -> bool:
    file = files(hub).by_id.get(id)
    return file is not None and file.owner == said.user and file.topic in ("", said.topic())


def _of_room(file: File, room: str) -> bool:
    return file.topic == f"room/{room}" or file.topic.startswith(f"room/{room}/")


@FORGOTTEN.append
def _delete_of_room(hub: Hub, room: str) -> None:
    delete(hub, [file for file in files(hub).by_id.values() if _of_room(file, room)])


@FORGETTING.append
def _delete_of_account(hub: Hub, account_id: str) -> None:
    delete(hub, [file for file in files(hub).by_id.values() if file.owner == account_id])


@RESTORED.append
def _delete_leftovers(hub: Hub) -> None:
    """What belonged to a room that was forgotten at the moment when the server stopped."""
    delete(hub, [file for file in files(hub).by_id.values() if _is_left_over(hub, file)])


def _is_left_over(hub: Hub, file: File) -> bool:
    kind, _, rest = file.topic.partition("/")
    return kind == "room" and rest.partition("/")[0] not in hub.channels_by_id


@EXPIRING.append
def _expire(hub: Hub) -> None:
    now = hub.clock()
    delete(hub, [file for file in files(hub).by_id.values() if _is_too_old(hub, file, now)])


def _is_too_old(hub: Hub, file: File, now: int) -> bool:
    days = _days_kept(hub, file)
    return bool(days) and now - file.at_ms > days * DAY_MS


def _days_kept(hub: Hub, file: File) -> int:
    """The shortest of all that hold for it; 0 for ever."""
    room = file.topic.removeprefix("room/").partition("/")[0] if file.topic.startswith("room/") else ""
    channel = hub.channels_by_id.get(room)
    of_room = channel.modes.get(RETENTION) if channel is not None else None
    history = hub.settings.history.retention_days if file.topic else 0
    limits = (hub.settings.files.keep_days, history, int(of_room or 0))
    return min((days for days in limits if days), default=0)
