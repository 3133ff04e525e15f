"""Some rows that a model was compared on are kept beside it, with what the fitted model answered: wherever it is loaded
later, with whatever version of a library, it has to answer them so still."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np

from watchkeeper.learning.arrays import Numbers, Rows
from watchkeeper.learning.choosing import largest_difference
from watchkeeper.learning.errors import RuntimeDiffers
from watchkeeper.learning.keeping import broken
from watchkeeper.learning.learner import Runtime

FILE = "checked.npz"
MOST_KEPT = 300


@dataclass(frozen=True)
class Checked:
    """`tolerance`: by how much the answers may differ, in their unit."""

    rows: Rows
    expected: Numbers
    tolerance: float

    @classmethod
    def of(cls, rows: Rows, expected: Numbers, tolerance: float) -> Self:
        """So many of these rows as are kept."""
        places = np.linspace(0, len(rows) - 1, min(len(rows), MOST_KEPT)).astype(np.int64)
        return cls(rows.take(places), expected[places], tolerance)

    def save(self, directory: Path) -> None:
        arrays: Mapping[str, Any] = {"values": self.rows.values, "at": self.rows.at, "expected": self.expected}
        np.savez(directory / FILE, tolerance=np.float64(self.tolerance), **arrays)

    def check(self, runtime: Runtime) -> None:
        """Raise RuntimeDiffers."""
        difference = largest_difference(runtime.answer(self.rows), self.expected)
        if difference > self.tolerance:
            raise RuntimeDiffers(
                f"Loaded here, {runtime.name} answers otherwise than the model that was fitted, by up to "
                f"{difference:.3g}: its library may have another version than when the model was saved. Install that "
                "version again, or train again."
            )


def checked_in(directory: Path) -> Checked | None:
    """None for a model that was kept without. Raise ModelBroken for a file that is none of ours."""
    if not (directory / FILE).is_file():
        return None
    try:
        with np.load(directory / FILE, allow_pickle=False) as kept:
            rows = Rows(kept["values"], kept["at"])
            return Checked(rows, kept["expected"], float(kept["tolerance"]))
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as failure:
        raise broken(directory, f"{FILE} cannot be read") from failure
