"""A column of numbers that arrives as text, whether or not the text can be read as numbers."""

from collections.abc import Iterator

from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.pair import Pair
from watchkeeper.monitoring.integrity.worded import Worded
from watchkeeper.monitoring.integrity.wording import percent

NAME = "arrives as text"
LEAST = 0.5
"""The share of the rows from which it is the column's fault, and not a row's."""


def find(pair: Pair) -> Iterator[Fault]:
    for each in pair.worded:
        if each.share >= LEAST:
            yield Fault(
                name=NAME,
                columns=(each.name,),
                sentence=f"{each.name} arrives as text in {percent(each.share)} of the rows, where {_what(each)}.",
                p_value=0.0,
                remaining=1 - each.read,
                evidence={"share": each.share, "read": each.read},
            )


def _what(of: Worded) -> str:
    """What became of it, and why."""
    if of.read >= 1:
        return "the reference holds numbers; all of it could be read as such"
    lost = "none of it" if of.read <= 0 else f"{percent(of.read)} of it"
    why = f": most has {of.form}" if of.form else ""
    return f"the reference holds numbers; {lost} could be read as such{why}"
