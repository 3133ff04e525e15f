"""Would this code start, and does it know the tables? Whatever is wrong raises."""

from watchkeeper.server.assembly import assemble
from watchkeeper.server.preparing import check_exposure
from watchkeeper.server.process import runner_of
from watchkeeper.server.settings import Settings
from watchkeeper.storage.migrating import check

PROCESSES = ("console", "plane", "worker")


def try_out(settings: Settings) -> None:
    check_exposure(settings)
    for name in PROCESSES:
        runner_of(name)
    assembly = assemble(settings)
    try:
        check(assembly.store)
    finally:
        assembly.store.close()
