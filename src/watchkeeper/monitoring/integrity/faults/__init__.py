"""The faults that are recognised; a new one is a file here and a line below."""

from watchkeeper.monitoring.integrity.fault import Recogniser
from watchkeeper.monitoring.integrity.faults import as_text, default, renamed, stuck, swapped, time_zone, unit

FAULTS: tuple[Recogniser, ...] = (
    renamed.find,
    as_text.find,
    stuck.find,
    default.find,
    swapped.find,
    unit.find,
    time_zone.find,
)
