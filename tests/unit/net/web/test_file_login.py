"""How often and how much: the limits of what is uploaded from one place."""

from __future__ import annotations

from hubbub.net.web.file_login import REMEMBERED, Allowance, Pace

DAY_MS = 86_400_000


class Clock:
    now = 1_000_000

    def __call__(self) -> int:
        return self.now


def test_so_many_times_a_minute() -> None:
    clock = Clock()
    pace = Pace(clock, most=2, seconds=60)
    assert [pace.allows("a") for _ in range(3)] == [True, True, False]
    assert pace.allows("b")
    clock.now += 60_000
    assert pace.allows("a")


def test_so_much_a_day() -> None:
    clock = Clock()
    allowance = Allowance(clock, DAY_MS)
    assert allowance.take("a", 60, 100)
    assert not allowance.take("a", 41, 100)
    clock.now += 3_600_000
    assert allowance.take("a", 40, 100)
    assert not allowance.take("a", 1, 100)
    assert allowance.take("b", 100, 100)
    clock.now += DAY_MS - 3_600_000
    assert allowance.take("a", 60, 100)
    assert not allowance.take("a", 1, 100)


def test_no_more_is_remembered_than_so_many() -> None:
    pace = Pace(Clock(), most=1, seconds=60)
    for number in range(REMEMBERED + 1):
        assert pace.allows(str(number))
    assert pace.allows("0")
    assert not pace.allows(str(REMEMBERED))
