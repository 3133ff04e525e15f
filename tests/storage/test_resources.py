from datetime import UTC, datetime, timedelta

from tests.fakes.clock import StillClock
from watchkeeper.health.resources import MACHINE, Grain, Measured, Sample
from watchkeeper.health.thinning import thin
from watchkeeper.storage.work import Store

FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC) for year in (2000, 2100))


def samples_of(store: Store, grain: Grain) -> list[Sample]:
    with store.look() as work:
        return work.resources.between(grain, start=FIRST, end=LAST)


def live(store: Store, clock: StillClock, *, minutes: int, pid: int = 7) -> None:
    """A sample of the worker and of the machine each minute."""
    with store.work() as work:
        for minute in range(minutes):
            at = clock.now() + timedelta(minutes=minute)
            worker = Sample(at, "worker", pid, {"memory": Measured.once(float(minute)), "cpu": Measured.once(0.5)})
            work.resources.add(Grain.SAMPLE, [worker, Sample(at, MACHINE, 0, {"disk": Measured.once(9.0)})])
    clock.move(minutes=minutes)


def test_a_sample_comes_back_as_it_was_kept_and_by_process(store: Store) -> None:
    clock = StillClock()
    kept = Sample(clock.now(), "worker", 2**22 + 1, {"cpu": Measured(0.25, 1.0, 3)})
    with store.work() as work:
        work.resources.add(Grain.SAMPLE, [kept, Sample(clock.now(), MACHINE, 0, {})])
    start, end = clock.now(), clock.now() + timedelta(seconds=1)
    with store.look() as work:
        assert work.resources.between(Grain.SAMPLE, start=start, end=end, process="worker") == [kept]
        assert len(work.resources.between(Grain.SAMPLE, start=start, end=end)) == 2
        assert work.resources.between(Grain.SAMPLE, start=end, end=end + timedelta(days=1)) == []


def test_ten_minutes_are_summed_up_once_they_are_over_and_thinning_again_changes_nothing(store: Store) -> None:
    clock = StillClock()
    live(store, clock, minutes=25)
    for _ in range(2):
        thin(unit=store.work, now=clock.now())
        ten = [each for each in samples_of(store, Grain.TEN_MINUTES) if each.process == "worker"]
        assert [each.measures["memory"] for each in ten] == [Measured(4.5, 9.0, 10), Measured(14.5, 19.0, 10)]
    live(store, clock, minutes=5)
    thin(unit=store.work, now=clock.now())
    ten = [each for each in samples_of(store, Grain.TEN_MINUTES) if each.process == "worker"]
    assert [each.measures["memory"].count for each in ten] == [10, 10, 10]


def test_a_restarted_process_shows_by_its_new_pid(store: Store) -> None:
    clock = StillClock()
    live(store, clock, minutes=5, pid=7)
    live(store, clock, minutes=5, pid=8)
    thin(unit=store.work, now=clock.now())
    ten = [each for each in samples_of(store, Grain.TEN_MINUTES) if each.process == "worker"]
    assert [(each.pid, each.measures["cpu"].count) for each in ten] == [(7, 5), (8, 5)]


def test_what_is_old_goes_and_its_sum_stays(store: Store) -> None:
    clock = StillClock()
    live(store, clock, minutes=30)
    thin(unit=store.work, now=clock.now())
    clock.move(days=2)
    thin(unit=store.work, now=clock.now())
    assert samples_of(store, Grain.SAMPLE) == []
    assert len(samples_of(store, Grain.TEN_MINUTES)) == 6
    days = samples_of(store, Grain.DAY)
    assert [(each.process, each.pid) for each in days] == [(MACHINE, 0), ("worker", 0)]
    assert days[1].measures["cpu"] == Measured(0.5, 0.5, 30)
    clock.move(days=31)
    thin(unit=store.work, now=clock.now())
    assert (samples_of(store, Grain.TEN_MINUTES), len(samples_of(store, Grain.DAY))) == ([], 2)
    clock.move(days=730)
    thin(unit=store.work, now=clock.now())
    assert samples_of(store, Grain.DAY) == []


def test_a_worker_that_was_away_for_days_catches_up_with_nothing_lost(store: Store) -> None:
    clock = StillClock()
    live(store, clock, minutes=30)
    clock.move(days=3)
    thin(unit=store.work, now=clock.now())
    counts = [each.measures["cpu"].count for each in samples_of(store, Grain.DAY) if each.process == "worker"]
    assert (counts, samples_of(store, Grain.SAMPLE)) == ([30], [])
