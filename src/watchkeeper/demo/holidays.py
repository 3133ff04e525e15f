"""The public holidays of Victoria, by rule."""

from collections.abc import Iterator
from datetime import date, timedelta

DAY = timedelta(days=1)
MONDAY, TUESDAY, SATURDAY = 0, 1, 5


def holidays(year: int) -> tuple[date, ...]:
    """In order. One that falls on a weekend is followed by a free weekday, except ANZAC Day."""
    moved = [date(year, 1, 1), date(year, 1, 26), date(year, 12, 25), date(year, 12, 26)]
    easter = easter_sunday(year)
    fixed = {
        *moved,
        nth(2, MONDAY, year, 3),
        easter - 2 * DAY,
        easter + DAY,
        date(year, 4, 25),
        nth(2, MONDAY, year, 6),
        nth(1, TUESDAY, year, 11),
    }
    return tuple(sorted(fixed.union(_instead(moved, fixed))))


def nth(number: int, weekday: int, year: int, month: int) -> date:
    """The first, second, ... of a weekday (Monday is 0) in a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def easter_sunday(year: int) -> date:
    """The Gregorian Easter, by the anonymous algorithm.

    Reference: J. Meeus, Astronomical Algorithms (1991), chapter 8.
    """
    golden, (century, rest) = year % 19, divmod(year, 100)
    leaps, odd = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - moon + 15) % 30
    weekday = (32 + 2 * odd + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _instead(moved: list[date], taken: set[date]) -> Iterator[date]:
    free = set(taken)
    for day in moved:
        if day.weekday() < SATURDAY:
            continue
        while day in free or day.weekday() >= SATURDAY:
            day += DAY  # noqa: PLW2901  (it is moved)
        free.add(day)
        yield day
