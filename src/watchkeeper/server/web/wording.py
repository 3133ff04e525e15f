"""How values read on a page: numbers, shares, durations, sizes and moments in words. Nothing known is an en dash."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from watchkeeper.monitoring.performance.wording import PERCENT
from watchkeeper.monitoring.references.watching import PREDICTIONS

NOTHING = "–"
DIGITS = 3
MOST_NAMED = 3


def number(value: float | None, digits: int = DIGITS) -> str:
    """`digits` significant ones below a thousand, none after the point above: 48, 0.213, 12,345."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{max(digits - 1 - math.floor(math.log10(abs(value))), 0)}f}".rstrip("0").rstrip(".")


RUNTIMES = {"lightgbm": "LightGBM’s library", "onnx": "ONNX Runtime", "numpy": "arrays"}


def runtime(name: str | None, difference: float | None) -> str:
    """What answers for a model, and by how much otherwise than the model that was fitted: LightGBM’s library, exactly
    as fitted."""
    if name is None:
        return "not known"
    exactly = "exactly as fitted" if not difference else f"within {difference:.2g} of the fitted model"
    return f"{RUNTIMES.get(name, name)}, {exactly}"


def percent(share: float | None, digits: int = 1) -> str:
    """A share of one: 0.046 is 4.6 %. What is more than nothing never reads as nothing."""
    if share is None or not math.isfinite(share):
        return NOTHING
    if share in {0.0, 1.0}:
        return f"{share * 100:.0f} %"
    least = 10.0**-digits
    if 0 < share * 100 < least / 2:
        return f"< {least:g} %"
    return f"{share * 100:.{digits}f} %"


def drift(value: float | None) -> str:
    """Two digits; what is far below any that matters says just that."""
    return "< 0.001" if value is not None and 0 < value < 0.001 else number(value, 2)


def metric(value: float | None, name: str) -> str:
    return percent(value, 2) if name in PERCENT else number(value, 4)


ROLES = {
    "admin": "does everything here, people and keys included",
    "contributor": "brings in data, trains, deploys, releases and labels, and sees the raw rows of journals",
    "viewer": "looks at everything but raw rows and calls deployments, changes nothing",
    "end_user": "calls deployments, and sees nothing of the project",
}
"""What each role means, after the role's name."""


def role_word(role: str) -> str:
    return role.replace("_", " ")


def a_role(role: str) -> str:
    """`an admin`, `a viewer`."""
    word = role_word(role)
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


SCOPES = {
    "predict": "call deployments for predictions",
    "label": "send labels",
    "read": "read figures, records and lists",
    "read_rows": "read raw rows of journals",
    "metrics": "read the figures of all processes (/metrics)",
}
"""What each scope of a key opens, after the scope's name."""

POLICIES = {
    "best_effort": "Values of a wrong type are mended where they can be, and reported.",
    "strict": "A call with a value of a wrong type is refused, and told which.",
}


def milliseconds(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return NOTHING
    if value >= 10_000:
        return f"{value / 1000:.1f} s"
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.1f} ms" if value >= 1 else f"{value:.2f} ms"


