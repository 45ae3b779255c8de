"""The banner names only addresses and ways in that really work."""

from __future__ import annotations

from pathlib import Path

from hubbub.banner import banner, hosts, page_url
from hubbub.config import Listen, Server, Settings

DATA = Path("/somewhere/kept")
LAN = ["192.168.1.5", "fd00::2"]


def text(*listening: Listen, **options: object) -> str:
    return banner(Settings(), listening, DATA, lan=LAN, **options)  # type: ignore[arg-type]  # any of its options


def test_on_loopback_only_this_machine_is_named() -> None:
    shown = text(Listen(), qr=True)
    assert "for this machine only" in shown
    assert "--host 0.0.0.0" in shown
    assert "192.168.1.5" not in shown
    assert "█" not in shown


def test_each_way_in_can_be_typed_as_it_stands() -> None:
    lines = [line.strip() for line in text(Listen(port=4000)).splitlines()]
    assert "browser       http://127.0.0.1:4000/" in lines
    assert "hubbub        hubbub chat 127.0.0.1:4000" in lines
    assert "irssi         irssi -c 127.0.0.1 -p 4000" in lines
    assert "WeeChat       weechat irc://127.0.0.1:4000/" in lines
    assert "nc            nc 127.0.0.1 4000" in lines
    assert "data          /somewhere/kept" in lines
    assert "stop          Ctrl+C" in lines


def test_open_to_the_network_the_lan_address_comes_first_with_a_code() -> None:
    shown = text(Listen(host="0.0.0.0"), qr=True, console=True)
    assert "open to everybody on your network" in shown
    assert shown.index("http://192.168.1.5:1313/") < shown.index("http://127.0.0.1:1313/")
    assert "fd00::2" not in shown
    assert "0.0.0.0" not in shown
    assert shown.count("█") > 100
    assert shown.endswith("http://192.168.1.5:1313/\n")
    assert "Ctrl+C, or type exit" in shown


def test_without_a_terminal_there_is_no_code() -> None:
    assert "█" not in text(Listen(host="0.0.0.0"))


def test_a_listener_of_one_kind_offers_only_what_it_takes() -> None:
    def labels(kind: str) -> set[str]:
        rows = text(Listen(kind=kind)).split("\n\n")[1].splitlines()  # type: ignore[arg-type]  # a Literal
        return {row.split()[0] for row in rows}

    assert labels("auto") == {"browser", "hubbub", "irssi", "WeeChat", "nc"}
    assert labels("irc") == {"hubbub", "irssi", "WeeChat"}
    assert labels("tls") == {"hubbub", "irssi", "WeeChat"}
    assert labels("plain") == {"nc"}
    assert labels("http") == {"browser"}


def test_tls_is_asked_for_where_it_is_spoken() -> None:
    shown = text(Listen(host="192.168.1.5", port=6697, kind="tls"), fingerprint="AB:CD")
    assert "hubbub chat 192.168.1.5:6697 --tls" in shown
    assert "/connect -tls -notls_verify 192.168.1.5 6697" in shown
    assert "weechat ircs://192.168.1.5:6697/" in shown
    assert "certificate   AB:CD" in shown


def test_ipv6_addresses_are_bracketed_where_a_port_follows() -> None:
    assert hosts(Listen(host="::"), LAN) == ["fd00::2", "::1"]
    shown = text(Listen(host="::1", port=4000))
    assert "http://[::1]:4000/" in shown
    assert "hubbub chat [::1]:4000" in shown
    assert "nc ::1 4000" in shown


def test_the_page_of_the_open_listener_is_the_one_for_others() -> None:
    assert page_url([Listen(), Listen(host="0.0.0.0", port=80, kind="http")], LAN) == "http://192.168.1.5/"
    assert page_url([Listen(kind="irc")], LAN) == ""


def test_without_a_network_the_machine_itself_is_left() -> None:
    assert hosts(Listen(host="0.0.0.0"), []) == ["127.0.0.1"]


def test_the_network_has_the_name_it_was_given() -> None:
    shown = banner(Settings(server=Server(network="Schoolnet")), [Listen()], DATA)
    assert shown.startswith("Schoolnet is ready")
