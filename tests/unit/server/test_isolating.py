"""A process for each deployment that is isolated, as far as it can be given one."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from watchkeeper.server.settings import Settings
from watchkeeper.server.supervisor import Supervisor
from watchkeeper.storage.files.places import LONGEST_SOCKET, Places


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, told: list[str]) -> Iterator[Supervisor]:
    with socket.socket() as console, socket.socket() as plane:
        found = Supervisor(Settings(tmp_path), console=console, plane=plane, tell=told.append)
        yield found
        found.stop()


def test_it_holds_a_socket_for_each_and_lets_it_go(supervisor: Supervisor, tmp_path: Path) -> None:
    place = Places(tmp_path).socket("d1")
    supervisor._match({"d1"})
    assert list(supervisor.sockets) == ["plane-own-d1"]
    assert [child.name for child in supervisor.serving] == ["plane-own-d1", "plane-1", "console"]
    assert place.is_socket()
    supervisor._match(set())
    assert supervisor.sockets == {}
    assert not place.exists()


def test_one_that_can_have_no_socket_is_said_once_and_stops_nobody(
    supervisor: Supervisor, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> socket.socket:
        raise PermissionError(13, "no", str(path))

    monkeypatch.setattr("watchkeeper.server.supervisor.listen_here", refuse)
    for _ in range(3):
        supervisor._match({"d1"})
    assert supervisor.sockets == {}
    (words,) = told
    assert "the shared processes go on" in words


def test_a_path_too_long_for_a_socket_is_not_taken(tmp_path: Path) -> None:
    long = Places(tmp_path / ("x" * 200))
    assert len(str(long.socket("d1"))) <= LONGEST_SOCKET
    assert long.socket("d1") != Places(tmp_path / ("y" * 200)).socket("d1")
    assert long.socket("d1") != long.socket("d2")
