"""Everything put together, once, in sight."""

from dataclasses import dataclass, field

from watchkeeper.clock import Clock, SystemClock
from watchkeeper.health.disk import Disk, WhenFull, measured
from watchkeeper.monitoring.causes.turn import Turn
from watchkeeper.monitoring.retention import Retention
from watchkeeper.server.settings import Settings
from watchkeeper.storage.files.places import Places
from watchkeeper.storage.files.sealing import Sealing
from watchkeeper.storage.journal.store import SegmentStore
from watchkeeper.storage.work import Store


@dataclass(frozen=True)
class Assembly:
    settings: Settings
    store: Store
    places: Places
    clock: Clock
    seal: Sealing
    record: SegmentStore
    swapping: Turn = field(default_factory=Turn)

    @property
    def retention(self) -> Retention:
        """For how long raw rows are kept of deployments that have no rule of their own."""
        return Retention(self.settings.keep_days, self.settings.keep_bytes)

    def disk(self) -> Disk:
        """How much room is left for all that is kept."""
        settings = self.settings
        return measured(settings.data_dir, low=settings.disk_low, when_full=WhenFull(settings.when_disk_full))


def assemble(settings: Settings, *, clock: Clock | None = None) -> Assembly:
    places = Places(settings.data_dir)
    return Assembly(
        settings=settings,
        store=Store(settings.database_url),
        places=places,
        clock=clock or SystemClock(),
        seal=Sealing(places.seal_key(), settings.secret_keys),
        record=SegmentStore(places.segments(), process="console"),
    )
