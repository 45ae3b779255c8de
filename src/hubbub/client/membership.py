"""Who is in which room, with which rank, and what is known of them.

Owns every change of members and people. Makes no lines and no events; knows no timelines. Used by reducer.py alone.

1. A person is known as long as they share a room or a direct conversation with us.
2. A list of names replaces the members when its end has come.
"""

from __future__ import annotations

from collections.abc import Iterator

from hubbub.client.chat import Chat, Conversation, Member, Person
from hubbub.client.isupport import Isupport
from hubbub.irc.modes import Change, parse_changes
from hubbub.irc.names import fold
from hubbub.irc.wire import split_source

WHOX_NUMBER = "152"
WHOX_FIELDS = f"%tcuhnfar,{WHOX_NUMBER}"
"""What a WHO must ask for so that its answer (354) is understood here."""
_MOST_MEMBERS = 100_000
"""Of one room; a server that names more means harm."""


class Membership:
    """Of one chat."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._names: dict[Conversation, dict[str, tuple[str, str]]] = {}
        """By folded nick: source and ranks, from lists of names that have not ended yet."""

    # -- coming and going -----------------------------------------------------------------------------------

    def reset(self, room: Conversation) -> None:
        """We came, or went: who is there is not known."""
        self._names.pop(room, None)
        nicks = [member.nick for member in room.members.values()]
        room.members = {}
        room.typing = {}
        for nick in nicks:
            self.forget(nick)

    def enter(self, room: Conversation, source: str, ranks: str = "") -> Member | None:
        nick, user, host = split_source(source)
        if not nick or (len(room.members) >= _MOST_MEMBERS and room.member(nick) is None):
            return None
        person = self._chat.person(nick)
        person.user, person.host = user or person.user, host or person.host
        return room.members.setdefault(fold(nick), Member(person, ranks))

    def leave(self, room: Conversation, nick: str) -> None:
        room.members.pop(fold(nick), None)
        room.typing.pop(fold(nick), None)
        self.forget(nick)

    def forget(self, nick: str) -> None:
        """Somebody with whom we share nothing any more."""
        if next(self._chat.rooms_of(nick), None) is None and self._chat.find(nick) is None:
            self._chat.people.pop(fold(nick), None)

    def rename(self, nick: str, new: str) -> list[Conversation]:
        """Returns where they are: rooms, and our conversation with them, which follows."""
        old, folded = fold(nick), fold(new)
        chat = self._chat
        if folded != old:
            # Whoever we knew under the new name must have gone.
            for room in list(chat.rooms_of(new)):
                del room.members[folded]
        person = chat.people.pop(old, None)
        if person is not None:
            person.nick = new
            chat.people[folded] = person
        rooms = list(chat.rooms_of(nick))
        for room in rooms:
            room.members = {folded if key == old else key: member for key, member in room.members.items()}
        places = [*rooms, *self._follow(old, new)]
        for place in places:
            if old in place.typing:
                place.typing[folded] = place.typing.pop(old)
        return places

    def _follow(self, old: str, new: str) -> list[Conversation]:
        conversations = self._chat.conversations
        direct = conversations.get(old)
        if direct is None or direct.is_room or not old or (fold(new) != old and fold(new) in conversations):
            return []
        del conversations[old]
        direct.name = new
        conversations[fold(new)] = direct
        return [direct]

    # -- lists ----------------------------------------------------------------------------------------------

    def name(self, room: Conversation, names: str) -> None:
        """353: some of those who are in a room, with all their signs (multi-prefix) and hosts, if so agreed."""
        letters = {sign: letter for letter, sign in self._chat.prefixes.items()}
        listed = self._names.setdefault(room, {})
        for name in names.split():
            source = name.lstrip("".join(letters))
            nick = split_source(source)[0]
            if nick and len(listed) < _MOST_MEMBERS:
                ranks = {letters[sign] for sign in name[: len(name) - len(source)]}
                listed[fold(nick)] = source, self._in_order(ranks)

    def end_names(self, room: Conversation) -> bool:
        """366: those are all. False: there was no list."""
        listed = self._names.pop(room, None)
        if listed is None:
            return False
        before = room.members
        room.members = {}
        for folded, (source, ranks) in listed.items():
            member = self.enter(room, source, ranks)
            if member is not None and folded in before:
                member.spoke_ms = before[folded].spoke_ms
        for folded, member in before.items():
            if folded not in room.members:
                self.forget(member.nick)
        return True

    def describe(self, params: list[str]) -> None:
        """352: me, room, user, host, server, nick, flags, "hops realname"."""
        if len(params) > 7:
            person = self._chat.people.get(fold(params[5]))
            if person is not None:
                person.realname = params[7].partition(" ")[2]
                self._describe(person, params[2], params[3], params[6])

    def describe_fully(self, params: list[str]) -> None:
        """354 as WHOX_FIELDS asks for it: me, token, room, user, host, nick, flags, account, realname."""
        if len(params) > 8 and params[1] == WHOX_NUMBER:
            person = self._chat.people.get(fold(params[5]))
            if person is not None:
                person.account = "" if params[7] == "0" else params[7]
                person.realname = params[8]
                self._describe(person, params[3], params[4], params[6])

    def _describe(self, person: Person, user: str, host: str, flags: str) -> None:
        person.user, person.host = user, host
        sign = self._chat.tokens.get("BOT", "")
        person.bot = bool(sign) and sign in flags
        # The flags tell whether, not why.
        person.away = (person.away or "") if flags.startswith("G") else None

    # -- ranks and modes ------------------------------------------------------------------------------------

    def change_modes(self, room: Conversation, changes: list[str]) -> None:
        kinds = Isupport(self._chat.tokens).modes
        modes = _modes_of(room)
        for change in parse_changes(changes[0] if changes else "", changes[1:], kinds):
            if not isinstance(change, Change) or change.letter in kinds.lists:
                continue
            if change.letter in kinds.prefixes:
                self._change_rank(room, change)
            elif change.letter == "k":
                _change_key(room, modes, change)
            elif change.adding:
                modes[change.letter] = (change.argument or "").partition(" ")[0]
            else:
                modes.pop(change.letter, None)
        _set_modes(room, modes)

    def set_modes(self, room: Conversation, changes: list[str]) -> None:
        """324: these are all."""
        room.modes = ""
        self.change_modes(room, changes)
        if "k" not in room.modes.partition(" ")[0]:
            room.key = ""

    def _change_rank(self, room: Conversation, change: Change) -> None:
        member = room.member(change.argument or "")
        if member is not None:
            ranks = set(member.ranks) - {change.letter}
            member.ranks = self._in_order(ranks | {change.letter} if change.adding else ranks)

    def _in_order(self, ranks: set[str]) -> str:
        return "".join([letter for letter in self._chat.prefixes if letter in ranks])

    # -- where somebody is ----------------------------------------------------------------------------------

    def places_of(self, nick: str) -> Iterator[Conversation]:
        """The rooms somebody is in, and our conversation with them."""
        yield from self._chat.rooms_of(nick)
        direct = self._chat.find(nick)
        if direct is not None and nick and not direct.is_room:
            yield direct


def _modes_of(room: Conversation) -> dict[str, str]:
    """Letter to argument, from "+lknt 5": those with an argument stand first. The key is in room.key alone."""
    letters, *arguments = room.modes.split() or [""]
    letters = letters.removeprefix("+")
    return dict(zip(letters, [*arguments, *[""] * len(letters)], strict=False))


def _change_key(room: Conversation, modes: dict[str, str], change: Change) -> None:
    if not change.adding:
        room.key = ""
        modes.pop("k", None)
        return
    modes["k"] = ""
    # Who may not know the key is shown a star, but we may have come in with it.
    if change.argument != "*":
        room.key = change.argument or ""


def _set_modes(room: Conversation, modes: dict[str, str]) -> None:
    given = sorted(letter for letter, argument in modes.items() if argument)
    letters = "".join([*given, *sorted(modes.keys() - set(given))])
    room.modes = " ".join([f"+{letters}", *(modes[letter] for letter in given)]) if letters else ""
