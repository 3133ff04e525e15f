"""The OpenMP library that LightGBM needs and a bare system lacks.

LightGBM's wheel asks the system for `libgomp.so.1`. Where there is none, scikit-learn's wheel has one, under a name of
its own: a copy that answers to the usual name is loaded first, so that nothing has to be installed beside Python.
"""

import ctypes
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

USUAL = "libgomp.so.1"


@cache
def provide_openmp() -> None:
    """Leave it loaded in this process. Does nothing where the system has it, or where no copy is to be had."""
    try:
        ctypes.CDLL(USUAL)
    except OSError:
        carried = _carried()
        if carried is not None:
            _load_as_usual(carried)


def _carried() -> Path | None:
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        return None
    return next((Path(spec.origin).parents[1] / "scikit_learn.libs").glob("libgomp-*.so*"), None)


def _load_as_usual(library: Path) -> None:
    """The linker knows a loaded library by the name written in it, so that name is what is changed in the copy."""
    own = library.name.encode()
    content = library.read_bytes().replace(own, USUAL.encode().ljust(len(own), b"\0"))
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory) / USUAL
        copy.write_bytes(content)
        ctypes.CDLL(str(copy), mode=ctypes.RTLD_GLOBAL)
