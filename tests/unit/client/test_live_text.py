"""Live text of a client: the vectors shared with the browser client; what is typed, lost and mixed up in any order."""

from __future__ import annotations

import json
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.live_lines import BEHIND_MS, LiveLine
from hubbub.client.live_sending import EVERY_MS, RESET_MS, LiveSending
from hubbub.irc.live import clean, is_sendable, read

START = 1_700_000_000_000
VECTORS = Path(__file__).parents[2] / "vectors" / "live"


def stories(name: str) -> list[object]:
    return [
        pytest.param(story["steps"], id=story["name"]) for story in json.loads((VECTORS / name).read_text())
    ]


@pytest.mark.parametrize("steps", stories("sending.json"))
def test_sending(steps: list[dict[str, object]]) -> None:
    ids = iter(("one", "two", "three", "four"))
    sending = LiveSending(lambda: next(ids))
    for step in steps:
        at = step["at"]
        if "typed" in step:
            sending.typed(step["typed"], at)
        elif "pasted" in step:
            sending.typed(step["pasted"], at, pasted=True)
        elif "takes" in step:
            assert sending.take(at) == step["takes"], step
        elif "due" in step:
            assert sending.due() == step["due"], step
        elif "commits" in step:
            assert sending.committed() == step["commits"], step
        elif "noted" in step:
            sending.note(step["noted"])
        elif "holds" in step:
            assert sending.holds_back == step["holds"], step
        elif "loses" in step:
            sending.lost()
        elif "cancels" in step:
            sending.cancel()
        else:
            assert step["resets"]
            sending.reset()


@pytest.mark.parametrize("steps", stories("lines.json"))
def test_lines(steps: list[dict[str, object]]) -> None:
    line = LiveLine("a")
    for step in steps:
        at = step["at"]
        if "takes" in step:
            line.take(read(step["takes"]), at)
        else:
            line.advance(at)
        found = {
            "text": line.text,
            "shown": line.shown,
            "due": line.due(),
            "known": line.is_known,
            "over": line.is_over(at),
        }
        assert {"at": at, **found} | ({"takes": step["takes"]} if "takes" in step else {}) == step


# -- any order -----------------------------------------------------------------------------------------------

typed = st.lists(
    st.tuples(st.text("ab é👩\u200d🚀\n", max_size=12), st.integers(0, 400)), min_size=1, max_size=25
)
chances = st.randoms(use_true_random=False)


def sent(texts: list[tuple[str, int]]) -> tuple[list[tuple[int, str]], str, int]:
    """What goes out while all this is typed, what stands there at the end, and when that is."""
    sending = LiveSending(lambda: "a")
    now = START
    sending.typed("_", now)
    out = [(now, sending.take(now))]
    for text, pause in texts:
        now += pause
        while (due := sending.due()) is not None and due <= now:
            out.append((due, sending.take(due)))
        # A line that is emptied ends, and these are about one line.
        sending.typed("_" + text, now)
    while (due := sending.due()) is not None and due <= now + 2 * RESET_MS:
        out.append((due, sending.take(due)))
    return out, "_" + clean(texts[-1][0]), now


@given(typed)
def test_all_that_is_typed_arrives(texts: list[tuple[str, int]]) -> None:
    out, text, _ = sent(texts)
    line = LiveLine("a")
    for at, value in out:
        assert is_sendable(value)
        line.take(read(value), at)
        line.advance(at + BEHIND_MS + EVERY_MS)
        assert line.shown == line.text
    assert line.text == text
    assert all(later - earlier >= EVERY_MS for (earlier, _), (later, _) in pairwise(out))


@given(typed, chances, st.booleans())
def test_whatever_is_lost_or_mixed_up_the_next_reset_puts_right(
    texts: list[tuple[str, int]], chance: object, is_late: bool
) -> None:
    """Never is anything shown that did not stand there at some time, and at the end it is what stands there now."""
    out, text, _ = sent(texts)
    right = {""}
    whole = LiveLine("a")
    for at, value in out:
        whole.take(read(value), at)
        right.add(whole.text)
    # The last reset arrives; before it, anything may happen.
    resets = [number for number, (_, value) in enumerate(out) if read(value).kind == "r"]
    before = [one for one in out[: resets[-1]] for _ in range(chance.choice((0, 1, 1, 2)))]
    chance.shuffle(before)
    if is_late:
        before = before[len(before) // 2 :]
    line = LiveLine("a")
    for _, value in before:
        line.take(read(value), START)
        assert line.text in right
    for at, value in out[resets[-1] :]:
        line.take(read(value), at)
        line.advance(at + 1_000)
    assert line.shown == line.text == text


@given(typed, st.integers(0, 24))
def test_what_is_pasted_is_told_nobody(texts: list[tuple[str, int]], where: int) -> None:
    secret = "SECRET"
    sending = LiveSending(lambda: "a")
    now, told = START, []
    numbers = count()
    for text, pause in texts:
        now += pause
        pasted = next(numbers) >= where
        middle = len(text) // 2
        if pasted:
            sending.typed(text, now)
            sending.typed(text[:middle] + secret + text[middle:], now, pasted=True)
        else:
            sending.typed(text, now)
        value = sending.take(now)
        told += [value] if value else []
    told += [value for value in [sending.take(now + 1_000), sending.take(now + 99_000)] if value]
    assert not any(
        set(secret) & set("".join(getattr(action, "text", "") for action in read(value).actions))
        for value in told
    )
