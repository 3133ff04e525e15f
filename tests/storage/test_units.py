import pytest

from watchkeeper.storage.work import Store


def test_a_unit_that_fails_keeps_nothing(store: Store) -> None:
    def fail() -> None:
        with store.work() as work:
            work.generations.advance()
            raise KeyError("stop")

    with pytest.raises(KeyError):
        fail()
    with store.look() as work:
        assert work.generations.current() == 0


def test_the_generation_only_grows(store: Store) -> None:
    for expected in (1, 2, 3):
        with store.work() as work:
            work.generations.advance()
            assert work.generations.current() == expected
