"""Rows of a period above those of the reference, as a model reads them, any feature from either."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from watchkeeper.learning.arrays import Ints, Numbers, Rows
from watchkeeper.learning.model import LoadedModel
from watchkeeper.monitoring.causes.swapping import Table

REST = ""
"""All that is not swapped by itself, the event time among it; no column has this name."""


@dataclass(frozen=True)
class Stack:
    """What is swapped are places of rows, by feature: the `first` rows are the period's."""

    model: LoadedModel
    places: Mapping[str, int]
    values: Numbers
    at: Ints
    first: int

    @classmethod
    def of(cls, model: LoadedModel, window: Rows, reference: Rows) -> "Stack":
        places = {each.name: place for place, each in enumerate(model.signature.inputs)}
        values = np.concatenate([window.values, reference.values], axis=1)
        return cls(model, places, values, np.concatenate([window.at, reference.at]), len(window))

    def fill(self, hidden: Collection[str], absent: Collection[str], *, timed: bool) -> None:
        """What only one side has is the same on both: rows take it from each other in turn."""
        places = np.arange(self.at.size)
        window, reference = places[: self.first], places[self.first :]
        for name in hidden:
            self.values[self.places[name], window] = self.values[self.places[name], np.resize(reference, window.size)]
        for name in absent:
            self.values[self.places[name], reference] = self.values[
                self.places[name], np.resize(window, reference.size)
            ]
        if not timed:
            self.at[reference] = self.at[np.resize(window, reference.size)]

    def sides(self, columns: Sequence[str]) -> tuple[Table, Table]:
        """The period's and the reference's, with these features by themselves and the rest as one."""
        places = np.arange(self.at.size)
        names = [*columns, REST]
        return dict.fromkeys(names, places[: self.first]), dict.fromkeys(names, places[self.first :])

    def predict(self, table: Table) -> Numbers:
        rest = table[REST]
        values = self.values[:, rest]
        for name, places in table.items():
            if name != REST:
                values[self.places[name]] = self.values[self.places[name], places]
        return self.model.runtime.answer(Rows(values, self.at[rest]))
