"""Answers find what was asked, with labels and without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.client.batches import Batches
from hubbub.client.requests import PATIENCE_MS, Request, Requests, is_error, words
from hubbub.irc.wire import BadLine, Message, parse


class Asker:
    """Requests behind batches, as in Session."""

    def __init__(self, *, labels: bool) -> None:
        self.requests = Requests()
        self.batches = Batches()
        self.labels = labels
        self.sent: list[str] = []

    def ask(self, *lines: str, now_ms: int = 0) -> Request:
        messages = [parse(line) for line in lines]
        sent, request = self.requests.ask(*messages, labels=self.labels, now_ms=now_ms)
        self.sent += [message.to_line() for message in sent]
        return request

    def hear(self, *lines: str) -> list[Request | None]:
        """What each message, or each batch at its end, was the answer to."""
        wholes = [self.batches.received(parse(line)) for line in lines]
        return [self.requests.received(whole) for whole in wholes if whole is not None]


@pytest.fixture
def labelled() -> Asker:
    return Asker(labels=True)


@pytest.fixture
def plain() -> Asker:
    return Asker(labels=False)


# -- with labels -----------------------------------------------------------------------------------------------


def test_one_line_is_the_answer(labelled: Asker) -> None:
    request = labelled.ask("TOPIC #tea :new")
    assert labelled.sent == [f"@label={request.label} TOPIC #tea :new"]
    assert labelled.hear(":bob TOPIC #tea :other", f"@label={request.label} :me TOPIC #tea :new") == [
        None,
        request,
    ]
    assert (request.done, request.failed) == (True, False)
    assert len(request.answers) == 1
    assert labelled.hear(f"@label={request.label} :me TOPIC #tea :new") == [None]


def test_a_key_that_is_not_set_is_an_answer(labelled: Asker) -> None:
    request = labelled.ask("METADATA bob GET status")
    labelled.hear(f"@label={request.label} :s 766 me bob status :key not set")
    assert (request.done, request.failed) == (True, False)


def test_a_batch_is_the_answer(labelled: Asker) -> None:
    request = labelled.ask("WHOIS bob")
    heard = labelled.hear(
        f"@label={request.label} :s BATCH +1 labeled-response",
        "@batch=1 :s 311 me bob b host * :Bob",
        ":carol PRIVMSG #tea :meanwhile",
        "@batch=1 :s 318 me bob :End of WHOIS",
        ":s BATCH -1",
    )
    assert heard == [None, request]
    assert [message.command for message in request.messages()] == ["311", "318"]
    assert request.done
    assert not request.failed


def test_nothing_to_say(labelled: Asker) -> None:
    request = labelled.ask("PONG x")
    assert labelled.hear(f"@label={request.label} :s ACK") == [request]
    assert (request.done, request.failed, request.answers) == (True, False, [])


def test_a_batch_of_lines_is_one_request(labelled: Asker) -> None:
    request = labelled.ask("BATCH +1 draft/multiline #tea", "@batch=1 PRIVMSG #tea :a", "BATCH -1")
    assert labelled.sent == [
        f"@label={request.label} BATCH +1 draft/multiline #tea",
        "@batch=1 PRIVMSG #tea :a",
        "BATCH -1",
    ]
    labelled.hear(f"@label={request.label} :s FAIL BATCH MULTILINE_MAX_LINES 1 :Too many lines")
    assert request.failure == "Too many lines"


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (
            "@label={} :s FAIL EDITMSG EDIT_WINDOW_EXPIRED #tea m1 900 :You can no longer edit",
            "You can no longer edit",
        ),
        ("@label={} :s 404 me #tea :You are not in it", "You are not in it"),
        ("@label={} :s 263 me LIST :Try again", "Try again"),
        ("@label={} :s 404 me #tea :\x1b[31m\u202eno\x0304!", "\ufffd[31mno!"),
        ("@label={} :s FAIL EDITMSG X :", "the server refused it"),
        ("@label={} :s 401", "the server refused it"),
    ],
)
def test_why_it_failed(labelled: Asker, answer: str, failure: str) -> None:
    request = labelled.ask("EDITMSG #tea m1 :new")
    labelled.hear(answer.format(request.label))
    assert (request.done, request.failed, request.failure) == (True, True, failure)


def test_an_error_within_an_answer(labelled: Asker) -> None:
    request = labelled.ask("MODE #tea +oo bob carol")
    labelled.hear(
        f"@label={request.label} BATCH +1 labeled-response",
        "@batch=1 :me MODE #tea +o bob",
        "@batch=1 :s 441 me carol #tea :They are not there",
        "BATCH -1",
    )
    assert (request.failed, request.failure) == (True, "They are not there")


def test_what_history_holds_is_no_failure(labelled: Asker) -> None:
    request = labelled.ask("CHATHISTORY LATEST #tea * 10")
    labelled.hear(
        f"@label={request.label} BATCH +1 chathistory #tea",
        "@batch=1 :s FAIL X Y :z",
        "BATCH -1",
    )
    assert (request.done, request.failed) == (True, False)


def test_a_child_of_the_answer_belongs_to_it(labelled: Asker) -> None:
    request = labelled.ask("SEARCH text=tea")
    labelled.hear(
        f"@label={request.label} BATCH +1 labeled-response",
        "@batch=1 :s WARN SEARCH INCOMPLETE :There may be more",
        "@batch=1 BATCH +2 soju.im/search",
        "@batch=2 :bob PRIVMSG #tea :tea",
        "@batch=1 BATCH -2",
        "BATCH -1",
    )
    assert [message.params[-1] for message in request.messages()] == ["There may be more", "tea"]
    assert not request.failed


def test_labels_are_short_and_differ(labelled: Asker) -> None:
    labels = [labelled.ask("PING x").label for _ in range(500)]
    assert len(set(labels)) == 500
    assert max(map(len, labels)) < 8


# -- callbacks, and the ends that are no answer ------------------------------------------------------------------


def test_who_waits_is_called_once(labelled: Asker) -> None:
    request, called = labelled.ask("PING x"), []
    request.then(called.append)
    assert called == []
    labelled.hear(f"@label={request.label} :s PONG s x")
    request.finish("too late")
    request.then(lambda again: called.append(again))
    assert called == [request, request]
    assert not request.failed


def test_a_callback_may_ask_again(labelled: Asker) -> None:
    asked: list[Request] = []
    labelled.ask("PING 1").then(lambda _request: asked.append(labelled.ask("PING 2")))
    labelled.requests.give_up("the connection was lost")
    assert len(asked) == 1
    assert not asked[0].done


def test_a_lost_connection_fails_all(labelled: Asker) -> None:
    requests = [labelled.ask("WHOIS bob"), labelled.ask("WHOIS carol")]
    labelled.requests.give_up("the connection was lost")
    assert [request.failure for request in requests] == ["the connection was lost"] * 2
    assert len(labelled.requests) == 0


def test_no_answer_for_long(labelled: Asker) -> None:
    old, new = labelled.ask("WHOIS bob", now_ms=1_000), labelled.ask("WHOIS carol", now_ms=2_000)
    labelled.requests.expire(1_000 + PATIENCE_MS)
    assert (old.failed, old.failure, new.done) == (True, "the server did not answer", False)


def test_one_that_may_take_for_ever_holds_up_no_other(labelled: Asker) -> None:
    patient, other = labelled.ask("PRIVMSG #tea :x", now_ms=1 << 62), labelled.ask("WHOIS bob")
    labelled.requests.expire(PATIENCE_MS)
    assert (patient.done, other.failed) == (False, True)


def test_what_was_not_sent_is_dropped(labelled: Asker) -> None:
    request = labelled.ask("WHOIS bob")
    labelled.requests.drop(request, "no")
    assert (request.failure, len(labelled.requests)) == ("no", 0)


def test_so_many_may_be_open(labelled: Asker) -> None:
    first = labelled.ask("PING x")
    for _ in range(1_000):
        labelled.ask("PING x")
    assert first.failed
    assert len(labelled.requests) == 1_000


# -- without labels ----------------------------------------------------------------------------------------------

QUESTIONS = [
    ("WHOIS bob", [":s 311 me bob b h * :Bob", ":s 301 me Bob :gone"], ":s 318 me bob :End"),
    ("WHOIS irc.example bob", [":s 312 me bob irc.example :x"], ":s 318 me bob :End"),
    ("WHOWAS bob", [":s 314 me bob b h * :Bob"], ":s 369 me bob :End"),
    ("WHO #tea %na", [":s 354 me bob 0"], ":s 315 me #tea :End"),
    ("LIST", [":s 321 me Channel :Users", ":s 322 me #tea 3 :Tea"], ":s 323 me :End"),
    ("NAMES #tea", [], ":s 366 me #tea :End"),
    ("MOTD", [":s 375 me :-", ":s 372 me :- hello"], ":s 376 me :End"),
    ("TOPIC #tea", [], ":s 332 me #tea :Tea"),
    ("TOPIC #tea", [], ":s 331 me #tea :No topic"),
    ("MODE #tea", [], ":s 324 me #tea +nt"),
    ("MODE me", [], ":s 221 me +i"),
    ("MODE #tea +b", [":s 367 me #tea *!*@x bob 1"], ":s 368 me #tea :End"),
    ("MODE #tea e", [], ":s 349 me #tea :End"),
    ("MARKREAD #tea", [], ":s MARKREAD #tea *"),
    ("AWAY :gone", [], ":s 306 me :You are away"),
    ("INVITE", [":s 336 me #tea"], ":s 337 me :End"),
    ("MONITOR L", [":s 732 me :bob"], ":s 733 me :End"),
    ("PING token", [], ":s PONG s token"),
    ("HELP", [":s 704 me * :Help"], ":s 706 me * :End"),
    ("REGISTER * * secret", [], ":s REGISTER SUCCESS me :Welcome"),
]


@pytest.mark.parametrize(("line", "parts", "end"), QUESTIONS)
def test_a_question_whose_end_is_known(plain: Asker, line: str, parts: list[str], end: str) -> None:
    request = plain.ask(line)
    assert plain.sent == [parse(line).to_line()]
    assert plain.hear(":carol!c@h PRIVMSG #tea :meanwhile", ":carol!c@h JOIN #tea") == [None, None]
    assert plain.hear(*parts) == [request] * len(parts)
    assert not request.done
    assert plain.hear(end) == [request]
    assert (request.done, request.failed, len(request.answers)) == (True, False, len(parts) + 1)


def test_two_of_a_kind_are_told_apart_by_what_they_are_about(plain: Asker) -> None:
    bob, carol = plain.ask("WHOIS bob"), plain.ask("WHOIS carol")
    assert plain.hear(":s 311 me carol c h * :C", ":s 318 me carol :End") == [carol, carol]
    assert (bob.done, carol.done) == (False, True)


def test_two_that_ask_the_same_are_answered_in_order(plain: Asker) -> None:
    first, second = plain.ask("LIST"), plain.ask("LIST")
    assert plain.hear(":s 323 me :End", ":s 323 me :End") == [first, second]


def test_the_names_after_a_join_are_not_the_answer_to_names(plain: Asker) -> None:
    plain.ask("NAMES #tea")
    assert plain.hear(":s 366 me #coffee :End") == [None]


@pytest.mark.parametrize("kind", ["chathistory #tea", "CHATHISTORY #tea"])
def test_history_is_its_batch(plain: Asker, kind: str) -> None:
    request = plain.ask("CHATHISTORY BEFORE #tea msgid=m1 50")
    assert plain.hear("BATCH +1 chathistory #coffee", "BATCH -1") == [None]
    heard = plain.hear(f"BATCH +2 {kind}", "@batch=2 :bob PRIVMSG #tea :x", "BATCH -2")
    assert heard == ([request] if kind[0] == "c" else [None])


def test_targets_and_search_are_their_batches(plain: Asker) -> None:
    targets, search = plain.ask("CHATHISTORY TARGETS t1 t2 50"), plain.ask("SEARCH text=x")
    heard = plain.hear(
        "BATCH +1 soju.im/search", "BATCH -1", "BATCH +2 draft/chathistory-targets", "BATCH -2"
    )
    assert heard == [search, targets]


def test_after_any_other_command_a_fence_is_sent(plain: Asker) -> None:
    request = plain.ask("JOIN #tea")
    assert plain.sent == ["JOIN #tea", f"PING {request.label}"]
    assert plain.hear(":me!m@h JOIN #tea", ":s PONG s :alive", f":s PONG s {request.label}") == [
        None,
        None,
        request,
    ]
    assert (request.done, request.failed, request.answers) == (True, False, [])


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("JOIN #tea,#coffee", ":s 471 me #COFFEE :It is full"),
        ("JOIN #tea", ":s 461 me JOIN :Not enough"),
        ("DANCE", ":s 421 me DANCE :Unknown"),
        ("WHOIS bob", ":s 401 me bob :No such nick"),
        ("MODE #tea +z", ":s 472 me z :Unknown mode"),
        ("OPER me x", ":s 491 me :No O-lines for your host"),
        ("OPER me x", ":s 481 me * :Permission denied"),
        ("CHATHISTORY LATEST #tea * 5", ":s FAIL CHATHISTORY INVALID_TARGET LATEST #tea :No"),
        ("MOTD", ":s 422 me :There is none"),
        ("LIST", ":s 263 me LIST :Try again"),
        ("PRIVMSG #tea :x", ":s 404 me #tea :Not in it"),
        ("NICK :", ":s 431 me :No nickname given"),
    ],
)
def test_an_error_fails_what_it_is_about(plain: Asker, line: str, error: str) -> None:
    request = plain.ask(line)
    assert plain.hear(error) == [request]
    assert (request.failed, request.failure) == (True, parse(error).params[-1])
    assert plain.hear(f":s PONG s {request.label}") == [None]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("JOIN #tea", ":s 422 me :There is no message of the day"),
        ("JOIN #tea", ":s 904 me :SASL authentication failed"),
        ("JOIN #tea", ":s 471 me #coffee :It is full"),
        ("JOIN #tea", ":s 421 me DANCE :Unknown"),
        ("WHO #tea", ":s 404 me #tea :Not in it"),
        ("LIST", ":s 491 me :No O-lines for your host"),
        ("JOIN #tea", ":s FAIL PART X :no"),
    ],
)
def test_an_error_about_something_else_fails_nothing(plain: Asker, line: str, error: str) -> None:
    request = plain.ask(line)
    assert plain.hear(error) == [None]
    assert not request.done


def test_warnings_are_part_of_the_answer(plain: Asker) -> None:
    request = plain.ask("SEARCH text=x")
    assert plain.hear(":s WARN SEARCH INCOMPLETE :There may be more") == [request]
    assert (request.done, len(request.answers)) == (False, 1)


def test_a_labelled_line_nobody_asked_for(plain: Asker) -> None:
    request = plain.ask("LIST")
    assert plain.hear(f"@label={request.label} :s PRIVMSG me :x", "@label=zz :s ACK") == [None, None]


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("400 me :x", True),
        ("599 me :x", True),
        ("FAIL X Y :z", True),
        ("904 me :x", True),
        ("766 me k :x", False),
        ("399 me :x", False),
        ("600 me :x", False),
        ("PRIVMSG #tea :x", False),
        ("WARN X Y :z", False),
    ],
)
def test_errors(line: str, verdict: bool) -> None:
    assert is_error(parse(line)) is verdict


def test_words_begin_with_what_they_are_about() -> None:
    assert words(parse(":s 472 me z :is unknown mode char to me")) == "z is unknown mode char to me"


def test_words_are_bounded() -> None:
    assert len(words(Message("FAIL", ["X", "Y", "ä" * 5_000])).encode()) <= 400


# -- nothing is too strange --------------------------------------------------------------------------------------

params = st.lists(
    st.sampled_from(["me", "bob", "#tea", "*", "r1", "r2", "JOIN", "WHOIS", "", "x y"]), max_size=4
)
commands = st.sampled_from(
    [line.split()[0] for line, _, _ in QUESTIONS] + ["CHATHISTORY", "SEARCH", "JOIN", "BATCH", "FAIL", "PONG"]
)
numbers = st.integers(0, 999).map("{:03}".format)
labels = st.sampled_from([{}, {"label": "r1"}, {"label": "r2"}, {"batch": "1"}])


@given(
    st.lists(
        st.tuples(st.booleans(), st.booleans(), commands | numbers, params, labels),
        max_size=40,
    )
)
def test_any_questions_and_any_answers(
    steps: list[tuple[bool, bool, str, list[str], dict[str, str]]],
) -> None:
    requests, asked = Requests(), []
    called: list[Request] = []
    for is_asked, has_labels, command, given_params, tags in steps:
        message = Message(command, given_params, tags=tags)
        if is_asked:
            _, request = requests.ask(message, labels=has_labels, now_ms=0)
            request.then(called.append)
            asked.append(request)
        else:
            requests.received(message)
    assert len(requests) == sum(not request.done for request in asked)
    requests.give_up("over")
    assert all(request.done for request in asked)
    assert len(called) == len(asked) == len({id(request) for request in called})


@given(st.text(st.characters(codec="utf-8")))
def test_any_line(line: str) -> None:
    requests = Requests()
    requests.ask(Message("JOIN", ["#tea"]), labels=False, now_ms=0)
    try:
        message = parse(line)
    except BadLine:
        return
    requests.received(message)
