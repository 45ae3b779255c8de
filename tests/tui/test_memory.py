"""What is remembered between two runs, with real files and real processes."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.tui import memory as module
from hubbub.tui.memory import (
    LONGEST_DRAFT,
    LONGEST_TYPED,
    MOST_TYPED,
    MOST_WINDOWS,
    Account,
    Memory,
    Typed,
    Window,
    state_file,
    state_folder,
)
from hubbub.tui.typed import is_secret

PATIENCE = 10.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "chat-hub.json"


def reopened(path: Path, account: str = "") -> Memory:
    return Memory(path, account)


def test_everything_is_there_after_a_restart(path: Path) -> None:
    memory = Memory(path, "Alice")
    memory.set_draft("#tea", "half a\nsentence é 👩‍🚀")
    memory.set_position("#Tea", "msg17")
    memory.current = "#tea"
    memory.add_typed("#tea", "hello")
    memory.close()
    again = reopened(path, "alice")
    assert again.draft("#TEA") == "half a\nsentence é 👩‍🚀"
    assert again.drafts() == {"#tea": "half a\nsentence é 👩‍🚀"}
    assert again.position("#tea") == "msg17"
    assert again.current == "#tea"
    assert again.typed == [("#tea", "hello")]


def test_accounts_and_guests_are_kept_apart(path: Path) -> None:
    for account in ("alice", "bob", ""):
        memory = Memory(path, account)
        memory.set_draft("#tea", f"by {account}")
        memory.close()
    assert [reopened(path, who).draft("#tea") for who in ("alice", "bob", "")] == [
        "by alice",
        "by bob",
        "by ",
    ]


def test_a_sent_draft_is_gone(path: Path) -> None:
    memory = Memory(path)
    memory.set_draft("#tea", "x")
    memory.flush()
    memory.set_draft("#tea", "")
    memory.close()
    assert reopened(path).draft("#tea") == ""


def test_only_the_owner_may_read_it(path: Path) -> None:
    memory = Memory(path)
    memory.set_draft("#tea", "x")
    memory.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_remembered_makes_no_file(path: Path) -> None:
    Memory(path).close()
    assert not path.exists()


# -- two clients at once ------------------------------------------------------------------------------------


def test_two_clients_keep_each_others_drafts(path: Path) -> None:
    one, two = Memory(path), Memory(path)
    one.set_draft("#tea", "from one")
    two.set_draft("#milk", "from two")
    one.add_typed("#tea", "one")
    two.add_typed("#tea", "two")
    one.close()
    two.close()
    again = reopened(path)
    assert again.drafts() == {"#tea": "from one", "#milk": "from two"}
    assert sorted(text for _, text in again.typed) == ["one", "two"]


def test_the_newer_draft_of_a_conversation_wins_whoever_writes_last(path: Path) -> None:
    one, two = Memory(path, clock_ms=lambda: 1000), Memory(path, clock_ms=lambda: 2000)
    one.set_draft("#tea", "older")
    one.set_position("#tea", "kept")
    two.set_draft("#tea", "newer")
    two.close()
    one.close()
    again = reopened(path)
    assert (again.draft("#tea"), again.position("#tea")) == ("newer", "kept")


def test_a_clock_that_goes_back_loses_nothing(path: Path) -> None:
    first = Memory(path, clock_ms=lambda: 9_000_000)
    first.set_draft("#tea", "yesterday")
    first.close()
    second = Memory(path, clock_ms=lambda: 5)
    second.set_draft("#tea", "today")
    second.close()
    assert reopened(path).draft("#tea") == "today"


windows = st.builds(
    Window,
    draft=st.text(max_size=3),
    draft_ms=st.integers(0, 5),
    position=st.text(max_size=3),
    position_ms=st.integers(0, 5),
)


@given(windows, windows)
def test_merging_keeps_the_newest_of_each(one: Window, two: Window) -> None:
    merged = one.merged(two)
    assert merged.draft_ms == max(one.draft_ms, two.draft_ms)
    assert (merged.draft, merged.draft_ms) in {(one.draft, one.draft_ms), (two.draft, two.draft_ms)}
    assert merged.merged(one) == merged.merged(merged) == merged


@given(st.dictionaries(st.text(max_size=2), windows), st.dictionaries(st.text(max_size=2), windows))
def test_no_window_is_lost_in_a_merge(ours: dict[str, Window], theirs: dict[str, Window]) -> None:
    merged = Account(windows=ours).merged(Account(windows=theirs))
    assert merged.windows.keys() == ours.keys() | theirs.keys()


# -- files that are not as they should be -------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[1, 2]",
        b'{"hubbub_chat": 99, "accounts": {}}',
        b'{"hubbub_chat": 1, "accounts": {"": {"windows": {"#tea": {"draft": 7}}}}}',
        b'{"hubbub_chat": 1, "accounts": {"": {"current": "\xff\xfe"}}}',
        b"[" * 100_000,
        os.urandom(4096),
    ],
)
def test_what_can_not_be_understood_is_set_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    memory = Memory(path)
    assert memory.drafts() == {}
    assert not path.exists()
    assert path.with_name("chat-hub.json.bad").read_bytes() == content
    memory.set_draft("#tea", "on we go")
    memory.close()
    assert reopened(path).draft("#tea") == "on we go"


def test_a_file_that_is_too_large_is_set_aside(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_FILE", 1000)
    path.parent.mkdir()
    path.write_bytes(b" " * 1001)
    assert Memory(path).drafts() == {}
    assert path.with_name("chat-hub.json.bad").exists()


def test_what_is_written_stays_small_enough_to_be_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_FILE", 20_000)
    memory = Memory(path)
    for number in range(100):
        memory.set_draft(f"#{number}", "x" * 300)
    memory.close()
    assert path.stat().st_size <= 20_000
    assert reopened(path).draft("#99") == "x" * 300


def test_a_folder_that_can_not_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    memory = Memory(tmp_path / "file" / "below" / "chat-hub.json")
    memory.set_draft("#tea", "x")
    memory.close()
    assert memory.problem.endswith(".")
    assert memory.draft("#tea") == "x"


def test_nothing_grows_without_bound(path: Path) -> None:
    memory = Memory(path)
    for number in range(3 * MOST_WINDOWS):
        memory.set_position(f"#{number}", "x")
    for number in range(MOST_TYPED + 10):
        memory.add_typed("#tea", str(number))
    memory.add_typed("#tea", "x" * (LONGEST_TYPED + 1))
    memory.set_draft("#long", "x" * (LONGEST_DRAFT + 5))
    memory.close()
    kept = json.loads(path.read_bytes())["accounts"][""]
    assert len(kept["windows"]) <= MOST_WINDOWS
    again = reopened(path)
    assert len(again.draft("#long")) == LONGEST_DRAFT
    assert len(again.typed) == MOST_TYPED
    assert again.typed[-1] == ("#tea", str(MOST_TYPED + 9))


def test_half_a_character_is_no_reason_to_fail(path: Path) -> None:
    memory = Memory(path)
    memory.set_draft("#\ud800", "a\udfffb")
    memory.add_typed("#tea", "\ud800")
    memory.close()
    assert "a?b" in reopened(path).drafts().values()


# -- secrets ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "/login alice hunter2",
        "/LOGIN alice hunter2",
        "  /register hunter2",
        "\\register hunter2",
        "/claim bob hunter2",
        "/passwd old new",
        "/oper root hunter2",
        "/msg NickServ identify hunter2",
        "/query nickserv IDENTIFY hunter2",
        "/ns identify hunter2",
        "/quote PASS hunter2",
        "/raw AUTHENTICATE aGVsbG8=",
        "/quote PRIVMSG NickServ :identify hunter2",
        "/join #room hunter2",
        "/mode #room +ik hunter2",
        "NickServ: identify hunter2",
        "nickserv:identify hunter2",
    ],
)
def test_passwords_are_not_remembered(path: Path, typed: str) -> None:
    memory = Memory(path, is_secret=is_secret)
    memory.set_draft("#tea", typed)
    memory.add_typed("#tea", typed)
    memory.set_draft("#milk", "so that there is a file")
    memory.close()
    assert b"hunter2" not in path.read_bytes()


@pytest.mark.parametrize(
    "typed", ["hello", "/logins", "login is broken", "/join #tea", "/msg bob hi", "/me logs in", "//login"]
)
def test_everything_else_is(typed: str) -> None:
    assert not is_secret(typed)


def test_what_is_written_to_a_service_is_not_remembered(path: Path) -> None:
    memory = Memory(path, is_secret=is_secret)
    memory.set_draft("NickServ", "identify alice hunter2")
    memory.add_typed("NickServ", "identify alice hunter2")
    memory.set_draft("#milk", "so that there is a file")
    memory.close()
    assert b"hunter2" not in path.read_bytes()


def test_that_the_help_was_found_is_remembered(path: Path) -> None:
    memory, other = Memory(path), Memory(path)
    assert not memory.helped
    memory.set_helped()
    memory.close()
    other.set_draft("#tea", "x")
    other.close()
    assert reopened(path).helped


# -- where it is --------------------------------------------------------------------------------------------


def test_no_two_servers_share_a_file(tmp_path: Path) -> None:
    servers = [
        "hub",
        "Hub",
        "hub:1313",
        "hub_1313",
        "../../etc/passwd",
        "[::1]:1313",
        "é",
        "a" * 500,
        "a" * 501,
    ]
    files = {state_file(server, tmp_path) for server in servers}
    assert len(files) == len(servers)
    for file in files:
        assert file.parent == tmp_path
        assert len(file.name) < 120


def test_the_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert state_folder({"HUBBUB_CHAT_STATE": str(tmp_path)}) == tmp_path
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert state_folder({}) == tmp_path / "hubbub"


def test_typed_lines_with_the_same_time_are_both_kept() -> None:
    merged = Account(typed=[Typed(1, "#a", "x")]).merged(Account(typed=[Typed(1, "#a", "y")]))
    assert len(merged.typed) == 2


# -- kill -9 ------------------------------------------------------------------------------------------------

TYPIST = """
import sys, time
from pathlib import Path
from hubbub.tui.memory import Memory
memory = Memory(Path(sys.argv[1]))
for number in range(10**9):
    memory.set_draft("#tea", f"letter {number}")
    print(number, time.monotonic(), flush=True)
