"""Watching a deployment: collecting its journal into counts, and judging these counts.

`from watchkeeper.monitoring import compare` compares two tables with the same rule and without a server.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watchkeeper.monitoring.two_tables.comparing import compare as compare

__all__ = ["compare"]


def __getattr__(name: str) -> Any:
    if name == "compare":
        from watchkeeper.monitoring.two_tables.comparing import compare

        return compare
    raise AttributeError(f"module 'watchkeeper.monitoring' has no attribute {name!r}")
