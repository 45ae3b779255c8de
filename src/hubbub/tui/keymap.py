"""Which key does what: one table, from which the bindings, the help sheet and the `[keys]` of the settings are made.

Owns the keys and the names of actions; knows no widget. An action `x` is the method `action_x` of ChatApp, wherever
the key is bound. Called by app.py (bindings), the settings (read_keys) and help_sheet.py (KEYS, label).

A key in EVERYWHERE is bound on the app and works above overlays too; one in WINDOW on the main screen, so it rests
while an overlay is open; one in MESSAGES on the conversation, for the focused message. What stands in COMPOSER and
OVERLAY those widgets do themselves: it is here for the help sheet, and so that nobody takes such a key away.

Keys that are pressed one after the other are two bindings: begin_chord(prefix), which the app remembers for a
moment, and end_chord(prefix, action), which its check_action lets through only then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple

from textual.binding import Binding
from textual.keys import Keys, _character_to_key

from hubbub.tui.keys import spellings


class Context(StrEnum):
    """Where a key works; the text is the heading in the help sheet."""

    EVERYWHERE = "Everywhere"
    WINDOW = "In the window"
    COMPOSER = "While writing"
    MESSAGES = "On a message (Alt+↑)"
    OVERLAY = "In lists and dialogs"


class Key(NamedTuple):
    """One line of the table.

    name     what the settings call it; "" for what can't be changed
    keys     as Textual names them; two with a space between are pressed one after the other
    first    the window has it before the composer; otherwise the composer may use it itself
    call     the action with its arguments, where that isn't the name
    """

    context: Context
    name: str
    keys: tuple[str, ...]
    help: str
    first: bool = True
    call: str = ""

    @property
    def action(self) -> str:
        return self.call or self.name


def _key(context: Context, name: str, keys: str, help_: str, *, first: bool = True, call: str = "") -> Key:
    return Key(context, name, tuple(keys.split(", ")), help_, first, call)


_NUMBERED = [
    _key(Context.WINDOW, f"go_to_{n % 10}", f"alt+{n % 10}", f"conversation {n}", call=f"go_to_number({n})")
    for n in range(1, 11)
]

KEYS: tuple[Key, ...] = (
    _key(Context.EVERYWHERE, "quit", "ctrl+q", "leave"),
    _key(
        Context.EVERYWHERE,
        "interrupt",
        "ctrl+c",
        "empty the input, copy a selection; twice: leave",
        first=False,
    ),
    _key(Context.EVERYWHERE, "redraw", "ctrl+l", "draw everything anew"),
    _key(Context.EVERYWHERE, "suspend_process", "ctrl+z", "go back to the shell; fg returns"),
    _key(Context.EVERYWHERE, "reconnect", "alt+r", "without a connection: try again now"),
    _key(Context.EVERYWHERE, "toggle_mouse", "alt+m", "mouse off or on: off, the terminal selects text"),
    _key(Context.WINDOW, "open_help", "f1", "this help"),
    _key(Context.WINDOW, "next_activity", "alt+a", "where something is new: mentions first"),
    _key(Context.WINDOW, "next_room", "ctrl+n, alt+right", "next conversation"),
    _key(Context.WINDOW, "previous_room", "ctrl+p, alt+left", "previous conversation"),
    _key(Context.WINDOW, "last_room", "alt+slash", "back to the conversation before this one"),
    *_NUMBERED,
    _key(Context.WINDOW, "open_switcher", "ctrl+k", "go to a room or person by name", first=False),
    _key(Context.WINDOW, "open_search", "ctrl+f, ctrl+s", "search"),
    _key(Context.WINDOW, "page_up", "pageup", "older"),
    _key(Context.WINDOW, "page_down", "pagedown", "newer"),
    _key(Context.WINDOW, "go_to_oldest", "alt+home", "the beginning"),
    _key(Context.WINDOW, "go_to_newest", "alt+end", "the end"),
    _key(Context.WINDOW, "first_unread", "alt+u", "the first unread message"),
    _key(Context.WINDOW, "next_mention", "alt+n", "next message that mentions you"),
    _key(Context.WINDOW, "previous_mention", "alt+p", "previous message that mentions you"),
    _key(Context.WINDOW, "escape", "escape", "drop the selection, or read and go to the end", first=False),
    _key(Context.WINDOW, "toggle_rooms", "f7, alt+shift+b", "show or hide the rooms"),
    _key(Context.WINDOW, "toggle_people", "f8, alt+shift+n", "show or hide the people"),
    _key(Context.WINDOW, "older_message", "alt+up", "go into the messages, and up in them"),
    _key(Context.WINDOW, "newer_message", "alt+down", "down in the messages, and out of them"),
    _key(Context.WINDOW, "edit_outside", "alt+e, ctrl+x ctrl+e", "write in your own editor ($EDITOR)"),
    _key(Context.MESSAGES, "message_up", "up, k", "older message", call="older_message"),
    _key(Context.MESSAGES, "message_down", "down, j", "newer message", call="newer_message"),
    _key(Context.MESSAGES, "reply", "r", "reply"),
    _key(Context.MESSAGES, "react", "equals_sign, plus", "react with an emoji"),
    _key(Context.MESSAGES, "edit_message", "e", "edit"),
    _key(Context.MESSAGES, "redact_message", "backspace, delete", "take it back"),
    _key(Context.MESSAGES, "show_thread", "t", "all replies to it"),
    _key(Context.MESSAGES, "copy_message", "y", "copy"),
    _key(Context.MESSAGES, "open_link", "o", "open its link"),
    _key(Context.MESSAGES, "show_context", "enter", "what was said around it"),
    _key(Context.MESSAGES, "retry_message", "s", "send again what was not sent"),
    _key(Context.MESSAGES, "message_help", "question_mark", "this help", call="open_help"),
    _key(Context.COMPOSER, "", "enter", "send"),
    _key(Context.COMPOSER, "", "alt+enter, shift+enter, ctrl+j", "a new line"),
    _key(
        Context.COMPOSER,
        "",
        "tab, shift+tab",
        "complete a name, #room, /command, :emoji: or path; bob, is said to all, bob: to bob alone",
    ),
    _key(Context.COMPOSER, "", "up, down", "in an empty box: edit your last message; otherwise the history"),
    _key(Context.COMPOSER, "", "ctrl+up, ctrl+down", "the history of all conversations"),
    _key(Context.COMPOSER, "", "ctrl+r", "search the history"),
    _key(Context.COMPOSER, "", "ctrl+a, ctrl+e, home, end", "to the beginning or end of the line"),
    _key(Context.COMPOSER, "", "alt+b, alt+f, ctrl+left, ctrl+right", "a word to the left or right"),
    _key(Context.COMPOSER, "", "ctrl+w, alt+backspace, alt+d", "delete the word before or behind"),
    _key(Context.COMPOSER, "", "ctrl+d", "delete a letter"),
    _key(Context.COMPOSER, "", "ctrl+u, ctrl+k", "delete up to the beginning or end of the line"),
    _key(Context.COMPOSER, "", "ctrl+y, alt+y", "put back what was deleted; what was deleted before that"),
    _key(Context.COMPOSER, "", "ctrl+t", "swap two letters"),
    _key(Context.COMPOSER, "", "ctrl+underscore, alt+underscore", "undo, redo"),
    _key(Context.OVERLAY, "", "escape", "close"),
    _key(Context.OVERLAY, "", "up, down, ctrl+p, ctrl+n", "choose"),
    _key(Context.OVERLAY, "", "enter", "take what is chosen"),
)
"""Everything, in the order of the help sheet."""

_TOGETHER = {
    Context.EVERYWHERE: frozenset(Context),
    Context.WINDOW: frozenset({Context.EVERYWHERE, Context.WINDOW, Context.COMPOSER, Context.MESSAGES}),
    Context.COMPOSER: frozenset({Context.EVERYWHERE, Context.WINDOW, Context.COMPOSER}),
    Context.MESSAGES: frozenset({Context.EVERYWHERE, Context.WINDOW, Context.MESSAGES}),
    Context.OVERLAY: frozenset({Context.EVERYWHERE, Context.OVERLAY}),
}
"""Where keys of both may be pressed at the same time."""


class Keymap(NamedTuple):
    """The keys in force. `problems`: what of the settings was not followed, and why."""

    keys: tuple[Key, ...] = KEYS
    problems: tuple[str, ...] = ()

    def bindings(self, context: Context) -> list[Binding]:
        """What the widget of this context puts into its BINDINGS."""
        return [binding for key in self.keys if key.context is context and key.name for binding in _bind(key)]

    def labels(self, name: str) -> str:
        """The keys of an action as people read them, such as "Ctrl+N, Alt+→"."""
        return next((labels(key) for key in self.keys if key.name == name), "")


def bindings(context: Context) -> list[Binding]:
    """Those of the table as it stands."""
    return Keymap().bindings(context)


def _bind(key: Key) -> Iterator[Binding]:
    first = key.first and key.context is not Context.MESSAGES
    for written in key.keys:
        begin, _, then = written.partition(" ")
        every = ",".join(spellings(begin))
        if not then:
            yield Binding(every, f"app.{key.action}", key.help, show=False, priority=first)
            continue
        yield Binding(every, f"app.begin_chord('{begin}')", "", show=False, priority=True)
        end = f"app.end_chord('{begin}', '{key.action}')"
        yield Binding(",".join(spellings(then)), end, key.help, show=False, priority=True)


# -- for people -----------------------------------------------------------------------------------------------

_SIGNS = {_character_to_key(sign): sign for sign in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"}
_LABELS = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "escape": "Esc",
    "delete": "Del",
}


def labels(key: Key) -> str:
    return ", ".join(label(one) for one in key.keys)


def label(key: str) -> str:
    """A key as people write it: alt+slash is Alt+/."""
    return " ".join(_label(one) for one in key.split(" "))


def _label(key: str) -> str:
    *modifiers, name = key.split("+")
    shown = _LABELS.get(name) or _SIGNS.get(name, name)
    if modifiers or len(shown) > 1:
        shown = shown[0].upper() + shown[1:]
    return "+".join([*(modifier.capitalize() for modifier in modifiers), shown])


# -- the settings ---------------------------------------------------------------------------------------------

_MODIFIERS = frozenset({"alt", "ctrl", "hyper", "meta", "shift", "super"})
_OTHER_NAMES = {
    "esc": "escape",
    "return": "enter",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "pgdown": "pagedown",
    "del": "delete",
    "ins": "insert",
    "bs": "backspace",
    "control": "ctrl",
    "option": "alt",
}
_NAMES = frozenset(
    {value.value for value in Keys if "+" not in value.value and "<" not in value.value} | _SIGNS.keys()
)
_WHERE = {Context.COMPOSER: "while writing", Context.OVERLAY: "in lists and dialogs"}
_LONGEST = 200


class WrongKey(ValueError):
    """The text says what is wrong with a setting."""


def read_keys(settings: Mapping[str, object]) -> Keymap:
    """The table with the keys that `[keys]` gives: action = "key, key", "" for none.

    A key that is given to one action is taken from the one that had it. What can't be followed is left as it was.
    """
    wanted: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for name, value in settings.items():
        try:
            wanted[name] = _read(name, value, wanted)
        except WrongKey as wrong:
            problems.append(f"keys.{name}: {wrong}")
    return Keymap(tuple(_change(key, wanted) for key in KEYS), tuple(problems))


def _read(name: str, value: object, wanted: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    key = _named(name)
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise WrongKey('keys are written as in "ctrl+g, alt+g".')
    keys = tuple(normalize(word) for word in value.split(",") if word.strip())
    for one in keys:
        _check(one, key)
        _check_free(one, key, wanted)
    return keys


def _named(name: str) -> Key:
    for key in KEYS:
        if key.name == name and name:
            return key
    near = get_close_matches(name, [key.name for key in KEYS if key.name], 1)
    raise WrongKey(f"there is no such action{f'; is {near[0]} meant?' if near else '.'}")


def _check(one: str, key: Key) -> None:
    """Whether writing, or what a list needs, would lose the key."""
    if one in key.keys:
        return
    begin = one.partition(" ")[0]
    if key.context is not Context.MESSAGES and _is_written(begin):
        raise WrongKey(f"{label(begin)} is needed for writing.")
    for other in KEYS:
        if not other.name and other.context in _TOGETHER[key.context] and begin in other.keys:
            raise WrongKey(f"{label(begin)} is needed {_WHERE[other.context]}: {other.help}.")


def _check_free(one: str, key: Key, wanted: Mapping[str, tuple[str, ...]]) -> None:
    for name, keys in wanted.items():
        if _named(name).context in _TOGETHER[key.context] and any(_clash(one, other) for other in keys):
            raise WrongKey(f"{label(one)} is given to {name} already.")


def _is_written(key: str) -> bool:
    """Whether it puts something into the text: no modifier, and a sign to see, or the space."""
    return len(key) == 1 or key in _SIGNS or key == "space"


def _clash(one: str, other: str) -> bool:
    """The same, or the beginning of the other."""
    return f"{one} ".startswith(f"{other} ") or f"{other} ".startswith(f"{one} ")


def _change(key: Key, wanted: Mapping[str, tuple[str, ...]]) -> Key:
    if key.name in wanted:
        return key._replace(keys=wanted[key.name])
    if not key.name:
        return key
    near = [keys for name, keys in wanted.items() if _named(name).context in _TOGETHER[key.context]]
    taken = [one for keys in near for one in keys]
    return key._replace(keys=tuple(one for one in key.keys if not any(_clash(one, other) for other in taken)))


def normalize(written: str) -> str:
    """A key as Textual names it: Ctrl+/ is ctrl+slash. Raises WrongKey."""
    return " ".join(_normalize_one(word) for word in written.split())


def _normalize_one(word: str) -> str:
    # "ctrl++" is Ctrl and plus.
    *modifiers, name = (
        [*word[:-1].removesuffix("+").split("+"), "+"] if word.endswith("+") else word.split("+")
    )
    known = {_OTHER_NAMES.get(one.lower(), one.lower()) for one in modifiers if one}
    if known - _MODIFIERS:
        raise WrongKey(f'"{word}" is no key.')
    if known == {"shift"} and len(name) == 1 and name.isalpha():
        return name.upper()
    return "+".join([*sorted(known), _name(name, word, alone=not known)])


def _name(name: str, word: str, *, alone: bool) -> str:
    if len(name) == 1:
        return _character_to_key(name if alone else name.lower())
    found = _OTHER_NAMES.get(name.lower(), name.lower())
    if found not in _NAMES:
        raise WrongKey(f'"{word}" is no key.')
    return found
