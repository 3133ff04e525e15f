"""Which faults are recognised, in which words, and what is none."""

from html import escape
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from watchkeeper.monitoring import compare
from watchkeeper.monitoring.integrity.fault import Fault
from watchkeeper.monitoring.integrity.recognising import recognise
from watchkeeper.monitoring.integrity.units import KNOWN
from watchkeeper.monitoring.two_tables.pairing import paired
from watchkeeper.monitoring.two_tables.source import Held

DAYS = 40
HOUR = 3_600_000_000


def table(seed: int, *, rows: int = 24 * DAYS, begins: int = 0) -> dict[str, Any]:
    """Hourly readings of some weeks, by column."""
    chance = np.random.default_rng(seed)
    hours = np.arange(rows)
    warm = 15 + 5 * np.sin(2 * np.pi * hours / 24) + chance.normal(0, 2, rows)
    return {
        "when": pa.array(HOUR * (begins + hours), pa.timestamp("us", "UTC")),
        "warm": np.round(warm, 1),
        "weight": np.round(chance.lognormal(4, 0.3, rows)),
        "share": np.round(chance.beta(2, 5, rows), 3),
        "follows": np.round(3 * warm + chance.normal(0, 3, rows), 2),
        "sort": chance.choice(["a", "b", "c"], rows, p=[0.6, 0.3, 0.1]),
        "code": pa.array([None if gone else "x" for gone in chance.random(rows) < 0.2]),
    }


BEFORE, NOW = table(1, rows=24 * 100), table(2, begins=24 * 200)


def found(now: dict[str, Any], *, at: str | None = "when", before: dict[str, Any] = BEFORE) -> tuple[Fault, ...]:
    return recognise(paired(Held(pa.table(before)), Held(pa.table(now)), at=at))


def test_rows_like_the_reference_s_have_no_fault() -> None:
    assert found(NOW) == ()


def test_a_changed_unit_is_told_with_its_factor() -> None:
    (fault,) = found({**NOW, "weight": NOW["weight"] / 1_000})
    assert (fault.name, fault.columns) == ("changed unit", ("weight",))
    assert "weight looks divided by 1,000 (whole units for thousandths, perhaps)" in fault.sentence
    assert fault.evidence["factor"] == pytest.approx(0.001)
    assert fault.evidence["apart"] == 1.0
    assert fault.p_value < 1e-100


def test_beside_a_factor_that_the_world_has_moved_the_known_one_is_told() -> None:
    chance = np.random.default_rng(7)
    before, now = ({"price": chance.lognormal(3, 0.3, 3_000)} for _ in range(2))
    (fault,) = found({"price": now["price"] * 80}, at=None, before=before)
    assert fault.evidence["factor"] == 100.0
    assert "multiplied by 100 (percent for shares, perhaps) of values that have changed themselves" in fault.sentence
    assert ", or else multiplied by 8" in fault.sentence
    (other,) = found({"price": now["price"] * 30_000}, at=None, before=before)
    assert "of values that have changed themselves" not in other.sentence


