"""The compiled loops of delivery do what the Python ones say."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from hubbub import fanout

PAIRS = [
    pytest.param(fanout.pure_append_to_all, fanout.pure_send_pending, id="python"),
    pytest.param(
        fanout.append_to_all,
        fanout.send_pending,
        id="compiled",
        marks=pytest.mark.skipif(
            fanout.send_pending is fanout.pure_send_pending, reason="hubbub was installed without a compiler"
        ),
    ),
]
Append = Callable[[dict[object, list[bytes]], bytes], None]
Send = Callable[[list["Sender"]], list["Sender"]]


class Sender:
    def __init__(self, fd: int, *out: bytes) -> None:
        self.fd = fd
        self.out = list(out)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    near.setblocking(False)
    far.settimeout(5)
    with near, far:
        yield near, far


@pytest.mark.parametrize(("append", "send"), PAIRS)
class TestFanout:
    def test_appends_the_same_object_to_every_list(self, append: Append, send: Send) -> None:
        outs: dict[object, list[bytes]] = {"a": [], "b": [b"1"]}
        append(outs, b"2")
        assert outs == {"a": [b"2"], "b": [b"1", b"2"]}

    def test_refuses_what_is_no_list(self, append: Append, send: Send) -> None:
        with pytest.raises((TypeError, AttributeError)):
            append({"a": 5}, b"x")  # wrong on purpose

    def test_sends_what_is_queued_as_one_and_empties_the_same_list(
        self, append: Append, send: Send, pair: tuple[socket.socket, socket.socket]
    ) -> None:
        sender = Sender(pair[0].fileno(), b"one ", b"two ", b"three")
        out = sender.out
        assert send([sender]) == []
        assert pair[1].recv(100) == b"one two three"
        assert sender.out is out
        assert out == []

    def test_leaves_those_without_a_socket_of_their_own(self, append: Append, send: Send) -> None:
        sender = Sender(-1, b"one")
        assert send([sender]) == [sender]
        assert sender.out == [b"one"]

    def test_leaves_alone_who_has_nothing(
        self, append: Append, send: Send, pair: tuple[socket.socket, socket.socket]
    ) -> None:
        assert send([Sender(pair[0].fileno())]) == []

    def test_keeps_what_the_socket_did_not_take(
        self, append: Append, send: Send, pair: tuple[socket.socket, socket.socket]
    ) -> None:
        near, far = pair
        data = bytes(range(256)) * 40_000
        sender = Sender(near.fileno(), data[:5000], data[5000:])
        assert send([sender]) == [sender]
        rest = b"".join(sender.out)
        assert 0 < len(rest) < len(data)
        near.close()
        arrived = b""
        while piece := far.recv(1 << 20):
            arrived += piece
        assert arrived + rest == data

    def test_keeps_everything_for_a_socket_that_is_gone(
        self, append: Append, send: Send, pair: tuple[socket.socket, socket.socket]
    ) -> None:
        near, far = pair
        far.close()
        sender = Sender(near.fileno(), b"one")
        assert send([sender]) == [sender]
        assert sender.out == [b"one"]
