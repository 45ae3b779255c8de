"""Files as facts: to whom they belong, when they go, and what is left behind a restart.  docs/specs/upload.md"""

from __future__ import annotations

import pytest

from hubbub.core.account_changes import deleting
from hubbub.core.accounts import accounts
from hubbub.core.command import Proposal
from hubbub.core.files import MIB, File, clean_name, files, link_to, linked_in, new_id
from hubbub.core.retention import DAY_MS, EXPIRING
from hubbub.core.uploading import GOOD_FOR_MS, TOKENS, TooMuch, check_room_for, granted, store
from hubbub.core.web_address import web_address
from hubworld import Client, World

CAPS = "hubbub.chat/upload message-tags echo-message draft/message-redaction"


def upload(world: World, by: Client, **known: object) -> File:
    """As if HTTP had taken a file."""
    user = by.session.user
    assert user is not None
    about = {"digest": new_id(), "name": "cat.png", "size": 5, "type": "image/png"} | known
    file = File(id=new_id(), owner=user.id, by=user.nick, at_ms=world.clock(), **about)
    outcome: list[bool] = []
    store(world.hub, file, outcome.append)
    assert outcome == [True]
    return file


def link(world: World, file: File) -> str:
    return link_to(world.hub, file, secure=False)


def listed(client: Client, where: str) -> list[str]:
    """Names that FILES lists."""
    return [line.rpartition(" :")[2] for line in client.asks(f"FILES {where}") if " NOTE FILES FILE " in line]


def msgid(lines: list[str]) -> str:
    return lines[-1].partition("msgid=")[2].partition(" ")[0].partition(";")[0]


def token(client: Client, target: str) -> str:
    return client.asks(f"UPLOAD {target}")[-1].split(" ")[4]


def test_a_file_belongs_where_its_owner_first_says_the_link() -> None:
    world = World()
    alice = world.client("alice", caps=CAPS)
    bob = world.client("bob", caps=CAPS)
    for client in (alice, bob):
        client.send("JOIN #tea", "JOIN #milk")
    file = upload(world, alice)
    bob.send(f"PRIVMSG #milk :what is {link(world, file)}")
    assert listed(alice, "#milk") == []
    alice.send(f"PRIVMSG #tea :look: {link(world, file)}!", f"PRIVMSG #milk :and {link(world, file)}")
    assert listed(bob, "#tea") == ["cat.png"]
    assert listed(bob, "#milk") == []
    world.restart()
    assert files(world.hub).by_id[file.id].topic.startswith("room/")


def test_the_list_says_size_owner_time_and_link() -> None:
    world = World()
    alice = world.client("alice", rooms="#tea")
    file = upload(world, alice)
    alice.send(f"PRIVMSG #tea :{link(world, file)}")
    assert alice.asks("FILES #tea") == [
        ":test.example NOTE FILES FILE #tea 5 alice 2023-11-14T22:13:20.000Z "
        f"http://127.0.0.1:1313/f/{file.id}/cat.png :cat.png",
        ":test.example NOTE FILES END #tea 1 :1 file",
    ]
    second = upload(world, alice, name="dog.png")
    alice.send(f"PRIVMSG #tea :{link(world, second)}")
    assert listed(alice, "#tea 1") == ["dog.png"]
    assert alice.asks("FILES #tea 1")[-1].endswith(" 2 :2 files, the last 1 of them listed")


def test_a_direct_conversation_has_its_files_for_both() -> None:
    world = World()
    alice, bob, carol = (world.client(nick, caps=CAPS) for nick in ("alice", "bob", "carol"))
    alice.send(f"PRIVMSG bob :{link(world, upload(world, alice))}")
    assert listed(bob, "alice") == listed(alice, "bob") == ["cat.png"]
    assert listed(carol, "alice") == []


def test_taking_the_message_back_deletes_the_file() -> None:
    world = World()
    alice, bob = world.client("alice", rooms="#tea", caps=CAPS), world.client("bob", rooms="#tea", caps=CAPS)
    gone: list[str] = []
    files(world.hub).dropped = gone.append
    file = upload(world, bob)
    # Alice, who has founded the room, is its operator.
    id = msgid(bob.asks(f"PRIVMSG #tea :{link(world, file)}"))
    alice.send(f"REDACT #tea {id}")
    assert file.id not in files(world.hub).by_id
    assert gone == [file.digest]
    world.restart()
    assert not files(world.hub).by_id


def test_a_link_that_somebody_else_repeats_protects_and_endangers_nothing() -> None:
    world = World()
    alice, bob = world.client("alice", rooms="#tea", caps=CAPS), world.client("bob", rooms="#tea", caps=CAPS)
    bob.send("JOIN #milk")
    file = upload(world, alice)
    alice.send(f"PRIVMSG #tea :{link(world, file)}")
    for room in ("#tea", "#milk"):
        bob.send(f"REDACT {room} {msgid(bob.asks(f'PRIVMSG {room} :{link(world, file)}'))}")
    assert file.id in files(world.hub).by_id