def rows_from(first: int, rows: int) -> dict[str, Any]:
    """Written as they come, each with its number, its moment in seconds and its year."""
    number = np.arange(first, first + rows)
    return {"number": number, "moment": 1.6e9 + 60.0 * number, "year": 2010 + number // 1_000}


@pytest.mark.parametrize("first", [5_000, 8_000, 15_000])
def test_what_counts_on_has_no_other_unit_and_is_no_fault_that_nobody_can_explain(first: int) -> None:
    told = found(rows_from(first, 2_000), at=None, before=rows_from(0, 5_000))
    assert [(each.name, each.columns[0]) for each in told] == [
        ("unknown", name) for name in ("number", "moment", "year")
    ]
    assert all("goes on from where it was" in each.sentence for each in told)
    causes = compare(pa.table(rows_from(0, 5_000)), pa.table(rows_from(first, 2_000))).causes
    assert {each.nature for each in causes} == {"natural shift"}


@pytest.mark.parametrize(("factor", "says"), [(1_000, "multiplied by 1,000"), (1 / 3_600, "divided by 3,600")])
def test_moments_in_another_unit_are_told_by_where_they_would_go_on(factor: float, says: str) -> None:
    now = rows_from(5_000, 2_000)
    told = found({**now, "moment": now["moment"] * factor}, at=None, before=rows_from(0, 5_000))
    (fault,) = [each for each in told if each.columns == ("moment",)]
    assert fault.name == "changed unit"
    assert fault.evidence["factor"] == pytest.approx(factor)
    assert f"moment looks {says}" in fault.sentence


def test_a_column_that_tables_are_sorted_by_may_be_in_another_unit() -> None:
    chance = np.random.default_rng(3)
    before, now = ({"age": np.sort(chance.normal(40, 12, 3_000).clip(18, 90).round())} for _ in range(2))
    (fault,) = found({"age": now["age"] * 12}, at=None, before=before)
    assert (fault.name, fault.evidence["factor"]) == ("changed unit", 12.0)


@pytest.mark.parametrize("factor", [3.0, 4.0, 300.0])
def test_a_factor_that_nobody_uses_is_told_where_a_known_one_leaves_more(factor: float) -> None:
    chance = np.random.default_rng(7)
    before, now = ({"price": chance.lognormal(3, 0.3, 3_000).round(2)} for _ in range(2))
    (fault,) = found({"price": (now["price"] * factor).round(2)}, at=None, before=before)
    assert fault.evidence["factor"] == pytest.approx(factor, rel=0.05)
    assert "perhaps" not in fault.sentence


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (np.arange(10_000), np.arange(10_000, 14_000)),
        (np.arange(10_000), np.arange(10_000, 20_000)),
        (np.repeat([2015, 2016], 1_000), np.repeat([2017, 2018], 1_000)),
        (np.repeat([2015, 2016], [400, 1_600]), np.repeat([2017, 2018], 1_000)),
        (np.tile(range(1, 27), 100), np.tile(range(27, 53), 100)),
        (np.arange(0.0, 1e6, 300.0), np.arange(1e6, 2e6, 300.0)),
    ],
    ids=["numbers of customers", "as many again", "years", "mostly of one year", "weeks", "moments"],
)
def test_what_counts_on_from_where_it_was_has_no_other_unit(before: Any, now: Any) -> None:
    assert "changed unit" not in [fault.name for fault in found({"x": now}, at=None, before={"x": before})]


def test_fahrenheit_for_celsius() -> None:
    (fault,) = found({**NOW, "warm": NOW["warm"] * 1.8 + 32})
    assert "warm looks multiplied by 1.8 and moved by 32 (°F for °C, perhaps)" in fault.sentence
    assert (fault.evidence["factor"], fault.evidence["offset"]) == (1.8, 32.0)


def test_a_small_factor_is_told_by_the_step_in_which_numbers_go() -> None:
    (fault,) = found({**NOW, "weight": NOW["weight"] * 1.609344})
    assert fault.evidence["step_tells"] == 1.0
    assert fault.evidence["factor"] == pytest.approx(1.609344)


def test_prices_that_rise_are_no_changed_unit() -> None:
    assert found({**NOW, "weight": np.round(NOW["weight"] * 1.5)}) == ()


def test_a_stuck_sensor_is_told_with_how_long() -> None:
    warm = NOW["warm"].copy()
    warm[500:] = warm[500]
    (fault,) = found({**NOW, "warm": warm})
    assert fault.name == "stuck sensor"
    assert "19.1 days, 460 rows in a row" in fault.sentence
    assert fault.evidence["rows"] == 460


