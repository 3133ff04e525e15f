"""What the platform's processes and their machine consume."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from watchkeeper.access.errors import RightMissing
from watchkeeper.access.permitting import Permit
from watchkeeper.access.role import Right
from watchkeeper.charts.resources import resources_chart
from watchkeeper.health.consuming import Consumed, consumed
from watchkeeper.health.disk import Disk
from watchkeeper.health.resources import Sample
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.assembly import Assembly

router = APIRouter(tags=["resources"])

Hours = Annotated[int, Query(ge=1, le=24 * 730, description="How many hours, back from now.")]
Process = Annotated[
    str | None, Query(max_length=60, description="Only this one: `machine`, `console`, `plane-1`, `worker`, ….")
]
Measure = Literal["cpu", "load", "memory", "swap", "disk", "files", "threads", "read", "written", "gpu", "gpu_memory"]


@router.get("/resources", **needs(Right.IDENTIFIED))
def get_resources(
    permit: ThePermit, assembly: TheAssembly, hours: Hours = 24, process: Process = None
) -> dict[str, Any]:
    """Each sample for two hours at most, means and peaks of ten minutes for a week, of days beyond. For users only."""
    for_users(permit)
    return read_resources(assembly, hours=hours, process=process)


@router.get("/resources/chart", **needs(Right.IDENTIFIED))
def get_resources_chart(
    permit: ThePermit,
    assembly: TheAssembly,
    hours: Hours = 24,
    process: Annotated[str, Query(max_length=60)] = "machine",
    measure: Measure = "memory",
) -> dict[str, Any]:
    """One measure of one process as a Vega-Lite specification. For users only."""
    for_users(permit)
    return resources_chart(read_resources(assembly, hours=hours, process=process), process=process, measure=measure)


def for_users(permit: Permit) -> None:
    if permit.identity.user is None:
        raise RightMissing("A project's key may not see what the installation consumes; use a personal key.")


def read_resources(assembly: Assembly, *, hours: int, process: str | None = None) -> dict[str, Any]:
    disk = assembly.disk()
    with assembly.store.look() as work:
        found = consumed(hours=hours, process=process, work=work, now=assembly.clock.now(), disk=disk)
    return show_resources(found)


def show_resources(found: Consumed) -> dict[str, Any]:
    return {
        "sentence": found.sentence,
        "sound": found.sound,
        "measured": found.measured,
        "disk_full_in_days": found.disk_full_in_days,
        "disk": _disk(found.disk) if found.disk else None,
        "grain": found.grain,
        "start": found.start,
        "end": found.end,
        "latest": [_shown(each) for each in found.latest],
        "items": [_shown(each) for each in found.samples],
    }


def _disk(disk: Disk) -> dict[str, Any]:
    return {**asdict(disk), "nearly_full": disk.nearly_full, "full": disk.full, "sentence": disk.sentence}


def _shown(sample: Sample) -> dict[str, Any]:
    """Each measure's mean under its own name, its highest beside it."""
    means = {name: measured.mean for name, measured in sample.measures.items()}
    peaks = {f"{name}_highest": measured.highest for name, measured in sample.measures.items()}
    return {"at": sample.at, "process": sample.process, "pid": sample.pid, **means, **peaks}