def test_a_link_that_is_edited_away_takes_its_file_along() -> None:
    world = World()
    alice, bob = (
        world.client(nick, rooms="#tea", caps=f"{CAPS} hubbub.chat/message-edit") for nick in ("alice", "bob")
    )
    stays, goes, others = upload(world, alice), upload(world, alice), upload(world, bob)
    bob.send(f"PRIVMSG #tea :{link(world, others)}")
    text = " ".join(link(world, file) for file in (stays, goes, others))
    id = msgid(alice.asks(f"PRIVMSG #tea :{text}"))
    alice.send(f"EDITMSG #tea {id} :look at {link(world, stays)} alone")
    assert set(files(world.hub).by_id) == {stays.id, others.id}
    # Nothing goes with an edit that may not be made.
    bob.send(f"EDITMSG #tea {id} :nothing")
    assert stays.id in files(world.hub).by_id
    world.restart()
    assert set(files(world.hub).by_id) == {stays.id, others.id}


def test_an_operator_of_another_room_has_no_say() -> None:
    world = World()
    alice, bob = world.client("alice", rooms="#tea", caps=CAPS), world.client("bob", rooms="#milk", caps=CAPS)
    alice.send("JOIN #milk")
    file = upload(world, alice)
    alice.send(f"PRIVMSG #tea :{link(world, file)}")
    id = msgid(alice.asks(f"PRIVMSG #milk :{link(world, file)}"))
    bob.send(f"REDACT #milk {id}")
    assert file.id in files(world.hub).by_id


def test_a_content_goes_with_the_last_file_that_has_it() -> None:
    world = World()
    alice = world.client("alice", rooms="#tea", caps=CAPS)
    gone: list[str] = []
    files(world.hub).dropped = gone.append
    one, two = upload(world, alice, digest="d", thumb="t"), upload(world, alice, digest="d")
    assert files(world.hub).size == 5
    alice.send(f"REDACT #tea {msgid(alice.asks(f'PRIVMSG #tea :{link(world, one)}'))}")
    assert gone == ["t"]
    alice.send(f"REDACT #tea {msgid(alice.asks(f'PRIVMSG #tea :{link(world, two)}'))}")
    assert gone == ["t", "d"]
    assert (files(world.hub).size, files(world.hub).size_of) == (0, {})


def test_the_files_of_a_forgotten_room_go_with_it() -> None:
    world = World()
    alice = world.client("alice", rooms="#tea", caps=CAPS)
    alice.send("MODE #tea +s", f"PRIVMSG #tea :{link(world, upload(world, alice))}", "PART #tea")
    assert not files(world.hub).by_id


def test_what_belonged_to_a_room_that_is_no_more_goes_at_start() -> None:
    world = World()
    alice = world.client("alice")
    upload(world, alice, topic="room/1-99")
    kept = upload(world, alice)
    world.restart()
    assert list(files(world.hub).by_id) == [kept.id]


def test_the_files_of_an_account_go_with_it() -> None:
    world = World()
    alice = world.client("alice")
    alice.send("REGISTER alice * correct-horse")
    file = upload(world, alice)
    account = accounts(world.hub).by_id[file.owner]
    event, expect, puts = deleting(world.hub, account)
    world.hub.append(Proposal(event, None, None), expect, puts)
    assert not files(world.hub).by_id
    outcome: list[bool] = []
    store(world.hub, file, outcome.append)
    assert outcome == [False]


@pytest.mark.parametrize(
    ("settings", "modes", "days"),
    [
        ({"files.keep_days": 3}, "", 3),
        ({"files.keep_days": 3}, "+H 2", 2),
        ({"files.keep_days": 3}, "+H 9", 3),
        ({"history.retention_days": 5}, "", 5),
        ({}, "+H 4", 4),
    ],
)
def test_files_grow_old(settings: dict[str, object], modes: str, days: int) -> None:
    world = World(settings)
    alice = world.client("alice", rooms="#tea")
    alice.send(f"MODE #tea {modes}", f"PRIVMSG #tea :{link(world, upload(world, alice))}")
    for late_ms, left in ((0, 1), (1000, 0)):
        world.clock.now_ms += late_ms or days * DAY_MS
        for watcher in EXPIRING:
            watcher(world.hub)
        assert len(files(world.hub).by_id) == left


def test_files_are_kept_for_good_otherwise() -> None:
    world = World()
    upload(world, world.client("alice"))
    world.clock.now_ms += 4000 * DAY_MS
    for watcher in EXPIRING:
        watcher(world.hub)
    assert len(files(world.hub).by_id) == 1


# -- tokens --------------------------------------------------------------------------------------------------


