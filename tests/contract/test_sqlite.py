"""What only the SQLite ledger promises: shared commits, a disk that fails, kill -9, migrations."""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from hubbub.core.ledger import EVENT, EXPECTED, MESSAGE, Entry, Fact, LedgerError, Put
from hubbub.ledger import expiry, reads
from hubbub.ledger.schema import MIGRATIONS, open_reader
from hubbub.ledger.sqlite import FAILED, SqliteLedger

from .recorder import NODE, Clock, Recorder

HERE = Path(__file__).parent
HOUR = 3600.0


class Run:
    """One run of a ledger, open inside `async with`."""

    def __init__(self, path: Path, pace: float = 0, **settings: Any) -> None:
        self.clock = Clock()
        self.handler = Recorder()
        self.ledger = SqliteLedger(path, self.clock, pace=pace, **settings)

    async def __aenter__(self) -> Run:
        self.epoch = await self.ledger.open(NODE, self.handler)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.ledger.close()

    async def append(self, *entries: Entry) -> list[tuple[object, Fact | str]]:
        start = len(self.handler.told)
        for ticket, entry in enumerate(entries):
            self.ledger.append(entry, ticket)
        await self.ledger.flush()
        return self.handler.told[start:]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def scenario(path: Path, play: Callable[[Run], Awaitable[None]], **settings: Any) -> None:
    async def main() -> None:
        async with Run(path, **settings) as run:
            await play(run)

    asyncio.run(main())


def commits(path: Path) -> int:
    """Transactions in the write-ahead log: each ends in a frame that tells the size of the database."""
    wal = path.with_name(f"{path.name}-wal").read_bytes()
    page_size, _, salt = struct.unpack(">II8s", wal[8:24])
    frames = (wal[at : at + 24] for at in range(32, len(wal), 24 + page_size))
    return sum(frame[8:16] == salt and frame[4:8] != b"\0\0\0\0" for frame in frames)


def said(*bodies: bytes) -> list[Entry]:
    return [Entry("#a", body) for body in bodies]


# Commits


def test_entries_of_one_turn_share_a_commit(path: Path) -> None:
    async def play(run: Run) -> None:
        before = commits(path)
        await run.append(*said(*[b"x"] * 300))
        assert commits(path) == before + 1

    scenario(path, play)


def test_what_queues_up_during_a_commit_shares_the_next(path: Path) -> None:
    async def play(run: Run) -> None:
        before = commits(path)
        run.ledger.append(Entry("#a", b"first"))
        # Two turns of the loop: in the first the commit begins.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for _ in range(50):
            run.ledger.append(Entry("#a", b"next"))
        assert run.handler.told == []
        await run.ledger.flush()
        assert commits(path) == before + 2

    scenario(path, play)


def test_a_lone_entry_does_not_wait(path: Path) -> None:
    async def play(run: Run) -> None:
        await asyncio.wait_for(run.append(Entry("#a", b"1")), 30)

    scenario(path, play, pace=HOUR)


def test_commits_keep_their_distance(path: Path) -> None:
    async def play(run: Run) -> None:
        start = time.monotonic()
        for _ in range(5):
            await run.append(Entry("#a", b""))
        assert time.monotonic() - start >= 4 * 0.03

    scenario(path, play, pace=0.03)


def test_what_needs_no_disk_keeps_its_place_among_the_rest(path: Path) -> None:
    async def play(run: Run) -> None:
        unkept = Entry("#a", b"unkept", keep=False)
        told = await run.append(unkept, *said(b"1"), unkept, *said(b"2"), unkept)
        assert [ticket for ticket, _ in told] == [0, 1, 2, 3, 4]

    scenario(path, play)


def test_what_needs_no_disk_is_not_written(path: Path) -> None:
    async def play(run: Run) -> None:
        await run.append(Entry("#a", b"", puts=(Put("nick", b"registered"),)))
        await run.append(Entry("#a", b"", puts=(Put("nick", b"", owned=True),)))
        before = commits(path)
        for value in (b"", None):
            put = Put("nick", value, owned=True)
            assert len(await run.append(Entry("#a", b"join", keep=False, puts=(put,)))) == 1
        assert commits(path) == before

    scenario(path, play)


