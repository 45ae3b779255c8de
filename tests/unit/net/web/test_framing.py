"""Frames, held to the ones that the websockets library makes and reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side

from hubbub.net.web.framing import LONGEST_REASON, frame_binary, frame_close, frame_pong, frame_text

LINES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\n\0"))


@given(LINES)
def test_lines_are_framed_as_others_frame_them(line: str) -> None:
    assert frame_text(line) == Frame(Opcode.TEXT, line.encode()).serialize(mask=False)
    assert frame_binary(line) == Frame(Opcode.BINARY, line.encode()).serialize(mask=False)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 100_000])
def test_all_forms_of_a_length(size: int) -> None:
    assert frame_text("a" * size) == Frame(Opcode.TEXT, b"a" * size).serialize(mask=False)


@given(st.binary(max_size=125))
def test_a_pong(data: bytes) -> None:
    assert frame_pong(data) == Frame(Opcode.PONG, data).serialize(mask=False)


@given(st.sampled_from([1000, 1001, 1002, 1009]), LINES)
def test_a_close_is_understood_whatever_its_reason(code: int, reason: str) -> None:
    client = Protocol(Side.CLIENT, max_size=None)
    client.receive_data(frame_close(code, reason))
    assert client.parser_exc is None
    assert client.close_rcvd is not None
    assert client.close_rcvd.code == code
    assert reason.startswith(client.close_rcvd.reason)
    assert len(client.close_rcvd.reason.encode()) <= LONGEST_REASON
