"""Everything put together, once, in sight."""

from dataclasses import dataclass

from watchkeeper.clock import Clock, SystemClock
from watchkeeper.server.settings import Settings
from watchkeeper.storage.files.places import Places
from watchkeeper.storage.work import Store


@dataclass(frozen=True)
class Assembly:
    settings: Settings
    store: Store
    places: Places
    clock: Clock


def assemble(settings: Settings, *, clock: Clock | None = None) -> Assembly:
    return Assembly(
        settings=settings,
        store=Store(settings.database_url),
        places=Places(settings.data_dir),
        clock=clock or SystemClock(),
    )
