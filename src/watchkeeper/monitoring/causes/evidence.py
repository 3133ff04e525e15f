"""Natural shift or data fault: what the faults that were recognised say of a column."""

from collections.abc import Sequence

from watchkeeper.monitoring.causes.cause import Evidence, Nature
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.recognising import UNKNOWN

SOUND = "no fault of the data that is known would look like this"
HIDDEN = Evidence(Nature.UNKNOWN, "its values are not journalled in full, so that none could be looked at")


def evidence_of(column: str, faults: Sequence[Fault]) -> Evidence:
    """Of a column in which faults were looked for."""
    for fault in faults:
        if column in fault.columns:
            if fault.name == UNKNOWN:
                return Evidence(Nature.UNKNOWN, fault.sentence)
            return Evidence(Nature.FAULT, fault.sentence, fault=fault.name)
    return Evidence(Nature.NATURAL, SOUND)