@pytest.mark.parametrize(
    ("ask", "unseen", "seen"),
    [
        (lambda ledger: ledger.history("#a"), 1, 2),
        (lambda ledger: ledger.history("#a", before=9), 1, 2),
        (lambda ledger: ledger.latest(["#b"], after=0, before=9), 0, 1),
        (lambda ledger: ledger.read(3), None, 6),
        (lambda ledger: ledger.locate(2_000_000), 2, 4),
    ],
    ids=["history", "history before", "latest", "read", "locate"],
)
def test_a_fact_on_disk_is_not_history_before_it_is_applied(
    path: Path, ask: Any, unseen: Any, seen: Any
) -> None:
    def size(answer: Any) -> Any:
        return answer if answer is None or isinstance(answer, int) else len(answer)

    async def play(run: Run) -> None:
        await run.append(*said(b"1"))
        run.ledger.append(Entry("#a", b"2"))
        run.ledger.append(Entry("#b", b"3"))
        # Two turns of the loop: in the first the commit begins.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        with closing(open_reader(path)) as db:
            while db.execute("SELECT max(pos) FROM log").fetchone() == (1,):
                """The loop stands still, so nothing can be applied."""
        assert size(await ask(run.ledger)) == unseen
        await run.ledger.flush()
        assert size(await ask(run.ledger)) == seen

    scenario(path, play)


def test_a_handler_that_fails_does_not_hold_up_the_facts_behind(path: Path) -> None:
    async def play(run: Run) -> None:
        def fail(fact: Fact) -> None:
            if fact.body == b"1":
                raise ValueError("a mistake in the hub")

        failures: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
        run.handler.on_apply = fail
        await run.append(*said(b"1", b"2"))
        assert [fact.body for fact in run.handler.facts] == [b"1", b"2"]
        assert len(failures) == 1

    scenario(path, play)


def test_many_topics_in_one_commit(path: Path) -> None:
    async def play(run: Run) -> None:
        await run.append(*(Entry(f"#{number}", b"x") for number in range(700)))
        await run.append(*(Entry(f"#{number}", b"y") for number in range(700)))
        assert len(await run.ledger.history("#699")) == 2
        puts = tuple(Put(f"key {number}", b"v") for number in range(300))
        removals = tuple(Put(f"key {number}", None) for number in range(299))
        await run.append(Entry("#a", b"", puts=puts))
        await run.append(Entry("#a", b"", puts=removals))

    async def again(run: Run) -> None:
        assert run.handler.restored == {"key 299": b"v"}
        await run.append(Entry("#5", b"z"))
        assert [fact.body for fact in await run.ledger.history("#5")] == [b"x", b"y", b"z"]

    scenario(path, play)
    scenario(path, again)


def test_topics_forgotten_by_the_cache_are_found_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubbub.ledger.commit.TOPICS", 2)

    async def play(run: Run) -> None:
        for number in range(12):
            await run.append(Entry(f"#{number % 4}", b"x"))
        assert [len(await run.ledger.history(f"#{number}")) for number in range(4)] == [3, 3, 3, 3]

    scenario(path, play)


def test_every_commit_is_on_disk_before_it_counts(path: Path) -> None:
    async def play(run: Run) -> None:
        settings = [
            run.ledger._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
        ]
        assert settings == ["wal", 2]

    scenario(path, play)


def test_a_closed_ledger_says_so(path: Path) -> None:
    async def main() -> None:
        async with Run(path) as run:
            await run.append(*said(b"1"))
        questions = (run.ledger.history("#a"), run.ledger.read(1), run.ledger.locate(0), run.ledger.expire(0))
        for question in questions:
            with pytest.raises(LedgerError, match="closed"):
                await question

    asyncio.run(main())


# A disk that fails


