"""The table of keys: that it fits together, what is made of it, and what the settings may change."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from hubbub.tui.keymap import KEYS, Context, Key, bindings, label, normalize, read_keys
from hubbub.tui.keys import install, spellings

AT_ONCE = [
    (Context.EVERYWHERE, Context.WINDOW, Context.COMPOSER),
    (Context.EVERYWHERE, Context.WINDOW, Context.MESSAGES),
    (Context.EVERYWHERE, Context.OVERLAY),
]


@pytest.mark.parametrize("contexts", AT_ONCE)
def test_no_key_means_two_things_at_once(contexts: tuple[Context, ...]) -> None:
    owner: dict[str, Key] = {}
    for key in KEYS:
        # What the composer may have before the window is in the table twice on purpose.
        if key.context not in contexts or not key.first:
            continue
        for one in key.keys:
            for spelling in spellings(one):
                assert spelling not in owner, f"{spelling}: {key.help} and {owner[spelling].help}"
                owner[spelling] = key


@pytest.mark.parametrize("context", Context)
def test_no_key_is_bound_twice_in_a_context(context: Context) -> None:
    keys = [key for binding in bindings(context) for key in binding.key.split(",")]
    assert len(keys) == len(set(keys))


def test_names_are_unique_and_every_action_is_explained() -> None:
    names = [key.name for key in KEYS if key.name]
    assert len(names) == len(set(names))
    assert all(key.help for key in KEYS)


def test_every_action_exists_in_the_app() -> None:
    ChatApp = pytest.importorskip("hubbub.tui.app", exc_type=ImportError).ChatApp
    for context in Context:
        for binding in bindings(context):
            name = binding.action.removeprefix("app.").partition("(")[0]
            assert callable(getattr(ChatApp, f"action_{name}", None)), f"ChatApp.action_{name}"


def test_every_key_is_one_that_textual_knows() -> None:
    for key in KEYS:
        for one in key.keys:
            assert normalize(one) == one


def test_bindings() -> None:
    window = {key: binding for binding in bindings(Context.WINDOW) for key in binding.key.split(",")}
    assert window["alt+1"].action == "app.go_to_number(1)"
    assert window["alt+0"].action == "app.go_to_number(10)"
    assert window["alt+right"].action == window["ctrl+n"].action == "app.next_room"
    assert window["pageup"].priority
    assert not window["ctrl+k"].priority
    assert not window["escape"].priority
    assert not any(binding.priority for binding in bindings(Context.MESSAGES))
    assert not bindings(Context.COMPOSER)


def test_labels_are_for_people() -> None:
    assert label("alt+slash") == "Alt+/"
    assert label("alt+shift+b") == "Alt+Shift+B"
    assert label("ctrl+x ctrl+e") == "Ctrl+X Ctrl+E"
    assert label("pageup") == "PgUp"
    assert label("equals_sign") == "="
    assert label("r") == "r"
    assert label("escape") == "Esc"
    assert label("f1") == "F1"
    assert label("alt+space") == "Alt+Space"
    assert label("backspace") == "Backspace"
    assert label("alt+left") == "Alt+←"
    assert read_keys({}).labels("next_room") == "Ctrl+N, Alt+→"


# -- the settings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Ctrl+G", "ctrl+g"),
        ("alt+/", "alt+slash"),
        ("Alt++", "alt+plus"),
        ("+", "plus"),
        ("=", "equals_sign"),
        ("shift+alt+b", "alt+shift+b"),
        ("control+pgup", "ctrl+pageup"),
        ("Option+Esc", "alt+escape"),
        ("F12", "f12"),
        ("G", "G"),
        ("shift+g", "G"),
        ("ctrl+x ctrl+e", "ctrl+x ctrl+e"),
    ],
)
def test_keys_may_be_written_in_many_ways(written: str, key: str) -> None:
    assert normalize(written) == key


def test_the_settings_give_other_keys() -> None:
    keymap = read_keys({"next_activity": "ctrl+g, Alt+A", "toggle_mouse": ""})
    assert keymap.problems == ()
    assert keymap.labels("next_activity") == "Ctrl+G, Alt+A"
    assert keymap.labels("toggle_mouse") == ""
    [binding] = [one for one in keymap.bindings(Context.WINDOW) if one.key == "ctrl+g"]
    assert binding.action == "app.next_activity"
    assert not [one for one in keymap.bindings(Context.EVERYWHERE) if "toggle_mouse" in one.action]


def test_a_key_is_taken_from_the_action_that_had_it() -> None:
    keymap = read_keys({"last_room": "alt+a"})
    assert keymap.labels("last_room") == "Alt+A"
    assert keymap.labels("next_activity") == ""
    assert read_keys({"reply": "e"}).labels("edit_message") == ""
    assert read_keys({"show_thread": "ctrl+x"}).labels("edit_outside") == "Alt+E"


def test_the_default_may_be_written_out() -> None:
    settings = {key.name: ", ".join(key.keys) for key in KEYS if key.name}
    keymap = read_keys(settings)
    assert keymap.problems == ()
    assert keymap.keys == KEYS


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("next_rom", "f5", "keys.next_rom: there is no such action; is next_room meant?"),
        ("", "f5", "keys.: there is no such action."),
        ("next_room", "flubb", 'keys.next_room: "flubb" is no key.'),
        ("next_room", "hyperr+a", 'keys.next_room: "hyperr+a" is no key.'),
        ("next_room", 7, 'keys.next_room: keys are written as in "ctrl+g, alt+g".'),
        ("next_room", "x", "keys.next_room: x is needed for writing."),
        ("next_room", "space", "keys.next_room: Space is needed for writing."),
        ("next_room", "enter", "keys.next_room: Enter is needed while writing: send."),
        ("quit", "ctrl+w", "keys.quit: Ctrl+W is needed while writing: delete the word before or behind."),
        ("quit", "f5, up", "keys.quit: ↑ is needed while writing: in an empty box: edit your last"),
    ],
)
def test_what_cannot_be_is_explained_and_changes_nothing(name: str, value: object, problem: str) -> None:
    keymap = read_keys({name: value})
    assert keymap.keys == KEYS
    [found] = keymap.problems
    assert found.startswith(problem)


def test_two_actions_cannot_have_the_same_key() -> None:
    keymap = read_keys({"next_room": "f5", "last_room": "f5", "open_search": "f6 f7", "toggle_rooms": "f6"})
    assert keymap.problems == (
        "keys.last_room: F5 is given to next_room already.",
        "keys.toggle_rooms: F6 is given to open_search already.",
    )
    assert keymap.labels("last_room") == "Alt+/"


# -- in an app ------------------------------------------------------------------------------------------------


class Window(App[None]):
    """As much of an app as bindings need."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.EVERYWHERE), *bindings(Context.WINDOW)]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.chord = ""
        self.done: list[str] = []

    def compose(self) -> ComposeResult:
        yield TextArea("a line")

    def action_begin_chord(self, prefix: str) -> None:
        self.chord = prefix

    async def action_end_chord(self, prefix: str, action: str) -> None:
        self.chord = ""
        await self.run_action(f"app.{action}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        return action != "end_chord" or self.chord == parameters[0]

    def action_edit_outside(self) -> None:
        self.done.append("edit_outside")

    def action_go_to_number(self, number: int) -> None:
        self.done.append(f"go_to {number}")

    def action_page_up(self) -> None:
        self.done.append("page_up")


def test_keys_reach_the_app_past_a_text_area() -> None:
    async def press() -> Window:
        install()
        app = Window()
        async with app.run_test() as pilot:
            await pilot.press("alt+3", "alt+0", "pageup", "ctrl+x", "ctrl+e", "alt+e")
            assert app.query_one(TextArea).cursor_location == (0, 0)
            await pilot.press("ctrl+e")
            assert app.query_one(TextArea).cursor_location == (0, 6)
        return app

    app = asyncio.run(press())
    assert app.done == ["go_to 3", "go_to 10", "page_up", "edit_outside", "edit_outside"]


def test_a_binding_is_what_textual_expects() -> None:
    assert all(isinstance(binding, Binding) for context in Context for binding in bindings(context))
