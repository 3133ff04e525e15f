"""The chart library for the browser (Vega, Vega-Lite, Vega-Embed), taken from an installed package, kept as a file.

The file is a script that leaves `vegaEmbed`, `vega` and `vegaLite` on the window. It is loaded only by pages that have
charts, and not before one of them comes near the reader's eyes.
"""

import fcntl
import hashlib
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

PACKAGE = "vl-convert-python"
MAKE = "import sys, vl_convert; sys.stdout.buffer.write(vl_convert.javascript_bundle().encode())"


@dataclass(frozen=True)
class Bundle:
    path: Path
    digest: str
    """SHA-256 of the file, for an ETag."""


def bundle_version() -> str:
    """Changes when the bundle's content can; known without making the bundle, so a URL can carry it at once."""
    return version(PACKAGE)


def written_bundle(directory: Path) -> Bundle:
    """The bundle in `directory`, made there if this version is not there yet (about a second), else only read."""
    path = directory / f"charts-{bundle_version()}.js"
    if not path.exists():
        _write(path)
    return Bundle(path=path, digest=hashlib.sha256(path.read_bytes()).hexdigest())


def _write(path: Path) -> None:
    """Written beside its place and renamed into it: nobody reads half a file. Who comes meanwhile waits for it.

    Made in a process of its own, for the maker is a browser's engine and keeps its 150 MB for good.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".part").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if path.exists():
            return
        file.truncate(0)
        subprocess.run([sys.executable, "-c", MAKE], stdout=file, stdin=subprocess.DEVNULL, check=True)
        Path(file.name).replace(path)
