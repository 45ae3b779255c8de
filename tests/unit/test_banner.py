"""The banner names only addresses and ways in that really work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hubbub.banner import banner, hosts, page_url
from hubbub.config import Listen, Server, Settings
from hubbub.program import as_typed

DATA = Path("/somewhere/kept")
LAN = ["192.168.1.5", "fd00::2"]


def text(*listening: Listen, **options: object) -> str:
    given: dict[str, object] = {"program": "hubbub", **options}
    return banner(Settings(), listening, DATA, lan=LAN, **given)


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
        rows = text(Listen(kind=kind)).split("\n\n")[1].splitlines()
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


# -- what one types for hubbub ------------------------------------------------------------------------------


def program(folder: Path) -> Path:
    """Something that can be started, with Python beside it."""
    folder.mkdir(parents=True)
    for name in ("hubbub", "python"):
        (folder / name).touch(0o755)
    return folder / "hubbub"


def test_the_banner_says_hubbub_as_it_can_be_typed() -> None:
    assert "hubbub        .venv/bin/hubbub chat 127.0.0.1:4000\n" in text(
        Listen(port=4000), program=".venv/bin/hubbub"
    )


def test_hubbub_on_the_path_is_typed_as_such_if_it_is_this_one(tmp_path: Path) -> None:
    own = program(tmp_path / "checkout" / ".venv" / "bin")
    other = program(tmp_path / "elsewhere")
    linked = tmp_path / "local"
    linked.mkdir()
    (linked / "hubbub").symlink_to(own)

    def typed(*path: Path) -> str:
        return as_typed(own, own.with_name("python"), tmp_path / "checkout", os.pathsep.join(map(str, path)))

    assert typed() == ".venv/bin/hubbub"
    assert typed(other.parent) == ".venv/bin/hubbub"
    assert typed(own.parent, other.parent) == "hubbub"
    assert typed(linked) == "hubbub"


@pytest.mark.parametrize(
    ("folder", "expected"),
    [("", "'check out/bin/hubbub'"), ("check out/bin", "./hubbub"), ("other", "'{}/check out/bin/hubbub'")],
)
def test_the_program_is_named_from_the_folder_it_was_started_in(
    tmp_path: Path, folder: str, expected: str
) -> None:
    own = program(tmp_path / "check out" / "bin")
    assert as_typed(own, own.with_name("python"), tmp_path / folder, "") == expected.format(tmp_path)


def test_started_as_a_module_it_is_the_program_beside_python_or_the_module_again(tmp_path: Path) -> None:
    own = program(tmp_path / "bin")
    module, python = tmp_path / "src" / "hubbub" / "__main__.py", own.with_name("python")
    assert as_typed(module, python, tmp_path, "") == "bin/hubbub"
    own.unlink()
    assert as_typed(module, python, tmp_path, "") == "bin/python -m hubbub"
