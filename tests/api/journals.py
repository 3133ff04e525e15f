"""Calls that were answered and collected, in a console's database."""

from tests.api.conftest import Api
from watchkeeper.monitoring.collecting.collecting import Collector
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.journal.store import SegmentStore


def collector_of(api: Api) -> Collector:
    assembly = api.assembly
    segments = SegmentStore(assembly.places.segments(), process="worker")
    store, places = assembly.store, assembly.places
    clock, unseal = assembly.clock, assembly.seal.open
    return Collector("worker", store.work, store.look, store.sync, places, segments, clock, unseal)


def answered(api: Api, *frames: Frame) -> None:
    """One file of the journal a call of this."""
    plane = SegmentStore(api.assembly.places.segments(), process="plane-1")
    for frame in frames:
        plane.append(frame)
    plane.close()
    with api.assembly.store.look() as work:
        deployment = work.deployments.get("d1")
    assert deployment is not None
    collector = collector_of(api)
    while collector.turn(deployment).frames:
        pass
