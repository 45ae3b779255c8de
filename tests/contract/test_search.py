"""Search: both ledgers against a plain look at every text, in any script; then what only the index promises."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hubbub.core.ledger import Entry, Fact, Found, Ledger
from hubbub.ledger import expiry, follower, index, search
from hubbub.ledger.memory import MemoryLedger
from hubbub.ledger.schema import open_reader
from hubbub.ledger.sqlite import SqliteLedger

from .recorder import NODE, Clock, Recorder

HERE = Path(__file__).parent


def said(*texts: str, topic: str = "#a", author: str = "alice") -> list[Entry]:
    return [Entry(topic, text.encode(), text=text, author=author) for text in texts]


async def appended(ledger: Ledger, *entries: Entry) -> None:
    for entry in entries:
        ledger.append(entry)
    await ledger.flush()


async def index_all(ledger: SqliteLedger, up_to: int = 10**9) -> None:
    """Have the index follow now, as far as there is something."""
    last = min(up_to, ledger._pos)
    while await ledger._writer.run(partial(index.index_slice, ledger._db, last)) < last:
        pass


async def merge(ledger: SqliteLedger) -> None:
    begins = True
    while await ledger._writer.run(partial(index.merge_slice, ledger._db, begins)):
        begins = False


def play(work: Callable[[SqliteLedger], Awaitable[None]], path: Path) -> None:
    async def main() -> None:
        ledger = SqliteLedger(path, Clock(), pace=0)
        await ledger.open(NODE, Recorder())
        await work(ledger)
        await ledger.close()

    asyncio.run(main())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def texts(found: Found) -> list[str]:
    assert found.is_complete
    return [fact.body.decode() for fact in found.facts]


# -- both ledgers, any script ---------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("a", "A", "b", " ", "the", "The", "ok", "%", "_", "'", '"', "*", "(", ")", "-", "\\", "\0", ":"),
        *("é", "e\u0301", "É", "ß", "SS", "ﬁ", "İ", "ı", "Ω", "ω", "ς", "σ", "Ａ", "ｶ\uff9e", "ガ"),
        *("東京", "都", "日本語", "한국", "\u1112\u1161\u11ab", "ไทย", "हिन्दी", "עברית", "العربية"),
        *(
            "👍",
            "👍🏽",
            "👩‍👩‍👧",
            "❤️",
            "🇫🇮",
            "\U000f0000\U000f0000\U000f0001",
            "\U00100000",
            "\ue000",
            "\u200d",
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=8).map("".join) | st.text(max_size=12)
TOPICS = st.sampled_from(["#a", "#b", "direct/1/2"])
AUTHORS = st.sampled_from(["", "alice", "älice", "b"])


class Query(NamedTuple):
    topics: list[str]
    terms: list[str]
    author: str
    before: int | None
    after: int | None
    limit: int
    oldest_first: bool


QUERIES = st.builds(
    Query,
    st.lists(st.sampled_from(["#a", "#b", "direct/1/2", "#never"]), max_size=4),
    st.lists(TEXTS, max_size=2),
    AUTHORS,
    st.none() | st.integers(-2, 25),
    st.none() | st.integers(-2, 25),
    st.integers(-1, 12),
    st.booleans(),
)


def form(text: str) -> str:
    compatible = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return compatible.replace("\0", "")


def naive(kept: dict[int, Entry], query: Query) -> list[int]:
    """Look at everything."""
    after = -1 if query.after is None else query.after
    before = 10**9 if query.before is None else query.before
    found = [
        pos
        for pos, entry in kept.items()
        if entry.topic in query.topics
        and form(entry.text)
        and after < pos < before
        and query.author in ("", entry.author)
        and all(form(term) in form(entry.text) for term in query.terms)
    ]
    limit = max(query.limit, 0)
    return found[:limit] if query.oldest_first else found[max(0, len(found) - limit) :]


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[Entry], list[Query]]:
    entries = draw(st.lists(st.builds(_entry, TOPICS, TEXTS, AUTHORS), max_size=20))
    queries = draw(st.lists(QUERIES, min_size=1, max_size=6))
    # What is a part of something that was said finds more than what is made up.
    for entry in draw(st.lists(st.sampled_from(entries), max_size=4)) if entries else ():
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(entry.text))] * 2)))
        part = entry.text[start:end]
        queries.append(Query(["#a", "#b", "direct/1/2"], [part, part.swapcase()], "", None, None, 20, False))
    return entries, queries


def _entry(topic: str, text: str, author: str) -> Entry:
    return Entry(topic, b"body", text=text, author=author)


@settings(max_examples=120, deadline=None)
@given(logs(), st.integers(0, 20), st.sets(st.integers(1, 20)), st.sampled_from([1, 16]))
@example(
    (
        said("東京タワー", "Straße", "cafe\u0301"),
        [Query(["#a"], [term], "", None, None, 9, False) for term in ("京", "STRASSE", "CAFÉ", "cafe")],
    ),
    3,
    set(),
    16,
)
def test_search_is_a_look_at_every_text(
    log: tuple[list[Entry], list[Query]], indexed: int, erased: set[int], few: int
) -> None:
    entries, queries = log

    async def found_by(ledger: Ledger) -> list[list[int]]:
        await ledger.open(NODE, Recorder())
        await appended(ledger, *entries)
        if isinstance(ledger, SqliteLedger):
            await index_all(ledger, indexed)
        await appended(ledger, Entry("#a", b"", keep=False, erases=tuple(erased)))
        found = [await ledger.search(**query._asdict()) for query in queries]
        await ledger.close()
        assert all(each.is_complete for each in found)
        return [[fact.pos for fact in each.facts] for each in found]

    kept = {pos: entry for pos, entry in enumerate(entries, 1) if pos not in erased}
    wanted = [naive(kept, query) for query in queries]
    assert asyncio.run(found_by(MemoryLedger(Clock()))) == wanted
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        # Stretches as short as can be, and both ways to ask about topics.
        patch.setattr(search, "STRETCH", few)
        patch.setattr(search, "FEW_TOPICS", few - 1)
        assert asyncio.run(found_by(SqliteLedger(Path(folder) / "ledger.db", Clock(), pace=0))) == wanted


def ledgers(path: Path) -> Iterator[Ledger]:
    yield MemoryLedger(Clock())
    yield SqliteLedger(path, Clock(), pace=0)


@pytest.mark.parametrize("which", ["memory", "sqlite"])
def test_what_is_found_is_a_fact_as_history_has_it(path: Path, which: str) -> None:
    async def main() -> None:
        ledger = list(ledgers(path))[which == "sqlite"]
        await ledger.open(NODE, Recorder())
        await appended(ledger, *said("One", "two"), *said("one", topic="#b"), Entry("#a", b"no text"))
        await appended(ledger, Entry("#a", b"unkept", keep=False, text="one"))
        assert await ledger.search(["#a"], ["ONE"]) == Found([Fact(1, 1_000_000, NODE, "#a", b"One")], True)
        assert texts(await ledger.search(["#a", "#b"], ["one"])) == ["One", "one"]
        assert texts(await ledger.search(["#a"], [])) == ["One", "two"]
        assert texts(await ledger.search([], ["one"])) == []
        huge = 10**30
        assert texts(await ledger.search(["#a"], [], before=huge, after=-huge, limit=huge)) == ["One", "two"]
        await ledger.close()

    asyncio.run(main())


@pytest.mark.parametrize("which", ["memory", "sqlite"])
def test_what_has_expired_is_not_found(path: Path, which: str) -> None:
    async def main() -> None:
        ledger = list(ledgers(path))[which == "sqlite"]
        await ledger.open(NODE, Recorder())
        await appended(ledger, *said("old one"), *said("old two", topic="#b"), *said("old three"))
        if isinstance(ledger, SqliteLedger):
            await index_all(ledger)
        await ledger.expire(10**13, "#b")
        assert texts(await ledger.search(["#a", "#b"], ["old"])) == ["old one", "old three"]
        await ledger.expire(10**13)
        assert texts(await ledger.search(["#a", "#b"], ["old"])) == []
        await ledger.close()

    asyncio.run(main())


# -- the index -----------------------------------------------------------------------------------------------


def grams_in(path: Path) -> set[str]:
    """All that the index knows, wherever it keeps it."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, search, row)")
        return {term for (term,) in db.execute("SELECT term FROM vocabulary")}


