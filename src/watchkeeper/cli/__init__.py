"""The command line: one group a room, over the SDK."""

import sys
from collections.abc import Sequence


def main(args: Sequence[str] | None = None) -> None:
    """Run a command and leave with its status: 0 done, 1 failed, 2 asked wrongly."""
    from watchkeeper.cli.running import run

    sys.exit(run(args))


__all__ = ["main"]