def seconds(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return NOTHING
    if value >= 90:
        return f"{value / 60:.1f} min"
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"


def size(count: int | None) -> str:
    """Bytes in the largest unit that keeps a whole number in front."""
    if count is None:
        return NOTHING
    value, units = float(count), ["bytes", "kB", "MB", "GB", "TB"]
    while value >= 1000 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return f"{value:.0f} {units[0]}" if units[0] == "bytes" or value >= 100 else f"{value:.1f} {units[0]}"


def moment(value: datetime | str) -> datetime:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def ago(value: datetime | str, *, now: datetime) -> str:
    """The distance to now in its largest unit: `3 minutes ago`, `in 2 days`, `just now`, `in a moment`."""
    away = (now - moment(value)).total_seconds()
    if abs(away) < 45:
        return "just now" if away > -1 else "in a moment"
    steps = (("minute", 60, 45 * 60), ("hour", 3600, 22 * 3600), ("day", 86400, 26 * 86400))
    later = (("month", 30.44 * 86400, 320 * 86400), ("year", 365.25 * 86400, math.inf))
    unit, length = next((unit, length) for unit, length, until in (*steps, *later) if abs(away) < until)
    count = max(round(abs(away) / length), 1)
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{words} ago" if away > 0 else f"in {words}"


def exactly(value: datetime | str, *, zone: str) -> str:
    """The moment on the clock of `zone`, which is named: `14 January 2013, 09:30:00 Australia/Melbourne`."""
    at = moment(value).astimezone(ZoneInfo(zone))
    return f"{at.day} {at:%B %Y, %H:%M:%S} {zone}"


def clock(value: datetime | str, zone: str) -> str:
    """The moment on the clock of `zone`, short: `14 Jan 2013, 09:30:00`."""
    at = moment(value).astimezone(ZoneInfo(zone))
    return f"{at.day} {at:%b %Y, %H:%M:%S}"


def day(value: str) -> str:
    """`2013-01-14` as `14 Jan 2013`."""
    at = datetime.fromisoformat(value)
    return f"{at.day} {at:%b %Y}"


COLUMNS = ("immaterial", "stable", "not enough data")


def drift_sentence(of: Mapping[str, Any], *, first: str | None = None) -> str:
    """What the verdicts of a period come to: `Drifted: Temperature since 14 Jan 2013, and 2 more. 5 are stable.` On
    the `first` day of the period that was judged it may have drifted for long."""
    if not of["columns"]:
        return "No prediction in this period, so nothing to compare with the reference."
    drifted = [each for each in of["columns"] if each["verdict"] == "drifted" or each["since"]]
    others = [each for each in of["columns"] if each not in drifted]
    counted = {word: [each for each in others if each["verdict"] == word] for word in COLUMNS}
    begin = f"Drifted: {_named(drifted, first)}." if drifted else _passed(others)
    rest = [
        f"{_count(len(counted[word]))} {'is' if len(counted[word]) == 1 else 'are'} {said}"
        for word, said in (("immaterial", "moved, but too little to matter"), ("stable", "stable"))
        if counted[word]
    ]
    unknown = len(counted["not enough data"])
    if unknown:
        verb = "has" if unknown == 1 else "have"
        rest.append(f"{_count(unknown)} {verb} too few rows to say")
    known = [the(each["name"]) for each in of["columns"] if each.get("accepted")]
    said = f" Known: {_listed(known)}, held against what was accepted." if known else ""
    return f"{begin} {_joined(rest).capitalize()}.{said}" if rest else f"{begin}{said}"


def _passed(columns: Sequence[Mapping[str, Any]]) -> str:
    """Of columns of which none has drifted to the end."""
    passed = [each for each in columns if each["days_drifted"]]
    if not passed:
        return "Nothing has drifted."
    named = [f"{the(each['name'])} on {_days(each['days_drifted'])}" for each in passed]
    return f"Nothing is drifting at the end; before, {_listed(named)} did."


def _days(count: int) -> str:
    return "a day" if count == 1 else f"{count} days"


def _named(drifted: Sequence[Mapping[str, Any]], first: str | None) -> str:
    return _listed(
        [
            f"{the(each['name'])} {since(each['since'], first)}" if each["since"] else the(each["name"])
            for each in drifted
        ]
    )


def since(at: str, first: str | None) -> str:
    return f"since {day(at)}{' or earlier' if at == first else ''}"


def the(column: str) -> str:
    """A column in a sentence: a feature by its name, `the prediction of the champion`."""
    return f"the {column}" if column in PREDICTIONS.values() else column


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return _joined([*names[:MOST_NAMED], f"{more} more"] if more > 0 else names)


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _count(count: int) -> str:
    return "one" if count == 1 else f"{count:,}"


def beyond(sentence: str, headline: str) -> str:
    """What a sentence says more than the headline above it: `LargeLoad has drifted since 7 July 2023. It …` says the
    same first."""
    first, _, rest = sentence.partition(". ")
    plain = first.rstrip(".").replace(" has drifted", " drifted").replace(" have drifted", " drifted")
    return rest if plain == headline else sentence


def policy_sentence(of: Mapping[str, Any], watched: int | None) -> str:
    """How often a verdict may be false, in words."""
    over = f"all {watched:,} columns" if watched else "everything that is watched"
    if of["judged_by"] == "psi":
        return "Judged by convention: PSI from 0.25 on has drifted, from 0.1 on is immaterial."
    return (
        f"With no drift anywhere, one day in {of['alarm_days']:,} would be called drifted, over {over} "
        f"together, by itself or with the last 7 or 28 days. A shape matters from a size of {of['shape']:g} on."
    )


def backtest_sentence(found: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What a policy would have meant, beside the one in force."""
    days = len(found["days"])
    if not days:
        return "These days had no rows."
    drifted = sum(bool(day["drifted"]) for day in found["days"])
    expected = f"{found['expected']:.1f}" if found["expected"] >= 0.1 else f"{found['expected']:.2g}"
    rate = f"{found['alarms_a_month']:.1f} a month"
    return (
        f"{_alarms(found)} on {days:,} {'day' if days == 1 else 'days'} with rows, {rate}; {_count(drifted)} of these "
        f"days drifted. With no drift anywhere, chance would make some {expected} of them look so. As it is judged "
        f"now: {_alarms(now).lower()}, {now['alarms_a_month']:.1f} a month."
    )


def _alarms(of: Mapping[str, Any]) -> str:
    count = len(of["alarms"])
    return "No alarm" if not count else "One alarm" if count == 1 else f"{count:,} alarms"
