"""The addresses that invite links begin with are those that others reach."""

from __future__ import annotations

from hubbub.banner import page_urls
from hubbub.config import Listen, Server, Settings, Web

LAN = ["192.168.1.5", "fd00::2"]
SET = {"certificate": "cert.pem", "key": "key.pem"}


def urls(*listening: Listen, settings: Settings | None = None) -> list[str]:
    return page_urls(settings or Settings(), listening, LAN)


def test_this_machines_own_address_only_where_there_is_no_other() -> None:
    assert urls(Listen()) == ["http://127.0.0.1:1313/"]
    assert urls(Listen(), Listen(host="0.0.0.0", port=80)) == ["http://192.168.1.5/"]
    assert urls(Listen(host="::", port=1313)) == ["http://[fd00::2]:1313/"]


def test_listeners_without_the_page_have_none() -> None:
    assert urls(Listen(kind="irc"), Listen(kind="tls"), Listen(kind="plain")) == []


def test_what_was_set_comes_first_and_once() -> None:
    settings = Settings(web=Web(url="https://chat.example.org"))
    assert urls(Listen(host="0.0.0.0"), settings=settings) == [
        "https://chat.example.org/",
        "http://192.168.1.5:1313/",
    ]
    assert urls(Listen(), settings=settings) == ["https://chat.example.org/"]


def test_a_certificate_is_for_the_servers_name() -> None:
    named = Settings(server=Server(name="chat.example.org"))
    secure = Listen(host="0.0.0.0", port=443, **SET)
    assert urls(Listen(host="0.0.0.0"), secure, settings=named) == [
        "https://chat.example.org/",
        "http://192.168.1.5:1313/",
    ]
    assert urls(secure) == ["https://192.168.1.5/"]
