"""Which incidents are told, and how one asks for fewer."""

from pathlib import Path

import pytest

from watchkeeper.demo.errors import UnknownIncident
from watchkeeper.demo.incidents import INCIDENTS, incidents_but
from watchkeeper.demo.simulated import simulated_history


def test_all_are_told_unless_they_are_left_out() -> None:
    assert incidents_but(()) == tuple(INCIDENTS.values())
    assert [each.name for each in incidents_but({"heat-wave", "stuck-sensor"})] == ["renamed-column", "new-segment"]
    assert incidents_but(INCIDENTS) == ()


def test_each_is_found_under_its_own_name() -> None:
    assert set(INCIDENTS) == {"heat-wave", "stuck-sensor", "renamed-column", "new-segment"}
    assert all(name == each.name for name, each in INCIDENTS.items())


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownIncident) as refused:
        incidents_but({"flood", "heat-wave"})
    assert refused.value.message == (
        "No incident is called flood. There are: stuck-sensor, renamed-column, heat-wave, new-segment."
    )


def test_a_history_says_that_it_is_simulated_and_what_happened_in_it(tmp_path: Path) -> None:
    history = simulated_history(into=tmp_path, without=["heat-wave"])
    assert history.told.startswith("simulated")
    assert history.incidents == incidents_but({"heat-wave"})
    assert history.past == tmp_path / "past.csv"
