"""LightGBM's own library, called through its C interface.

Importing the Python package of that name imports scikit-learn and pandas where they are installed: six seconds and
160 MB in a process that only answers. The library itself takes milliseconds and 2 MB.

Reference: https://lightgbm.readthedocs.io/en/stable/C-API.html
"""

import ctypes
import weakref
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from watchkeeper.learning.arrays import Numbers
from watchkeeper.learning.errors import ModelBroken, RuntimeMissing
from watchkeeper.learning.runtimes.openmp import provide_openmp

FILES = ("lib/lib_lightgbm.so", "bin/lib_lightgbm.so", "lib/lib_lightgbm.dylib", "bin/lib_lightgbm.dll")
SETTINGS = b"num_threads=1 verbosity=-1"
DOUBLES, ROW_MAJOR, NORMAL, ALL = 1, 1, 0, -1


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
        self._check(created)
        weakref.finalize(self, self._library.LGBM_BoosterFree, self._handle)
        self._predict = self._library.LGBM_BoosterPredictForMat

    def predict(self, features: Numbers) -> Numbers:
        """`features` of shape (rows, features), row by row in memory."""
        rows, width = features.shape
        found, length = np.empty(rows), ctypes.c_int64()
        if not rows:
            return found
        self._check(
            self._predict(
                self._handle,
                ctypes.c_void_p(features.ctypes.data),
                DOUBLES,
                ctypes.c_int32(rows),
                ctypes.c_int32(width),
                ROW_MAJOR,
                NORMAL,
                0,
                ALL,
                SETTINGS,
                ctypes.byref(length),
                ctypes.c_void_p(found.ctypes.data),
            )
        )
        return found

    def _check(self, status: int) -> None:
        if status:
            said = self._library.LGBM_GetLastError().decode(errors="replace")
            raise ModelBroken(f"LightGBM cannot use this model: {said} Train it again.")
