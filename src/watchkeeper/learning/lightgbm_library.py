"""LightGBM, imported when it is asked for."""

import sys
from typing import Any

from watchkeeper.learning.runtimes.openmp import provide_openmp


def lightgbm_library() -> Any:
    """Without its wrappers for scikit-learn, whose import takes three times as long as the rest of it."""
    provide_openmp()
    left_out = {"sklearn": None} if "sklearn" not in sys.modules else {}
    sys.modules.update(left_out)  # type: ignore[arg-type]  # None says that there is none
    try:
        import lightgbm
    finally:
        for name in left_out:
            del sys.modules[name]
    return lightgbm
