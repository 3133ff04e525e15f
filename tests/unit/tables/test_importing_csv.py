from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.unit.tables.conftest import Bring


def rows(kept: Path) -> list[dict[str, object]]:
    return list(pq.read_table(kept).to_pylist())


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_and_others_belong_to_the_values(separator: str, bring: Bring, kept: Path) -> None:
    odd = next(each for each in "|;," if each != separator)
    bring(f'name{separator}note\nann{separator}"a{odd}b"\nbob{separator}"c{separator}d"\n')
    assert rows(kept) == [{"name": "ann", "note": f"a{odd}b"}, {"name": "bob", "note": f"c{separator}d"}]


def test_a_comma_in_a_quoted_name_does_not_outvote_the_separator(bring: Bring, kept: Path) -> None:
    bring('"last, first";"born, when"\n"a, b";2000\n')
    assert rows(kept) == [{"last, first": "a, b", "born, when": 2000}]


def test_quoted_values_hold_line_breaks_and_doubled_quotes(bring: Bring, kept: Path) -> None:
    bring('id,said\n1,"two\nlines, ""quoted"""\n2,plain\n')
    assert [row["said"] for row in rows(kept)] == ['two\nlines, "quoted"', "plain"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way_and_the_last_in_none(end: str, bring: Bring, kept: Path) -> None:
    bring(end.join(["x,y", "1,2", "", "3,4"]))
    assert rows(kept) == [{"x": 1, "y": 2}, {"x": 3, "y": 4}]


def test_a_byte_order_mark_and_spaces_are_no_part_of_a_name(bring: Bring) -> None:
    assert bring(b"\xef\xbb\xbf x , y\n1,2\n").schema.names == ("x", "y")


def test_blank_lines_before_the_names_are_left_out(bring: Bring, kept: Path) -> None:
    bring("\n\nx,y\n1,2\n")
    assert rows(kept) == [{"x": 1, "y": 2}]


def test_line_breaks_within_a_name_are_kept(bring: Bring, kept: Path) -> None:
    bring('"first\nname",y\nann,2\n')
    assert rows(kept) == [{"first\nname": "ann", "y": 2}]


def test_one_column_needs_no_separator(bring: Bring, kept: Path) -> None:
    bring('word\n"a, b"\nc\n')
    assert [row["word"] for row in rows(kept)] == ["a, b", "c"]


@pytest.mark.parametrize("missing", ["", '""', "NA", "na", "N/A", "NaN", "nan", "NULL", "null", "None", " ", " n/a "])
def test_a_missing_value_is_missing_however_it_is_written(missing: str, bring: Bring, kept: Path) -> None:
    imported = bring(f"x,town\n1.5,Metz\n{missing},{missing}\n")
    assert rows(kept)[1] == {"x": None, "town": None}
    assert [column["missing"] for column in imported.summary] == [1, 1]


def test_what_only_looks_missing_is_kept(bring: Bring, kept: Path) -> None:
    bring("code,x\nNAB,1\nnone at all,2\n")
    assert [row["code"] for row in rows(kept)] == ["NAB", "none at all"]


def test_text_is_kept_as_it_is_written(bring: Bring, kept: Path) -> None:
    bring("town,x\n  Metz ,1\nÉpinal 🌲,2\n")
    assert [row["town"] for row in rows(kept)] == ["  Metz ", "Épinal 🌲"]


def test_a_quote_within_a_value_is_a_quote(bring: Bring, kept: Path) -> None:
    bring('pipe,x\n5" wide,1\n3",2\nnone",3\n')
    assert [row["pipe"] for row in rows(kept)] == ['5" wide', '3"', 'none"']


def test_names_that_begin_alike_are_told_apart(bring: Bring, kept: Path) -> None:
    imported = bring("a,a.b,a.b.c\n1,x,2.5\n2,y,3.5\n")
    assert rows(kept)[0] == {"a": 1, "a.b": "x", "a.b.c": 2.5}
    assert [column["kind"] for column in imported.summary] == ["integer", "categorical", "numeric"]


def test_the_digest_is_of_the_kept_file_and_the_same_each_time(bring: Bring, kept: Path) -> None:
    first = bring("x,y\n1,a\n2,b\n")
    assert first.bytes == kept.stat().st_size
    assert bring("x,y\n1,a\n2,b\n").digest == first.digest
    assert bring("x,y\n1,a\n2,c\n").digest != first.digest
