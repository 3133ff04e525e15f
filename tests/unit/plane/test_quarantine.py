"""What a process was answering when it hung or crashed is known afterwards, and withheld after the third time."""

from dataclasses import replace
from pathlib import Path

from tests.unit.plane.conftest import ADDRESS, World
from watchkeeper.server.pulse import SIZE, Pulse, beaten, held
from watchkeeper.server.quarantine import MOST_DEATHS, Quarantine

GOOD = {"size": 2.0, "rooms": 3}


def test_a_pulse_says_when_it_last_beat_and_what_is_being_answered(tmp_path: Path) -> None:
    file = tmp_path / "run" / "plane-1.pulse"
    assert (beaten(file), held(file)) == (0, set())
    pulse = Pulse(file)
    assert beaten(file) == 0
    pulse.beat()
    first = beaten(file)
    assert first > 0
    with pulse.holding(("d1", 3)):
        assert held(file) == {("d1", 3)}
    assert held(file) == set()
    file.write_bytes(b"x" * (SIZE - 1))
    assert (beaten(file), held(file)) == (0, set())


def test_a_release_is_withheld_after_the_third_death_and_stays_so_for_another_supervisor(tmp_path: Path) -> None:
    file = tmp_path / "run" / "quarantine.json"
    seen = Quarantine(file)
    for death in range(1, MOST_DEATHS + 1):
        assert seen.withheld() == frozenset()
        assert Quarantine(file).charge({("d1", 3)}) == ([("d1", 3)] if death == MOST_DEATHS else [])
    assert seen.withheld() == {("d1", 3)}
    assert Quarantine(file).charge({("d1", 3), ("d2", 1)}) == []


def test_a_damaged_note_withholds_nothing(tmp_path: Path) -> None:
    (tmp_path / "quarantine.json").write_text("{")
    assert Quarantine(tmp_path / "quarantine.json").withheld() == frozenset()


def test_a_withheld_release_is_not_loaded_and_the_next_one_answers(world: World) -> None:
    kept_back: set[tuple[str, int]] = {("d1", 1)}
    world.table._withheld = lambda: frozenset(kept_back)
    world.table.look()
    reply = world.call(GOOD)
    assert (reply.status, reply.json["code"]) == (503, "not-loaded")
    assert "processes died of it" in reply.json["detail"]
    said = world.table.all()[0].describe()["champion"]
    assert (said["loaded"], "withheld" in said["last_error"]["message"]) == (False, True)
    route = replace(world.source.now.routes[ADDRESS], release=2)
    world.source.change(routes={ADDRESS: route, "d1": route})
    world.table.look()
    assert world.call(GOOD).status == 200