def check_index(path: Path) -> None:
    """The index holds exactly what the log has up to the position that it says it has come to."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO search (search) VALUES ('integrity-check')")
        rows = db.execute("SELECT pos, text FROM log WHERE text IS NOT NULL AND length(text) > 2").fetchall()
        end = db.execute("SELECT pos FROM indexed").fetchone()[0]
        for gram in {text[:3] for _, text in rows}:
            question = '"' + gram.replace('"', '""') + '"'
            found = {
                pos for (pos,) in db.execute("SELECT rowid FROM search WHERE search MATCH ?", [question])
            }
            assert found == {pos for pos, text in rows if gram in text and pos <= end}


def test_appending_does_not_write_to_the_index(path: Path) -> None:
    async def work(ledger: SqliteLedger) -> None:
        await appended(ledger, *said(*["words to be found"] * 249))
        assert grams_in(path) == set()
        assert len(texts(await ledger.search(["#a"], ["found"], limit=1000))) == 249

    play(work, path)


def test_the_index_follows_by_itself(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "PAUSE", 0)
    done = asyncio.Event()
    kept = follower.Follower._go_on

    def go_on(self: follower.Follower, error: Exception | None) -> None:
        kept(self, error)
        if self._pos == 2_500:
            done.set()

    monkeypatch.setattr(follower.Follower, "_go_on", go_on)

    async def work(ledger: SqliteLedger) -> None:
        for _ in range(5):
            await appended(ledger, *said(*["words to be found"] * 500))
        await asyncio.wait_for(done.wait(), 30)
        assert "fou" in grams_in(path)
        assert len(texts(await ledger.search(["#a"], ["found"], limit=5000))) == 2_500

    play(work, path)
    check_index(path)


def test_what_a_run_has_left_the_next_one_indexes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def first(ledger: SqliteLedger) -> None:
        await appended(ledger, *said(*["words to be found"] * 249))

    play(first, path)
    assert grams_in(path) == set()
    monkeypatch.setattr(follower, "SLICE", 1)
    monkeypatch.setattr(follower, "PAUSE", 0)
    done = asyncio.Event()
    monkeypatch.setattr(follower.Follower, "_go_on", lambda self, error: done.set())

    async def second(ledger: SqliteLedger) -> None:
        await asyncio.wait_for(done.wait(), 30)

    play(second, path)
    check_index(path)
    assert "fou" in grams_in(path)


@pytest.mark.parametrize("lines", [900, 2_500, 4_000])
def test_after_kill_9_the_index_goes_on_where_it_was(path: Path, lines: int) -> None:
    with subprocess.Popen(
        [sys.executable, HERE / "write_until_killed.py", path], stdout=subprocess.PIPE
    ) as child:
        for _ in range(lines):
            child.stdout.readline()
        child.kill()
    assert child.returncode == -signal.SIGKILL
    check_index(path)

    async def work(ledger: SqliteLedger) -> None:
        await index_all(ledger)
        everything = await ledger.search(["#0", "#1", "#2"], ["number"], limit=10**6)
        assert [int(fact.body) for fact in everything.facts] == list(range(1, ledger._pos + 1))
        assert ledger._pos >= lines

    play(work, path)
    check_index(path)


@pytest.mark.parametrize("removal", ["erase", "expire a topic", "expire"])
def test_nothing_is_left_of_what_was_removed(
    path: Path, removal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "SLICE", 2)

    async def work(ledger: SqliteLedger) -> None:
        secret = said("zebra xylophone 東京都", "another zebra", "zebra qq", topic="#s", author="yvonne")
        await appended(ledger, *secret, *said("harmless words", "more words"))
        await index_all(ledger, 2)
        if removal == "erase":
            await appended(ledger, Entry("#a", b"", keep=False, erases=(1, 2, 3)))
        elif removal == "expire a topic":
            await ledger.expire(10**13, "#s")
        else:
            ledger._clock.now += 1_000
            await appended(ledger, *said("new words"))
            await ledger.expire(ledger._clock.now)
        assert texts(await ledger.search(["#s"], ["zebra"])) == []
        await index_all(ledger)
        with closing(open_reader(path)) as db:
            assert index.how_far(db) == (ledger._pos, True)
        await merge(ledger)
        with closing(open_reader(path)) as db:
            assert index.how_far(db) == (ledger._pos, False)

    play(work, path)
    check_index(path)
    assert not {gram for gram in grams_in(path) if gram in "zebra xylophone 東京都 another zebra qq"}
    assert "wor" in grams_in(path)
    contents = path.read_bytes()
    for word in ("zebra", "ebra", "xyloph", "another", "京都"):
        assert word.encode() not in contents


def test_traces_are_merged_away_by_themselves(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "PAUSE", 0)
    done = asyncio.Event()
    kept = follower.Follower._merged

    def merged(self: follower.Follower, more: bool, error: Exception | None) -> None:
        kept(self, more, error)
        if not self._merging and not self._traces:
            done.set()

    monkeypatch.setattr(follower.Follower, "_merged", merged)

    async def work(ledger: SqliteLedger) -> None:
        await appended(ledger, *said("zebra", "words"))
        await index_all(ledger)
        await appended(ledger, Entry("#a", b"", keep=False, erases=(1,)))
        await asyncio.wait_for(done.wait(), 30)
        assert not {"zeb", "ebr", "bra"} & grams_in(path)

    play(work, path)


def test_what_is_erased_while_traces_are_merged_is_a_trace_again(path: Path) -> None:
    async def work(ledger: SqliteLedger) -> None:
        await appended(ledger, *said("zebra", "words"))
        await index_all(ledger)
        await ledger._writer.run(partial(ledger._db.execute, index.MARK_MERGING))
        await appended(ledger, Entry("#a", b"", keep=False, erases=(1,)))
        await ledger._writer.run(partial(ledger._db.execute, index.MARK_MERGED))
        with closing(open_reader(path)) as db:
            assert index.how_far(db) == (2, True)

    play(work, path)


def test_a_mark_in_a_text_opens_no_door(path: Path) -> None:
    """Topics are marked in the index by characters that a text may hold, too."""

    async def work(ledger: SqliteLedger) -> None:
        await appended(ledger, *said("secret", topic="#s"), *said("open", topic="#o"))
        forged = search.mark(search.TOPIC, 1) + search.mark(search.TOPIC, 2) + search.mark(search.AUTHOR, 1)
        await appended(ledger, *said(f"forged {forged}", topic="#s"), *said(f"forged {forged}", topic="#o"))
        for _ in range(2):
            assert texts(await ledger.search(["#o"], [])) == ["open", f"forged {forged}"]
            assert len(texts(await ledger.search(["#o"], ["forged"]))) == 1
            await index_all(ledger)

    play(work, path)


# -- time ----------------------------------------------------------------------------------------------------


def test_a_search_that_takes_too_long_gives_what_it_has(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(10**9))
    monkeypatch.setattr(search, "monotonic", lambda: next(moments))
    monkeypatch.setattr(search, "STEPS", 100)

    async def work(ledger: SqliteLedger) -> None:
        await appended(ledger, *said("needle 1"), *said(*["hay"] * 3_000), *said("needle 2", "needle 3"))
        monkeypatch.setattr(search, "SECONDS", 10)
        found = await ledger.search(["#a"], ["needle"])
        # sqlite3 reads one row ahead, and gives up that row when the next one takes too long.
        assert ([fact.body for fact in found.facts], found.is_complete) == ([b"needle 3"], False)
        monkeypatch.setattr(search, "SECONDS", 10**6)
        assert len(texts(await ledger.search(["#a"], ["needle"]))) == 3
        # The connection is fit for the next question.
        assert len(texts(await ledger.search(["#a"], ["hay"], limit=7))) == 7

    play(work, path)


def test_history_does_not_wait_for_searches(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(ledger: SqliteLedger) -> None:
        await appended(ledger, *said("text"))
        going, over = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def slow(db: sqlite3.Connection, wanted: Any) -> Found:
            loop.call_soon_threadsafe(going.set)
            asyncio.run_coroutine_threadsafe(over.wait(), loop).result()
            return search.search(db, wanted)

        monkeypatch.setattr("hubbub.ledger.sqlite.search", slow)
        searches = [asyncio.create_task(ledger.search(["#a"], ["text"])) for _ in range(4)]
        await going.wait()
        assert len(await ledger.history("#a")) == 1
        over.set()
        assert [texts(await each) for each in searches] == [["text"]] * 4

    play(work, path)


def steps(db: sqlite3.Connection, ask: Callable[[sqlite3.Connection], Any]) -> int:
    """Instructions of SQLite's machine."""
    count = 0

    class Counting:
        """A connection whose progress handler is ours."""

        execute = db.execute

        def set_progress_handler(self, *_: Any) -> None: ...

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    db.set_progress_handler(tick, 1)
    ask(Counting())
    db.set_progress_handler(None, 1)
    return count


