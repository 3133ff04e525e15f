"""Faults found without being asked: in the days on which something drifted or broke, and told in alerts."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from tests.fakes.rules import rule
from tests.storage.test_masking import mask
from tests.storage.test_verdict_alerts import fired
from tests.storage.test_verdicts import ROWS, ago, calls, collected, issued
from tests.storage.worlds import NOW, World, world_in
from watchkeeper.monitoring.behind.causing import causes_of
from watchkeeper.monitoring.causes.cause import Nature
from watchkeeper.monitoring.expecting import SchemaSaid
from watchkeeper.monitoring.integrity.expectation import Expectation
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.faults.renamed import NAME as RENAMED
from watchkeeper.monitoring.integrity.recognising import UNKNOWN
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.monitoring.keeping.tidying import tidy
from watchkeeper.monitoring.ports import Changed, LookedDay, Repeated
from watchkeeper.monitoring.references.drifting import view
from watchkeeper.monitoring.retention import Retention, Said
from watchkeeper.monitoring.soundness import uniqueness
from watchkeeper.monitoring.soundness.faulting import strides
from watchkeeper.monitoring.soundness.findings import Findings, findings_of
from watchkeeper.monitoring.soundness.looking import DAYS_A_TURN, GONE, HIDDEN, Looker, stands_still
from watchkeeper.monitoring.soundness.soundness import Soundness, soundness
from watchkeeper.monitoring.soundness.uniqueness import unique_in
from watchkeeper.monitoring.two_tables.source import Held
from watchkeeper.monitoring.verdicts.verdicts import known, verdicts
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.work import Store
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

EVER = {"start": "1900-01-01", "end": "2200-01-01"}


@pytest.fixture
def world(store: Store, tmp_path: Path) -> World:
    """Whose reference's rows are there."""
    world = world_in(store, tmp_path)
    path = world.places.table("s1")
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = 5 * ROWS
    pq.write_table(pa.table({"size": np.linspace(0, 10, rows), "town": ["Lyon", "Nice"] * (rows // 2)}), path)
    return world


def in_grams(days_ago: int, **more: Any) -> Frame:
    frame = calls(days_ago, **more)
    return replace(frame, inputs={**frame.inputs, "size": [1_000 * size for size in frame.inputs["size"]]})


def broken(days_ago: int, violation: str, column: str = "size", value: str = "", **inputs: list[Any]) -> Frame:
    """Each row breaks the signature so, and has these inputs instead."""
    frame = calls(days_ago)
    said = [(row, column, violation, value) for row in range(ROWS)]
    return replace(frame, violations=said, inputs={**frame.inputs, **inputs})


def looked(world: World) -> dict[str, LookedDay]:
    issued(world)
    looker = Looker(world.store.work, world.store.look, world.places, world.clock)
    while looker.turn(world.deployment):
        pass
    with world.store.look() as work:
        return {each.day: each for each in work.looks.between("d1", **EVER)}


def told(world: World) -> Findings:
    with world.store.look() as work:
        return findings_of(world.deployment, **EVER, work=work)


def test_the_days_that_drifted_are_looked_at_and_what_broke_is_kept(world: World) -> None:
    collected(world, calls(4), in_grams(3), in_grams(2), calls(1))
    found = looked(world)
    assert [found[ago(day)].columns for day in (4, 3, 2)] == [(), ("size",), ("size",)]
    assert (found[ago(3)].rows, found[ago(3)].revision) == (ROWS, 1)
    (finding,) = told(world).items
    assert (finding.fault.name, finding.first, finding.last) == ("changed unit", ago(3), ago(2))
    assert finding.fault.evidence["factor"] == 1_000.0
    assert [told(world).tell_of(name) for name in ("size", "town")] == [True, False]


def test_another_factor_is_another_fault_and_each_is_told_of_its_own_days(world: World) -> None:
    frame = calls(2)
    small = replace(frame, inputs={**frame.inputs, "size": [size / 1_000 for size in frame.inputs["size"]]})
    collected(world, calls(4), in_grams(3), small, calls(1))
    looked(world)
    found = told(world)
    assert [(each.fault.evidence["factor"], each.first, each.last) for each in found.items] == [
        (pytest.approx(0.001), ago(2), ago(2)),
        (1_000.0, ago(3), ago(3)),
    ]
    of_day = [found.within(ago(day), ago(day)).of("size") for day in (3, 2, 1)]
    assert [each and each.first for each in of_day] == [ago(3), ago(2), None]


def test_a_shift_of_the_world_is_looked_at_and_no_fault(world: World) -> None:
    collected(world, calls(2, moved=2.0), calls(1))
    assert (looked(world)[ago(2)].rows, told(world).items) == (ROWS, ())
    assert told(world).tell_of("size")


def test_a_day_is_looked_at_once_and_again_when_its_verdicts_are_revised(world: World) -> None:
    collected(world, calls(2), calls(1))
    assert looked(world)[ago(2)].revision == 1
    with world.store.look() as work:
        assert work.looks.due("d1", limit=9) == []
    collected(world, in_grams(2, name="later"))
    assert (looked(world)[ago(2)].revision, looked(world)[ago(2)].columns) == (2, ("size",))


def test_the_earliest_days_are_looked_at_first_and_a_few_at_a_time(world: World) -> None:
    collected(world, *(calls(day, rows=60) for day in range(8, 0, -1)))
    issued(world)
    with world.store.look() as work:
        assert work.looks.due("d1", limit=DAYS_A_TURN) == [ago(day) for day in range(8, 8 - DAYS_A_TURN, -1)]
    before = told(world).waiting
    assert before >= DAYS_A_TURN
    assert Looker(world.store.work, world.store.look, world.places, world.clock).turn(world.deployment) == DAYS_A_TURN
    assert told(world).waiting == before - DAYS_A_TURN


def test_a_day_that_is_revised_keeps_no_new_one_waiting(world: World) -> None:
    collected(world, *(calls(day, rows=60) for day in range(8, 1, -1)))
    looked(world)
    collected(world, calls(8, rows=60, name="later"), calls(2, rows=60, name="more"), calls(1, rows=60))
    issued(world)
    with world.store.look() as work:
        assert work.looks.due("d1", limit=9) == [ago(2), ago(8)]


def let_go(world: World) -> None:
    world.clock.move(days=2)
    with world.store.work() as work:
        work.retentions.say("d1", Said(Retention(1, None), world.clock.now(), "Ann"))
    tidy(world.deployment, world.collector)


def test_of_days_whose_rows_are_gone_nothing_can_be_told(world: World) -> None:
    collected(world, in_grams(2), calls(1))
    issued(world)
    let_go(world)
    assert looked(world)[ago(2)].why == GONE
    assert [each.day for each in told(world).untold] == [ago(2)]


def test_what_was_told_of_a_day_stays_when_its_rows_have_gone(world: World) -> None:
    collected(world, in_grams(2), calls(1))
    looked(world)
    let_go(world)
    collected(world, calls(2, name="late"))
    day = looked(world)[ago(2)]
    assert (day.revision, day.rows, day.why, [each.name for each in day.faults]) == (2, ROWS, "", ["changed unit"])


def test_numbers_that_arrive_as_text_are_named_with_what_keeps_them_from_being_read(world: World) -> None:
    collected(world, broken(2, "wrong-type", value="21,4 ", size=[None] * ROWS), calls(1))
    looked(world)
    (finding,) = told(world).items
    assert finding.fault.name == "arrives as text"
    assert finding.fault.sentence == (
        "size arrives as text in 100 % of the rows, where the reference holds numbers; none of it could be read as "
        "such: most has a decimal comma."
    )


def test_text_that_can_be_read_as_numbers_is_named_too(world: World) -> None:
    collected(world, broken(2, "wrong-type", value="21.4"), calls(1))
    looked(world)
    assert [(each.fault.name, each.fault.evidence["read"]) for each in told(world).items] == [("arrives as text", 1.0)]


def renamed(days_ago: int, *came: str) -> Frame:
    frame = broken(days_ago, "missing-column", size=[None] * ROWS)
    extra = [(row, name, "extra-column", "1.5") for row in range(ROWS) for name in came]
    return replace(frame, violations=[*frame.violations, *extra])


def test_a_column_in_whose_place_another_one_came_is_called_renamed(world: World) -> None:
    collected(world, renamed(2, "taille"), calls(1))
    looked(world)
    (finding,) = told(world).items
    assert (finding.fault.name, finding.fault.columns) == (RENAMED, ("size", "taille"))


@pytest.mark.parametrize("came", [(), ("taille", "weight")])
def test_one_that_is_gone_without_a_likely_heir_is_unknown(world: World, came: tuple[str, ...]) -> None:
    collected(world, renamed(2, *came), calls(1))
    looked(world)
    (finding,) = told(world).items
    assert (finding.fault.name, finding.fault.columns) == ("unknown", ("size",))
    assert finding.fault.sentence.startswith("size is gone from 100 % of the rows")


def test_a_column_that_came_along_before_is_not_the_renamed_one(world: World) -> None:
    collected(world, broken(3, "extra-column", "taille", "x"), renamed(2, "taille"), calls(1))
    looked(world)
    assert [each.fault.name for each in told(world).items] == ["unknown"]


def test_the_second_day_under_another_name_is_a_renamed_column_too(world: World) -> None:
    collected(world, renamed(3, "taille"), renamed(2, "taille"), calls(1))
    looked(world)
    assert [(each.fault.name, each.first, each.last) for each in told(world).items] == [(RENAMED, ago(3), ago(2))]


def test_no_word_of_the_rows_is_kept_but_those_of_the_reference(world: World) -> None:
    stuck = replace(calls(3), inputs={**calls(3).inputs, "town": ["Ann Smith, Lyon"] * ROWS})
    known = replace(calls(2), inputs={**calls(2).inputs, "town": ["Lyon"] * ROWS})
    collected(world, stuck, known, calls(1))
    found = looked(world)
    assert "Ann" not in str(found[ago(3)])
    assert "stands at a word that the reference hardly holds" in found[ago(3)].faults[0].sentence
    assert "stands at 'Lyon'" in found[ago(2)].faults[0].sentence


def test_a_column_that_is_masked_is_not_told_of_any_more(world: World) -> None:
    collected(world, in_grams(2), calls(1))
    looked(world)
    mask(world, size="left_out")
    assert (told(world).items, told(world).tell_of("size")) == ((), False)


@pytest.mark.parametrize("missing", ["size", "town"])
def test_of_an_input_that_is_not_journalled_in_full_nothing_can_be_told(world: World, missing: str) -> None:
    mask(world, size="hashed")
    frame = calls(2)
    collected(world, replace(frame, inputs={**frame.inputs, missing: [None] * ROWS}), calls(1))
    hidden, day = missing == "size", looked(world)[ago(2)]
    assert (day.columns, day.why) == (((), HIDDEN) if hidden else (("town",), ""))
    assert (ago(2) in [each.day for each in told(world).untold]) is hidden
    with world.store.work() as work:
        span: Any = {"start": ago(2), "end": ago(2)}
        seen = view(world.deployment, **span, work=work, places=world.places)
        of = known(world.deployment, seen, **span, work=work, places=world.places)
    (cause,) = causes_of(seen, verdicts(seen, of, days=1), told(world), start=ago(2))
    assert (cause.suspect.column, cause.nature) == (missing, Nature.UNKNOWN)
    assert ("not journalled in full" in cause.sentence) is hidden


def test_an_alert_on_a_column_says_what_broke_in_it(world: World) -> None:
    with world.store.work() as work:
        work.rules.begin("d1")
        work.rules.add(rule(signal="verdicts", threshold=0.0, needed=1, windows=1))
    collected(world, calls(4), in_grams(3), in_grams(2), calls(1))
    world.clock.move(minutes=5)
    looked(world)
    (firing,) = fired(world)
    assert firing.sentence.startswith(
        "size drifted from 26 to 27 February 2026. It looks like a fault of the data (changed"
    )
    assert "size looks multiplied by 1,000" in firing.sentence


def test_what_is_found_after_an_alert_is_added_to_it(world: World) -> None:
    with world.store.work() as work:
        work.rules.begin("d1")
        work.rules.add(rule(signal="verdicts", threshold=0.0, needed=1, windows=1))
    collected(world, calls(4), in_grams(3), in_grams(2), calls(1))
    world.clock.move(minutes=5)
    assert [each.sentence for each in fired(world)] == ["size drifted from 26 to 27 February 2026."]
    looked(world)
    assert "changed unit" in fired(world)[0].sentence


def test_a_fault_is_told_by_itself_from_its_first_day_until_it_is_gone(world: World) -> None:
    with world.store.work() as work:
        work.rules.begin("d1")
        work.rules.add(rule(signal="faults", threshold=0.0, needed=2, windows=3))
    collected(world, calls(7), in_grams(6), calls(5, moved=2.0))
    world.clock.move(minutes=5)
    looked(world)
    assert fired(world) == []
    collected(world, in_grams(4))
    world.clock.move(minutes=5)
    looked(world)
    (firing,) = fired(world)
    assert (firing.since, firing.opened, firing.open, firing.about) == (ago(6), ago(4), True, "size")
    assert firing.sentence.startswith("The data of size look broken since 23 February 2026. It looks like a fault of")
    collected(world, calls(3), calls(2))
    world.clock.move(minutes=5)
    looked(world)
    (closed,) = fired(world)
    assert (closed.id, closed.closed, closed.worst) == (firing.id, ago(3), 1.0)
    assert closed.sentence.startswith(
        "The data of size looked broken from 23 to 25 February 2026. It looks like a fault"
    )


def test_the_end_of_a_fault_is_told_once_though_days_of_the_past_are_looked_at_by_and_by(world: World) -> None:
    with world.store.work() as work:
        work.rules.begin("d1")
        work.rules.add(rule(signal="faults", threshold=0.0, needed=2, windows=3))
    collected(world, *((in_grams if day > 4 else calls)(day) for day in range(14, 0, -1)))
    issued(world)
    looker, seen = Looker(world.store.work, world.store.look, world.places, world.clock), []
    while looker.turn(world.deployment):
        seen += [(each.opened, each.closed) for each in fired(world)]
    assert seen == [(ago(13), None), (ago(13), None), (ago(13), ago(3)), (ago(13), ago(3))]


def test_what_has_no_name_and_what_can_not_be_told_raise_no_alarm(world: World) -> None:
    unnamed = Fault(UNKNOWN, ("size",), "size is mostly missing, and nothing explains it.", 0.0, 1.0, {})
    with world.store.work() as work:
        work.rules.begin("d1")
        work.rules.add(rule(signal="faults", threshold=0.0, needed=1, windows=1))
    collected(world, calls(3), calls(2), calls(1))
    looked(world)
    with world.store.work() as work:
        days = [LookedDay(ago(3), 1, NOW, ("size",), ROWS, (unnamed,)), LookedDay(ago(2), 1, NOW, ("size",), why=GONE)]
        work.looks.keep("d1", days)
        work.watch.changed("d1", Changed.FAULTS, [ago(3), ago(2)], at=NOW)
    assert fired(world) == []


def test_two_stretches_of_a_fault_are_two_findings(world: World) -> None:
    collected(world, in_grams(5), calls(4), in_grams(3), calls(2), calls(1))
    looked(world)
    assert [(each.first, each.last) for each in told(world).items] == [(ago(3), ago(3)), (ago(5), ago(5))]
    with world.store.look() as work:
        late = findings_of(world.deployment, start=ago(3), end=ago(1), work=work)
    assert [each.first for each in late.items] == [ago(3)]


def test_looks_are_of_their_deployment(world: World) -> None:
    at = world.clock.now() - timedelta(days=1)
    with world.store.work() as work:
        work.looks.keep("another", [LookedDay("2026-02-01", 1, at, ("size",), 9)])
        work.looks.forget("another", "size")
    assert looked(world) == {}


def test_rows_that_take_turns_in_a_file_of_many_days_are_all_seen(world: World) -> None:
    for day in range(40, 0, -1):
        world.plane.append(calls(day, moved=2.0 * (day == 2)))
    world.collect()
    found = looked(world)[ago(2)]
    assert (found.rows, found.faults) == (ROWS, ())


@pytest.mark.parametrize(("rows", "most"), [(0, 10), (1, 10), (10, 10), (19, 10), (1_000_003, 4_000)])
def test_places_are_spread_over_all_rows_and_not_at_equal_distances(rows: int, most: int) -> None:
    found = strides(rows, most).tolist()
    assert found == sorted({*found})
    assert all(each >= 0 for each in found)
    assert len([each for each in found if each < rows]) in range(min(rows, most), 2 * most)
    steps = {one - other for one, other in pairwise(found)}
    assert len(steps) > 1 or rows < 2 * most


def with_town(days_ago: int, towns: list[str]) -> Frame:
    frame = calls(days_ago)
    return replace(frame, inputs={**frame.inputs, "town": towns})


def sound(world: World) -> Soundness:
    with world.store.work() as work:
        return soundness(world.deployment, start=ago(3), end=ago(2), work=work, places=world.places)


@pytest.fixture
def once(world: World) -> World:
    """Whose towns are to stand in one row of a day."""
    with world.store.work() as work:
        columns = (Expectation("size", Kind.NUMERIC), Expectation("town", Kind.CATEGORICAL, unique=True))
        work.schemas.say("d1", SchemaSaid(Schema(columns, number=2), NOW, "Ann"))
    return world


def test_values_that_stand_twice_in_a_day_are_counted_by_day(once: World) -> None:
    names = [f"town {row}" for row in range(ROWS)]
    collected(once, with_town(3, names), with_town(2, [*names[:-30], *names[:30]]), calls(1))
    found = looked(once)
    assert [found[ago(day)].repeated for day in (3, 2)] == [{"town": Repeated(0)}, {"town": Repeated(30)}]
    (broken,) = [each for each in sound(once).broken if each.violation == "repeated-value"]
    assert (broken.column, broken.rows, broken.share, broken.at_least) == ("town", 30, 0.05, False)


def test_of_more_rows_than_are_read_they_are_at_least_so_many(once: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uniqueness, "MOST_ROWS", 100)
    for name in ("a", "b"):
        once.plane.append(calls(2, name=name))
        once.collect()
    collected(once, calls(1))
    assert looked(once)[ago(2)].repeated == {"town": Repeated(ROWS - 2, at_least=True)}
    assert [each.at_least for each in sound(once).broken if each.violation == "repeated-value"] == [True]


def test_a_row_that_was_sent_again_is_no_repeated_value(once: World) -> None:
    names = [f"town {row}" for row in range(ROWS)]
    again = replace(with_town(2, names), own_ids=[True] * ROWS)
    collected(once, again, replace(again, call="again"), calls(1))
    assert looked(once)[ago(2)].repeated == {"town": Repeated(0)}


def test_a_masked_input_is_not_looked_at_for_repeated_values(once: World) -> None:
    mask(once, town="hashed")
    collected(once, calls(2), calls(1))
    assert looked(once)[ago(2)].repeated == {}


def test_what_the_reference_repeats_may_repeat(world: World) -> None:
    collected(world, calls(2), calls(1))
    assert looked(world)[ago(2)].repeated == {}
    with world.store.look() as work:
        assert work.schemas.unique("d1") == ()


def test_inputs_that_stand_once_in_the_reference_are_expected_to() -> None:
    numbers = pa.array(range(500))
    bins = [
        fit_bin_set(Column(name, kind), values)
        for name, kind, values in (
            ("number", Kind.INTEGER, numbers),
            ("share", Kind.NUMERIC, numbers.cast(pa.float64())),
            ("code", Kind.TEXT, numbers.cast(pa.string())),
            ("size", Kind.INTEGER, pa.array([7] * 500)),
        )
    ]
    table = pa.table({"number": numbers, "share": numbers, "code": numbers.cast(pa.string()), "size": [7] * 500})
    assert unique_in(Held(table), bins) == ("number", "code")
    assert unique_in(Held(table.slice(0, 19)), bins) == ()
    assert unique_in(Held(table.drop_columns(["code"])), bins) == ("number",)


def test_a_sensor_that_stands_still_gives_occasion_though_no_verdict_does(world: World) -> None:
    still = calls(2, rows=48)
    collected(world, replace(still, inputs={**still.inputs, "size": [5.05] * 48}), calls(1))
    assert "size" in looked(world)[ago(2)].columns
    assert [each.fault.name for each in told(world).items] == ["stuck sensor"]


@pytest.mark.parametrize(
    ("counts", "still"),
    [([20, 0, 0], True), ([19, 0, 0], False), ([98, 2, 7], True), ([97, 3, 0], False), ([0, 50, 0], False)],
)
def test_an_input_stands_still_where_nearly_all_of_a_day_is_in_one_unusual_bin(
    counts: list[int], *, still: bool
) -> None:
    bins = fit_bin_set(Column("on", Kind.BOOLEAN), pa.array([False] * 30 + [True] * 70))
    assert stands_still(bins, np.array(counts)) is still
