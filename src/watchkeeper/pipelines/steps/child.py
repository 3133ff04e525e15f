"""The process of a python step: `python -P .../child.py DIRECTORY`.

It imports nothing but Python's own. It reads `asked.json` there, runs the program, and writes what `run` returned into
`answer.json`.
"""

import json
import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

LOOK_EVERY = 1.0


def main(directory: Path) -> int:
    _end_with(os.getppid())
    asked = json.loads((directory / "asked.json").read_text(encoding="utf-8"))
    sys.path.insert(0, str(directory))
    names: dict[str, Any] = {"__name__": "step"}
    try:
        exec(compile(asked["code"], "<step>", "exec"), names)  # noqa: S102  (who saved it has the right to run code)
        outputs = names["run"](asked["inputs"]) or {}
        if not isinstance(outputs, dict) or not all(isinstance(name, str) for name in outputs):
            raise TypeError("run has to return a dict whose keys are texts, or None")
        answer = json.dumps(outputs, allow_nan=False)
    except BaseException:  # noqa: BLE001  (a stranger's code; the log says what it did)
        traceback.print_exc()
        return 1
    (directory / "answer.json").write_text(answer, encoding="utf-8")
    return 0


def _end_with(parent: int) -> None:
    """End this process and all that it started when its parent is gone."""

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_EVERY)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=look, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
