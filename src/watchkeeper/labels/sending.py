"""Taking labels in: each on its own, so that a bad one keeps no good one out."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from watchkeeper.clock import Clock
from watchkeeper.labels.errors import LabelsRefused
from watchkeeper.labels.label import Label, RefusedLabel, Sent
from watchkeeper.labels.ports import Labels

LONGEST_ID = 200
MOST = 100_000
NAMED = 100
"""Refused labels that are listed."""
POSITIVE, NEGATIVE = {"true", "yes", "1"}, {"false", "no", "0"}

Classes = tuple[str, str] | None
"""The negative and the positive class, where classes are predicted."""


class _Unfit(ValueError):
    """Why one label is not taken."""


def send_labels(
    deployment: str,
    given: Sequence[Mapping[str, Any]],
    *,
    classes: Classes,
    given_by: str,
    labels: Labels,
    clock: Clock,
) -> Sent:
    """Keep each `{"id": ..., "value": ...}` that can be understood, in the transaction of `labels`.

    Of two labels for one row the later counts; what says again what is known changes nothing.
    """
    if not 0 < len(given) <= MOST:
        raise LabelsRefused(f"Send 1 to {MOST:,} labels at once; these are {len(given):,}.", fields=("labels",))
    good: list[tuple[str, float]] = []
    refused: list[RefusedLabel] = []
    for place, each in enumerate(given):
        try:
            good.append((_row(each), _value(each, classes)))
        except _Unfit as unfit:
            refused.append(RefusedLabel(place, _shown(each), str(unfit)))
    labels.hold(deployment)
    fresh, corrected, repeated = _news(deployment, good, labels)
    now = clock.now()
    labels.add(deployment, [Label(row, value, now, given_by) for row, value in fresh], corrected=corrected)
    return Sent(len(given), len(fresh), repeated, len(corrected), tuple(refused))


def _news(
    deployment: str, good: Sequence[tuple[str, float]], labels: Labels
) -> tuple[list[tuple[str, float]], list[str], int]:
    """What says something new, in order; the rows whose value it corrects; how many said nothing new."""
    known = labels.latest(deployment, list(dict.fromkeys(row for row, _ in good)))
    fresh, corrected, repeated = [], [], 0
    for row, value in good:
        if known.get(row) == value:
            repeated += 1
            continue
        if row in known:
            corrected.append(row)
        known[row] = value
        fresh.append((row, value))
    return fresh, corrected, repeated


def _row(each: object) -> str:
    if not isinstance(each, Mapping):
        raise _Unfit(f"a label has to be {{'id': ..., 'value': ...}}; this is {str(each)[:LONGEST_ID]}")
    name = each.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ID or "\x00" in name:
        raise _Unfit(f"the id has to be a text of 1 to {LONGEST_ID} characters")
    return name


def _value(each: Mapping[str, Any], classes: Classes) -> float:
    value = each.get("value")
    if value is None:
        raise _Unfit("there is no value")
    return _number(value) if classes is None else _class(value, classes)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _Unfit("the value has to be a number")
    try:
        number = float(value)
        if isinstance(value, str) and "_" in value:  # which Python would take for a number
            raise ValueError
    except (ValueError, OverflowError):
        raise _Unfit("the value has to be a number") from None
    if not math.isfinite(number):
        raise _Unfit("the value has to be a finite number")
    return number


def _class(value: object, classes: tuple[str, str]) -> float:
    """1 for the positive class. Truth values and 1 and 0 are understood where the classes are such."""
    text = _plain(value)
    if text in classes:
        return float(text == classes[1])
    negative, positive = (each.strip().lower() for each in classes)
    if positive in POSITIVE and negative in NEGATIVE and text.lower() in POSITIVE | NEGATIVE:
        return float(text.lower() in POSITIVE)
    raise _Unfit(f"the value has to be '{classes[0]}' or '{classes[1]}'")


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _shown(each: object) -> str:
    return str(each.get("id", ""))[:LONGEST_ID] if isinstance(each, Mapping) else ""
