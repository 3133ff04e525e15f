"""A history from a file: what is learned, what is replayed, and what a file that can't be used is told."""

import csv
import gzip
import os
from datetime import date
from pathlib import Path

import pytest

from watchkeeper.demo.errors import DataRefused
from watchkeeper.demo.history import from_file

HEAD = "timestamp_utc,timestamp_local,Demand,Temperature,Date,Holiday,Area"
LINES = (
    "2012-12-31T12:30:00Z,2012-12-31T23:30:00+1100,4300.5,21.4,2012-12-31,False,north",
    "2012-12-31T13:00:00Z,2013-01-01T00:00:00+1100,4200.5,21.0,2013-01-01,True,",
    "2012-12-31T13:30:00Z,2013-01-01T00:30:00+1100,0,,2013-01-01,True,nan",
    "2013-01-01T13:00:00Z,2013-01-02T00:00:00+1100,-5,20,2013-01-02,False,south",
)


def written(tmp_path: Path, *lines: str, head: str = HEAD) -> Path:
    path = tmp_path / "demand.csv"
    path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    return path


def refusal(path: Path, tmp_path: Path) -> str:
    with pytest.raises(DataRefused) as refused:
        from_file(path, into=tmp_path)
    message = refused.value.message
    assert message.startswith(str(path))
    assert "\n" not in message
    return message.removeprefix(str(path))


def test_the_first_local_year_is_learned_from(tmp_path: Path) -> None:
    history = from_file(written(tmp_path, *LINES), into=tmp_path)
    assert history.past.read_text(encoding="utf-8").splitlines() == [HEAD, LINES[0]]
    assert history.exclude == ("timestamp_local", "Date")
    assert history.told == "recorded in demand.csv: 2012 learned from"
    assert history.incidents == ()


def test_the_rest_is_replayed_by_local_day_without_what_is_no_input(tmp_path: Path) -> None:
    first, second = from_file(written(tmp_path, *LINES), into=tmp_path).days
    assert (first.day, second.day) == (date(2013, 1, 1), date(2013, 1, 2))
    assert first.truth == [4200.5, 0.0]
    assert second.truth == [-5.0]
    assert first.rows == [
        {"timestamp_utc": "2012-12-31T13:00:00Z", "Temperature": 21.0, "Holiday": True, "Area": None},
        {"timestamp_utc": "2012-12-31T13:30:00Z", "Temperature": None, "Holiday": True, "Area": None},
    ]
    assert second.rows[0] == {
        "timestamp_utc": "2013-01-01T13:00:00Z",
        "Temperature": 20.0,
        "Holiday": False,
        "Area": "south",
    }


def test_rows_may_stand_in_any_order(tmp_path: Path) -> None:
    sorted_days = from_file(written(tmp_path, *LINES), into=tmp_path).days
    assert from_file(written(tmp_path, *reversed(LINES)), into=tmp_path).days == sorted_days


def test_a_gzipped_file_is_read_as_well(tmp_path: Path) -> None:
    plain = written(tmp_path, *LINES)
    packed = tmp_path / "demand.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert from_file(packed, into=tmp_path).days == from_file(plain, into=tmp_path).days


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv", tmp_path) == " can't be read: No such file or directory."


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    assert refusal(tmp_path, tmp_path) == " can't be read: Is a directory."


def test_missing_columns_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, "2012-12-31,5", head="timestamp_utc,MW")
    assert refusal(path, tmp_path) == " has no column Demand; the story needs timestamp_utc and Demand."


