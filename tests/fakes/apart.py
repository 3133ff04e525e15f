"""A process that does as it is asked: `python -m tests.fakes.apart`."""

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any


def say(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    asked = json.loads(sys.stdin.readline())
    for line in asked.get("say", ()):
        say(line)
    if "mutter" in asked:
        sys.stderr.write(asked["mutter"])
    if "begin to say" in asked:
        sys.stdout.write(asked["begin to say"])
        sys.stdout.flush()
    if asked.get("die"):
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(asked.get("linger", 0))


if __name__ == "__main__":
    main()
