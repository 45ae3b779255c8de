"""MOTD, VERSION, TIME, INFO, ADMIN and LINKS against Modern IRC, "Server Queries and Commands"."""

from __future__ import annotations

import pytest

from hubworld import SERVER, World, commands_of

ABOUT = {
    "server.motd": "Welcome!\n\nBe kind.",
    "server.description": "a test",
    "server.admin_name": "Ann",
    "server.admin_location": "Here",
    "server.admin_email": "ann@example.org",
}


def test_motd_is_start_lines_and_end() -> None:
    alice = World(ABOUT).client("alice")
    assert alice.asks("MOTD") == [
        f":{SERVER} 375 alice :- {SERVER} Message of the day - ",
        f":{SERVER} 372 alice :- Welcome!",
        f":{SERVER} 372 alice :- ",
        f":{SERVER} 372 alice :- Be kind.",
        f":{SERVER} 376 alice :End of /MOTD command.",
    ]


def test_without_a_motd_the_answer_is_422(world: World) -> None:
    assert world.client("alice").asks("MOTD") == [f":{SERVER} 422 alice :MOTD File is missing"]


def test_a_long_motd_line_is_cut_to_the_length_of_a_line() -> None:
    alice = World({"server.motd": "ä" * 600}).client("alice")
    line = alice.asks("MOTD")[1]
    assert len(line.encode()) in (509, 510)


def test_version_has_isupport_behind_it(world: World) -> None:
    lines = world.client("alice").asks("VERSION")
    assert lines[0] == f":{SERVER} 351 alice hubbub-0.1 {SERVER} :a hubbub server"
    assert set(commands_of(lines[1:])) == {"005"}


def test_time(world: World) -> None:
    assert world.client("alice").asks("TIME") == [f":{SERVER} 391 alice {SERVER} :2023-11-14 22:13:20 UTC"]


def test_info_ends_with_374(world: World) -> None:
    lines = world.client("alice").asks("INFO")
    assert commands_of(lines) == ["371", "371", "371", "374"]
    assert lines[-1].endswith(":End of INFO list")


def test_admin() -> None:
    assert World(ABOUT).client("alice").asks("ADMIN") == [
        f":{SERVER} 256 alice {SERVER} :Administrative info",
        f":{SERVER} 257 alice :Here",
        f":{SERVER} 258 alice :Ann",
        f":{SERVER} 259 alice :ann@example.org",
    ]


def test_without_an_admin_the_answer_is_423(world: World) -> None:
    assert world.client("alice").asks("ADMIN") == [
        f":{SERVER} 423 alice {SERVER} :No administrative info available"
    ]


@pytest.mark.parametrize(
    ("command", "shown"),
    [("LINKS", True), ("LINKS *.example", True), (f"LINKS {SERVER} *", True), ("LINKS *.net", False)],
)
def test_links(world: World, command: str, shown: bool) -> None:
    link = f":{SERVER} 364 alice {SERVER} {SERVER} :0 a hubbub server"
    end = f":{SERVER} 365 alice * :End of /LINKS list"
    assert world.client("alice").asks(command) == ([link, end] if shown else [end])


QUERIES = ["MOTD", "VERSION", "TIME", "INFO", "ADMIN", "LUSERS *", "STATS u"]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("target", [SERVER, "test.*", "TEST.EXAMPLE", "alice"])
def test_a_target_is_a_mask_of_this_server_or_somebody_on_it(query: str, target: str) -> None:
    alice = World(ABOUT).client("alice")
    assert alice.asks(f"{query} {target}") == alice.asks(query)


@pytest.mark.parametrize("query", QUERIES)
def test_another_server_is_402(query: str) -> None:
    alice = World(ABOUT).client("alice")
    assert alice.asks(f"{query} *.au") == [f":{SERVER} 402 alice *.au :No such server"]
    assert alice.asks(f"{query} :no such") == [f":{SERVER} 402 alice * :No such server"]


def test_a_labelled_query_is_one_batch() -> None:
    alice = World(ABOUT).client("alice", caps="batch labeled-response message-tags")
    lines = alice.asks("@label=x ADMIN")
    assert lines[0] == f"@label=x :{SERVER} BATCH +b1 labeled-response"
    assert all(line.startswith("@batch=b1 ") for line in lines[1:-1])
    assert lines[-1] == f":{SERVER} BATCH -b1"
