"""A deployment can be called with another key than the one it was found with."""

import pytest

from tests.unit.demo.listening import Asked, Reply, listening
from watchkeeper.sdk import Deployment, Key
from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import Refused


def answering(asked: Asked) -> Reply:
    return 200, {"id": "p1", "value": asked.document["x"], "release": 1}


def found(url: str) -> Deployment:
    return Deployment(Caller(url, "wk_personal"), {"id": "d1", "project": "p1", "url": f"{url}/predict"})


def key(secret: str | None) -> Key:
    return Key(Caller("http://127.0.0.1:1", "wk_personal"), {"id": "k1", "name": "till", "secret": secret})


@pytest.mark.parametrize("given", ["wk_callers", key("wk_callers")], ids=["a secret", "a key"])
def test_it_predicts_with_the_key_that_is_given_and_the_first_keeps_its_own(given: Key | str) -> None:
    with listening(answering) as listener:
        personal = found(listener.url)
        assert personal.calling_with(given).predict({"x": 3}).value == 3
        assert personal.predict({"x": 4}).value == 4
    assert [asked.key for asked in listener.asked] == ["Bearer wk_callers", "Bearer wk_personal"]


def test_it_is_the_same_deployment() -> None:
    personal = found("http://127.0.0.1:1")
    assert personal.calling_with("wk_callers") == personal


def test_a_key_whose_secret_is_not_known_any_more_is_refused() -> None:
    with pytest.raises(Refused, match="'till' was shown when it was made") as refused:
        found("http://127.0.0.1:1").calling_with(key(None))
    assert refused.value.code == "no-secret"
