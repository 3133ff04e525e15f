"""`just bench NAME ...`: what it costs, and how often a verdict errs. Prints Markdown for benchmarks/README.md.

Figures of one run belong together: quote the ratios. Needs `wrk` (Debian's package) for the plane. Without a name it
says which there are, since some take a quarter of an hour; `all` are all of them.
"""

import sys
from collections.abc import Callable

from alarm_budget import alarm_budget
from alarms import alarms
from answers import answers
from attribution import attribution
from batch import batch
from clean_years import clean_years, short_references
from day_faults import day_faults
from dependent_rows import dependent_rows
from drift_curve import drift_curve
from false_alarms import false_alarms
from fault_free import fault_free
from faults import faults
from few_rows import few_rows
from first_page import first_page
from global_drift import global_drift
from importing import importing
from journal import journal
from labels import labels
from large import large
from multivariate import multivariate
from new_levels import new_levels
from nightly_batch import nightly_batch
from onset import onsets
from pages import pages
from plane import plane
from power import power
from prediction_drift import prediction_drift
from same_season import same_season
from scale import scale
from season_sizes import season_sizes
from segments import segments
from verdicts import verdicts
from victoria import victoria

BENCHMARKS: dict[str, Callable[[], None]] = {
    "plane": plane,
    "large": large,
    "import": importing,
    "first-page": first_page,
    "pages": pages,
    "labels": labels,
    "journal": journal,
    "answers": answers,
    "alarms": alarms,
    "alarm-budget": alarm_budget,
    "clean-years": clean_years,
    "short-references": short_references,
    "batch": batch,
    "scale": scale,
    "drift-curve": drift_curve,
    "false-alarms": false_alarms,
    "few-rows": few_rows,
    "power": power,
    "verdicts": verdicts,
    "segments": segments,
    "faults": faults,
    "fault-free": fault_free,
    "day-faults": day_faults,
    "dependent-rows": dependent_rows,
    "same-season": same_season,
    "season-sizes": season_sizes,
    "nightly-batch": nightly_batch,
    "new-levels": new_levels,
    "victoria": victoria,
    "onset": onsets,
    "global-drift": global_drift,
    "prediction-drift": prediction_drift,
    "multivariate": multivariate,
    "attribution": attribution,
}


def main() -> None:
    chosen = list(BENCHMARKS) if sys.argv[1:] == ["all"] else sys.argv[1:]
    if not chosen:
        print("Name some of these, or say `all`:")
    for name in () if chosen else BENCHMARKS:
        print(f"  {name:18}{_about(name)}")
    unknown = set(chosen) - set(BENCHMARKS)
    if unknown:
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}. There is: {', '.join(BENCHMARKS)}.")
    for name in chosen:
        print(f"\n### {name}\n", flush=True)
        BENCHMARKS[name]()


def _about(name: str) -> str:
    """What its file begins with."""
    said = sys.modules[BENCHMARKS[name].__module__].__doc__ or ""
    return " ".join(said.partition("\n\n")[0].removeprefix(f"`just bench {name}`: ").split())


if __name__ == "__main__":
    main()
