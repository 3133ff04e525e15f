"""Where the server is and who asks: arguments, else the environment, else what `watchkeeper up` left."""

import stat
from pathlib import Path

import pytest

from watchkeeper.sdk import connect
from watchkeeper.sdk.connecting import connection_file, read_connection, remember, remembered
from watchkeeper.sdk.errors import Refused, Unidentified, Unreachable

LEFT = "http://127.0.0.1:8090"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("WATCHKEEPER_URL", "WATCHKEEPER_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


def test_what_was_left_is_for_this_user_s_eyes_only_and_is_found() -> None:
    file = remember(LEFT, "wk_left")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert connect().url == LEFT
    assert remembered(f"{LEFT}/") == "wk_left"


def test_arguments_come_before_the_environment_and_it_before_what_was_left(monkeypatch: pytest.MonkeyPatch) -> None:
    remember(LEFT, "wk_left")
    monkeypatch.setenv("WATCHKEEPER_URL", "http://from-the-environment:1")
    monkeypatch.setenv("WATCHKEEPER_KEY", "wk_environment")
    assert connect().url == "http://from-the-environment:1"
    assert connect("http://given:2", key="wk_given").url == "http://given:2"


def test_a_key_that_was_left_goes_to_no_other_address() -> None:
    remember(LEFT, "wk_left")
    with pytest.raises(Unidentified) as failed:
        connect("http://elsewhere:8090")
    assert failed.value.code == "no-key"
    assert remembered("http://elsewhere:8090") is None


def test_nothing_known_is_said() -> None:
    with pytest.raises(Unreachable, match="watchkeeper up"):
        connect()


def test_a_file_that_others_can_read_is_not_used() -> None:
    remember(LEFT, "wk_left").chmod(0o644)
    with pytest.raises(Refused) as refused:
        connect()
    assert refused.value.code == "connection-file-exposed"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"url": "http://x"}'])
def test_a_broken_file_is_said(content: str) -> None:
    file = remember(LEFT, "wk_left")
    file.write_text(content)
    with pytest.raises(Refused) as refused:
        read_connection(connection_file())
    assert refused.value.code == "connection-file-broken"


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="no address"):
        connect("localhost:8090", key="wk_x")
