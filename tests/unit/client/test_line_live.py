"""Live text in the line mode, on a server without sockets: what leaves while one types, and what one sees of others."""

from __future__ import annotations

from itertools import count

import pytest

from hubbub.client.live_mode import LiveMode
from hubbub.irc.live import Insert, Kind, Update, write
from hubbub.irc.wire import parse
from hubworld import Client, World

TAG = "+hubbub.chat/live"


class Person:
    """Somebody at a keyboard. `sent`: all lines that have gone out."""

    def __init__(self, world: World, name: str) -> None:
        numbers = count(1)
        self.world = world
        self.sent: list[str] = []
        self.text: list[str] = []
        self.mode = LiveMode(
            name=name, confirms=True, now_ms=world.clock, new_id=lambda: f"{name}{next(numbers)}"
        )
        self.wire: Client = world.connection()
        self.mode.start()
        self.run()

    def run(self) -> None:
        """Until neither side has anything to say."""
        self.mode.live.tick()
        while True:
            lines = [message.to_line() for message in self.mode.take_commands()]
            self.sent += lines
            self.wire.send(*lines)
            received = self.wire.received()
            for line in received:
                self.mode.received(parse(line))
            self.text += self.mode.take_text()
            if not lines and not received:
                return

    def keys(self, text: str, before: str = "") -> None:
        """Letter by letter, behind what stands there; each 0.1 s after the one before."""
        for end in range(1, len(text) + 1):
            self.has(before + text[:end])
            self.world.clock.advance(0.1)
            self.run()

    def has(self, text: str, *, pasted: bool = False) -> None:
        """All at once."""
        self.mode.typing(text, pasted=pasted)
        self.run()

    def enters(self, text: str) -> None:
        self.mode.typed(text)
        self.run()

    def sees(self) -> list[tuple[str, str]]:
        self.run()
        return self.mode.live.growing()

    def shown(self) -> str:
        """What has left since the last time that was asked, as tags."""
        left = "\n".join(line for line in self.sent if "TAGMSG" in line)
        self.sent.clear()
        return left


@pytest.fixture
def world() -> World:
    world = World({"rooms.default": "#tea", "live.rooms": ["#tea"]})
    # The room is there, and allows it.
    world.client("zoe").send("JOIN #tea")
    world.clock.advance(1)
    return world


@pytest.fixture
def people(world: World) -> tuple[Person, Person]:
    alice, bob = Person(world, "alice"), Person(world, "bob")
    world.clock.advance(1)
    alice.run()
    bob.run()
    alice.shown()
    return alice, bob


def test_a_line_grows_and_the_message_takes_its_place(people: tuple[Person, Person]) -> None:
    alice, bob = people
    assert alice.mode.live.mark() == "LIVE (1 sees this) "
    alice.keys("h")
    assert bob.sees() == [("alice", "h")]
    alice.keys("ek", before="h")
    alice.has("he")
    alice.keys("llo", before="he")
    assert bob.sees() == [("alice", "hello")]
    bob.keys("hi")
    assert alice.sees() == [("bob", "hi")]
    alice.enters("hello")
    assert "@+hubbub.chat/nonce=alice1 PRIVMSG #tea hello" in [
        line.replace(":hello", "hello") for line in alice.sent
    ]
    assert bob.sees() == []
    assert "alice: hello" in bob.text
    alice.keys("n")
    assert bob.sees() == [("alice", "n")], "the next line is another"


@pytest.mark.parametrize(
    "text",
    [
        "/msg bob the secret",
        "\\msg bob secret",
        "bob: the secret",
        "server:who",
        "/quit",
        "//slash",
        "who",
        "bye",
        ":q",
    ],
)
def test_what_is_no_message_to_the_room_is_taken_back_before_it_says_anything(
    people: tuple[Person, Person], text: str
) -> None:
    alice, bob = people
    alice.keys(text)
    assert bob.sees() == []
    assert "secret" not in alice.shown()
    assert alice.mode.live.mark() == "not shown "


def test_a_word_that_turns_out_to_be_no_command_is_seen(people: tuple[Person, Person]) -> None:
    alice, bob = people
    alice.keys("who")
    assert bob.sees() == []
    alice.keys(" is that", before="who")
    assert bob.sees() == [("alice", "who is that")]


