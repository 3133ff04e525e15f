"""`python -m watchkeeper.server.process NAME`: what the supervisor starts. Reads its settings from standard input, and
then its orders."""

import json
import logging
import socket
import sys
from collections.abc import Callable

from watchkeeper.server.children import settings_from
from watchkeeper.server.orders import STANDARD_INPUT, Orders, lines_of
from watchkeeper.server.settings import Settings

log = logging.getLogger(__name__)
Runner = Callable[[str, Settings, socket.socket | None, Orders], None]


def main() -> None:
    name = sys.argv[1]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    lines = lines_of(STANDARD_INPUT)
    message = json.loads(next(lines))
    descriptor = message["listener"]
    listener = socket.socket(fileno=descriptor) if descriptor is not None else None
    orders = Orders(message["held"])
    orders.follow(lines)
    log.info("%s starts", name)
    runner_of(name)(name, settings_from(message["settings"]), listener, orders)


def runner_of(name: str) -> Runner:
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


if __name__ == "__main__":
    main()
