"""Laws of rows counted apart by segment: they add up to the whole in every column, in whatever turns they come."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.storage.worlds import INPUTS, NOW, SIZES, TOWNS, call
from watchkeeper.monitoring.collecting.by_segment import Segmenting
from watchkeeper.monitoring.collecting.gathering import Gathered, Placed, gather
from watchkeeper.monitoring.ports import Counts
from watchkeeper.monitoring.references.watching import PREDICTION, Watched
from watchkeeper.monitoring.segment import MISSING, MOST, OTHER, Segmented, SegmentSaid, word_of
from watchkeeper.serving.frames import Frame
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

WATCH = Watched(
    1,
    (fit_bin_set(INPUTS[0], SIZES), fit_bin_set(INPUTS[1], TOWNS)),
    fit_bin_set(Column(PREDICTION, Kind.NUMERIC), SIZES),
)
SAID = [SegmentSaid("town", NOW, "ann")]
Values = st.lists(st.none() | st.integers(0, 2 * MOST).map(str) | st.sampled_from(["Lyon", "Nice", ""]), min_size=1)
Turns = st.lists(Values, min_size=1, max_size=4)


def frames(towns: Sequence[str | None], number: int) -> Iterator[Frame]:
    """What the champion answered, and its challenger unseen."""
    frame = call(f"c{number}", rows=len(towns))
    frame = replace(frame, inputs={"size": [1.0] * len(towns), "town": list(towns)}, outputs=[2.0] * len(towns))
    yield frame
    yield replace(frame, role="challenger", model="m2", inputs={}, owes=None, outputs=[7.0] * len(towns))


def turn(found: Sequence[Frame], column: Segmented) -> tuple[Gathered, Segmented]:
    placed = [Placed(frame, "s", number) for number, frame in enumerate(found)]
    gathered = gather(placed, watch=WATCH, zone="Europe/Paris", segmenting=Segmenting(SAID, [column]))
    return gathered, gathered.segmented[0] if gathered.segmented else column


def summed(turns: Sequence[Sequence[str | None]], column: Segmented) -> tuple[dict[tuple[int, str], Counts], Segmented]:
    """By place and role, over all turns."""
    found: dict[tuple[int, str], Counts] = defaultdict(lambda: np.zeros(WATCH.size, dtype=np.int64))
    for number, towns in enumerate(turns):
        gathered, column = turn(list(frames(towns, number)), column)
        for sheet in gathered.segments:
            found[sheet.place, sheet.role] += sheet.counts
    return dict(found), column


@given(Turns)
def test_segments_add_up_to_the_whole_of_every_column(turns: list[list[str | None]]) -> None:
    found, _ = summed(turns, Segmented(1, "town"))
    whole: dict[str, Counts] = {}
    for number, towns in enumerate(turns):
        for sheet in turn(list(frames(towns, number)), Segmented(1, "town"))[0].sheets:
            whole[sheet.role] = whole.get(sheet.role, np.zeros(WATCH.size, dtype=np.int64)) + sheet.counts
    for role, counts in whole.items():
        mine = [part for (_, whose), part in found.items() if whose == role]
        assert np.sum(mine, axis=0).tolist() == counts.tolist()


@given(Turns)
def test_rows_have_the_same_segments_in_one_turn_as_in_many(turns: list[list[str | None]]) -> None:
    many, of_many = summed(turns, Segmented(1, "town"))
    one, of_one = summed([[town for towns in turns for town in towns]], Segmented(1, "town"))
    assert of_many == of_one
    first, second = ({key: counts.tolist() for key, counts in way.items()} for way in (many, one))
    assert first == second


@given(Turns, st.randoms())
def test_parts_merge_in_any_order_once_names_are_known(turns: list[list[str | None]], chance: object) -> None:
    _, column = summed(turns, Segmented(1, "town"))
    shuffled = list(turns)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    ways = [summed(each, column)[0] for each in (turns, shuffled)]
    first, second = ({key: counts.tolist() for key, counts in way.items()} for way in ways)
    assert first == second


@given(Values)
def test_at_most_fifty_have_names_those_that_came_first(towns: list[str | None]) -> None:
    _, column = summed([towns], Segmented(1, "town", names=("Nice",), of_reference=1))
    came = [word for word in dict.fromkeys(map(word_of, towns)) if word not in {None, "Nice"}]
    assert column.names == ("Nice", *came)[:MOST]
    held = Counter(column.place(town) for town in towns)
    assert held[MISSING] == towns.count(None)
    assert held[OTHER] == sum(1 for town in towns if town is not None and town not in column.names)
