"""The line mode as people with nc know it, from one or another of the programs that came before."""

from __future__ import annotations

import re

import pytest

from serving import Connection, RunningServer, Serve

LEAVING = ["/quit", "/exit", "\\quit", "exit", "bye", "quit", "server:exit"]


def nothing_but(person: Connection, fence: str) -> list[str]:
    """What a person has been shown up to now: an unknown command is answered at once, and told to nobody."""
    person.send(f"/{fence}")
    return person.until(f"no command /{fence}")[:-1]


# -- coming in -----------------------------------------------------------------------------------------------


def test_from_the_greeting_to_the_lobby(serve: Serve) -> None:
    server = serve({"rooms.default": "#lobby"})
    with server.irc("alice", caps="echo-message") as alice, server.connect() as person:
        alice.so_far()
        alice.send("PRIVMSG #lobby :said before you came")
        alice.so_far()
        person.send("")
        person.until("Welcome")
        person.until("What is your name")
        person.until("What is your name")
        person.send("Alice")
        refused = person.until("What is your name")
        suggestion = next(found[1] for line in refused if (found := re.search(r"How about (\S+)\?", line)))
        assert any("Alice" in line for line in refused)
        person.send("two words")
        person.until("can't be a name|invalid|not a name")
        person.until("What is your name")
        person.send(suggestion)
        landed = person.until("/help")
        assert any("#lobby" in line and "alice" in line for line in landed)
        assert any(line.endswith("alice: said before you came") for line in landed)
        alice.until(f":{suggestion}!.* JOIN #lobby")


def test_a_name_may_come_as_a_command(server: RunningServer) -> None:
    with server.connect() as person:
        person.send("server:register classmate")
        person.until("/help")
        person.send("who")
        person.until("classmate")


@pytest.mark.parametrize("word", ["bye", "/quit", "exit"])
def test_one_may_leave_instead_of_giving_a_name(server: RunningServer, word: str) -> None:
    with server.connect() as person:
        person.send("help", word)
        assert person.to_end()[-1].startswith("Goodbye")


def test_a_password_is_asked_for(serve: Serve) -> None:
    server = serve({"server.password": "sesame"})
    with server.connect() as person:
        person.send("ali")
        person.until("password")
        person.send("wrong")
        person.to_end()
    with server.connect() as person:
        person.send("ali")
        person.until("password")
        person.send("sesame")
        person.until("/help")


# -- talking -------------------------------------------------------------------------------------------------


def test_a_line_goes_to_the_room(server: RunningServer) -> None:
    with server.plain("anna", room="#class") as anna, server.plain("bert", room="#class") as bert:
        anna.until("^bert joined$")
        bert.send("hello, everybody")
        anna.until("^bert: hello, everybody$")
        assert nothing_but(bert, "f1") == []
        anna.send("look: http://example.org/ at 12:30", "12:30 is fine", "http://example.org/", "so :-)")
        # "look" is nobody: a mistyped name never becomes public.
        bert.until("^anna: 12:30 is fine$")
        bert.until("^anna: http://example.org/$")
        bert.until(r"^anna: so :-\)$")
        bert.close()
        anna.until("^bert left")


@pytest.mark.parametrize(
    "form", ["{to}: {text}", "{to}:{text}", "/msg {to} {text}", "\\send {to} {text}", "/send {to} {text}"]
)
def test_a_line_for_one_person_alone(server: RunningServer, form: str) -> None:
    with (
        server.plain("carl", room="#private") as carl,
        server.plain("dora", room="#private") as dora,
        server.irc("third", "#private") as third,
    ):
        carl.until("^dora joined$")
        carl.send(form.format(to="dora", text="just you"))
        dora.until(r"^\[private\] carl: just you$")
        carl.until(r"\[private to dora\]")
        assert not any("just you" in line for line in third.so_far())


def test_a_person_named_by_address(server: RunningServer) -> None:
    with server.plain("emil") as emil, server.plain("fritz") as fritz:
        emil.send(f"\\send {fritz.address} by address")
        fritz.until(r"^\[private\] emil: by address$")
        emil.send("\\send 127.0.0.1:1 nobody there")
        emil.until("127.0.0.1:1")
        assert nothing_but(fritz, "f2") == []


def test_a_mistyped_name_leaks_nothing(server: RunningServer) -> None:
    with server.plain("greta", room="#leak") as greta, server.irc("hans", "#leak") as hans:
        greta.until("hans joined")
        greta.send("hnas: my secret", "hnas:my secret")
        for _ in range(2):
            told = greta.waits_for("hnas")
            assert "nothing was sent" in told
            assert "/say hnas: my secret" in told
        greta.send("/say hnas: not secret")
        hans.until("PRIVMSG #leak :hnas: not secret")
        assert not any("my secret" in line for line in hans.so_far())


