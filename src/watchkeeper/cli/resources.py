"""`watchkeeper resources`: what the server's processes and their machine consume."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from watchkeeper.cli.output import Json, connected, show, table

MEGABYTE = 1e6


def resources(
    hours: Annotated[int, typer.Option(min=1, help="How many hours, back from now (in --json).")] = 24,
    process: Annotated[str | None, typer.Option(help="Only this one (in --json): machine, worker, plane-1, …")] = None,
    json: Json = False,
) -> None:
    """Processor, memory and disk of each process and of the machine, now; with --json over time."""
    found = connected().resources(hours, process=process)
    if json:
        show(found.to_json(), None, as_json=True)
        return
    show(None, found.sentence, as_json=False)
    show(None, table([_row(each) for each in found.latest]), as_json=False)


def _row(sample: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "process": sample["process"],
        "pid": str(sample["pid"] or ""),
        "processors busy": sample.get("cpu"),
        "memory, MB": _megabytes(sample.get("memory")),
        "open files": _whole(sample.get("files")),
        "threads": _whole(sample.get("threads")),
        "disk, MB": _megabytes(sample.get("disk")),
    }


def _megabytes(count: float | None) -> int | None:
    return None if count is None else round(count / MEGABYTE)


def _whole(count: float | None) -> int | None:
    return None if count is None else int(count)
