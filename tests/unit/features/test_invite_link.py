"""INVITELINK, and what a token does as the key of JOIN and as the connection password.  docs/specs/invite-link.md"""

from __future__ import annotations

import msgspec
import pytest

from hubbub.core import invite_links
from hubbub.core.invite_links import InviteLinks, new_token
from hubbub.features import invite_link
from hubbub.invite_commands import InviteRequest, MadeLink, ShownLink, carry_out_invite
from hubbub.user_commands import Impossible
from hubworld import Client, World, commands_of, run_to_end

CAP = "hubbub.chat/invite-link"


@pytest.fixture
def alice(world: World) -> Client:
    """The operator of #tea."""
    return world.client("alice", caps=CAP, rooms="#tea")


@pytest.fixture
def bob(world: World) -> Client:
    return world.client("bob")


def made(client: Client, line: str = "INVITELINK #tea") -> tuple[str, str]:
    """The handle and the token of a new link."""
    (answer,) = client.asks(line)
    _source, verb, _room, word, handle, _uses, _until, token, _url = answer.split(" ")
    assert (verb, word) == ("INVITELINK", "CREATED")
    return handle, token


def operator(world: World, action: str, **wants: object) -> list[bytes]:
    """What `hubbub invite` would be answered."""
    lines: list[bytes] = []

    async def run() -> None:
        async for line in carry_out_invite(
            world.hub,
            msgspec.convert({"about": "invite", "action": action, "expires": "7d"} | wants, InviteRequest),
        ):
            lines.append(line.encode())

    run_to_end(run())
    return lines


def operators_link(world: World, **wants: object) -> MadeLink:
    (line,) = operator(world, "make", **wants)
    return msgspec.json.decode(line, type=MadeLink)


def enters(client: Client, room: str, key: str) -> bool:
    return "JOIN" in commands_of(client.asks(f"JOIN {room} {key}"))


# -- making them ---------------------------------------------------------------------------------------------


def test_without_the_capability_there_is_no_such_command(world: World, bob: Client) -> None:
    world.client("alice", rooms="#tea")
    assert commands_of(bob.asks("INVITELINK #tea")) == ["421"]


def test_the_answer_has_the_address_where_there_is_a_page(world: World, alice: Client) -> None:
    assert alice.asks("INVITELINK #tea")[0].endswith(" *")
    world.hub.page_urls = lambda: ["http://192.0.2.1:1313/", "http://[2001:db8::1]/"]
    (answer,) = alice.asks("INVITELINK #tea")
    token = answer.split(" ")[7]
    assert answer.endswith(f" http://192.0.2.1:1313/i/{token}")


def test_a_labelled_answer(world: World) -> None:
    alice = world.client("alice", caps=f"{CAP} labeled-response batch", rooms="#tea")
    (answer,) = alice.asks("@label=1 INVITELINK #tea")
    assert answer.startswith("@label=1 :test.example INVITELINK #tea CREATED ")


def test_who_may_make_them(world: World, alice: Client) -> None:
    carol = world.client("carol", caps=CAP)
    assert commands_of(carol.asks("INVITELINK #tea")) == ["442"]
    assert commands_of(carol.asks("INVITELINK #none")) == ["403"]
    carol.send("JOIN #tea")
    assert made(carol)
    alice.send("MODE #tea +i")
    assert commands_of(carol.asks("INVITELINK #tea")) == ["482"]
    assert commands_of(carol.asks("INVITELINK #tea LIST")) == ["482"]
    alice.send("MODE #tea +s", "KICK #tea carol")
    assert commands_of(carol.asks("INVITELINK #tea")) == ["403"]


@pytest.mark.parametrize("params", ["0", "1001", "-1", "five", "1 soon", "1 0h", "² 2h"])
def test_what_can_not_be_understood(alice: Client, params: str) -> None:
    (answer,) = alice.asks(f"INVITELINK #tea {params}")
    assert answer.startswith(":test.example FAIL INVITELINK INVALID_PARAMS #tea ")


