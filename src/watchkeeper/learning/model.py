"""A saved model, as it answers in production. Nothing of what fitted it is loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, Self

import msgspec

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.encoding import Encoder
from watchkeeper.learning.errors import NoIntervals
from watchkeeper.learning.intervals import Errors, check_level
from watchkeeper.learning.keeping import CARD, ERRORS, MODEL, broken, check_digest, read_json
from watchkeeper.learning.learner import Runtime
from watchkeeper.learning.learners import LEARNERS
from watchkeeper.learning.metrics.decisions import THRESHOLD
from watchkeeper.learning.rechecking import checked_in
from watchkeeper.learning.signature import Signature


class Answers(msgspec.Struct, frozen=True):
    """`outputs`: the prediction, or the probability of the positive class, a row. `values`: the class a row, where
    classes are predicted."""

    outputs: list[float]
    values: list[str] | None


@dataclass(frozen=True)
class Explanation:
    """`contributions`: by input and, where there is one, by the event time's column, a number a row. With `base` they
    sum to the answer in `unit` (see `explaining`)."""

    unit: str
    base: float
    contributions: dict[str, list[float]]


class Answering(Protocol):
    """A model that answers; see `LoadedModel.answer`."""

    @property
    def signature(self) -> Signature: ...
    def answer(self, columns: Mapping[str, Sequence[Any]], at: Sequence[int]) -> Answers: ...
    def explain(self, columns: Mapping[str, Sequence[Any]], at: Sequence[int]) -> Explanation: ...
    def half_width(self, level: float) -> float: ...


class Deciding(Answering, Protocol):
    """One whose classes depend on a threshold."""

    def deciding_at(self, threshold: float) -> "Deciding":
        """The same, answering the positive class from this probability on."""
        ...


@dataclass(frozen=True)
class LoadedModel:
    signature: Signature
    encoder: Encoder
    runtime: Runtime
    threshold: float = THRESHOLD
    errors: Errors | None = None

    def answer(self, columns: Mapping[str, Sequence[Any]], at: Sequence[int]) -> Answers:
        """Answer rows in journal form.

        Args:
            columns: a list an input, one value a row: numbers as float, truth values as bool, levels as str,
                timestamps as microseconds since 1970, UTC; None for what is missing, and no list where all is.
            at: each row's event time, in microseconds since 1970, UTC.
        """
        return self.said(self.runtime.answer(self.encoder.journal(columns, at)))

    def said(self, outputs: Numbers) -> Answers:
        """What its runtime answered, in plain values."""
        listed = outputs.tolist()
        if self.signature.labels is None:
            return Answers(listed, None)
        negative, positive = self.signature.labels
        return Answers(listed, [positive if each >= self.threshold else negative for each in listed])

    def deciding_at(self, threshold: float) -> Self:
        return self if threshold == self.threshold else replace(self, threshold=threshold)

    def explain(self, columns: Mapping[str, Sequence[Any]], at: Sequence[int]) -> Explanation:
        """What each input adds to the answers to these rows. Raise NoExplanations."""
        found = self.runtime.explain(self.encoder.journal(columns, at))
        time = self.signature.time
        names = [*(each.name for each in self.signature.inputs), *([time] if time is not None else ())]
        return Explanation(found.unit, found.base, dict(zip(names, found.added.T.tolist(), strict=True)))

    def half_width(self, level: float) -> float:
        """How far the truth lies from a prediction at most, in that share of rows. Raise LevelRefused, NoIntervals or
        TooFewErrors."""
        check_level(level)
        if self.signature.labels is not None:
            raise NoIntervals(
                f"'{self.signature.target}' is a class, and its probability says how sure the model is; only numbers "
                "have intervals.",
                fields=("interval",),
            )
        if self.errors is None:
            raise NoIntervals(
                "This model was kept without its errors, by which intervals are measured; train it again.",
                fields=("interval",),
            )
        return self.errors.half_width(level)


def load_model(directory: Path) -> LoadedModel:
    """Raise ModelBroken where a file is missing or damaged, RuntimeDiffers where it does not answer here as it did."""
    if not (directory / CARD).is_file():
        raise broken(directory, f"there is no {CARD}")
    check_digest(directory)
    loaded, checked = open_model(directory), checked_in(directory)
    if checked is not None:
        checked.check(loaded.runtime)
    return loaded


def open_model(directory: Path) -> LoadedModel:
    """The same for files whose digest and answers are not to be checked."""
    kept = read_json(directory / MODEL)
    learner = LEARNERS.get(str(kept.get("learner")))
    if learner is None:
        raise broken(directory, "its learner is not known here")
    runtime = kept.get("runtime", learner.runtimes[0])
    if runtime not in learner.runtimes:
        raise broken(directory, "its runtime is not known here")
    signature = Signature.from_json(kept["signature"])
    encoder = Encoder(signature)
    errors = Errors.from_json(read_json(directory / ERRORS)) if (directory / ERRORS).is_file() else None
    loaded = learner.load(directory, kept["learned"], encoder, runtime=runtime)
    return LoadedModel(signature, encoder, loaded, errors=errors)