"""


def killed(path: Path) -> dict[int, float]:
    """What a client typed and when, until kill -9 in the middle of it, after its second write."""
    with subprocess.Popen(
        [sys.executable, "-c", TYPIST, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        typed: dict[int, float] = {}
        versions = set()
        for line in process.stdout:
            number, moment = line.split()
            typed[int(number)] = float(moment)
            versions.add(path.stat().st_mtime_ns if path.exists() else 0)
            if len(versions - {0}) >= 2:
                break
            assert len(typed) < 5_000_000
        process.send_signal(signal.SIGKILL)
        for line in process.stdout:
            number, _, moment = line.strip().partition(" ")
            if moment:
                typed[int(number)] = float(moment)
    return typed


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9")
def test_a_kill_costs_no_more_than_the_last_moment(path: Path) -> None:
    typed = killed(path)
    draft = reopened(path).draft("#tea")
    kept = int(draft.removeprefix("letter "))
    last = max(typed.values())
    # A second between writes, and what a busy machine needs to write.
    assert last - typed[kept] < 1.0 + 2.0
    assert not path.with_name("chat-hub.json.bad").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9")
def test_a_client_that_was_killed_locks_nobody_out(path: Path) -> None:
    killed(path)
    memory = Memory(path)
    memory.set_draft("#milk", "x")
    start = time.monotonic()
    memory.close()
    assert time.monotonic() - start < PATIENCE
    assert reopened(path).draft("#milk") == "x"