def test_there_are_not_too_many(world: World, alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invite_link, "MOST_OWN", 2)
    carol = world.client("carol", caps=CAP, rooms="#tea")
    made(carol)
    handle, _token = made(carol)
    assert "TOO_MANY_LINKS" in carol.asks("INVITELINK #tea")[0]
    carol.send(f"INVITELINK #tea REVOKE {handle}")
    made(carol)
    for _ in range(world.settings.limits.list_entries - 2):
        made(alice)
    assert "TOO_MANY_LINKS" in alice.asks("INVITELINK #tea")[0]


def test_others_see_only_their_own(world: World, alice: Client) -> None:
    carol = world.client("carol", caps=CAP, rooms="#tea")
    of_alice, _ = made(alice, "INVITELINK #tea 3 never")
    of_carol, _ = made(carol)
    listed = [line.split(" ")[4:] for line in alice.asks("INVITELINK #tea LIST")]
    assert [words[0] for words in listed] == [of_alice, of_carol, "2"]
    assert listed[0][1:4] == ["0", "3", "*"]
    assert listed[0][-1] == "alice"
    assert [line.split(" ")[4] for line in carol.asks("INVITELINK #tea LIST")] == [of_carol, "1"]
    assert "NO_SUCH_LINK" in carol.asks(f"INVITELINK #tea REVOKE {of_alice}")[0]
    assert alice.asks(f"INVITELINK #tea revoke {of_carol}") == [
        f":test.example INVITELINK #tea REVOKED {of_carol}"
    ]


def test_a_wrong_token_is_not_repeated(alice: Client) -> None:
    token = new_token()
    (answer,) = alice.asks(f"INVITELINK #tea REVOKE {token}")
    assert "NO_SUCH_LINK" in answer
    assert token not in answer


# -- coming by them ------------------------------------------------------------------------------------------


def test_a_link_opens_what_is_for_the_invited_and_what_has_a_key(alice: Client, bob: Client) -> None:
    _, token = made(alice)
    alice.send("MODE #tea +ik oolong")
    assert not enters(bob, "#tea", "oolong")
    assert not enters(bob, "#tea", new_token())
    assert enters(bob, "#tea", token)


@pytest.mark.parametrize(("mode", "refusal"), [("+b bob", "474"), ("+l 1", "471"), ("+R", "477")])
def test_a_link_opens_nothing_else(alice: Client, bob: Client, mode: str, refusal: str) -> None:
    _, token = made(alice)
    alice.send(f"MODE #tea {mode}")
    assert commands_of(bob.asks(f"JOIN #tea {token}")) == [refusal]


def test_guests_stay_where_the_server_keeps_them() -> None:
    world = World({"accounts.guests": "rooms", "accounts.guest_rooms": ("#lobby",)})
    assert commands_of(world.client("bob").asks(f"JOIN #tea {operators_link(world, room='#tea').token}")) == [
        "477"
    ]


def test_a_link_is_for_one_room(alice: Client, bob: Client) -> None:
    _, token = made(alice)
    alice.send("JOIN #cake", "MODE #cake +i")
    assert not enters(bob, "#cake", token)


def test_a_members_link_opens_no_more_than_they_could(world: World, alice: Client, bob: Client) -> None:
    carol = world.client("carol", caps=CAP)
    alice.send("MODE #tea +k oolong")
    carol.send("JOIN #tea oolong")
    _, token = made(carol)
    assert enters(bob, "#tea", token)
    bob.send("PART #tea")
    alice.send("MODE #tea +k sencha")
    assert not enters(bob, "#tea", token)
    alice.send("MODE #tea -k sencha", "MODE #tea +i")
    assert not enters(bob, "#tea", token)


def test_uses_count_people_and_not_joins(world: World, alice: Client, bob: Client) -> None:
    _, token = made(alice, "INVITELINK #tea 1")
    alice.send("MODE #tea +i")
    assert enters(bob, "#tea", token)
    bob.send("PART #tea")
    assert enters(bob, "#tea", token)
    assert not enters(world.client("carol"), "#tea", token)
    assert alice.asks("INVITELINK #tea LIST")[0].split(" ")[5:7] == ["1", "1"]


