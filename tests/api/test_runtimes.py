"""What answers for a model, and how far from the truth it was: over the API, the SDK and on the pages."""

from dataclasses import replace
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.test_release_pages import read, session

__all__ = ["session"]
VERSION = "/projects/p/experiments/e1/versions/1"
ONNX = {"name": "onnx", "largest_difference": 0.00012, "rows": 10_000, "passed_over": {}}
NATIVE = {"name": "lightgbm", "largest_difference": 0.0, "rows": 10_000, "passed_over": {"onnx": 0.25}}


def with_card(api: Api, model: str, **card: Any) -> None:
    with api.assembly.store.work() as work:
        found = work.experiments.model(model)
        assert found is not None
        signature = {**(found.card or {})["signature"], "labels": None}
        work.experiments.replace_model(replace(found, rank=1, card={"signature": signature, **card}))


def test_a_model_says_what_answers_for_it_and_how_nearly(api: Api) -> None:
    with_card(api, "m1", runtime=ONNX, intervals={"rows": 40, "half_widths": {"0.9": 12.5}})
    client = api.client("viewer")
    (model,) = [each for each in client.projects.get("p").experiments.list()[0].version().models if each.id == "m1"]
    assert (model.runtime, model.runtime_difference, model.half_widths) == ("onnx", 0.00012, {"0.9": 12.5})
    champion = client.projects.get("p").deployments.get("live").champion
    assert (champion.runtime, champion.runtime_difference) == ("onnx", 0.00012)


def test_of_a_model_of_before_nothing_is_known(api: Api) -> None:
    client = api.client("viewer")
    champion = client.projects.get("p").deployments.get("live").champion
    model = client.projects.get("p").experiments.list()[0].version().models[0]
    assert (champion.runtime, model.runtime, model.runtime_difference, model.half_widths) == (None, None, None, {})


@pytest.mark.parametrize(
    ("runtime", "said"),
    [
        (ONNX, ["Answered by ONNX Runtime, within 0.00012 of the fitted model, on 10,000 rows."]),
        (
            NATIVE,
            [
                "Answered by LightGBM’s library, exactly as fitted, on 10,000 rows.",
                "ONNX Runtime was passed over: it differs by up to 0.25.",
            ],
        ),
        ({**NATIVE, "passed_over": {"onnx": None}}, ["ONNX Runtime was passed over."]),
    ],
)
def test_the_pages_say_it(api: Api, session: dict[str, str], runtime: dict[str, Any], said: list[str]) -> None:
    intervals = {"half_widths": {"0.9": 12.5}}
    with_card(api, "m1", runtime=runtime, intervals=intervals, metrics={"rmse": 2.0})
    shown = read(api, session, VERSION)
    for sentence in (*said, "In nine of ten rows held out, the truth lay within 12.5 of its answer."):
        assert sentence in shown
    summary = read(api, session, "/projects/p/deployments/live")
    name = {"onnx": "ONNX Runtime", "lightgbm": "LightGBM’s library"}[runtime["name"]]
    assert f"The champion is answered by {name}" in summary
    assert "The challenger is answered by" not in summary
