import pytest

from tests.fakes.clock import StillClock
from watchkeeper.projects.project import Project
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


def test_who_looks_sees_all_of_it_as_it_was_at_one_moment(store: Store) -> None:
    """Else a page could show more labels than rows."""
    with store.look() as looking:
        assert looking.projects.get("p1") is None
        with store.work() as work:
            work.projects.add(Project("p1", "P", "p", "", StillClock().now(), "u1"))
        assert looking.projects.get("p1") is None
    with store.look() as looking:
        assert looking.projects.get("p1") is not None
