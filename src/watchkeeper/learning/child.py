"""A process that fits one model: `python -m watchkeeper.learning.child`.

It reads one line of JSON, `{"data", "spec", "directory", "threads"}`, and writes lines of JSON: any number of
`{"progress": 0 to 1, "message"}`, and last `{"card"}` or `{"error": {"code", "message", "fields"}}`.
"""

import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO

from watchkeeper.errors import WatchkeeperError
from watchkeeper.learning.fitting import FitSpec, fit

REPORT_EVERY = 0.5
LOOK_EVERY = 1.0


def main() -> None:
    end_with(os.getppid())
    said = own_output()
    asked = json.loads(sys.stdin.readline())

    def say(line: Mapping[str, Any]) -> None:
        said.write(json.dumps(line, allow_nan=False) + "\n")
        said.flush()

    try:
        last = {"card": _fit(asked, say)}
    except Exception as failure:  # noqa: BLE001  (whatever a library raises is told to the parent)
        traceback.print_exc()
        last = {"error": _described(failure)}
    say(last)


def _fit(asked: Mapping[str, Any], say: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    spec = FitSpec.from_json(asked["spec"])
    reporter = Reporter(say, time.monotonic)
    return fit(Path(asked["data"]), spec, Path(asked["directory"]), threads=asked["threads"], progress=reporter)


class Reporter:
    """Passes progress on when its message changes, else at most twice a second."""

    def __init__(self, say: Callable[[Mapping[str, Any]], None], ticks: Callable[[], float]) -> None:
        self._say, self._ticks = say, ticks
        self._message, self._next = "", 0.0

    def __call__(self, share: float, message: str) -> None:
        now = self._ticks()
        if message == self._message and now < self._next:
            return
        self._message, self._next = message, now + REPORT_EVERY
        self._say({"progress": round(share, 4), "message": message})


def own_output() -> TextIO:
    """Standard output for us alone: what native libraries print there goes to standard error."""
    ours = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(ours, "w", encoding="utf-8")


def end_with(parent: int) -> None:
    """End this process, in the middle of whatever it does, when its parent is gone."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


def _described(failure: Exception) -> dict[str, Any]:
    if isinstance(failure, WatchkeeperError):
        return {"code": failure.code, "message": failure.message, "fields": list(failure.fields)}
    return {"code": "failure", "message": f"{type(failure).__name__}: {failure}", "fields": []}


if __name__ == "__main__":
    main()