def test_a_guest_who_logs_in_has_used_it_as_the_account(world: World, alice: Client, bob: Client) -> None:
    owner = world.client("rob")
    owner.send("REGISTER * * a-good-password", "QUIT")
    _, token = made(alice, "INVITELINK #tea 1")
    alice.send("MODE #tea +i")
    assert enters(bob, "#tea", token)
    bob.send("NS IDENTIFY rob a-good-password", "PART #tea")
    assert enters(bob, "#tea", token)
    (link,) = world.hub.part(InviteLinks).by_digest.values()
    assert bob.session.user is not None
    assert link.used_by == (bob.session.user.id,)


def test_it_ends(world: World, alice: Client, bob: Client) -> None:
    _, token = made(alice, "INVITELINK #tea * 2h")
    alice.send("MODE #tea +i")
    world.clock.advance(2 * 3600 - 1)
    assert enters(bob, "#tea", token)
    bob.send("PART #tea")
    world.clock.advance(1)
    assert not enters(bob, "#tea", token)
    assert commands_of(alice.asks("INVITELINK #tea LIST")) == ["INVITELINK"]
    made(alice)
    assert len(world.hub.part(InviteLinks).by_digest) == 1


def test_it_is_revoked_by_its_handle_or_its_address(alice: Client, bob: Client) -> None:
    alice.send("MODE #tea +i")
    for revoked in ("{handle}", "http://192.0.2.1/i/{token}"):
        handle, token = made(alice)
        alice.send(f"INVITELINK #tea REVOKE {revoked.format(handle=handle, token=token)}")
        assert not enters(bob, "#tea", token)


def test_it_follows_a_room_that_is_renamed(alice: Client, bob: Client) -> None:
    _, token = made(alice)
    alice.send("MODE #tea +i", "RENAME #tea #chai")
    assert enters(bob, "#chai", token)


def test_it_ends_with_its_room(world: World, alice: Client, bob: Client) -> None:
    _, token = made(alice)
    alice.send("MODE #tea +i", "PART #tea")
    carol = world.client("carol", rooms="#tea")
    carol.send("MODE #tea +i")
    assert not enters(bob, "#tea", token)


# -- after a restart -----------------------------------------------------------------------------------------


def test_links_and_their_uses_outlive_a_restart(world: World, alice: Client, bob: Client) -> None:
    _, once = made(alice, "INVITELINK #tea 1")
    handle, gone = made(alice)
    _, good = made(alice)
    alice.send("MODE #tea +i", f"INVITELINK #tea REVOKE {handle}")
    assert enters(bob, "#tea", once)
    before = dict(world.hub.part(InviteLinks).by_digest)
    world.restart()
    assert world.hub.part(InviteLinks).by_digest == before
    carol = world.client("carol")
    assert not enters(carol, "#tea", once)
    assert not enters(carol, "#tea", gone)
    assert enters(carol, "#tea", good)


def test_a_room_for_the_invited_without_a_good_link_ends_with_the_server(world: World, alice: Client) -> None:
    made(alice, "INVITELINK #tea * 2h")
    alice.send("MODE #tea +i")
    world.restart()
    assert "#tea" in world.hub.channels
    world.clock.advance(7200)
    world.restart()
    assert "#tea" not in world.hub.channels
    world.restart()
    assert world.hub.part(InviteLinks).by_digest == {}


# -- the operator's ------------------------------------------------------------------------------------------


def test_the_operators_link_is_for_the_room_that_everybody_lands_in() -> None:
    world = World({"rooms.default": "#lobby"})
    link = operators_link(world)
    assert (link.link.room, link.link.uses, link.link.by) == ("#lobby", None, None)


def test_it_leads_into_a_room_that_nobody_has_entered_yet(world: World, bob: Client) -> None:
    link = operators_link(world, room="#party", uses=2)
    assert enters(bob, "#party", link.token)
    bob.send("MODE #party +i")
    assert enters(world.client("carol"), "#party", link.token)
    assert not enters(world.client("dave"), "#party", link.token)


def test_the_operator_sees_and_revokes_all(world: World, alice: Client, bob: Client) -> None:
    handle, token = made(alice)
    operators_link(world, room="#cake")
    shown = [msgspec.json.decode(line, type=ShownLink) for line in operator(world, "list")]
    assert [(link.room, link.by) for link in shown] == [("#tea", "alice"), ("#cake", None)]
    assert len(operator(world, "list", room="#TEA")) == 1
    alice.send("MODE #tea +i")
    operator(world, "revoke", link=handle)
    assert not enters(bob, "#tea", token)


