"""Segments on the Distribution tab: which feature is the segment, how its segments fare, and one of them alone."""

from typing import Any

from watchkeeper.monitoring.segment import WORDS
from watchkeeper.monitoring.segments.listing_segments import declared
from watchkeeper.monitoring.segments.segment_views import segment_of
from watchkeeper.server.api.causes import segments_behind
from watchkeeper.server.api.segments import show_segment
from watchkeeper.server.web.serving import Tab


def segments_on(tab: Tab) -> dict[str, Any]:
    """`list` is None where no feature is the segment, or nothing has been counted by it."""
    work, assembly, span = tab.work, tab.assembly, {"start": tab.start, "end": tab.end}
    listed = segments_behind(tab.deployment, **span, work=work, assembly=assembly) if tab.segment is None else None
    found = {**listed, **span} if listed and listed["rows"] else None
    chosen = segment_of(tab.deployment, tab.segment, column=None, work=work) if tab.segment is not None else None
    setting = show_segment(tab.deployment, work, assembly).model_dump()
    return {
        "setting": setting,
        "list": found,
        "as_choices": [(each, each) for each in setting["choices"]],
        "chosen": None if chosen is None else {"column": chosen.of.column, "segment": chosen.label},
    }


def names_of_segments(tab: Tab) -> list[str]:
    """Of the column that is the segment, as they are shown."""
    of = declared(tab.deployment, work=tab.work)
    if of is None:
        return []
    return [*of.labels()[: len(of.names)], *WORDS.values()]
