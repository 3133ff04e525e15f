"""A saved model when it is loaded again."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.learning.conftest import Workshop, sign, signal
from watchkeeper.learning.errors import ModelBroken
from watchkeeper.learning.learners import LEARNERS
from watchkeeper.learning.model import load_model

FILES = {"linear": "model.json", "lightgbm": "booster.txt", "random_forest": "forest.onnx"}
OTHERS = [
    ("linear", "errors.json"),
    ("linear", "checked.npz"),
    ("random_forest", "forest.txt"),
    ("random_forest", "model.json"),
]
ANSWER = """
import sys
from pathlib import Path
from watchkeeper.learning.model import load_model
print(load_model(Path(sys.argv[1])).answer({"x": [1.0]}, [0]).outputs[0])
print(*sorted({"sklearn", "pandas", "skl2onnx", "scipy", "lightgbm", "pyarrow"} & sys.modules.keys()))
"""


@pytest.mark.parametrize("learner", LEARNERS)
def test_answering_needs_none_of_what_fits(workshop: Workshop, learner: str) -> None:
    _, model = workshop.fit(signal(100), learner)
    command = [sys.executable, "-c", ANSWER, str(workshop.model)]
    answer, loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[:2]
    assert float(answer) == model.answer({"x": [1.0]}, [0]).outputs[0]
    assert loaded == ""


@pytest.mark.parametrize(("learner", "name"), [*FILES.items(), *OTHERS])
def test_a_damaged_file_is_noticed(workshop: Workshop, learner: str, name: str) -> None:
    workshop.fit(signal(100), learner)
    file = workshop.model / name
    content = file.read_bytes()
    file.write_bytes(content[:-20] + b"0" * 20)
    with pytest.raises(ModelBroken, match="not as it was written"):
        load_model(workshop.model)
    file.unlink()
    with pytest.raises(ModelBroken, match="damaged"):
        load_model(workshop.model)


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_file_that_is_no_model_is_named_even_when_its_digest_is_right(workshop: Workshop, learner: str) -> None:
    workshop.fit(signal(100), learner)
    (workshop.model / FILES[learner]).write_bytes(b"[]")
    sign(workshop.model)
    with pytest.raises(ModelBroken):
        load_model(workshop.model)


def test_a_card_that_is_missing_or_torn_is_noticed(workshop: Workshop) -> None:
    workshop.fit(signal(100), "linear")
    card = workshop.model / "card.json"
    card.write_text(card.read_text()[:50])
    with pytest.raises(ModelBroken, match=r"card\.json cannot be read"):
        load_model(workshop.model)
    card.unlink()
    with pytest.raises(ModelBroken, match="train again"):
        load_model(workshop.model)


def test_there_may_be_no_model_at_all(tmp_path: Path) -> None:
    with pytest.raises(ModelBroken):
        load_model(tmp_path / "nothing")


def test_a_learner_that_is_not_known_here_is_named(workshop: Workshop) -> None:
    workshop.fit(signal(100), "linear")
    model = workshop.model / "model.json"
    model.write_text(json.dumps({**json.loads(model.read_text()), "learner": "of-the-future"}))
    sign(workshop.model)
    with pytest.raises(ModelBroken, match="learner is not known"):
        load_model(workshop.model)
