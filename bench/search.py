"""What a search costs in a long history: the same questions to a small database and to a large one.

    python -m bench.search --messages 1000000 [--keep FILE]

Talk is made up with the frequencies of real words (Zipf), in one large room, many small ones and private
conversations. The log is filled by SQL; indexed and searched by the ledger itself. One line of JSON for each
question, in milliseconds: the median and the worst of some turns, for both sizes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import accumulate
from pathlib import Path
from typing import Any

from hubbub.core.ledger import Fact
from hubbub.ledger import index
from hubbub.ledger.sqlite import SqliteLedger
from hubbub.ledger.terms import number_of

ROOMS, PEOPLE, WORDS = 1_000, 2_000, 30_000
LETTERS = "etaoinshrdlucmfwypvbgkjqxz"
RARE = "quixotic"
NEWEST, OLDEST = "newestword", "oldestword"
MANY = [f"room/{number}" for number in range(1, 41)]
EVERYTHING = [f"room/{number}" for number in range(ROOMS)]

QUESTIONS: dict[str, dict[str, Any]] = {
    "common word, large room": {"topics": ["room/0"], "terms": ["COMMON"]},
    "common word, small room": {"topics": ["room/900"], "terms": ["COMMON"]},
    "common word, 40 rooms": {"topics": MANY, "terms": ["COMMON"]},
    "common word, 1000 rooms": {"topics": EVERYTHING, "terms": ["COMMON"]},
    "rare word, large room": {"topics": ["room/0"], "terms": [RARE]},
    "rare word, small room": {"topics": ["room/900"], "terms": [RARE]},
    "rare word, 1000 rooms": {"topics": EVERYTHING, "terms": [RARE]},
    "word that is only at the beginning": {"topics": EVERYTHING, "terms": [OLDEST]},
    "no such word": {"topics": EVERYTHING, "terms": ["xxnowherexx"]},
    "two common words": {"topics": ["room/0"], "terms": ["COMMON", "COMMON2"]},
    "two words never together": {"topics": ["room/0"], "terms": ["COMMON", OLDEST]},
    "part of words": {"topics": ["room/0"], "terms": ["ixoti"]},
    "two letters, large room": {"topics": ["room/0"], "terms": ["xq"]},
    "two letters, small room": {"topics": ["room/900"], "terms": ["xq"]},
    "one person, large room": {"topics": ["room/0"], "terms": [], "author": "nick0"},
    "one quiet person, 1000 rooms": {"topics": EVERYTHING, "terms": [], "author": f"nick{PEOPLE - 1}"},
    "one quiet person and a common word": {
        "topics": EVERYTHING,
        "terms": ["COMMON"],
        "author": f"nick{PEOPLE - 1}",
    },
    "common word, oldest first": {"topics": ["room/0"], "terms": ["COMMON"], "oldest_first": True},
}


class Nobody:
    """A handler that does nothing."""

    def restore(self, key: str, value: bytes) -> None: ...
    def apply(self, fact: Fact, ticket: object | None) -> None: ...
    def refuse(self, ticket: object | None, reason: str) -> None: ...
    def cast(self, topic: str, body: bytes) -> None: ...


class Talk:
    """Messages as people write them, always the same ones."""

    def __init__(self) -> None:
        chance = random.Random(1)
        self._chance = random.Random(2)
        self.words = [
            "".join(chance.choices(LETTERS, [26 - n for n in range(26)], k=chance.randint(2, 9)))
            for _ in range(WORDS)
        ]
        self._weights = list(accumulate(1 / (n + 1) for n in range(WORDS)))
        self.common = [word for word in self.words if len(word) >= 4][:2]

    def rows(self, count: int) -> Iterator[tuple[Any, ...]]:
        chance = self._chance
        for pos in range(1, count + 1):
            text = " ".join(chance.choices(self.words, cum_weights=self._weights, k=chance.randint(3, 16)))
            text += f" {RARE}" * (pos % 20_011 == 7) + f" {OLDEST}" * (pos < 20)
            topic = 0 if chance.random() < 0.5 else min(ROOMS - 1, int(chance.expovariate(1 / 150)) + 1)
            person = min(PEOPLE - 1, int(chance.paretovariate(0.5)) - 1)
            if pos % 100_003 == 11:
                topic = 900
                text += f" {RARE}"
            body = json.dumps({"is": "RoomMessage", "text": text}).encode()
            yield pos, 1_700_000_000_000 + pos, 1, topic + 1, 0, body, text, number_of(f"nick{person}")


async def fill(path: Path, count: int) -> dict[str, object]:
    ledger = SqliteLedger(path, lambda: 0)
    await ledger.open("bench", Nobody())
    await ledger.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = FULL")
        db.execute("BEGIN")
        db.executemany("INSERT INTO topic VALUES (?, ?)", [(n + 1, f"room/{n}") for n in range(ROOMS)])
        db.executemany("INSERT INTO log VALUES (?,?,?,?,?,?,?,?)", Talk().rows(count))
        db.execute("COMMIT")
        slices = []
        while index.how_far(db)[0] < count:
            start = time.perf_counter()
            index.index_slice(db, count)
            index.tidy(db)
            slices.append(time.perf_counter() - start)
        pages = db.execute("SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search%'").fetchone()[0]
    return {
        "index us per message": round(sum(slices) / count * 1e6, 1),
        "slice ms median": round(statistics.median(slices) * 1e3, 1),
        "slice ms worst": round(max(slices) * 1e3, 1),
        "index bytes per message": round(pages / count),
    }


async def ask(path: Path, turns: int) -> dict[str, dict[str, object]]:
    ledger = SqliteLedger(path, lambda: 0)
    await ledger.open("bench", Nobody())
    words = dict(zip(("COMMON", "COMMON2"), Talk().common, strict=True))
    answers = {}
    for name, question in QUESTIONS.items():
        asked = question | {"terms": [words.get(term, term) for term in question["terms"]]}
        took, found = [], None
        for _ in range(turns):
            start = time.perf_counter()
            found = await ledger.search(**asked, limit=50)
            took.append((time.perf_counter() - start) * 1e3)
        assert found is not None
        answers[name] = {
            "ms": round(statistics.median(took), 1),
            "worst": round(max(took), 1),
            "found": len(found.facts),
            "complete": found.is_complete,
        }
    await ledger.close()
    return answers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--folder", type=Path, help="keep the databases here, and use those that are there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        answers = []
        for count in (options.small, options.messages):
            path = folder / f"search-{count}.db"
            if not path.exists():
                filled = asyncio.run(fill(path, count))
                size = {"messages": count, "file MB": round(path.stat().st_size / 1e6)}
                print(json.dumps(size | filled), flush=True)
            answers.append(asyncio.run(ask(path, options.turns)))
    small, large = answers
    for name, answer in large.items():
        print(json.dumps({"question": name, "small": small[name], "large": answer}))


if __name__ == "__main__":
    sys.exit(main())