@pytest.mark.parametrize(
    ("action", "wants"),
    [
        ("make", {}),
        ("make", {"room": "tea"}),
        ("make", {"room": "#a b"}),
        ("make", {"room": "#tea", "uses": 1001}),
        ("make", {"room": "#tea", "expires": "soon"}),
        ("revoke", {"link": "00000000"}),
        ("revoke", {"link": ""}),
        ("fly", {}),
    ],
)
def test_what_the_operator_can_not_have(world: World, action: str, wants: dict[str, object]) -> None:
    with pytest.raises(Impossible):
        operator(world, action, **wants)
    assert world.hub.part(InviteLinks).by_digest == {}


def test_the_operator_is_told_what_a_link_does_not_open(world: World, alice: Client) -> None:
    alice.send("MODE #tea +Rl 5")
    assert len(operators_link(world, room="#tea").notes) == 2
    assert operators_link(World({"accounts.guests": "none"}), room="#tea").notes


def test_no_secret_is_in_a_repr(world: World) -> None:
    link = operators_link(world, room="#tea")
    assert link.token not in repr(link)
    assert link.token not in repr(InviteRequest("revoke", link=link.token))


# -- the connection password ---------------------------------------------------------------------------------


@pytest.fixture
def closed() -> World:
    return World({"server.password": "open sesame"})


def comes(world: World, nick: str, password: str) -> Client:
    client = world.connection()
    client.send(f"PASS :{password}", f"NICK {nick}", f"USER {nick} 0 * :{nick}")
    return client


def test_the_operators_link_stands_in_for_the_password(closed: World) -> None:
    link = operators_link(closed, room="#tea")
    assert "001" in commands_of(comes(closed, "bob", link.token).received())
    operator(closed, "revoke", link=link.link.id)
    assert "464" in commands_of(comes(closed, "carol", link.token).received())


def test_a_members_link_does_not(closed: World) -> None:
    alice = comes(closed, "alice", "open sesame")
    alice.send(f"CAP REQ :{CAP}", "JOIN #tea")
    _, token = made(alice)
    assert "464" in commands_of(comes(closed, "bob", token).received())


def test_who_is_let_in_is_counted(closed: World) -> None:
    link = operators_link(closed, room="#tea", uses=1)
    bob = comes(closed, "bob", link.token)
    assert enters(bob, "#tea", link.token)
    carol = comes(closed, "carol", link.token)
    assert "464" in commands_of(carol.received())
    assert carol.closed


def test_who_comes_too_late_is_not_let_in(closed: World) -> None:
    link = operators_link(closed, room="#tea", uses=1)
    bob, carol = closed.connection(), closed.connection()
    bob.send(f"PASS {link.token}")
    carol.send(f"PASS {link.token}")
    bob.send("NICK bob", "USER bob 0 * :bob")
    carol.send("NICK carol", "USER carol 0 * :carol")
    assert not bob.closed
    assert "464" in commands_of(carol.received())
    assert carol.closed


def test_who_comes_at_the_same_moment_must_go(closed: World) -> None:
    """Between the gate and the fact of the arrival others may use the link up: as if these had been faster."""
    link = operators_link(closed, room="#tea", uses=1)
    bob = comes(closed, "bob", link.token)
    operator(closed, "revoke", link=link.link.id)
    bob.received()
    invite_link._count(bob.session)
    assert bob.received() == ["ERROR :Closing link: 127.0.0.1 (The invite link is used up)"]
    assert bob.closed


def test_a_link_is_no_account(closed: World) -> None:
    world = World({"accounts.guests": "none", "server.password": "open sesame"})
    token = operators_link(world, room="#tea").token
    assert "ACCOUNT_REQUIRED" in "".join(comes(world, "bob", token).received())


def test_the_whole_server_has_a_limit(world: World, alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubbub.invite_commands.MOST_LINKS", 1)
    monkeypatch.setattr(invite_link, "MOST_LINKS", 1)
    made(alice)
    assert "TOO_MANY_LINKS" in alice.asks("INVITELINK #tea")[0]
    with pytest.raises(Impossible):
        operators_link(world, room="#tea")
    assert invite_links.MOST_LINKS == 10_000
