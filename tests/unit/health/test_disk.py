import pytest

from watchkeeper.health.disk import Disk, WhenFull, low_of

MIB, GIB = 2**20, 2**30


@pytest.mark.parametrize(
    ("said", "total", "low"),
    [("", 10 * GIB, GIB // 2), ("", 100 * GIB, GIB), ("10%", 10 * MIB, MIB), ("0", GIB, 0), ("5000", GIB, 5000)],
)
def test_how_much_is_to_be_left(said: str, total: int, low: int) -> None:
    assert low_of(said, total) == low


@pytest.mark.parametrize("said", ["much", "100%", "-1%", "-5", "5 GB", "%", "nan%"])
def test_what_is_neither_a_share_nor_bytes_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        low_of(said, GIB)


def test_the_last_quarter_of_the_room_is_for_no_call() -> None:
    states = [Disk(free=free, total=1000, low=100) for free in (100, 99, 25, 24, 0)]
    assert [(disk.nearly_full, disk.full) for disk in states] == [
        (False, False),
        (True, False),
        (True, False),
        (True, True),
        (True, True),
    ]
    assert [disk.used_up for disk in states] == [0.0, 0.01, 0.75, 0.76, 1.0]


def test_the_sentence_says_what_becomes_of_predictions() -> None:
    assert Disk(free=100, total=1000, low=100).sentence is None
    refuses = Disk(free=24 * 10**6, total=10**9, low=100 * 10**6)
    answers = Disk(free=99 * 10**6, total=10**9, low=100 * 10**6, when_full=WhenFull.ANSWER)
    assert refuses.sentence == "The disk is full: 24.0 MB of 1.0 GB left. Predictions are refused until there is room."
    assert answers.sentence == (
        "The disk is nearly full: 99.0 MB of 1.0 GB left. "
        "Below 25.0 MB predictions are answered, counted and not recorded."
    )
