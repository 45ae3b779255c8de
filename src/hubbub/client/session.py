"""An IRC client without I/O: messages of the server go in; messages to the server and events for people come out.

Owns the order of things: registration, rooms, catching up, sending. The parts know their subjects: registration.py,
requests.py (labels), batches.py, reducer.py (what messages change), outbox.py (what we said), history.py. Knows no
sockets, no screen; the clock and the nonces come from outside. Driven by Network, or by a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from hubbub.client.batches import Batch, Batches
from hubbub.client.catching_up import CatchingUp
from hubbub.client.chat import Chat, Conversation, Place
from hubbub.client.events import (
    Changed,
    Closed,
    Event,
    Loaded,
    LoginRefused,
    NameRefused,
    Opened,
    Phase,
    PhaseChanged,
    SelfChanged,
    Updated,
)
from hubbub.client.history import History
from hubbub.client.isupport import Isupport, read_tokens
from hubbub.client.lines import Delivery, Kind, Line
from hubbub.client.live import Live
from hubbub.client.outbox import DOUBTFUL, Proof
from hubbub.client.reading import is_mine, time_of
from hubbub.client.reducer import Reducer
from hubbub.client.registration import NOT_SAFE, WANTED, Identity, Registration
from hubbub.client.requests import Request, Requests, is_error
from hubbub.client.saying import Saying, is_sendable, problem_with
from hubbub.client.secrecy import carries_secret
from hubbub.client.state import is_name
from hubbub.client.timeline import Timeline
from hubbub.client.wording import refusal_words
from hubbub.irc.names import fold
from hubbub.irc.times import to_timestamp
from hubbub.irc.wire import Message, escape_tag, split_source

_STATEFUL = frozenset(
    {
        *("001", "005", "301", "305", "306", "315", "324", "329", "331"),
        *("332", "333", "352", "353", "354", "366", "900", "901"),
        *("JOIN", "PART", "QUIT", "KICK", "NICK", "MODE", "TOPIC", "INVITE", "RENAME", "MARKREAD", "ERROR"),
        *("AWAY", "ACCOUNT", "CHGHOST", "SETNAME", "PRIVMSG", "NOTICE", "TAGMSG", "REDACT", "EDITMSG"),
    }
)
"""What changes what we know even where it answers a question; all else is for the asker alone."""
_BREAKS = {0: None, 10: " ", 13: None}

_NO_ENTRY = frozenset({"403", "405", "470", "473", "474", "475", "476", "477", "489"})
"""Numerics that refuse a JOIN, and will the next time, too."""
_NOT_NOW = frozenset({"437", "471", "480"})
"""Those that refuse it for the moment: the room is full, or somebody came and went too often."""
_OUR_OWN = frozenset({"CHATHISTORY", "MARKREAD"})
"""Commands that nobody types: what becomes of them concerns nobody."""

Nothing = Callable[[], None]


class _Room(NamedTuple):
    name: str
    key: str


class Hit(NamedTuple):
    """A message that a search has found, and the conversation that it stands in."""

    conversation: str
    line: Line


class Session:
    """`rooms`: joined on arrival, with their keys. `wake`: called when there is something to send or to show."""

    def __init__(
        self,
        identity: Identity,
        *,
        now_ms: Callable[[], int],
        nonce: Callable[[], str],
        rooms: Mapping[str, str] | None = None,
        wake: Nothing = lambda: None,
    ) -> None:
        self.chat = Chat(nick=identity.nick)
        self.phase = Phase.WAITING
        self.identity = identity
        self._now_ms = now_ms
        self._wake = wake
        self._rooms: dict[str, _Room] = {}
        for name, key in (rooms or {}).items():
            self._remember(name, key)
        self.was_online = False
        """Whether the last connection came as far as that."""
        self._asks_name = False
        self._came_before = False
        self._lost_name = ""
        self._asked: set[str] = set()
        self._joining: set[str] = set()
        self._seen_ms = 0
        """When the server last said something, so that we have seen all that was said to us up to then."""
        self._has_looked = False
        """Whether it is known in which conversations something was said while we were away."""
        self._tried: tuple[str, str] | None = None
        """Account and password that are not known to be right."""
        self._out: list[Message] = []
        self._events: list[Event] = []
        self._batches = Batches()
        self._requests = Requests()
        self._reducer = Reducer(self.chat)
        self._saying = Saying(self, self._requests, now_ms=now_ms, nonce=nonce)
        self._outbox = self._saying.outbox
        self.live = Live(self, now_ms=now_ms, new_id=nonce, wake=wake)
        self.history = History(self)
        self._catching_up = CatchingUp(self._read_on, self._is_urgent)
        self._registration = Registration(identity, WANTED)

    # -- the connection -------------------------------------------------------------------------------------

    def connected(self, *, safe: bool = False) -> None:
        """On a fresh connection. `safe`: it is encrypted or stays on this machine, so passwords may be sent."""
        self.was_online = self._asks_name = False
        self._batches.clear()
        self.identity = replace(self.identity, may_send_plain=safe)
        self._has_looked = False
        account, password = self._tried or (self.identity.account, self.identity.password)
        self._registration = Registration(replace(self.identity, account=account, password=password), WANTED)
        self._set_phase(Phase.REGISTERING)
        self.put(self._registration.start())

    def received(self, message: Message) -> None:
        """Whatever the server sends, line by line."""
        if self._has_looked and self.phase is Phase.ONLINE:
            # Not when the connection turns out to be lost: this machine may have slept for hours before.
            now = self._now_ms()
            self._seen_ms = max(self._seen_ms, min(time_of(message.tags, now), now))
        if message.command == "PING":
            self.put([Message("PONG", message.params)])
            return
        whole = self._batches.received(message)
        if whole is not None:
            self._take(whole)

    def disconnected(self, reason: str) -> None:
        """The connection is gone; what waits is kept."""
        # First of all, so that nobody whose question is given up asks the next one on a connection that is gone.
        self.phase = Phase.WAITING
        self._out.clear()
        self._joining.clear()
        self._batches.clear()
        self._saying.lost()
        self.live.lost()
        self._catching_up.lost()
        self._requests.give_up("the connection was lost")
        if self.identity.password:
            # Whether the other one is right was not heard: the next connection has one that is.
            self._tried = None
        if self.chat.registered:
            self.identity = replace(self.identity, nick=self.chat.nick)
        self.chat.registered = False
        for conversation in self.chat.conversations.values():
            conversation.typing.clear()
            conversation.loading = False
            if conversation.is_room:
                conversation.joined = False
        self.tell(SelfChanged())

    def tick(self) -> None:
        """Once a second or so."""
        now = self._now_ms()
        self._requests.expire(now)
        self.live.tick()
        for conversation in self.chat.conversations.values():
            over = [nick for nick, until in conversation.typing.items() if until <= now]
            for nick in over:
                del conversation.typing[nick]
            if over:
                self.tell(Changed(conversation))

    def take_messages(self) -> list[Message]:
        """What is to be sent now."""
        messages, self._out = self._out, []
        return messages

    def take_events(self) -> list[Event]:
        """What has changed since the last call."""
        events, self._events = self._events, []
        return events

    def set_phase(self, phase: Phase, reason: str = "", retry_at: float = 0.0) -> None:
        """Said by whoever owns the connection."""
        self._set_phase(phase, reason, retry_at)

    @property
    def is_connected(self) -> bool:
        return self.phase in (Phase.REGISTERING, Phase.ONLINE)

    @property
    def asks_name(self) -> bool:
        """Whether coming in waits for somebody to choose another name."""
        return self.phase is Phase.REGISTERING and self._asks_name

    @property
    def may_send_secrets(self) -> bool:
        """Whether nobody else can read what we send: it is encrypted, or stays on this machine."""
        return self.identity.may_send_plain

    @property
    def proved_by(self) -> str:
        """How this server knows who we are: PLAIN (it has been told the password), SCRAM-SHA-256, EXTERNAL or ""."""
        return self._registration.proved_by

    @property
    def refusal(self) -> str:
        """Why the server doesn't want us, if it said so."""
        return self._registration.refused

    # -- what the server says -------------------------------------------------------------------------------

    def _take(self, whole: Message | Batch) -> None:
        self._saying.recognise(whole)
        sending = self._saying.labelled(whole.tags.get("label", ""))
        is_ours = sending is not None
        request = self._requests.received(whole)
        claimed = request is not None
        if request is not None and request.command == "NICK":
            self._restore_name(whole)
        if isinstance(whole, Message):
            self._register(whole)
        if isinstance(whole, Batch) and whole.type.endswith("chathistory"):
            if request is None:
                self._apply(whole, claimed=False)
        elif isinstance(whole, Batch) and whole.type == "labeled-response":
            for one in whole.messages:
                self._apply(one, claimed=claimed, ours=is_ours)
        elif not (isinstance(whole, Batch) and request is not None and whole.type.endswith("search")):
            self._apply(whole, claimed=claimed, ours=is_ours)
        if sending is not None:
            self._saying.conclude(sending)
        if request is None and isinstance(whole, Message) and is_error(whole):
            self._saying.refused(whole)
        self._take_name_back(whole)
        self._saying.flush()

    def _apply(self, one: Message | Batch, *, claimed: bool, ours: bool = False) -> None:
        """`claimed`: it answers a request; `ours`: which was a line of ours."""
        if isinstance(one, Batch) and one.type.endswith("search"):
            return
        if self.live.received(_opening(one)):
            return
        if isinstance(one, Message) and claimed and _is_answer(one, self.chat, ours=ours):
            return
        if isinstance(one, Message) and one.command == "FAIL" and _OUR_OWN.intersection(one.params[:1]):
            return
        if isinstance(one, Message):
            self._follow_rooms(one)
        for event in self._reducer.apply(one, self._now_ms()):
            self._react(event)

    def _react(self, event: Event) -> None:
        """What follows from a change, beside telling it."""
        if isinstance(event, Opened):
            if event.conversation.is_room:
                self._remember(event.conversation.name, event.conversation.key)
            name = fold(event.conversation.name)
            asked = name in self._asked
            self._asked.discard(name)
            self._joining.discard(name)
            event = Opened(event.conversation, asked or event.asked)
            self._entered(event.conversation)
            self.live.entered(event.conversation)
        elif isinstance(event, Closed):
            self.live.closed(event.conversation)
            self._forget(event.conversation.name)
            self._outbox.not_ready(event.conversation)
            self._saying.fail_all(event.conversation, "you are not in this room any more")
        elif isinstance(event, Updated) and event.line.delivery is not Delivery.PENDING:
            self._outbox.done(event.line)
        self.tell(event)

    def _register(self, message: Message) -> None:
        registration = self._registration
        self.put(registration.received(message))
        self._follow_login(message)
        for event in registration.take_events():
            event = replace(event, reason=refusal_words(event.reason))
            if isinstance(event, NameRefused) and self._take_substitute(event):
                continue
            if isinstance(event, LoginRefused):
                self._tried = None
            self._asks_name = self._asks_name or isinstance(event, NameRefused)
            self.tell(event)
        if self.chat.capabilities != registration.enabled or self.chat.offered != registration.offered:
            self.chat.capabilities = dict(registration.enabled)
            self.chat.offered = dict(registration.offered)
            self.tell(SelfChanged())
        if read_tokens(self.chat.tokens, message):
            self.chat.network = Isupport(self.chat.tokens).network or self.chat.network
        if registration.registered and not self.chat.registered:
            self.chat.nick = registration.nick
            self.chat.registered = True
        # Only now is it known what the server can do: 005 has come.
        if message.command in ("376", "422") and self.phase is Phase.REGISTERING:
            self._arrived()

    def _follow_login(self, message: Message) -> None:
        """A password is kept for the next connection once it is known to be right."""
        mine = is_mine(self.chat, split_source(message.source)[0])
        if message.command == "ACCOUNT" and mine:
            is_in = message.params[:1] != ["*"]
        else:
            is_in = message.command in ("900", "903")
        if is_in and self._tried is not None:
            account, password = self._tried
            self._tried = None
            self.identity = replace(self.identity, account=account, password=password)
            self.tell(SelfChanged())

    def _restore_name(self, whole: Message | Batch) -> None:
        """InspIRCd 3 answers a NICK that has a label in the name of whom we are only after it."""
        for one in [whole] if isinstance(whole, Message) else whole.flat():
            nick, at, address = one.source.partition("!")
            if one.command == "NICK" and one.params[:1] == [nick]:
                one.source = f"{self.chat.nick}{at}{address}"

    def _take_substitute(self, event: NameRefused) -> bool:
        """Coming back, nobody is asked: it is our own lost connection that still has the name."""
        if not self._came_before or not event.suggestion:
            return False
        self._lost_name = self._lost_name or event.name
        self.put(self._registration.take_name(event.suggestion))
        return True

    def _take_name_back(self, whole: Message | Batch) -> None:
        """The server has given up the connection that we lost."""
        if not self._lost_name or not isinstance(whole, Message) or whole.command not in ("QUIT", "NICK"):
            return
        if self.chat.is_me(self._lost_name):
            self._lost_name = ""
        elif fold(split_source(whole.source)[0]) == fold(self._lost_name):
            self.ask("NICK", self._lost_name)

    @property
    def name(self) -> str:
        """What we are called, or will be once our lost connection has given up the name."""
        return self._lost_name or self.chat.nick

    # -- coming in ------------------------------------------------------------------------------------------

    def _arrived(self) -> None:
        """We are in: enter the rooms, and look for what was said to us meanwhile."""
        self.was_online = self._came_before = True
        if self.chat.is_me(self._lost_name):
            self._lost_name = ""
        self._set_phase(Phase.ONLINE)
        self.live.arrived()
        for name, key in self._rooms.values():
            self._join(name, key)
        unfinished = self._catching_up.behind()
        for conversation in self._direct():
            self._catching_up.note(conversation)

        def found(names: list[str], are_all: bool) -> None:
            if self.is_connected:
                self._found_targets(names, unfinished if are_all else None)

        self.history.targets(self._seen_ms, self._now_ms(), found)
        for conversation in self._outbox.waits_for_history():
            if conversation.is_room and fold(conversation.name) not in self._rooms:
                self._saying.fail_all(conversation, "you are not in this room any more")

    def _direct(self) -> list[Conversation]:
        return [one for one in self.chat.conversations.values() if one.place is Place.DIRECT]

    def _found_targets(self, names: list[str], unfinished: set[Conversation] | None) -> None:
        """`unfinished`: what must be read beside these; None: everything, as these are not all."""
        self._has_looked = True
        for name in names:
            if not self.chat.is_channel(name) and is_name(name) and self.chat.find(name) is None:
                self.tell(Opened(self.chat.open(name, Place.DIRECT), asked=False))
        named = {fold(name) for name in names}
        for conversation in self._direct():
            needed = fold(conversation.name) in named or self._outbox.is_doubtful(conversation)
            if needed or unfinished is None or conversation in unfinished:
                self._catching_up.add(conversation)
            else:
                self._catching_up.skip(conversation)
                self._outbox.ready(conversation)
        self._catching_up.start()
        self._saying.flush()

    def _entered(self, conversation: Conversation) -> None:
        """There it is, with nothing in it, or with a gap."""
        if (self.phase is Phase.ONLINE or self.chat.registered) and conversation.place is not Place.SERVER:
            self._catching_up.add(conversation)
            self._catching_up.start()

    def _is_urgent(self, conversation: Conversation) -> bool:
        return bool(self._outbox.waiting(conversation))

    def _read_on(self, conversation: Conversation, newest: Line | None) -> None:
        """For CatchingUp."""
        if conversation.place is Place.DIRECT and self.can("read-marker") and is_name(conversation.name):
            self.ask("MARKREAD", conversation.name)
        before = len(conversation.timeline)

        def done(proof: Proof) -> None:
            if not self.is_connected:
                return
            self.loaded(conversation, conversation.timeline, len(conversation.timeline) - before, older=False)
            for line in self._outbox.ready(conversation, proof):
                self._saying.fail(conversation, line, DOUBTFUL)
            self._saying.flush()
            self._catching_up.over(conversation)

        self.history.catch_up(
            conversation, newest, done, doubt=lambda: self._outbox.doubtful_since(conversation)
        )

    def _joined(self) -> Iterable[Conversation]:
        return [one for one in self.chat.conversations.values() if one.is_room and one.joined]

    def _remember(self, name: str, key: str) -> None:
        """A room to be joined again after a lost connection."""
        known = self._rooms.get(fold(name))
        self._rooms[fold(name)] = _Room(name, key or (known.key if known else ""))

    def key_of(self, name: str) -> str:
        """With which a room was entered, or ""."""
        known = self._rooms.get(fold(name))
        return known.key if known is not None else ""

    def _forget(self, name: str) -> None:
        self._rooms.pop(fold(name), None)

    def _follow_rooms(self, message: Message) -> None:
        """A room that has another name, or that won't have us, is joined under its old name no more."""
        if message.command == "RENAME" and len(message.params) > 1:
            known = self._rooms.get(fold(message.params[0]))
            self._forget(message.params[0])
            if known is not None:
                self._remember(message.params[1], known.key)
        elif message.command in _NO_ENTRY | _NOT_NOW or message.params[:1] == ["JOIN"]:
            self._not_let_in(message)

    def _not_let_in(self, message: Message) -> None:
        """Only while we knock: the same words may be about something else in a room that we are in."""
        if not is_error(message):
            return
        for name in {fold(param) for param in message.params[1:-1]} & self._joining:
            self._joining.discard(name)
            conversation = self.chat.find(name)
            if conversation is not None and conversation.joined:
                continue
            self._asked.discard(name)
            if message.command not in _NOT_NOW:
                self._forget(name)
            if conversation is not None:
                self._saying.fail_all(conversation, "you were not let into this room")
                self.tell(Changed(conversation))

    # -- history --------------------------------------------------------------------------------------------

    def merge(
        self,
        conversation: Conversation,
        content: Iterable[Message | Batch],
        *,
        timeline: Timeline,
        older: bool,
    ) -> list[Line]:
        """Put a page of history into its place; for History."""
        lines = self._reducer.page(conversation, content, self._now_ms(), timeline=timeline, older=older)
        for line in [one for one in self._outbox.waiting(conversation) if one.delivery is Delivery.ARRIVED]:
            self._outbox.done(line)
        return lines

    def loaded(self, conversation: Conversation, timeline: Timeline, count: int, *, older: bool) -> None:
        """A page is in its place; for History."""
        conversation.loading = False
        if timeline is conversation.timeline:
            conversation.recount()
        self.tell(Loaded(conversation, timeline, count, older))
        self._wake()

    def load_older(self, conversation: Conversation, timeline: Timeline | None = None) -> None:
        timeline = conversation.timeline if timeline is None else timeline
        if self.phase is Phase.ONLINE and not conversation.loading and not timeline.at_start:
            conversation.loading = True
            self.history.load_older(conversation, timeline)

    def load_newer(self, conversation: Conversation, timeline: Timeline) -> None:
        if self.phase is Phase.ONLINE and not conversation.loading:
            conversation.loading = True
            self.history.load_newer(conversation, timeline)

    def past(self, conversation: Conversation, msgid: str, time_ms: int) -> Timeline:
        """A piece of history around a message, apart from what is going on; a Loaded event says when it is there."""
        timeline = Timeline()
        self.history.around(conversation, timeline, msgid, time_ms)
        return timeline

    def search(
        self, attributes: Mapping[str, str], found: Callable[[list[Hit], str], None], *, limit: int = 50
    ) -> None:
        """`attributes`: text, in, from, after, before, has (soju.im/search). `found`: hits, or why there are none."""
        # As the values of a message's tags are, so that what is looked for may hold any sign.
        wanted = {**attributes, "limit": str(limit)}
        query = ";".join(f"{key}={escape_tag(value)}" for key, value in wanted.items() if value)

        def answered(request: Request) -> None:
            if request.failed:
                found([], request.failure)
            else:
                found(list(self._hits(request)), "")

        self._ask_for("search", "SEARCH", query).then(answered)

    def _hits(self, request: Request) -> Iterable[Hit]:
        for answer in request.answers:
            if not isinstance(answer, Batch):
                continue
            for one in answer.messages:
                hit = self._reducer.found(one, self._now_ms())
                if hit is not None:
                    yield Hit(*hit)

    # -- saying ---------------------------------------------------------------------------------------------

    def say(
        self,
        conversation: Conversation,
        text: str,
        *,
        kind: Kind = Kind.MESSAGE,
        reply_to: Line | None = None,
    ) -> list[Line]:
        """Say it, now or when there is a connection again. Several lines only where the server takes no such text.

        Raises NothingToSend and Full, both before anything has happened.
        """
        return self._saying.say(
            conversation, text, kind, reply_to, typed=lambda: self.live.committed(conversation)
        )

    def retry(self, conversation: Conversation, line: Line) -> None:
        """Say a FAILED line again."""
        # What it answers need not be loaded.
        reply_to = Line(Kind.MESSAGE, 0, msgid=line.reply_to) if line.reply_to else None
        # First of all: where too much waits already, it stays as it is.
        self.say(conversation, line.text, kind=line.kind, reply_to=reply_to)
        self._saying.discard(conversation, line)

    def discard(self, conversation: Conversation, line: Line) -> None:
        """Forget a line of ours that has not been sent."""
        self._saying.discard(conversation, line)

    # -- about messages -------------------------------------------------------------------------------------

    def edit(self, conversation: Conversation, line: Line, text: str) -> Request:
        body = f"\x01ACTION {text}\x01" if line.kind is Kind.ACTION else text
        return self._ask_for("edit", "EDITMSG", conversation.name, line.msgid, body)

    def redact(self, conversation: Conversation, line: Line, reason: str = "") -> Request:
        return self._ask_for("redact", "REDACT", conversation.name, line.msgid, *([reason] if reason else []))

    def react(self, conversation: Conversation, line: Line, emoji: str, *, wanted: bool = True) -> Request:
        tags = {"+reply": line.msgid, "+draft/reply": line.msgid}
        tags["+draft/react" if wanted else "+draft/unreact"] = emoji
        return self._ask_for("react", "TAGMSG", conversation.name, tags=tags)

    def typing(self, conversation: Conversation, active: bool) -> None:
        """Let the others know; call it at most every three seconds."""
        if self.phase is not Phase.ONLINE or not self.can("typing") or not self._is_open(conversation):
            return
        if self.live.is_on(conversation):
            # The server tells it those who don't see the letters.
            return
        if self.chat.has("labeled-response") or self._outbox.oldest(conversation) is None:
            # Without labels, a refusal of what was said before it would be taken for one of this.
            self.ask("TAGMSG", conversation.name, tags={"+typing": "active" if active else "done"})

    def _is_open(self, conversation: Conversation) -> bool:
        """Whether the server takes anything there."""
        return conversation.place is Place.DIRECT or (conversation.is_room and conversation.joined)

    def mark_read(self, conversation: Conversation, time_ms: int | None = None) -> None:
        """Everything up to then has been read; without a time: all of it."""
        newest = next(conversation.timeline.arrived(), None)
        time_ms = (newest.time_ms if newest else 0) if time_ms is None else time_ms
        if time_ms <= conversation.read_ms or conversation.place is Place.SERVER:
            return
        conversation.read_ms = time_ms
        conversation.recount()
        self.tell(Changed(conversation))
        if self.can("read-marker") and self.phase is Phase.ONLINE and self._is_open(conversation):
            self.ask("MARKREAD", conversation.name, f"timestamp={to_timestamp(time_ms)}")

    # -- rooms and people -----------------------------------------------------------------------------------

    def join(self, name: str, key: str = "") -> None:
        """Enter a room; once we are in it is shown."""
        self._asked.add(fold(name))
        self._remember(name, key)
        if self.phase is Phase.ONLINE:
            self._join(name, key)

    def _join(self, name: str, key: str) -> None:
        self._joining.add(fold(name))
        self.put([Message("JOIN", [name, key] if key else [name])])

    def will_rejoin(self, conversation: Conversation) -> bool:
        """Whether we are out of the room only until the server has let us in again."""
        name = fold(conversation.name)
        is_wanted = conversation.is_room and not conversation.joined and name in self._rooms
        return is_wanted and (self.phase is not Phase.ONLINE or name in self._joining)

    def part(self, conversation: Conversation, reason: str = "") -> None:
        self._forget(conversation.name)
        if self.phase is Phase.ONLINE:
            self.put([Message("PART", [conversation.name, reason] if reason else [conversation.name])])

    def converse(self, nick: str) -> Conversation:
        """The direct conversation with somebody, opened if need be."""
        known = self.chat.find(nick)
        if known is not None:
            return known
        conversation = self.chat.open(nick, Place.DIRECT)
        # Whoever wants to look at it shows it: /msg leaves people where they are.
        self.tell(Opened(conversation, asked=False))
        self._entered(conversation)
        return conversation

    def close(self, conversation: Conversation) -> None:
        """Close a direct conversation, or a room that we have left. What was said stays on the server."""
        self.chat.conversations.pop(fold(conversation.name), None)
        self._forget(conversation.name)
        self._catching_up.skip(conversation)
        self._saying.drop(conversation)
        self.live.closed(conversation)
        self.tell(Closed(conversation))

    def ignore(self, nick: str, wanted: bool) -> None:
        """What they say from now on is not shown here."""
        (self.chat.ignored.add if wanted else self.chat.ignored.discard)(fold(nick))
        if wanted:
            self.live.ignored(nick)

    # -- who we are -----------------------------------------------------------------------------------------

    def take_name(self, nick: str) -> None:
        """Another name: instead of one that was refused, or from now on."""
        self.identity = replace(self.identity, nick=nick)
        self._lost_name = ""
        if self.chat.registered:
            self.ask("NICK", nick)
        else:
            self.put(self._registration.take_name(nick))

    def login(self, account: str, password: str) -> None:
        """Log in; while we are connected, too."""
        self._tried = account, password
        if self.is_connected:
            self.put(self._registration.login_again(account, password))

    def register(self, password: str, account: str = "*") -> Request:
        """Claim the name that we have."""

        def answered(request: Request) -> None:
            if not request.failed:
                self._tried = None
                self._registration.proved_by = "PLAIN"
                self.identity = replace(
                    self.identity, account=self.chat.account or self.chat.nick, password=password
                )

        request = self._ask_for("register", "REGISTER", account, "*", password)
        request.then(answered)
        return request

    def set_away(self, reason: str | None) -> None:
        self.ask("AWAY", *([reason or "away"] if reason is not None else []))

    def leave(self, reason: str = "") -> None:
        self.put([Message("QUIT", [reason] if reason else [])])

    # -- asking ---------------------------------------------------------------------------------------------

    def ask(self, command: str, *params: str, tags: Mapping[str, str] | None = None) -> Request:
        """Send a command and follow what the server answers."""
        message = Message(command, [param.translate(_BREAKS) for param in params], tags=tags)
        labels = self.chat.has("labeled-response")
        messages, request = self._requests.ask(message, labels=labels, now_ms=self._now_ms())
        if not self.is_connected:
            self._requests.drop(request, "there is no connection")
        elif problem := problem_with(message):
            self._requests.drop(request, problem)
        elif carries_secret(message) and not self.may_send_secrets:
            self._requests.drop(request, NOT_SAFE)
        else:
            self.put(messages)
        return request

    def _ask_for(
        self, feature: str, command: str, *params: str, tags: Mapping[str, str] | None = None
    ) -> Request:
        """What servers without the feature are not even asked: they would only not know the command."""
        if self.phase is not Phase.ONLINE or self.can(feature):
            return self.ask(command, *params, tags=tags)
        _, request = self._requests.ask(Message(command, list(params)), labels=False, now_ms=self._now_ms())
        self._requests.drop(request, _LACKS[feature])
        return request

    def can(self, feature: str) -> bool:
        """Whether the server offers it; what is missing is said, not hidden."""
        needed = _NEEDS.get(feature)
        if feature == "history":
            return self.history.exists
        return needed is not None and any(self.chat.has(*capabilities) for capabilities in needed)

    # -- the ways out ---------------------------------------------------------------------------------------

    def _set_phase(self, phase: Phase, reason: str = "", retry_at: float = 0.0) -> None:
        self.phase = phase
        self.tell(PhaseChanged(phase, reason, retry_at))

    def put(self, messages: Iterable[Message]) -> None:
        """The one gate for what goes out: what makes no line, as a server or somebody made up a name, is left out."""
        self._out.extend(filter(is_sendable, messages))
        self._wake()

    def tell(self, event: Event) -> None:
        self._events.append(event)
        self._wake()


_NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "edit": (("hubbub.chat/message-edit",),),
    "redact": (("draft/message-redaction",),),
    "react": (("message-tags",),),
    "reply": (("message-tags",),),
    "search": (("soju.im/search",), ("draft/search",)),
    "read-marker": (("draft/read-marker",), ("soju.im/read",)),
    "multiline": (("draft/multiline", "batch"),),
    "typing": (("message-tags",),),
    "live": (("hubbub.chat/live", "message-tags"),),
    "register": (("draft/account-registration",),),
    "upload": (("hubbub.chat/upload",),),
    "invite-link": (("hubbub.chat/invite-link",),),
    "metadata": (("draft/metadata-2",), ("draft/metadata-3",)),
}

_LACKS = {
    "edit": "this server can't change what was said",
    "redact": "this server can't take messages back",
    "react": "this server carries no reactions",
    "search": "this server has no search",
    "register": "this server keeps no names in the way that we know; many have NickServ for it",
}


def _is_answer(message: Message, chat: Chat, *, ours: bool) -> bool:
    """Whether it says something to the asker alone, rather than that something has happened."""
    if message.command not in ("PRIVMSG", "NOTICE"):
        return message.command not in _STATEFUL
    # What was asked of a service, and what it says, is no conversation: there may be a password in it.
    return not ours and bool(message.params) and not chat.is_channel(message.params[0].lstrip("@+"))


def _opening(one: Message | Batch) -> Message:
    """A message, or the first line of several with the tags of the whole."""
    if isinstance(one, Message):
        return one
    first = next(iter(one.flat()), None)
    return Message("BATCH", first.params[:1] if first else [], first.source if first else "", tags=one.tags)
