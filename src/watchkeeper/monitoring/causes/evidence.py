"""Natural shift or data fault: what the faults that were recognised say of a column."""

from collections.abc import Sequence

from watchkeeper.monitoring.causes.cause import Evidence, Nature
from watchkeeper.monitoring.causes.parts import Part
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.recognising import COUNTED, COUNTS_ON, UNKNOWN
from watchkeeper.tables.layouts.categorical import NEW
from watchkeeper.tables.layouts.layout import MISSING

SOUND = "it is like none of the faults of data that are looked for"
MISSING_MORE = Evidence(Nature.UNKNOWN, "more values are missing than before, and nothing tells why")
ALL_NEW = Evidence(Nature.UNKNOWN, "most of its rows hold levels that the reference never held, and nothing tells why")
MOSTLY = 0.5
HIDDEN = Evidence(Nature.UNKNOWN, "its values are not journalled in full, so that none could be looked at")


def evidence_of(column: str, faults: Sequence[Fault], parts: Sequence[Part]) -> Evidence:
    """Of a column in which faults were looked for, and of what accounts for its drift, the largest first: that more
    values are missing, or that hardly one is known, is no sign of the world's having changed."""
    for fault in faults:
        if column in fault.columns:
            if COUNTS_ON in fault.evidence:
                return Evidence(Nature.NATURAL, COUNTED)
            if fault.name == UNKNOWN:
                return Evidence(Nature.UNKNOWN, fault.sentence)
            return Evidence(Nature.FAULT, fault.sentence, fault=fault.name)
    first = parts[0] if parts else None
    if first is not None and first.label == MISSING and first.now > first.before:
        return MISSING_MORE
    if first is not None and first.label == NEW and first.now >= MOSTLY:
        return ALL_NEW
    return Evidence(Nature.NATURAL, SOUND)