@contextmanager
def broken(path: Path) -> Iterator[None]:
    """No row can be added to the log or the state."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for table in ("log", "state"):
            db.execute(
                f"CREATE TRIGGER broken_{table} BEFORE INSERT ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'disk on fire'); END"
            )
        yield
        for table in ("log", "state"):
            db.execute(f"DROP TRIGGER broken_{table}")


def test_a_failed_commit_refuses_its_entries_and_later_ones_are_tried(path: Path) -> None:
    async def play(run: Run) -> None:
        await run.append(Entry("#a", b"1", puts=(Put("k", b"1"),)))
        seen = run.ledger.version("k")
        with broken(path):
            change = Entry("#new", b"lost", expect=(("k", seen),), puts=(Put("k", b"2"),))
            assert await run.append(change, *said(b"lost"), change) == [
                (0, FAILED),
                (1, FAILED),
                (2, EXPECTED),
            ]
            state = Entry("#a", b"lost", keep=False, puts=(Put("k", b"3"),))
            assert await run.append(state) == [(0, FAILED)]
        assert run.ledger.version("k") == seen
        (_, fact), _ = await run.append(change, change)
        assert fact.pos == 2
        assert [each.body for each in await run.ledger.history("#new")] == [b"lost"]

    async def again(run: Run) -> None:
        assert run.handler.restored == {"k": b"2"}

    scenario(path, play)
    scenario(path, again)


def test_what_needs_no_disk_happens_though_the_disk_fails(path: Path) -> None:
    async def play(run: Run) -> None:
        await run.append(Entry("#a", b"join", keep=False, puts=(Put("nick", b"", owned=True),)))
        seen = run.ledger.version("nick")
        part = Entry("#a", b"part", False, expect=(("nick", seen),), puts=(Put("nick", None, owned=True),))
        with broken(path):
            lost, (_, left), refused = await run.append(*said(b"lost"), part, part)
        assert lost == (0, FAILED)
        assert left.body == b"part"
        assert refused == (2, EXPECTED)
        assert run.ledger.version("nick") == 0

    scenario(path, play)


def test_trouble_is_logged_when_it_starts_and_when_it_ends(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def play(run: Run) -> None:
        with broken(path):
            for _ in range(3):
                await run.append(*said(b"lost"))
        await run.append(*said(b"kept"))
        await run.append(*said(b"kept"))

    scenario(path, play)
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    assert "disk on fire" in caplog.text


def test_a_file_that_may_not_grow(path: Path) -> None:
    resource = pytest.importorskip("resource")

    async def play(run: Run) -> None:
        big = Entry("#a", bytes(100_000), puts=(Put("k", b"v"),))
        await run.append(big)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, limits[1]))
        try:
            refused = await run.append(big, big)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert [what for _, what in refused] == [FAILED, FAILED]
        ((_, fact),) = await run.append(big)
        assert fact.pos == 2

    async def again(run: Run) -> None:
        assert [fact.pos for fact in await run.ledger.history("#a")] == [1, 2]

    scenario(path, play)
    scenario(path, again)


# kill -9


@pytest.mark.parametrize("trial", range(6))
def test_nothing_seen_is_lost_or_repeated_by_kill_9(path: Path, trial: int) -> None:
    lines = random.Random(trial).randrange(1, 3_000)
    with subprocess.Popen(
        [sys.executable, HERE / "write_until_killed.py", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        printed = [child.stdout.readline() for _ in range(lines)]
        child.kill()
        printed += child.stdout.readlines()
        errors = child.stderr.read()
    assert errors == b""
    assert child.returncode == -signal.SIGKILL
    seen = [tuple(map(int, line.split())) for line in printed if line.endswith(b"\n")]

    async def look(run: Run) -> None:
        kept = [await run.ledger.history(f"#{number}", limit=10**6) for number in range(3)]
        facts = sorted(fact for topic in kept for fact in topic)
        assert [(fact.pos, int(fact.body)) for fact in facts] == [(n, n) for n in range(1, len(facts) + 1)]
        assert seen == [(n, n) for n in range(1, len(seen) + 1)]
        assert len(seen) <= len(facts)
        replayed = {f"every {int(fact.body) % 7}": fact.body for fact in facts}
        assert run.handler.restored == replayed | {"last": facts[-1].body}

    scenario(path, look)


# The schema

FIRST_SCHEMA = HERE / "first_schema.sql"
NEXT = (*MIGRATIONS, ("ALTER TABLE node ADD COLUMN motto TEXT", "UPDATE node SET motto = 'onward'"))


def make_first(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(FIRST_SCHEMA.read_text())


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("PRAGMA user_version").fetchone()[0]


@pytest.mark.parametrize("migrations", [MIGRATIONS, NEXT], ids=["today", "tomorrow"])
def test_the_first_schema_ever_can_still_be_read(path: Path, migrations: Any) -> None:
    make_first(path)

    async def play(run: Run) -> None:
        assert run.handler.restored == {"room #a": b"owner alice"}
        assert run.epoch == 3
        assert await run.ledger.history("#a", kinds=(MESSAGE, EVENT)) == [
            Fact(1, 1000, NODE, "#a", b"hello"),
            Fact(3, 3000, NODE, "#a", b"joined", EVENT),
        ]
        ((_, fact),) = await run.append(Entry("#a", b"new"))
        assert fact.pos == 5

    scenario(path, play, migrations=migrations)


def test_a_database_is_backed_up_before_it_is_migrated(path: Path) -> None:
    make_first(path)

    async def play(run: Run) -> None: ...

    scenario(path, play, migrations=NEXT)
    backup = path.with_name("ledger.db.v1.bak")
    assert (version_of(path), version_of(backup)) == (len(NEXT), 1)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    scenario(backup, play)


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    make_first(path)
    faulty = (*NEXT, ("UPDATE missing SET x = 1",))

    async def play(run: Run) -> None: ...

    with pytest.raises(LedgerError, match="no such table: missing"):
        scenario(path, play, migrations=faulty)
    assert version_of(path) == 1
    scenario(path, play, migrations=NEXT)


def test_a_newer_database_is_refused_untouched(path: Path) -> None:
    make_first(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    before = path.read_bytes()

    async def play(run: Run) -> None: ...

    with pytest.raises(LedgerError, match=r"newer hubbub.*upgrade hubbub") as refusal:
        scenario(path, play)
    assert str(path) in str(refusal.value)
    assert path.read_bytes() == before


def test_what_is_no_database_is_refused(path: Path, tmp_path: Path) -> None:
    async def play(run: Run) -> None: ...

    path.write_bytes(b"something else entirely " * 100)
    with pytest.raises(LedgerError, match="not a database"):
        scenario(path, play)
    with pytest.raises(LedgerError, match="No such file"):
        scenario(tmp_path / "no folder" / "ledger.db", play)


def test_a_database_without_our_tables_is_refused(path: Path) -> None:
    async def play(run: Run) -> None: ...

    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 1")
    with pytest.raises(LedgerError, match="no such table"):
        scenario(path, play)


@pytest.mark.skipif(sys.platform == "win32", reason="no modes on Windows")
def test_nobody_else_can_read_the_files(path: Path) -> None:
    async def play(run: Run) -> None:
        await run.append(*said(b"1"))
        files = sorted(path.parent.iterdir())
        assert [file.name for file in files] == ["ledger.db", "ledger.db-shm", "ledger.db-wal"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}

    scenario(path, play)


# Cost


def steps(db: sqlite3.Connection, ask: Callable[[sqlite3.Connection], Any]) -> int:
    """Instructions of SQLite's machine: what a question costs, on any computer."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    db.set_progress_handler(tick, 1)
    ask(db)
    db.set_progress_handler(None, 1)
    return count


