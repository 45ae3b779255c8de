"""Live text of a client: with whom letters are shared, and who types what.  docs/specs/live-text.md

Owns what we have asked the server for (LIVE ON and OFF), the lines that we type, one per conversation, and the lines of
others. A letter leaves only where `is_on` says so. Knows no I/O and no screen: Session hands it what the server sends,
whoever owns the connection calls `tick` when `due` says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from hubbub.client.chat import Conversation, Place
from hubbub.client.events import LiveChanged, Phase
from hubbub.client.live_lines import LiveLine
from hubbub.client.live_sending import LiveSending
from hubbub.client.requests import Request
from hubbub.client.services import is_service
from hubbub.irc.live import BadUpdate, Kind, Update, read
from hubbub.irc.names import fold
from hubbub.irc.wire import Message, split_source

if TYPE_CHECKING:
    from hubbub.client.session import Session

CAPABILITY = "hubbub.chat/live"
TAG = "+hubbub.chat/live"
NONCE = "+hubbub.chat/nonce"
MOST_LINES = 50
"""Of one conversation: more can't be shown."""
_ALL_MS = 10_000
"""Where nobody sees it, all is told again after so long: somebody may have come."""
_REFUSALS = frozenset({"401", "403", "404", "442", "477"})
_EVERYWHERE = "*"
_NUMBER = re.compile(r"[0-9]{1,9}")


class Audience(NamedTuple):
    """Who sees what we type, as far as the server has told: how many, and some of their nicks."""

    number: int
    nicks: tuple[str, ...]


class Typed(NamedTuple):
    """What somebody else is typing."""

    nick: str
    line: LiveLine

    @property
    def text(self) -> str:
        return self.line.shown


