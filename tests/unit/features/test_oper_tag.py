"""draft/oper-tag.  https://ircv3.net/specs/extensions/oper-tag"""

from __future__ import annotations

from msgspec.structs import replace

from hubbub.config import Operator
from hubworld import World


def test_what_an_operator_says_is_marked_for_those_who_want_it(world: World) -> None:
    world.hub.settings = replace(world.settings, operators=(Operator(name="ann", password="sesame"),))
    alice, bob = world.client("alice", rooms="#tea"), world.client("bob", caps="draft/oper-tag", rooms="#tea")
    carol = world.client("carol", rooms="#tea")
    alice.send(
        "PRIVMSG #tea :before", "OPER ann sesame", "PRIVMSG #tea :now", "MODE alice -o", "NOTICE #tea :after"
    )
    alice.send("OPER ann sesame", "QUIT :bye")
    alice.received()
    source = ":alice!~alice@127.0.0.1"
    bob_heard = bob.received()[1:]
    assert bob_heard == [
        f"{source} PRIVMSG #tea :before",
        f"@draft/oper {source} PRIVMSG #tea :now",
        f"{source} NOTICE #tea :after",
        f"@draft/oper {source} QUIT :Quit: bye",
    ]
    assert not any(line.startswith("@") for line in carol.received())


def test_history_knows_who_was_an_operator_then(world: World) -> None:
    world.hub.settings = replace(world.settings, operators=(Operator(name="ann", password="sesame"),))
    alice = world.client("alice", rooms="#tea")
    bob = world.client("bob", caps="draft/oper-tag draft/chathistory", rooms="#tea")
    alice.send("OPER ann sesame", "PRIVMSG #tea :now", "MODE alice -o", "PRIVMSG #tea :later")
    tags = [line.split(" ")[0] for line in bob.asks("CHATHISTORY LATEST #tea * 10")]
    assert tags == ["@draft/oper", ":alice!~alice@127.0.0.1"]
