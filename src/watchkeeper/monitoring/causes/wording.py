"""A cause as one sentence."""

from watchkeeper.monitoring.causes.cause import Began, Evidence, Nature, Suspect, Whole
from watchkeeper.monitoring.causes.parts import Part
from watchkeeper.monitoring.causes.segmenting import Segment
from watchkeeper.monitoring.causes.swapping import Moved
from watchkeeper.monitoring.days import spelled, spelled_period, told_of
from watchkeeper.monitoring.drift.effect import QUANTILE
from watchkeeper.monitoring.drift.onset.onset import Course
from watchkeeper.monitoring.percent import percent

ASIDE = {"new": "new levels", "other": "rarer levels", "missing": "missing values"}
"""What groups that are no interval and no level are called."""
SURE = 2.0
"""Standard errors from which a prediction is said to have been moved."""


def sentence(of: Suspect) -> str:
    said = [
        f"{of.column} has drifted{_when(of.began)}",
        *([_share(of.parts[0])] if of.parts else []),
        *([_where(of.segment)] if of.segment else []),
        *([_moves(of.moved, of.whole)] if of.moved else []),
        *([_why(of.evidence)] if of.evidence else []),
    ]
    return f"{'; '.join(said)}."


def _when(began: Began | None) -> str:
    if began is None:
        return ""
    first, between = spelled(began.first), spelled_period(began.low, began.high).replace(" to ", " and ")
    about = "" if began.low == began.high else f" (between {between})"
    match began.course:
        case Course.EARLIER:
            return f" since {first} or before"
        case Course.GRADUAL:
            return f" little by little from {first} on{about}"
        case Course.PASSING:
            return f" from {first}{about} to {spelled(began.last or began.high)}"
    return f" from one day to the next on {first}{about}"


def _share(part: Part) -> str:
    return f"{ASIDE.get(part.label, part.label)} went from {percent(part.before)} to {percent(part.now)} of the rows"


def _where(segment: Segment) -> str:
    return f"{percent(segment.drift)} of it is in {segment.name}, which has {percent(segment.rows)} of the rows"


def _moves(moved: Moved, whole: Whole | None) -> str:
    alone = moved.alone
    if abs(alone) < SURE * moved.error or not alone:
        return "it does not move the mean prediction" if whole is None else f"swapping it back {_still(whole)}"
    if whole is None:
        return f"by itself it moves the mean prediction by {alone:+,.3g}"
    back, of = size(alone, whole), size(whole.moved, whole)
    if abs(whole.moved) < SURE * whole.error:
        return f"swapping it back to the reference's moves the {_mean(whole)} by {_sign(-alone)}{back}"
    if alone * whole.moved < 0:
        return f"swapping it back to the reference's adds {back} to the {of} that the {_mean(whole)} moved"
    rest = f"the {of} that the {_mean(whole)} moved"
    if back == of or 0 <= abs(alone) - abs(whole.moved) < SURE * whole.error:
        return f"swapping it back to the reference's takes all of {rest}"
    more = "more than" if abs(alone) > abs(whole.moved) else "of"
    return f"swapping it back to the reference's takes {back}{',' if more != 'of' else ''} {more} {rest}"


def sentence_of_whole(of: Whole, *, rows: int) -> str:
    """By how much all columns together have moved the prediction, and by how many rows that is known."""
    known = f"by {rows:,} rows of these days and as many of the reference"
    if abs(of.moved) < SURE * of.error:
        return f"The {_mean(of)} has not moved, {known}."
    margin = size(QUANTILE * of.error, of)
    return f"The {_mean(of)} moved by {_sign(of.moved)}{size(of.moved, of)}, give or take {margin}, {known}."


def size(value: float, of: Whole) -> str:
    """Without its sign: three digits, of a probability in percentage points."""
    shown = abs(value) * (100 if of.probability else 1)
    plain = f"{shown:,.0f}" if shown >= 100 else f"{shown:.3g}"
    return f"{plain} points" if of.probability else plain


def _mean(of: Whole) -> str:
    return "mean probability" if of.probability else "mean prediction"


def _still(of: Whole) -> str:
    return f"does not move the {_mean(of)}"


def _sign(value: float) -> str:
    return "+" if value > 0 else "-"


def _why(evidence: Evidence) -> str:
    said, last = evidence.sentence.rstrip("."), evidence.last
    match evidence.nature:
        case Nature.FAULT:
            kind = evidence.fault or "of an unknown kind"
            when = f" {told_of(evidence.first, last)}" if last else ""
            return f"it looks like a fault of the data ({kind}){when}: {said}"
        case Nature.NATURAL:
            return f"it looks natural: {said}"
    return f"whether it is a fault is not known: {f'on {spelled(last)}, ' if last else ''}{said}"