@pytest.mark.parametrize(("hours", "stuck"), [(8, True), (72, False)])
def test_what_comes_in_runs_is_stuck_only_where_it_stands_for_longer_than_those(hours: int, *, stuck: bool) -> None:
    """Nine days of one level, of which some are missing; the reference has shifts, or stretches of three days."""
    shifts = np.random.default_rng(4).choice(["a", "b", "c"], 2_400 // hours + 1, p=[0.46, 0.34, 0.2])
    sort = np.repeat(shifts, hours)[:2_400]
    now = {name: values[: 24 * 9] for name, values in NOW.items()}
    now["sort"] = pa.array(["a"] * (24 * 9), mask=np.arange(24 * 9) % 10 == 0)
    said = found(now, before={**BEFORE, "sort": sort})
    assert [fault.name for fault in said if "sort" in fault.columns] == ["stuck sensor"] * stuck


def test_of_one_moment_s_rows_a_reading_that_is_always_the_same_is_stuck_and_a_level_came_together() -> None:
    still = {"sort": ["b"] * (24 * DAYS), "weight": np.full(24 * DAYS, 50.0)}
    told = found({**NOW, "when": pa.array([HOUR] * (24 * DAYS), pa.timestamp("us", "UTC")), **still})
    assert [fault.columns for fault in told if fault.name == "stuck sensor"] == [("weight",)]


@pytest.mark.parametrize(("at", "told"), [((60, 40), False), ((15, 5), True)])
def test_degrees_are_of_values_that_degrees_may_have(at: tuple[int, int], told: bool) -> None:
    chance = np.random.default_rng(5)
    middle, spread = at
    before = {"price": chance.normal(middle, spread, 3_000)}
    now = {"price": chance.normal(1.8 * middle + 32, spread * 2.5, 60)}
    assert [each.evidence["offset"] for each in found(now, at=None, before=before)] == [32.0] * told


@pytest.mark.parametrize(
    ("middle", "spread", "factor", "says"),
    [
        (75, 12, 2.20462262, "pounds for kilograms"),
        (165, 26, 1 / 2.20462262, "kilograms for pounds"),
        (68, 3.5, 2.54, "centimetres for inches"),
        (172, 9, 1 / 2.54, "inches for centimetres"),
    ],
)
def test_people_are_measured_in_units_that_are_told_however_they_are_rounded(
    middle: float, spread: float, factor: float, says: str
) -> None:
    for seed in range(3):
        chance = np.random.default_rng(seed)
        before, now = (chance.normal(middle, spread, rows).round(1) for rows in (4_000, 1_500))
        (fault,) = found({"x": (now * factor).round(1)}, at=None, before={"x": before})
        assert f"({says}, perhaps)" in fault.sentence


def test_several_conversions_of_one_factor_are_turned_one_by_one() -> None:
    assert [each.called for each in KNOWN if each.scale in {60.0, 1 / 60.0}] == [
        "minutes for hours, or seconds for minutes",
        "hours for minutes, or minutes for seconds",
    ]


@pytest.mark.parametrize("middle", [np.mean, np.median])
@pytest.mark.parametrize("decimals", [0, 4])
def test_a_mean_or_a_median_that_was_filled_in_is_told_though_it_is_of_more_rows_than_are_looked_at(
    middle: Any, decimals: int
) -> None:
    chance = np.random.default_rng(5)
    whole = chance.lognormal(6, 0.7, 20_000).round(decimals)
    before, now, value = whole[:12_000], whole[12_000:15_000].copy(), float(middle(whole))
    now[chance.random(now.size) < 0.25] = value
    told = [each.name for each in found({"x": now}, at=None, before={"x": before})]
    assert told == ["filled-in default"] * (decimals > 0 or value % 1 > 0)


def test_another_unit_is_not_told_of_a_season_that_the_rows_keep_to() -> None:
    """Weeks of a January lie far from those of a year, and not from those of another January."""
    chance = np.random.default_rng(5)

    def made(first: str, days: int) -> pa.Table:
        moments = np.datetime64(first) + np.sort(chance.integers(0, days, 30 * days))
        week = (moments - moments.astype("datetime64[Y]").astype("datetime64[D]")).astype(int) // 7 + 1
        return pa.table({"at": moments.astype("datetime64[us]"), "week": week, "size": chance.normal(size=len(week))})

    said = compare(made("2024-07-01", 366), made("2026-01-01", 31), at="at")
    assert [each.sentence for each in said.faults if each.columns == ("week",)] == []


def test_levels_that_were_written_as_codes_are_no_default() -> None:
    chance = np.random.default_rng(5)
    words = np.array(["Lyon", "Nice", "Paris", "Metz"])
    before, now = ({"town": words[chance.choice(4, 2_000, p=[0.1, 0.2, 0.3, 0.4])]} for _ in range(2))
    codes = {"town": np.searchsorted(np.sort(words), now["town"]).astype(str)}
    (fault,) = found(codes, at=None, before=before)
    assert (fault.name, fault.evidence["unseen"]) == ("unknown", 1.0)


@pytest.mark.parametrize("step", [50, 100])
def test_numbers_that_were_rounded_have_no_other_unit_and_no_default(step: int) -> None:
    chance = np.random.default_rng(5)
    before, now = ({"price": chance.lognormal(4.4, 0.5, 3_000).round(2)} for _ in range(2))
    rounded = {"price": (now["price"] / step).round() * step}
    assert {each.name for each in found(rounded, at=None, before=before)} <= {"unknown"}


def test_without_times_a_level_that_is_always_the_same_may_be_what_rows_were_picked_by() -> None:
    (fault,) = found({**NOW, "sort": ["b"] * (24 * DAYS)}, at=None)
    assert (fault.name, fault.columns) == ("unknown", ("sort",))
    assert "'b' in 100 % of the rows" in fault.sentence
    assert fault.sentence.endswith("the rows were picked by it, or it stands still; nothing tells which.")


def test_without_times_a_measurement_that_is_always_the_same_is_stuck() -> None:
    (fault,) = found({**NOW, "warm": np.full(24 * DAYS, 15.1)}, at=None)
    assert (fault.name, fault.columns) == ("stuck sensor", ("warm",))


def test_whole_numbers_that_turned_their_sign_are_told_so() -> None:
    (fault,) = found({**NOW, "weight": -NOW["weight"]})
    assert "weight looks of the opposite sign" in fault.sentence


def test_two_swapped_columns_are_one_fault() -> None:
    (fault,) = found({**NOW, "weight": NOW["warm"], "warm": NOW["weight"]})
    assert (fault.name, fault.columns) == ("swapped columns", ("warm", "weight"))


def test_a_day_that_moved_is_told_with_its_hours() -> None:
    (fault,) = found({**NOW, "warm": np.roll(NOW["warm"], 5)})
    assert (fault.name, fault.evidence["hours"]) == ("shifted time zone", 5)
    assert "5 hours later" in fault.sentence
    assert found({**NOW, "warm": np.roll(NOW["warm"], 5)}, at=None) == ()


def test_damaged_times_a_hundred_thousand_years_apart_take_no_more_memory() -> None:
    damaged = np.concatenate([HOUR * (24 * 200 + np.arange(24 * DAYS - 2)), [-(2**61), 2**62]])
    now = {**NOW, "warm": np.roll(NOW["warm"], 5), "when": pa.array(damaged, pa.timestamp("us", "UTC"))}
    (fault,) = found(now)
    assert (fault.name, fault.evidence["hours"]) == ("shifted time zone", 5)


def test_columns_that_moved_alike_are_one_fault() -> None:
    (fault,) = found({**NOW, **{name: np.roll(NOW[name], -4) for name in ("warm", "follows")}})
    assert (fault.name, fault.columns, fault.evidence["hours"]) == ("shifted time zone", ("follows", "warm"), -4)


def test_a_level_that_took_over_what_was_missing_is_filled_in() -> None:
    (fault,) = found({**NOW, "code": pa.array(NOW["code"].fill_null("y"))})
    assert (fault.name, fault.columns) == ("filled-in default", ("code",))
    assert "were missing and 0 % are now" in fault.sentence
    assert "more hold 'y' instead" in fault.sentence


@pytest.mark.parametrize(
    ("missing", "filled", "default"), [(0.5, None, False), (0.95, None, False), (0.5, "a", True), (0.5, "b", True)]
)
def test_levels_that_all_rise_by_their_part_of_what_was_missing_are_no_default(
    missing: float, filled: str | None, *, default: bool
) -> None:
    levels, shares = ["a", "b", "unknown"], [0.7, 0.2, 0.1]
    for seed in range(20):
        chance = np.random.default_rng(seed)
        before = pa.array(chance.choice(levels, 2_400, p=shares), mask=chance.random(2_400) < missing)
        now = chance.choice(levels, 24 * DAYS, p=shares)
        now[(chance.random(now.size) < missing) & (filled is not None)] = filled or ""
        told = found({"code": now}, before={"code": before}, at=None)
        assert [fault.name for fault in told] == ["filled-in default"] * default


@pytest.mark.parametrize("value", [0.0, -1.0, 999.0])
def test_a_value_for_not_known_is_filled_in(value: float) -> None:
    hit = np.random.default_rng(3).random(24 * DAYS) < 0.1
    (fault,) = found({**NOW, "weight": np.where(hit, value, NOW["weight"])})
    assert (fault.name, fault.columns) == ("filled-in default", ("weight",))


def test_a_new_level_is_no_default_unless_it_says_so() -> None:
    hit = np.random.default_rng(3).random(24 * DAYS) < 0.2
    assert found({**NOW, "sort": np.where(hit, "d", NOW["sort"])}) == ()
    (fault,) = found({**NOW, "sort": np.where(hit, "Unknown", NOW["sort"])})
    assert fault.name == "filled-in default"


def test_a_renamed_column_is_known_by_what_it_holds_and_by_what_goes_along() -> None:
    rest = {name: values for name, values in NOW.items() if name != "warm"}
    (fault,) = found({**rest, "temperature": NOW["warm"]})
    assert (fault.name, fault.columns) == ("renamed column", ("warm", "temperature"))
    assert "other columns go along with it" in fault.sentence
    (fault,) = found({**rest, "temperature": np.random.default_rng(1).permutation(NOW["warm"])})
    assert (fault.name, fault.columns) == ("unknown", ("warm",))


def test_what_is_broken_without_an_explanation_is_unknown() -> None:
    gone = np.random.default_rng(3).random(24 * DAYS) < 0.7
    (fault,) = found({**NOW, "weight": pa.array(NOW["weight"], mask=gone)})
    assert (fault.name, fault.columns) == ("unknown", ("weight",))
    assert "are missing, and 0 % of the reference were; nothing tells why" in fault.sentence
    (fault,) = found({**NOW, "sort": np.random.default_rng(3).choice(["p", "q"], 24 * DAYS)})
    assert (fault.name, fault.columns) == ("unknown", ("sort",))


def test_a_world_that_warms_has_no_fault() -> None:
    for by in (np.full(24 * DAYS, 4.0), np.linspace(0, 6, 24 * DAYS)):
        assert found({**NOW, "warm": np.round(NOW["warm"] + by, 1)}) == ()


@pytest.mark.filterwarnings("error")
def test_empty_and_missing_columns_have_no_fault() -> None:
    nothing = pa.table({name: pa.array([], pa.table(BEFORE).column(name).type) for name in BEFORE})
    assert recognise(paired(Held(pa.table(BEFORE)), Held(nothing))) == ()
    missing = pa.array([None] * (24 * DAYS), pa.float64())
    assert {each.name for each in found({**NOW, "warm": missing, "share": missing})} == {"unknown"}
    assert found(NOW, before={**BEFORE, "weight": pa.array([None] * 2_400, pa.float64())}) == ()


def test_comparing_two_tables_tells_the_faults_and_what_is_new() -> None:
    now = {**NOW, "weight": NOW["weight"] / 1_000, "share": np.append(NOW["share"][:-40], np.full(40, 1.5))}
    compared = compare(pa.table(BEFORE), pa.table(now), at="when")
    assert [(fault.name, fault.columns) for fault in compared.faults] == [("changed unit", ("weight",))]
    assert [(notice.column, notice.rows) for notice in compared.notices] == [("weight", 960), ("share", 40)]
    page = compared.to_html()
    for sentence in (compared.faults[0].sentence, *(notice.sentence for notice in compared.notices)):
        assert escape(sentence) in page
        assert escape(sentence) in compared._repr_html_()
        assert sentence in repr(compared)


def test_two_tables_that_are_alike_have_no_faults_and_nothing_new() -> None:
    compared = compare(pa.table(BEFORE), pa.table(NOW), at="when")
    assert (compared.faults, compared.notices) == ((), ())
    assert "Is the data sound?" not in compared.to_html()
