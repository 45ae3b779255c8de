"""Lines that others type, in one row of a terminal."""

from __future__ import annotations

import pytest
from prompt_toolkit.utils import get_cwidth

from hubbub.client.live_screen import fit


@pytest.mark.parametrize(
    ("text", "columns", "row"),
    [
        ("hello", 40, "… alice: hello"),
        ("one two three", 19, "… alice: …two three"),
        ("日本語日本語", 18, "… alice: …語日本語"),
        ("日本語日本語", 17, "… alice: …日本語"),
        ("hello", 5, "… alice: …"),
    ],
)
def test_of_a_long_line_the_end_is_seen(text: str, columns: int, row: str) -> None:
    assert fit("alice", text, columns) == row
    assert get_cwidth(row) <= max(columns, get_cwidth("… alice: …"))