# -- commands ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["/list", "\\list", "who", "server:who", "list", "/who"])
def test_who_is_there(server: RunningServer, command: str) -> None:
    with server.plain("ida", room="#who") as ida, server.irc("jan", "#who") as jan:
        ida.send(command)
        assert jan.address in ida.waits_for("^  jan ")


@pytest.mark.parametrize("command", ["/help", "\\help", "help", "server:help"])
def test_help(server: RunningServer, command: str) -> None:
    with server.plain("kai") as kai:
        kai.send(command)
        kai.until("/msg")


@pytest.mark.parametrize("word", LEAVING)
def test_leaving(server: RunningServer, word: str) -> None:
    with server.plain("lena", room="#leaving") as lena, server.irc("max", "#leaving") as max_:
        lena.until("max joined")
        lena.send(word)
        assert lena.to_end()[-1].startswith("Goodbye")
        max_.until(":lena!.* QUIT ")


def test_the_other_commands(server: RunningServer) -> None:
    with server.plain("nora", room="#cmds") as nora, server.irc("otto", "#cmds") as otto:
        nora.send("/me waves", "/topic what we do", "\\nick norah")
        otto.until("PRIVMSG #cmds :\x01ACTION waves\x01")
        otto.until("TOPIC #cmds :what we do")
        otto.until("NICK :?norah")
        nora.until("You are now called norah")
        nora.send("/topic")
        nora.until("what we do")
        nora.send("/rooms")
        nora.until("#cmds")
        nora.send("/away at lunch")
        otto.send("PRIVMSG norah :there?")
        otto.until(" 301 .*at lunch")
        otto.send("PRIVMSG #cmds :for the record")
        nora.until("otto: for the record")
        nora.send("/history 5")
        nora.until("otto: for the record")
        nora.send("/join #elsewhere")
        nora.until("#elsewhere")
        nora.send("/say only here")
        otto.send("PRIVMSG #cmds :still here")
        nora.until(r"^\[#cmds\] otto: still here$")


def test_a_mistyped_command_is_never_said(server: RunningServer) -> None:
    with server.plain("paul", room="#typo") as paul, server.irc("quin", "#typo") as quin:
        paul.until("quin joined")
        paul.send("/jion #secret", "\\jion", "//slash", "\\\\back")
        paul.until("no command /jion")
        paul.until(r"no command \\jion")
        assert quin.waits_for("PRIVMSG").endswith(":/slash")
        assert quin.waits_for("PRIVMSG").endswith(":\\back")


def test_a_room_and_words_for_it_in_one_piece(server: RunningServer) -> None:
    """What is pasted or piped is read line by line, each when the one before has done its work."""
    with server.irc("rosa", "#piece") as rosa, server.plain("sven") as sven:
        sven.send("/join #piece", "first words", "/join #other", "other words", "/join #piece", "last words")
        rosa.until("PRIVMSG #piece :first words")
        assert rosa.waits_for("PRIVMSG").endswith("#piece :last words")


# -- bytes ---------------------------------------------------------------------------------------------------


def test_broken_bytes_are_shown_as_such(server: RunningServer) -> None:
    with server.plain("tina", room="#bytes") as tina, server.irc("ulf", "#bytes") as ulf:
        tina.until("ulf joined")
        tina.send_bytes("größer ".encode() + b"\xff\xfe caf\xe9\r\n")
        assert ulf.waits_for("PRIVMSG").endswith(":größer \ufffd\ufffd caf\ufffd")


def test_nobody_reaches_into_the_terminal_of_another(server: RunningServer) -> None:
    nasty = "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202eevil \x08\x08"
    with server.plain("vera", room="#term") as vera, server.irc("will", "#term") as will:
        vera.until("will joined")
        will.send(
            f"PRIVMSG #term :{nasty}1",
            f"PRIVMSG vera :{nasty}2",
            f"TOPIC #term :{nasty}3",
            f"PRIVMSG #term :\x01ACTION {nasty}4\x01",
            f"PART #term :{nasty}5",
            f"QUIT :{nasty}6",
        )
        lines = vera.until("will left|6")
        shown = "".join(lines)
        assert "1" in shown
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_line_ends_of_nc_and_telnet(server: RunningServer, end: bytes) -> None:
    with server.connect() as person, server.irc("xena", "#ends") as xena:
        person.send_bytes(b"yan" + end + b"/join #ends" + end + b"here" + end)
        assert xena.waits_for("PRIVMSG").endswith(":here")


def test_telnet_answers_are_no_text(server: RunningServer) -> None:
    with server.connect() as person:
        person.send_bytes(b"\xff\xfb\x1f\xff\xfd\x03zora\r\n")
        person.until("/help")
    server.wait_for_log(" zora is here")
