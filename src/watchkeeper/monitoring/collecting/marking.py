"""Of frames that were read: which rows were counted before, and what is owed and known after them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from watchkeeper.monitoring.collecting.gathering import Placed, owed_by
from watchkeeper.monitoring.ports import Owed, Unit
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame


def mark(placed: Sequence[Placed], *, deployment: str, work: Unit) -> list[Placed]:
    """Say of each frame which rows were counted before: one that answered the caller by the caller's own ids, an unseen
    one by whether its call is still owed."""
    leading = [each for each in placed if leads(each)]
    tallies = [each for each in placed if each.frame.kind == "unrecorded"]
    seen = work.journal.seen(deployment, [i for each in (*leading, *tallies) for i in _names(each)])
    calls = [each.frame.call for each in placed if _is_beside(each)]
    owed = {each.call: frozenset(each.duplicates) for each in work.journal.owed(deployment, calls=calls)}
    marked: list[Placed] = []
    for each in placed:
        if leads(each):
            done = _repeated(each, seen)
            if each.frame.owes and not done.second:
                owed[each.frame.call] = done.owed_duplicates
        elif _is_beside(each):
            done = _owed(each, owed.pop(each.frame.call, None))
        elif each.frame.kind == "unrecorded":
            done = replace(each, second=each.frame.call in seen)
            seen.add(each.frame.call)
        else:
            done = each
        marked.append(done)
    return marked


def _repeated(each: Placed, seen: set[str]) -> Placed:
    """Without the rows whose id, given by the caller, came before; the others are remembered in `seen`. A batch's
    piece came before as a whole, or not at all."""
    if each.frame.batch:
        again = each.frame.call in seen
        seen.add(each.frame.call)
        return replace(each, duplicates=frozenset(range(len(each.frame.ids)) if again else ()), second=again)
    if not each.frame.own_ids:
        return each
    rows = set()
    for row, (name, own) in enumerate(zip(each.frame.ids, each.frame.own_ids or (), strict=False)):
        if own and name in seen:
            rows.add(row)
        elif own:
            seen.add(name)
    return replace(each, duplicates=frozenset(rows))


def _owed(each: Placed, duplicates: frozenset[int] | None) -> Placed:
    """An answer beside a call to which it is owed, but for these rows; None where it is not, or not any more."""
    if duplicates is None:
        return replace(each, duplicates=frozenset(range(len(each.frame.ids))), second=True)
    return replace(each, duplicates=duplicates) if duplicates else each


def _names(each: Placed) -> list[str]:
    """By which it is known whether it came before: the caller's own ids, the piece's of a batch, or the tally's."""
    if each.frame.batch or each.frame.kind == "unrecorded":
        return [each.frame.call]
    return [name for name, own in zip(each.frame.ids, each.frame.own_ids or (), strict=False) if own]


def leads(each: Placed) -> bool:
    """Whether it answered the caller."""
    return each.frame.kind == "answered" and not each.frame.unseen


def _is_beside(each: Placed) -> bool:
    return each.frame.kind == "answered" and each.frame.unseen


def champion_of(frame: Frame) -> str:
    return frame.model if frame.role == Role.CHAMPION else frame.owes or ""


def _settles(each: Placed) -> bool:
    """The other model's answer does, and so does the worker's word that it can't answer: it is not asked again."""
    given_up = each.frame.unseen and each.frame.kind == "failed" and each.frame.caught_up
    return given_up or _is_beside(each)


def counting(marked: Sequence[Placed]) -> list[Placed]:
    return [each for each in marked if not each.second]


def settle(marked: Sequence[Placed], *, deployment: str, now: datetime, work: Unit) -> None:
    """What is owed after these frames, and which of the caller's ids have now been seen."""
    fresh: dict[str, Owed] = {}
    settled: list[str] = []
    ids: list[str] = []
    for each in marked:
        if leads(each) and not each.second:
            ids += _fresh(each)
            if each.frame.owes:
                fresh[each.frame.call] = owed_by(each)
        elif each.frame.kind == "unrecorded" and not each.second:
            ids.append(each.frame.call)
        elif _settles(each) and fresh.pop(each.frame.call, None) is None:
            settled.append(each.frame.call)
    work.journal.owe(deployment, list(fresh.values()))
    work.journal.settle(deployment, settled)
    work.journal.see(deployment, dict.fromkeys(ids), at=now)


def _fresh(each: Placed) -> list[str]:
    """The names that came for the first time."""
    if each.frame.batch:
        return [each.frame.call]
    own = each.frame.own_ids
    return [each.frame.ids[row] for row in each.counted if own[row]] if own else []
