"""What a process tells of its calls does not grow with its releases."""

from tests.unit.plane.conftest import routing
from watchkeeper.server.plane.metrics import MOST_GONE, Metrics
from watchkeeper.serving.deployment import Role

ADDRESS = "homes.prices"


def call(metrics: Metrics, release: int, address: str = ADDRESS) -> None:
    route = routing(release=release, address=address).routes["d1"]
    metrics.of(route, Role.CHAMPION).called(200, 0.001, 1)


def told(metrics: Metrics, *in_force: tuple[str, int]) -> set[int]:
    return {int(each.labels[1]) for each in metrics.samples(set(in_force)) if each.figure == "watchkeeper_calls_total"}


def test_of_releases_that_are_gone_the_last_are_told_of_and_those_in_force_always() -> None:
    metrics = Metrics()
    call(metrics, 500, "homes.rents")
    for release in range(1, 101):
        call(metrics, release)
        told(metrics, (ADDRESS, release), ("homes.rents", 500))
    assert told(metrics, (ADDRESS, 100), ("homes.rents", 500)) == {500, *range(100 - MOST_GONE, 101)}
    assert told(metrics, (ADDRESS, 1)) == {500, *range(101 - MOST_GONE, 101)}


def test_one_that_is_in_force_again_is_told_of_as_before() -> None:
    metrics = Metrics()
    for release in (1, 2, 1):
        call(metrics, release)
        told(metrics, (ADDRESS, release))
    counts = {each.labels[1]: each.value for each in metrics.samples({(ADDRESS, 1)}) if "calls_total" in each.figure}
    assert counts == {"1": 2, "2": 1}