def test_a_page_costs_no_more_in_a_long_history(path: Path) -> None:
    def question(topic: str, *terms: str) -> search.Wanted:
        return search.Wanted([topic], terms, "", 0, 10**9, 5, False)

    questions = [
        question("#a", "common"),
        question("#small", "common"),
        question("#a", "rare"),
        question("#small"),
    ]

    async def work(ledger: SqliteLedger) -> None:
        async def grow(size: int) -> list[int]:
            await appended(ledger, *said(*["something common"] * size))
            await index_all(ledger)
            with closing(open_reader(path)) as db:
                return [steps(db, partial(search.search, wanted=each)) for each in questions]

        await appended(ledger, *said(*["rare"] * 5), *said(*["something common"] * 5, topic="#small"))
        short, long = await grow(300), await grow(9_000)
        # The index itself is a tree, whose pages are counted here, too.
        assert all(later < 4 * earlier for earlier, later in zip(short, long, strict=True))

    play(work, path)


def test_a_broken_index_harms_nothing_else(path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    monkeypatch.setattr(follower, "PAUSE", 0)
    failed = asyncio.Event()
    kept = follower.Follower._go_on

    def go_on(self: follower.Follower, error: Exception | None) -> None:
        kept(self, error)
        failed.set()

    monkeypatch.setattr(follower.Follower, "_go_on", go_on)

    async def work(ledger: SqliteLedger) -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute(
                "CREATE TRIGGER broken BEFORE UPDATE ON indexed BEGIN SELECT RAISE(ABORT, 'broken'); END"
            )
        for _ in range(3):
            failed.clear()
            await appended(ledger, *said(*["words"] * 1_000))
            await asyncio.wait_for(failed.wait(), 30)
        assert len(texts(await ledger.search(["#a"], ["words"], limit=5_000))) == 3_000

    play(work, path)
    assert [record.message for record in caplog.records] == ["the search index can't be written: broken"]


def test_closing_while_the_index_follows(path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    """A slice that is under way is finished, and what would come after it is not begun."""

    async def work(ledger: SqliteLedger) -> None:
        await appended(ledger, *said(*["words"] * 1_000))
        ledger._follower._cancel()
        ledger._follower._work()

    play(work, path)
    assert caplog.records == []
    check_index(path)
    assert "wor" in grams_in(path)


def test_a_search_of_a_closed_ledger_says_so(path: Path) -> None:
    closed: list[SqliteLedger] = []

    async def work(ledger: SqliteLedger) -> None:
        closed.append(ledger)

    play(work, path)
    with pytest.raises(Exception, match="closed"):
        asyncio.run(closed[0].search(["#a"], []))