def test_a_command_that_is_made_into_a_message_keeps_what_it_held(people: tuple[Person, Person]) -> None:
    alice, bob = people
    alice.keys("bob: secret")
    alice.has("bob secret")
    alice.keys(" ok", before="bob secret")
    assert "secret" not in alice.shown()
    assert bob.sees() == [("alice", " ok")]
    alice.enters("bob secret ok")
    assert "alice: bob secret ok" in (bob.sees(), bob.text)[1]


def test_a_paste_waits_for_enter(people: tuple[Person, Person]) -> None:
    alice, bob = people
    alice.keys("see ")
    alice.has("see hunter2", pasted=True)
    alice.keys(" ok", before="see hunter2")
    assert bob.sees() == [("alice", "see  ok")]
    assert "hunter2" not in alice.shown()
    assert alice.mode.live.mark() == "LIVE (1 sees this, what was pasted waits for Enter) "
    alice.enters("see hunter2 ok")
    assert bob.sees() == []
    assert bob.text[-1] == "alice: see hunter2 ok"


def test_off_on_and_with_somebody(people: tuple[Person, Person]) -> None:
    alice, bob = people
    alice.enters("/live off")
    assert alice.text[-1] == "Nothing that you type is seen before Enter now."
    assert alice.mode.live.mark() == ""
    alice.keys("hush")
    bob.keys("hello?")
    assert not alice.shown()
    assert (alice.sees(), bob.sees()) == ([], [])
    alice.has("")
    alice.enters("/live with bob")
    alice.keys("psst")
    assert bob.sees() == [("alice", "psst")]
    alice.enters("psst")
    alice.enters("/live on")
    assert (
        alice.text[-1]
        == "Who shows theirs in #tea sees yours, too, while you type: LIVE says so. /live off ends it."
    )
    alice.enters("/live perhaps")
    assert alice.text[-1] == "Write it like this: /live on|off|with NAME"
    alice.enters("/help")
    assert any("/live on|off|with NAME" in line for line in alice.text)


def test_off_is_everywhere_and_on_is_here(people: tuple[Person, Person]) -> None:
    alice, bob = people
    meet_in_den(alice, bob)
    alice.enters("/live off")
    alice.enters("/live on")
    assert alice.mode.live.mark().startswith("LIVE")
    alice.enters("/join #tea")
    assert alice.mode.live.mark() == ""
    alice.enters("/live")
    assert alice.text[-1].startswith("Nothing that you type is seen before Enter now.")
    alice.enters("/join #den")
    alice.enters("/live")
    assert alice.text[-1].startswith("Who shows theirs here sees what you type")


def test_where_the_room_says_no_nothing_leaves_until_it_says_yes(
    people: tuple[Person, Person], world: World
) -> None:
    alice, bob = people
    alice.enters("/join #cake")
    bob.enters("/join #cake")
    assert any("This room has no live text" in line for line in alice.text)
    alice.shown()
    alice.keys("hidden")
    assert not alice.shown()
    alice.enters("/mode #cake +L")
    bob.run()
    alice.keys("seen")
    assert bob.sees() == [("alice", "seen")]
    alice.enters("/mode #cake -L")
    assert (bob.sees(), alice.mode.live.mark()) == ([], "")
    alice.has("")
    alice.shown()
    alice.keys("hidden")
    assert not alice.shown()


def test_what_stood_there_before_it_began_stays_unseen(people: tuple[Person, Person]) -> None:
    alice, bob = people
    alice.enters("/mode #tea")
    alice.enters("/live off")
    alice.keys("for me")
    alice.mode.live.command("on")
    alice.run()
    alice.keys(" and you", before="for me")
    assert bob.sees() == [("alice", " and you")]


def test_put_out_of_a_room_one_doesnt_go_on_in_another(people: tuple[Person, Person], world: World) -> None:
    alice, bob = people
    bob.enters("/join #tea2")
    bob.enters("/mode #tea2 +L")
    alice.enters("/join #tea2")
    alice.keys("about tea2")
    assert bob.sees() == [("alice", "about tea2")]
    bob.enters("/kick alice")
    alice.run()
    assert alice.mode.room == "#tea"
    alice.shown()
    alice.keys("!", before="about tea2")
    assert "about" not in alice.shown()


