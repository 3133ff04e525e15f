"""`python -m watchkeeper.server.process NAME`: what the supervisor starts. Reads its settings from standard input,
and ends when that closes, which is when its parent is gone."""

import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable

from watchkeeper.server.settings import Settings
from watchkeeper.server.supervisor import settings_from

log = logging.getLogger(__name__)
GRACE = 12.0
STANDARD_INPUT = 0


def main() -> None:
    name = sys.argv[1]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    message = json.loads(sys.stdin.buffer.readline())
    descriptor = message["listener"]
    listener = socket.socket(fileno=descriptor) if descriptor is not None else None
    threading.Thread(target=_end_with_parent, daemon=True).start()
    log.info("%s starts", name)
    _runner(name)(name, settings_from(message["settings"]), listener)


def _runner(name: str) -> Callable[[str, Settings, socket.socket | None], None]:
    match name.partition("-")[0]:
        case "console":
            from watchkeeper.server.console import run_console

            return run_console
        case "plane":
            from watchkeeper.server.plane.process import run_plane

            return run_plane
        case "worker":
            from watchkeeper.server.worker import run_worker

            return run_worker
    raise SystemExit(f"no such process: {name}")


def _end_with_parent() -> None:
    # Not through sys.stdin, whose lock this thread would hold while the interpreter ends.
    while os.read(STANDARD_INPUT, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


if __name__ == "__main__":
    main()
