"""What each learner can do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from watchkeeper.learning.arrays import Numbers, Rows
from watchkeeper.learning.budget import Budget
from watchkeeper.learning.encoding import Encoder
from watchkeeper.learning.explaining import Shares
from watchkeeper.learning.probing import Thresholds


@dataclass(frozen=True)
class Training:
    """Rows to be fitted on.

    Attributes:
        rows: by event time; without one, in an order of chance. Their tail can serve to find settings.
        truth: of shape (rows,); 1 for the positive class.
        settings: what an earlier fit of the same learner found, to be used again; None to find them.
        progress: called with the share that is done.
    """

    task: str
    encoder: Encoder
    rows: Rows
    truth: Numbers
    seed: int
    threads: int
    budget: Budget
    settings: Mapping[str, Any] | None
    progress: Callable[[float], None]


class Runtime(Protocol):
    """What answers in production. `name` is that of the library that does."""

    @property
    def name(self) -> str: ...

    def answer(self, rows: Rows) -> Numbers:
        """The prediction, or the probability of the positive class, of shape (rows,)."""
        ...

    def explain(self, rows: Rows) -> Shares:
        """What each input adds. Raise NoExplanations where that is not known."""
        ...


class Fitted(Protocol):
    """A model in the hands of the library that fitted it."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """What a second fit needs to be of the same kind."""
        ...

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Plain values for people to read."""
        ...

    @property
    def thresholds(self) -> Thresholds:
        """Where its answers jump, or bend, as an input grows."""
        ...

    def answer(self, rows: Rows) -> Numbers: ...

    def save(self, directory: Path) -> Mapping[str, Any]:
        """Write what is large as files, and return the rest, as JSON holds it."""
        ...


class Learner(Protocol):
    """Its module imports no heavy library before it is asked to prepare."""

    @property
    def name(self) -> str: ...

    def prepare(self) -> None:
        """Import what fitting needs. It takes up to some seconds, which are not of the budget."""
        ...

    def fit(self, training: Training) -> Fitted:
        """Within the budget, though never less than the least model; equal for equal seeds. Defined for any rows."""
        ...

    @property
    def runtimes(self) -> tuple[str, ...]:
        """That can answer for its models, by name; the fastest first."""
        ...

    def load(self, directory: Path, kept: Mapping[str, Any], encoder: Encoder, *, runtime: str) -> Runtime:
        """From what `Fitted.save` wrote and returned. Raise ModelBroken where the files are not such a runtime's."""
        ...