def test_nobody_sees_it_is_said_and_little_is_sent(world: World) -> None:
    alice = Person(world, "alice")
    alice.shown()
    alice.keys("nobody is here to see")
    assert alice.mode.live.mark() == "LIVE (nobody sees this) "
    assert alice.shown().count("TAGMSG") == 1


def test_a_server_without_it_says_so_and_is_chatted_with(world: World) -> None:
    world = World({"rooms.default": "#tea", "live.enabled": False})
    alice = Person(world, "alice")
    assert "This server has no live text: nothing that you type is seen before Enter." in alice.text
    alice.keys("hello")
    alice.enters("hello")
    assert not alice.shown()
    alice.enters("/live on")
    assert alice.text[-1] == "This server has no live text: nothing that you type is seen before Enter."


def test_answers_to_questions_are_nobodys_business(world: World) -> None:
    alice = Person(world, "")
    alice.keys("hunter2")
    alice.has("")
    assert not any("hunter2" in line for line in alice.sent)
    assert alice.mode.live.mark() == ""
    alice.enters("alice")
    assert alice.mode.nick == "alice"


def meet_in_den(alice: Person, bob: Person) -> None:
    """A room whose operator is bob."""
    bob.enters("/join #den")
    bob.enters("/mode +L")
    alice.enters("/join #den")


def test_who_may_not_speak_is_told_once_and_types_to_nobody(people: tuple[Person, Person]) -> None:
    alice, bob = people
    meet_in_den(alice, bob)
    bob.enters("/mode +m")
    alice.run()
    before = len(alice.text)
    alice.keys("may I?")
    assert len(alice.text) == before + 1
    assert alice.mode.live.mark() == ""
    assert bob.sees() == []


def test_a_slow_room_has_no_live_text_while_it_is_slow(people: tuple[Person, Person]) -> None:
    alice, bob = people
    meet_in_den(alice, bob)
    alice.keys("quick")
    assert bob.sees() == [("alice", "quick")]
    bob.enters("/mode +S 10")
    alice.run()
    assert (alice.mode.live.mark(), bob.sees()) == ("", [])
    bob.enters("/mode -S")
    alice.run()
    assert alice.mode.live.mark().startswith("LIVE")


def test_who_comes_late_sees_the_whole_line(people: tuple[Person, Person], world: World) -> None:
    alice, _ = people
    alice.keys("I was say")
    carl = Person(world, "carl")
    world.clock.advance(1)
    alice.run()
    alice.keys("ing", before="I was say")
    assert carl.sees() == [("alice", "I was saying")]


def test_hostile_text_is_made_harmless(people: tuple[Person, Person]) -> None:
    alice, bob = people
    value = write(Update("x", 0, Kind.NEW, (Insert(0, "\u202eevil\u200b\n\u2066next"),)))
    alice.mode.send(parse(f"@{TAG}={value.replace(chr(10), chr(92) + 'n')} TAGMSG #tea"))
    alice.run()
    assert bob.sees() == [("alice", "evil / next")]


def test_a_line_goes_with_its_author_and_after_silence(people: tuple[Person, Person], world: World) -> None:
    alice, bob = people
    alice.keys("going")
    assert bob.sees()
    bob.enters("/ignore alice")
    alice.keys("x", before="going")
    alice.wire.leave()
    assert bob.sees() == []


def test_a_line_of_which_nothing_is_heard_is_gone(people: tuple[Person, Person], world: World) -> None:
    alice, bob = people
    alice.keys("well")
    assert bob.sees()
    due = bob.mode.live.due()
    assert due is not None
    world.clock.advance((due - world.clock()) / 1000)
    assert bob.sees() == []


def test_over_a_new_connection_it_goes_on(people: tuple[Person, Person], world: World) -> None:
    alice, bob = people
    alice.keys("half a ")
    alice.wire.leave()
    alice.mode.disconnected()
    assert alice.mode.live.mark() == ""
    assert bob.sees() == []
    alice.wire = world.connection()
    alice.mode.reconnected()
    alice.run()
    alice.keys("line", before="half a ")
    assert bob.sees() == [("alice", "line")], "what was typed meanwhile waits"
    alice.enters("half a line")
    assert bob.sees() == []
    assert bob.text[-1] == "alice: half a line"
