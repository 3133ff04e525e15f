"""Everything put together, once, in sight."""

from dataclasses import dataclass

from watchkeeper.clock import Clock, SystemClock
from watchkeeper.server.settings import Settings
from watchkeeper.storage.files.places import Places
from watchkeeper.storage.files.sealing import Sealing
from watchkeeper.storage.work import Store


@dataclass(frozen=True)
class Assembly:
    settings: Settings
    store: Store
    places: Places
    clock: Clock
    seal: Sealing


def assemble(settings: Settings, *, clock: Clock | None = None) -> Assembly:
    places = Places(settings.data_dir)
    return Assembly(
        settings=settings,
        store=Store(settings.database_url),
        places=places,
        clock=clock or SystemClock(),
        seal=Sealing(places.seal_key(), settings.secret_keys),
    )
