"""LightGBM's own library, called through its C interface.

Importing the Python package of that name imports scikit-learn and pandas where they are installed: six seconds and
160 MB in a process that only answers. The library itself takes milliseconds and 2 MB.

Reference: https://lightgbm.readthedocs.io/en/stable/C-API.html
"""

import ctypes
import weakref
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from threading import local

import numpy as np

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.errors import ModelBroken, RuntimeMissing
from watchkeeper.learning.runtimes.openmp import provide_openmp

FILES = ("lib/lib_lightgbm.so", "bin/lib_lightgbm.so", "lib/lib_lightgbm.dylib", "bin/lib_lightgbm.dll")
SETTINGS = b"num_threads=1 verbosity=-1"
DOUBLES, ROW_MAJOR, NORMAL, CONTRIBUTIONS, ALL = 1, 1, 0, 3, -1


@cache
def _library() -> ctypes.CDLL:
    found = find_spec("lightgbm")
    places = [Path(place) for place in (found.submodule_search_locations or ())] if found else []
    file = next((place / name for place in places for name in FILES if (place / name).is_file()), None)
    if file is None:
        raise RuntimeMissing("LightGBM's library is not here; install watchkeeper[server] again.")
    provide_openmp()
    library = ctypes.CDLL(str(file))
    library.LGBM_GetLastError.restype = ctypes.c_char_p
    return library


class NativeBooster:
    """A booster from its text file; it answers in the calling thread."""

    def __init__(self, file: Path) -> None:
        """Raise ModelBroken where the file is none of LightGBM's."""
        self._library = _library()
        self._handle = ctypes.c_void_p()
        rounds = ctypes.c_int()
        created = self._library.LGBM_BoosterCreateFromModelfile(
            str(file).encode(), ctypes.byref(rounds), ctypes.byref(self._handle)
        )
        _check(self._library, created)
        weakref.finalize(self, self._library.LGBM_BoosterFree, self._handle)
        self._predict = self._library.LGBM_BoosterPredictForMat
        self._alone = local()

    def predict(self, features: Numbers) -> Numbers:
        """`features` of shape (rows, features), row by row in memory."""
        if len(features) == 1:
            return self._one().predict(features)
        return self._many(features, np.empty(len(features)), NORMAL)

    def contributions(self, features: Numbers) -> Numbers:
        """Of shape (rows, features + 1): what each feature adds to the raw score, and last what they begin from; exact
        tree SHAP (Lundberg and others 2020, explainable AI for trees)."""
        rows, width = features.shape
        return self._many(features, np.empty((rows, width + 1)), CONTRIBUTIONS)

    def _many(self, features: Numbers, found: Numbers, kind: int) -> Numbers:
        rows, width = features.shape
        length = ctypes.c_int64()
        if not rows:
            return found
        _check(
            self._library,
            self._predict(
                self._handle,
                ctypes.c_void_p(features.ctypes.data),
                DOUBLES,
                ctypes.c_int32(rows),
                ctypes.c_int32(width),
                ROW_MAJOR,
                kind,
                0,
                ALL,
                SETTINGS,
                ctypes.byref(length),
                ctypes.c_void_p(found.ctypes.data),
            ),
        )
        return found

    def _one(self) -> "SingleRow":
        """Of this thread: it holds the row that it answers."""
        found: SingleRow | None = getattr(self._alone, "row", None)
        if found is None:
            found = self._alone.row = SingleRow(self._library, self._handle)
        return found


class SingleRow:
    """One row at a time, in a third of the time: its settings are read once, and its memory stays where it is."""

    def __init__(self, library: ctypes.CDLL, booster: ctypes.c_void_p) -> None:
        width, settings = ctypes.c_int(), ctypes.c_void_p()
        _check(library, library.LGBM_BoosterGetNumFeature(booster, ctypes.byref(width)))
        created = library.LGBM_BoosterPredictForMatSingleRowFastInit(
            booster, NORMAL, 0, ALL, DOUBLES, width, SETTINGS, ctypes.byref(settings)
        )
        _check(library, created)
        weakref.finalize(self, library.LGBM_FastConfigFree, settings)
        self._library = library
        self._row, self._found, length = np.empty(width.value), np.empty(1), ctypes.c_int64()
        self._answer = partial(
            library.LGBM_BoosterPredictForMatSingleRowFast,
            settings,
            ctypes.c_void_p(self._row.ctypes.data),
            ctypes.pointer(length),
            ctypes.c_void_p(self._found.ctypes.data),
        )

    def predict(self, features: Numbers) -> Numbers:
        """`features` of shape (1, features)."""
        self._row[:] = features[0]
        _check(self._library, self._answer())
        return self._found.copy()


def _check(library: ctypes.CDLL, status: int) -> None:
    if status:
        said = library.LGBM_GetLastError().decode(errors="replace")
        raise ModelBroken(f"LightGBM cannot use this model: {said} Train it again.")
