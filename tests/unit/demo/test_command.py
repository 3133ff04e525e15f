"""`watchkeeper demo`, before the story begins: which platform it is told on, and what is refused."""

from pathlib import Path

import pytest

from tests.unit.demo.listening import Asked, Reply, listening
from watchkeeper.cli.demo import platform
from watchkeeper.cli.output import NOTHING_GIVEN, choose
from watchkeeper.cli.running import run
from watchkeeper.sdk.connecting import remember
from watchkeeper.sdk.errors import Unidentified, Unreachable

NOBODY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No connection of this user's."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv("WATCHKEEPER_URL", raising=False)
    monkeypatch.delenv("WATCHKEEPER_KEY", raising=False)
    choose(NOTHING_GIVEN)


def known(asked: Asked) -> Reply:
    return (200, {"name": "me"}) if asked.key == "Bearer wk_mine" else (401, {"code": "unknown-key", "detail": "no"})


def said(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert run(["demo", *args]) == 1
    out, err = capsys.readouterr()
    assert not out
    (line,) = err.strip().splitlines()
    return str(line)


def test_an_unknown_incident_is_answered_in_one_line_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    line = said(capsys, "--without", "heat-wave", "--without", "flood")
    assert line.startswith("No incident is called flood. There are: stuck-sensor, renamed-column, heat-wave, new-seg")


def test_a_recorded_history_has_no_incidents_to_leave_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "--without", "heat-wave", "--data", "demand.csv").startswith("Incidents can be left out of the")


def test_a_file_that_is_not_there_is_told_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "none[red].csv"
    assert said(capsys, "--data", str(path)) == f"{path} can't be read: No such file or directory. (data-refused)"


def test_a_platform_that_is_up_is_used_and_left_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(known) as listener:
        monkeypatch.setenv("WATCHKEEPER_URL", listener.url)
        monkeypatch.setenv("WATCHKEEPER_KEY", "wk_mine")
        with platform(None) as here:
            assert here.client.url == listener.url
            assert here.watching is None
            here.client.close()
        with platform(None) as again:
            assert again.client.me().name == "me"
            again.client.close()


def test_the_platform_that_up_left_word_of_is_used() -> None:
    with listening(known) as listener:
        remember(listener.url, "wk_mine")
        with platform(None) as here:
            assert here.client.url == listener.url
            here.client.close()


def test_a_named_address_where_nothing_answers_starts_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHKEEPER_URL", NOBODY)
    monkeypatch.setenv("WATCHKEEPER_KEY", "wk_mine")
    with pytest.raises(Unreachable, match="Nothing answers"), platform(None):
        pass


def test_a_key_that_is_not_known_at_a_named_address_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(known) as listener:
        monkeypatch.setenv("WATCHKEEPER_URL", listener.url)
        monkeypatch.setenv("WATCHKEEPER_KEY", "wk_other")
        with pytest.raises(Unidentified), platform(None):
            pass