def test_an_empty_file_has_no_columns(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()
    assert refusal(path, tmp_path).startswith(" has no column Demand, timestamp_utc;")


def test_a_head_alone_holds_no_year(tmp_path: Path) -> None:
    assert "has to hold more than one calendar year" in refusal(written(tmp_path), tmp_path)


def test_one_year_is_not_enough(tmp_path: Path) -> None:
    assert "has to hold more than one calendar year" in refusal(written(tmp_path, *LINES[1:]), tmp_path)


@pytest.mark.parametrize("kept", [slice(None, -12), slice(0, 0), slice(0, 11)], ids=["cut off", "empty", "head only"])
def test_a_broken_gzip_file_is_said_to_be_one(tmp_path: Path, kept: slice) -> None:
    path = tmp_path / "demand.csv.gz"
    whole = gzip.compress(("\n".join([HEAD, *LINES])).encode())
    path.write_bytes(whole[kept])
    said = refusal(path, tmp_path)
    assert "broken gzip" in said or (not whole[kept] and "has no column" in said)


def test_what_only_is_called_gzip_is_said_to_be_broken(tmp_path: Path) -> None:
    path = tmp_path / "demand.csv.gz"
    path.write_text(HEAD, encoding="utf-8")
    assert refusal(path, tmp_path) == " is a broken gzip file; fetch it again."


def test_garbled_bytes_inside_a_gzip_file_are_said_to_be_broken(tmp_path: Path) -> None:
    path = tmp_path / "demand.csv.gz"
    whole = bytearray(gzip.compress(os.urandom(2000).hex().encode()))
    whole[40:400] = bytes(360)
    path.write_bytes(bytes(whole))
    assert refusal(path, tmp_path) == " is a broken gzip file; fetch it again."


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "demand.csv"
    path.write_bytes(f"{HEAD}\n".encode() + b"\xff\xfe\n")
    assert "is no CSV file in UTF-8" in refusal(path, tmp_path)


@pytest.mark.parametrize("value", ["", "many", "nan", "inf"])
def test_a_demand_that_is_no_number_is_named_with_its_line(tmp_path: Path, value: str) -> None:
    path = written(tmp_path, LINES[0], f"2012-12-31T13:00:00Z,,{value},21,,True,")
    assert refusal(path, tmp_path) == f", line 3: Demand is '{value}'; the story needs a number."


@pytest.mark.parametrize("value", ["", "soon", "2012-13-01", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_none_is_named_with_its_line(tmp_path: Path, value: str) -> None:
    path = written(tmp_path, LINES[0], f"{value},,5,21,,True,")
    assert refusal(path, tmp_path).startswith(f", line 3: timestamp_utc is '{value}'; write it like")


def test_a_moment_may_be_there_once_only_however_it_is_written(tmp_path: Path) -> None:
    path = written(tmp_path, *LINES, "2012-12-31T12:30:00,,5,21,,True,")
    assert "line 6: 2012-12-31T12:30:00 was there before" in refusal(path, tmp_path)


def test_a_row_with_more_values_than_columns_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, LINES[0] + ",more")
    assert refusal(path, tmp_path) == ", line 2: there are more values than columns."


def test_a_row_that_ends_early_lacks_its_demand(tmp_path: Path) -> None:
    path = written(tmp_path, "2012-12-31T12:30:00Z")
    assert "line 2: Demand is ''" in refusal(path, tmp_path)


@pytest.mark.real_data
def test_victorias_two_years_are_replayed_in_730_days(tmp_path: Path) -> None:
    home = os.environ.get("WATCHKEEPER_REAL_DATA")
    if home is None:
        pytest.skip("WATCHKEEPER_REAL_DATA names no directory of real data")
    history = from_file(Path(home) / "victoria_electricity.csv.gz", into=tmp_path)
    assert len(history.days) == 730
    assert (history.days[0].day, history.days[-1].day) == (date(2013, 1, 1), date(2014, 12, 31))
    assert sum(len(day.rows) for day in history.days) == sum(len(day.truth) for day in history.days) == 35_040
    assert {len(day.rows) for day in history.days} == {46, 48, 50}
    with history.past.open(newline="", encoding="utf-8") as file:
        assert {row["timestamp_local"][:4] for row in csv.DictReader(file)} == {"2012"}
