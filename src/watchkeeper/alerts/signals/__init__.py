"""What rules can watch; another is one file and one line more."""

from collections.abc import Mapping

from watchkeeper.alerts.signals.disk import DISK
from watchkeeper.alerts.signals.drift import DRIFT, GLOBAL_DRIFT, PREDICTION_DRIFT
from watchkeeper.alerts.signals.faults import FAULTS
from watchkeeper.alerts.signals.missing_labels import MISSING_LABELS
from watchkeeper.alerts.signals.no_traffic import NO_TRAFFIC
from watchkeeper.alerts.signals.performance import PERFORMANCE
from watchkeeper.alerts.signals.probe import PROBE
from watchkeeper.alerts.signals.runs import RUNS
from watchkeeper.alerts.signals.signal import Signal
from watchkeeper.alerts.signals.stale import STALE
from watchkeeper.alerts.signals.usage import ERRORS, RESPONSE_TIME
from watchkeeper.alerts.signals.verdicts import VERDICTS
from watchkeeper.alerts.signals.violations import VIOLATIONS

SIGNALS: Mapping[str, Signal] = {
    each.name: each
    for each in (
        DRIFT,
        VERDICTS,
        GLOBAL_DRIFT,
        PREDICTION_DRIFT,
        VIOLATIONS,
        FAULTS,
        PERFORMANCE,
        MISSING_LABELS,
        ERRORS,
        RESPONSE_TIME,
        NO_TRAFFIC,
        STALE,
        PROBE,
        RUNS,
        DISK,
    )
}