class Live:
    """Of one session. `new_id` gives ids of lines, which become nonces of messages."""

    def __init__(
        self,
        session: Session,
        *,
        now_ms: Callable[[], int],
        new_id: Callable[[], str],
        wake: Callable[[], None],
    ) -> None:
        self._session = session
        self._now_ms = now_ms
        self._new_id = new_id
        self._wake = wake
        self.wanted: dict[str, bool] = {}
        """Folded name of a room or a person, or * for everywhere → whether we want it there. Kept by whoever likes."""
        self._rooms: set[str] = set()
        """Rooms in which the server has said yes."""
        self._unknown: set[str] = set()
        """People about whom we have chosen, and the server knows nothing of it: they were not there, or have gone."""
        self._sending: dict[Conversation, LiveSending] = {}
        self._lines: dict[Conversation, dict[tuple[str, str], Typed]] = {}
        self._audiences: dict[str, Audience] = {}

    # -- with whom ------------------------------------------------------------------------------------------

    @property
    def exists(self) -> bool:
        """Whether the server has live text at all."""
        return self._session.chat.has(CAPABILITY, "message-tags")

    def is_wanted(self, name: str) -> bool:
        """Whether letters are to be shown in a room or to a person."""
        return self.wanted.get(fold(name), self.wanted.get(_EVERYWHERE, False))

    def is_on(self, conversation: Conversation) -> bool:
        """Whether letters typed there leave the screen."""
        session = self._session
        if not self.exists or session.phase is not Phase.ONLINE or not self.is_wanted(conversation.name):
            return False
        if conversation.is_room:
            return conversation.joined and fold(conversation.name) in self._rooms
        if conversation.place is not Place.DIRECT or is_service(conversation.name):
            return False
        return fold(conversation.name) not in self._unknown

    def audience(self, conversation: Conversation) -> Audience | None:
        """Who sees what we type there; None: the server hasn't said."""
        return self._audiences.get(fold(conversation.name))

    def restore(self, names: Iterable[str]) -> None:
        """What was wanted last time; * for everywhere. Where it isn't possible any more it is forgotten quietly."""
        self.wanted = {fold(name): True for name in names}
        if self._session.phase is Phase.ONLINE:
            self.arrived()
            self._ask_rooms()

    @property
    def names(self) -> list[str]:
        """Where it is wanted, for `restore`."""
        return [name for name, wanted in self.wanted.items() if wanted]

    def want(self, wanted: bool, name: str = "") -> Request:
        """LIVE ON or OFF, for a room, a person, or (without a name) everywhere. What becomes of it is in the answer."""
        if name:
            self.wanted[fold(name)] = wanted
            self._unknown.discard(fold(name))
        else:
            self.wanted.clear()
            self._rooms.clear()
            self._unknown.clear()
            if wanted:
                self.wanted[_EVERYWHERE] = True
        for conversation in list(self._sending):
            if not self.is_wanted(conversation.name):
                self._stop(conversation)
        self.tick()
        request = self._session.ask("LIVE", "ON" if wanted else "OFF", *([name] if name else []))

        def answered(request: Request) -> None:
            if request.failed and wanted:
                self.wanted.pop(fold(name) if name else _EVERYWHERE, None)
            elif request.failed and name and not self._session.chat.is_channel(name):
                self._unknown.add(fold(name))

        request.then(answered)
        if wanted and not name:
            self._ask_rooms()
        return request

    def _ask_rooms(self) -> None:
        for conversation in self._session.chat.conversations.values():
            self.entered(conversation)

    def arrived(self) -> None:
        """On a fresh connection, which knows nothing of what we want."""
        if not self.exists:
            return
        if self.wanted.get(_EVERYWHERE):
            self._ask(True, "")
        for name, wanted in self.wanted.items():
            if name != _EVERYWHERE and not self._session.chat.is_channel(name):
                self._ask(wanted, name)

    def entered(self, conversation: Conversation) -> None:
        """We are in a room: if it allows live text, letters may be shown there."""
        name = conversation.name
        if not self.exists or not conversation.is_room or not conversation.joined:
            return
        if self.is_wanted(name):
            self._ask(True, name)
        elif self.wanted.get(fold(name)) is False and self.wanted.get(_EVERYWHERE):
            self._ask(False, name)

    def _ask(self, wanted: bool, name: str) -> None:
        """What nobody has asked for at this moment; a refusal is no news."""
        request = self._session.ask("LIVE", "ON" if wanted else "OFF", *([name] if name else []))
        if not name or self._session.chat.is_channel(name):
            return

        def answered(request: Request) -> None:
            if request.failed:
                self._unknown.add(fold(name))

        request.then(answered)

    def _heard_of(self, nick: str) -> None:
        """Somebody is there (again): the server learns what we have chosen about them."""
        if nick in self._unknown:
            self._unknown.discard(nick)
            if nick in self.wanted:
                self._ask(self.wanted[nick], nick)

    def _is_there(self, message: Message) -> None:
        """Somebody about whom we have chosen is in a room with us; they may have been somebody else to the server."""
        if message.command == "JOIN":
            there = [message.source]
        else:
            there = [name.lstrip("~&@%+") for name in "".join(message.params[3:4]).split()]
        for name in {fold(split_source(one)[0]) for one in there} if self.wanted else ():
            if name in self.wanted:
                self._unknown.discard(name)
                self._ask(self.wanted[name], name)

    # -- what we type ---------------------------------------------------------------------------------------

    def typed(
        self, conversation: Conversation, text: str, *, pasted: bool = False, said: bool = True
    ) -> None:
        """What stands in the input, wherever it is, so that what was pasted is known when letters begin to be shown.

        `pasted`: what is new of it was not typed letter by letter. `said`: it will be a message to this conversation,
        as it stands; a command won't.
        """
        sending = self._sending.get(conversation)
        if sending is None:
            if not text:
                return
            sending = self._sending[conversation] = LiveSending(self._new_id)
        if not said or not self.is_on(conversation):
            sending.note(text, pasted=pasted)
            self.cancel(conversation)
            return
        sending.typed(text, self._now_ms(), pasted=pasted)
        self.tick()
        # Part of it may have to wait.
        self._wake()

    def holds_back(self, conversation: Conversation) -> bool:
        """Whether something that was pasted waits for Enter."""
        sending = self._sending.get(conversation)
        return sending is not None and sending.holds_back

    def committed(self, conversation: Conversation) -> str:
        """What stood in the input is being said: the nonce for it, "" for any."""
        sending = self._sending.get(conversation)
        if sending is None:
            return ""
        return sending.committed()

    def cancel(self, conversation: Conversation) -> None:
        """Something else stands in the input for now, such as an edit; what stood there may come back."""
        sending = self._sending.get(conversation)
        if sending is None or not self.is_on(conversation):
            self._stop(conversation)
            return
        sending.cancel()
        self.tick()
        self._wake()

    def _stop(self, conversation: Conversation) -> None:
        """Letters are no longer shown there; what was shown is taken back."""
        sending = self._sending.get(conversation)
        if sending is None:
            return
        sending.cancel()
        value = sending.take(max(sending.due() or 0, self._now_ms()))
        if value is not None:
            self._put(conversation, value)

    def _put(self, conversation: Conversation, value: str) -> None:
        if self._session.phase is Phase.ONLINE:
            self._session.put([Message("TAGMSG", [conversation.name], tags={TAG: value})])

    # -- what others type -----------------------------------------------------------------------------------

    def lines(self, conversation: Conversation) -> list[Typed]:
        """What others are typing there, who began first comes first."""
        return [typed for typed in self._lines.get(conversation, {}).values() if typed.text]

    def received(self, message: Message) -> bool:
        """Follow what the server says; True: it was about live text and nothing else."""
        if message.command in ("JOIN", "353"):
            self._is_there(message)
        elif message.command != "QUIT":
            self._heard_of(fold(split_source(message.source)[0]))
        handle = _HANDLERS.get(message.command)
        if handle is not None:
            return handle(self, message)
        return self._is_refusal(message)

    def _tagged(self, message: Message) -> bool:
        value = message.tags.get(TAG)
        if value is None:
            return False
        chat = self._session.chat
        nick = split_source(message.source)[0]
        target = message.params[0] if message.params else ""
        conversation = chat.find(target if chat.is_channel(target) else nick)
        update = _readable(value)
        if update is None or chat.is_me(nick) or fold(nick) in chat.ignored:
            return True
        if conversation is None and not chat.is_channel(target) and self._begins_with_us(nick, update):
            conversation = self._session.converse(nick)
        if conversation is None:
            return True
        if conversation.is_room and fold(nick) not in conversation.members:
            return True
        self._take(conversation, nick, update)
        return True

    def _begins_with_us(self, nick: str, update: Update) -> bool:
        """Only whom we show ours to opens a conversation with theirs, and not with nothing."""
        return self.is_wanted(nick) and bool(update.actions) and update.kind is not Kind.EDIT

    def _take(self, conversation: Conversation, nick: str, update: Update) -> None:
        lines = self._lines.setdefault(conversation, {})
        key = fold(nick), update.id
        if update.kind is Kind.CANCEL:
            if lines.pop(key, None) is not None:
                self._tell(conversation)
            return
        typed = lines.get(key)
        if typed is None:
            if update.kind is Kind.EDIT or len(lines) >= MOST_LINES:
                return
            # One author types one line at a time; the one before was left without a word.
            self._drop(conversation, lambda other: fold(other.nick) == fold(nick))
            typed = lines[key] = Typed(nick, LiveLine(update.id))
        before = typed.text
        typed.line.take(update, self._now_ms())
        if typed.text != before:
            self._tell(conversation)

    def ignored(self, nick: str) -> None:
        """Nothing of theirs is shown any more."""
        for conversation in list(self._lines):
            self._drop(conversation, lambda typed: fold(typed.nick) == fold(nick))

    def _drop(self, conversation: Conversation, is_gone: Callable[[Typed], bool]) -> None:
        lines = self._lines.get(conversation, {})
        for key in [key for key, typed in lines.items() if is_gone(typed)]:
            del lines[key]
            self._tell(conversation)

    def _said(self, message: Message) -> bool:
        """The message that takes the place of a line."""
        nonce = message.tags.get(NONCE)
        nick = split_source(message.source)[0]
        if nonce:
            for conversation in self._places(message):
                self._drop(
                    conversation, lambda typed: (fold(typed.nick), typed.line.id) == (fold(nick), nonce)
                )
        return False

    def _places(self, message: Message) -> list[Conversation]:
        chat = self._session.chat
        target = next((param for param in message.params if chat.is_channel(param)), "")
        found = chat.find(target or split_source(message.source)[0])
        return [found] if found is not None and found in self._lines else []

    def _left(self, message: Message) -> bool:
        nick = message.params[1] if message.command == "KICK" and len(message.params) > 1 else ""
        nick = fold(nick or split_source(message.source)[0])
        if message.command == "QUIT" and nick in self.wanted:
            self._unknown.add(nick)
        for conversation in list(self._lines) if message.command == "QUIT" else self._places(message):
            self._drop(conversation, lambda typed: fold(typed.nick) == nick)
        return False

    def _renamed(self, message: Message) -> bool:
        old, new = split_source(message.source)[0], message.params[0] if message.params else ""
        if fold(old) in self.wanted and new:
            self.wanted[fold(new)] = self.wanted.pop(fold(old))
        if audience := self._audiences.pop(fold(old), None):
            self._audiences[fold(new)] = audience
        for lines in self._lines.values():
            for key in [key for key in lines if key[0] == fold(old) and new]:
                typed = lines.pop(key)
                lines[fold(new), key[1]] = typed._replace(nick=new)
        for conversation in [
            one for one, lines in self._lines.items() if any(key[0] == fold(new) for key in lines)
        ]:
            self._tell(conversation)
        return False

    def _mode(self, message: Message) -> bool:
        """A room allows it now, or no more."""
        conversation = self._session.chat.find(message.params[0]) if message.params else None
        changed = set("".join(message.params[1:2]))
        # A slow room (+S) has none.
        if conversation is None or not conversation.is_room or not changed & {"L", "S"}:
            return False
        self._disallowed(conversation)
        self._drop(conversation, lambda _typed: True)
        self.entered(conversation)
        return False

    def _live(self, message: Message) -> bool:
        """LIVE ON, OFF and AUDIENCE."""
        what, name = (*message.params, "", "")[:2]
        if what == "AUDIENCE" and _NUMBER.fullmatch("".join(message.params[2:3])):
            self._audience(name, int(message.params[2]), message.params[3:])
        elif what == "ON" and self._session.chat.is_channel(name):
            self._rooms.add(fold(name))
        elif what == "OFF" and name == _EVERYWHERE:
            self._rooms.clear()
        elif what == "OFF":
            self._rooms.discard(fold(name))
        conversation = self._session.chat.find(name)
        self._tell(*([conversation] if conversation else self._session.chat.conversations.values()))
        return True

    def _audience(self, name: str, number: int, nicks: Iterable[str]) -> None:
        before = self._audiences.get(fold(name))
        self._audiences[fold(name)] = Audience(number, tuple(" ".join(nicks).split()))
        conversation = self._session.chat.find(name)
        sending = self._sending.get(conversation) if conversation else None
        if sending is not None and number > (before.number if before else 0):
            sending.reset()
            self.tick()

    def _fail(self, message: Message) -> bool:
        """A refusal of what was typed: it isn't typed there any more until something changes."""
        if message.params[:1] == ["LIVE"] and message.params[1:2] == ["LIVE_NOT_ALLOWED"]:
            return True
        if message.params[:1] != ["TAGMSG"] or not "".join(message.params[1:2]).startswith("LIVE_"):
            return False
        conversation = self._session.chat.find("".join(message.params[2:3]))
        # LIVE_TOO_MUCH: more of it at once would be too much again; the next reset puts right what was lost.
        if conversation is not None and message.params[1] != "LIVE_TOO_MUCH":
            self._disallowed(conversation)
            if message.params[1] == "LIVE_OFF":
                # Whom it was about has come back as somebody new.
                self._heard_of(fold(conversation.name))
        return True

    def _is_refusal(self, message: Message) -> bool:
        """A numeric that concerns what was typed: what we say has a label, and what is typed hasn't."""
        if message.command not in _REFUSALS or "label" in message.tags or len(message.params) < 2:
            return False
        conversation = self._session.chat.find(message.params[1])
        if conversation is None or not self._session.chat.has("labeled-response"):
            return False
        sending = self._sending.get(conversation)
        if sending is None or not sending.told_ms:
            return False
        self._disallowed(conversation)
        return True

    def _disallowed(self, conversation: Conversation) -> None:
        """What was typed there was refused: nothing more is, until the server says that it may be."""
        if conversation.is_room:
            self._rooms.discard(fold(conversation.name))
        else:
            self._unknown.add(fold(conversation.name))
        sending = self._sending.get(conversation)
        if sending is not None:
            sending.lost()
        self._tell(conversation)

    # -- time, and the end ----------------------------------------------------------------------------------

    def due(self) -> int | None:
        """When `tick` has something to do (Unix milliseconds)."""
        times = [self._due_to_send(conversation, sending) for conversation, sending in self._sending.items()]
        times += [typed.line.due() for lines in self._lines.values() for typed in lines.values()]
        return min((at for at in times if at is not None), default=None)

    def _due_to_send(self, conversation: Conversation, sending: LiveSending) -> int | None:
        due = sending.due()
        audience = self.audience(conversation)
        if due is None or audience is None or audience.number or not sending.is_told:
            return due
        return max(due, sending.told_ms + _ALL_MS)

    def tick(self) -> None:
        """Send what is due, play what is due, and forget whom nothing was heard of."""
        now = self._now_ms()
        for conversation, sending in self._sending.items():
            due = self._due_to_send(conversation, sending)
            value = sending.take(now) if due is not None and due <= now else None
            if value is not None:
                self._put(conversation, value)
        for conversation, lines in self._lines.items():
            changed = [typed.line.advance(now) for typed in lines.values()]
            self._drop(conversation, lambda typed: typed.line.is_over(now))
            if any(changed):
                self._tell(conversation)

    def lost(self) -> None:
        """The connection is gone, and with it all that was shared."""
        for sending in self._sending.values():
            sending.lost()
        self._rooms.clear()
        self._unknown.clear()
        self._audiences.clear()
        for conversation in list(self._lines):
            self._drop(conversation, lambda _typed: True)
        self._lines.clear()

    def closed(self, conversation: Conversation) -> None:
        """We are no longer in that room, or closed the conversation."""
        if not conversation.is_room:
            self._stop(conversation)
        sending = self._sending.get(conversation)
        if sending is not None:
            sending.lost()
            if not sending.holds_back:
                del self._sending[conversation]
        self._lines.pop(conversation, None)
        self._rooms.discard(fold(conversation.name))
        self._audiences.pop(fold(conversation.name), None)

    def _tell(self, *conversations: Conversation) -> None:
        for conversation in conversations:
            self._session.tell(LiveChanged(conversation))


def _readable(value: str) -> Update | None:
    try:
        return read(value)
    except BadUpdate:
        return None


_HANDLERS: dict[str, Callable[[Live, Message], bool]] = {
    "TAGMSG": Live._tagged,
    "PRIVMSG": Live._said,
    "NOTICE": Live._said,
    "BATCH": Live._said,
    "PART": Live._left,
    "KICK": Live._left,
    "QUIT": Live._left,
    "NICK": Live._renamed,
    "MODE": Live._mode,
    "LIVE": Live._live,
    "FAIL": Live._fail,
}
