"""What was typed before."""

from __future__ import annotations

from hubbub.tui.input_history import MOST, HistorySearch, InputHistory


def _history(*texts: str) -> InputHistory:
    history = InputHistory()
    for text in texts:
        history.add(text)
    return history


def test_browsing_goes_back_and_returns_to_the_unsent_line() -> None:
    history = _history("one", "two")
    assert history.older("half a li") == "two"
    assert history.older("two") == "one"
    assert history.older("one") is None
    assert history.newer("one") == "two"
    assert history.newer("two") == "half a li"
    assert history.newer("half a li") is None


def test_a_recalled_line_that_was_changed_is_found_so_while_browsing() -> None:
    history = _history("one", "two")
    assert history.older("") == "two"
    assert history.older("two, changed") == "one"
    assert history.newer("one") == "two, changed"
    history.stop()
    assert history.older("") == "two"


def test_each_conversation_has_its_own_and_all_have_one_together() -> None:
    history = _history("here")
    history.conversation = "#tea"
    history.add("there")
    assert history.older("") == "there"
    assert history.older("there") is None
    history.stop()
    assert history.older("", everywhere=True) == "there"
    assert history.older("there", everywhere=True) == "here"
    history.conversation = "#empty"
    history.stop()
    assert history.older("") is None


def test_changing_over_to_all_conversations_keeps_the_unsent_line() -> None:
    history = _history("one", "two")
    assert history.older("unsent") == "two"
    assert history.older("two", everywhere=True) == "two"
    assert history.newer("two") == "unsent"


def test_repeats_blanks_and_secrets_are_not_kept() -> None:
    kept: list[tuple[str, str]] = []
    history = InputHistory(lambda text: "login" in text, lambda *entry: kept.append(entry))
    history.conversation = "#tea"
    for text in ("hello", "hello", "  ", "/login bob hunter2"):
        history.add(text)
    assert kept == [("#tea", "hello")]
    assert history.older("") == "hello"
    assert history.older("hello") is None
    assert history.find("hunter") is None


def test_what_was_kept_can_be_loaded_again() -> None:
    history = InputHistory()
    history.load([("#a", "one"), ("#b", "two")])
    history.conversation = "#a"
    assert history.older("") == "one"
    history.stop()
    assert history.older("", everywhere=True) == "two"


def test_it_is_bounded() -> None:
    history = _history(*(str(number) for number in range(MOST + 50)))
    count, text = 0, history.older("")
    while text is not None:
        count, text = count + 1, history.older(text)
    assert count == MOST
    for number in range(1000):
        history.conversation = f"#{number}"
        history.add("x")
    assert len(history._of) <= 200


def test_searching_goes_from_hit_to_older_hit() -> None:
    search = HistorySearch(_history("green tea", "coffee", "Black Tea", "coffee", "green tea"))
    search.look_for("tea")
    assert search.found == "green tea"
    search.older()
    assert search.found == "Black Tea"
    search.older()
    assert (search.found, search.missed) == ("Black Tea", True)
    search.newer()
    assert (search.found, search.missed) == ("green tea", False)
    search.look_for("teapot")
    assert (search.found, search.missed) == ("", True)
    search.look_for("")
    assert (search.found, search.missed) == ("", False)