def test_a_token_stands_for_its_user_and_target_for_ten_minutes() -> None:
    world = World()
    alice = world.client("alice", rooms="#tea", caps=CAPS)
    good = token(alice, "#tea")
    found = granted(world.hub, good)
    assert found is not None
    assert found.nick == "alice"
    assert found.topic == world.hub.channels["#tea"].log_topic
    assert granted(world.hub, good + "x") is None
    assert granted(world.hub, "") is None
    world.clock.advance(GOOD_FOR_MS / 1000)
    assert granted(world.hub, good) is not None
    world.clock.advance(0.001)
    assert granted(world.hub, good) is None


def test_a_token_is_good_only_while_its_user_is_there_and_may_speak() -> None:
    world = World()
    alice, bob = world.client("alice", rooms="#tea", caps=CAPS), world.client("bob", rooms="#tea", caps=CAPS)
    good, other = token(bob, "#tea"), token(bob, "alice")
    alice.send("MODE #tea +m")
    assert granted(world.hub, good) is None
    assert granted(world.hub, other) is not None
    alice.send("MODE #tea -m")
    assert granted(world.hub, good) is not None
    bob.leave()
    assert granted(world.hub, good) is None
    assert granted(world.hub, other) is None


def test_tokens_are_no_more_than_so_many() -> None:
    world = World()
    alice = world.client("alice", caps=CAPS)
    tokens = [token(alice, "*") for _ in range(TOKENS + 1)]
    assert granted(world.hub, tokens[0]) is None
    assert all(granted(world.hub, each) for each in tokens[1:])


def test_who_comes_by_tls_is_sent_to_https() -> None:
    world = World()
    client = world.connection(secure=True)
    client.send(f"CAP REQ :{CAPS}", "CAP END", "NICK alice", "USER a 0 * :a")
    assert any(" soju.im/FILEHOST=https://127.0.0.1:1313/files " in line for line in client.received())
    assert " UPLOAD * https://127.0.0.1:1313/files " in client.asks("UPLOAD *")[0]


@pytest.mark.parametrize(
    ("urls", "plain", "secure"),
    [
        (["http://10.0.0.5:1313/"], "http://10.0.0.5:1313", "https://10.0.0.5:1313"),
        (["http://chat.example.org/"], "http://chat.example.org", "https://chat.example.org:80"),
        (["https://chat.example.org/hub/"], "https://chat.example.org/hub", "https://chat.example.org/hub"),
        (["http://a:1/", "https://b/"], "http://a:1", "https://b"),
    ],
)
def test_links_have_the_best_address_of_the_server(urls: list[str], plain: str, secure: str) -> None:
    world = World()
    world.hub.page_urls = lambda: urls
    assert web_address(world.hub, secure=False) == plain
    assert web_address(world.hub, secure=True) == secure


# -- room ----------------------------------------------------------------------------------------------------


def test_how_much_somebody_may_have() -> None:
    world = World({"files.max_size": 2, "files.quota": 3, "files.total": 4})
    alice, bob = world.client("alice"), world.client("bob")
    owner = upload(world, alice, size=2 * MIB).owner
    check_room_for(world.hub, owner, MIB, MIB)
    with pytest.raises(TooMuch, match=r"A file may have 2.0 MiB; this one has 3.0 MiB"):
        check_room_for(world.hub, owner, 3 * MIB, 3 * MIB)
    with pytest.raises(TooMuch, match=r"of which 1.0 MiB are left"):
        check_room_for(world.hub, owner, 2 * MIB, 2 * MIB)
    other = upload(world, bob, size=MIB, digest="e").owner
    with pytest.raises(TooMuch, match="The server has no room") as caught:
        check_room_for(world.hub, other, 2 * MIB, 2 * MIB)
    assert caught.value.is_ours


# -- names and links -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("cat.png", "cat.png"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\me\\cat.png", "cat.png"),
        ("..", "file"),
        ("", "file"),
        ("a\r\nb\0c.txt", "abc.txt"),
        ("\u202egpj.exe", "gpj.exe"),
        ("info", "info-file"),
        ("thumb", "thumb-file"),
        ('we<i>rd"?.txt', "weird.txt"),
        (".bashrc", "bashrc"),
        ("é" * 200 + ".jpeg", "é" * 47 + ".jpeg"),
    ],
)
def test_a_name_is_a_name_and_no_more(given: str, name: str) -> None:
    assert clean_name(given) == name


def test_a_link_is_known_by_its_id() -> None:
    id = new_id()
    assert len(id) == 26
    assert list(linked_in(f"see https://elsewhere.example/x/f/{id}/a%20b.png, (http://h/f/{id})")) == [id]
    assert list(linked_in(f"/f/{id}a /f/{id[:-1]} /f/{id.upper()}")) == []
    assert len({new_id() for _ in range(100)}) == 100