QUESTIONS: dict[str, Callable[[sqlite3.Connection], Any]] = {
    "newest": lambda db: reads.history(db, "#rare", after=0, before=10**9, limit=5),
    "oldest": lambda db: reads.history(db, "#rare", after=0, before=10**9, limit=5, oldest_first=True),
    "page": lambda db: reads.history(db, "#often", after=100, before=10**9, limit=5, kinds=(MESSAGE, EVENT)),
    "behind events": lambda db: reads.history(db, "#events", after=0, before=10**9, limit=5),
    "behind erased": lambda db: reads.history(db, "#erased", after=0, before=10**9, limit=5),
    "latest": lambda db: reads.latest(db, ["#rare", "#often", "#events"], after=0, before=10**9),
    "read": lambda db: reads.read(db, 300),
}


def test_reading_costs_no_more_in_a_long_history(path: Path) -> None:
    async def play(run: Run) -> None:
        async def grow(size: int) -> dict[str, int]:
            await run.append(*(Entry("#often", b"x", kind=number % 2) for number in range(size)))
            await run.append(*(Entry("#events", b"x", kind=EVENT) for number in range(size)))
            facts = [what for _, what in await run.append(*(Entry("#erased", b"x") for _ in range(size)))]
            await run.append(Entry("#a", b"", erases=tuple(fact.pos for fact in facts)))
            with closing(open_reader(path)) as db:
                return {name: steps(db, ask) for name, ask in QUESTIONS.items()}

        await run.append(
            *(Entry(topic, b"x") for topic in ("#rare", "#events", "#erased") for _ in range(10))
        )
        assert await grow(300) == await grow(9_000)
        with closing(open_reader(path)) as db:
            assert steps(db, lambda db: reads.locate(db, run.clock.now, 27_932)) < 15 * 30

    scenario(path, play)


def test_appending_costs_no_more_in_a_long_history(path: Path) -> None:
    async def play(run: Run) -> None:
        async def lone() -> int:
            db, counted = run.ledger._db, []
            db.set_progress_handler(lambda: counted.append(1), 1)
            await run.append(Entry("#a", b"x", puts=(Put("k", b"v"),), erases=(1,)))
            db.set_progress_handler(None, 1)
            return len(counted)

        # What the search index does between commits is no part of an append.
        run.ledger._follower.stop()
        await run.append(*said(*[b"x"] * 10))
        await lone()
        short = await lone()
        await run.append(*said(*[b"x"] * 9_000))
        assert await lone() == short

    scenario(path, play)


def test_expiry_lets_appends_through(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "SLICE", 10)

    async def play(run: Run) -> None:
        await run.append(*said(*[b"old"] * 3_000))
        run.clock.now += 1_000
        expiring = asyncio.create_task(run.ledger.expire(run.clock.now))
        for _ in range(20):
            await run.append(*said(b"new"))
        assert not expiring.done()
        assert await expiring == 3_000
        assert len(await run.ledger.history("#a")) == 20

    scenario(path, play)


def test_a_new_ledger_opens_fast(path: Path) -> None:
    async def main(number: int) -> float:
        start = time.perf_counter()
        run = Run(path.with_name(f"{number}.db"))
        await run.ledger.open(NODE, run.handler)
        took = time.perf_counter() - start
        await run.ledger.close()
        return took

    assert min(asyncio.run(main(number)) for number in range(5)) < 0.05
