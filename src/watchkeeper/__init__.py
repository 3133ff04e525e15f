"""Watchkeeper: keep machine-learning models in production. `import watchkeeper as wk; wk.connect()`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watchkeeper.sdk import Client as Client
    from watchkeeper.sdk import Rate as Rate
    from watchkeeper.sdk import Split as Split
    from watchkeeper.sdk import connect as connect

__version__ = "0.1.0"
__all__ = ["Client", "Rate", "Split", "__version__", "connect"]


def __getattr__(name: str) -> Any:
    if name in {"Client", "Rate", "Split", "connect"}:
        from watchkeeper import sdk

        return getattr(sdk, name)
    raise AttributeError(f"module 'watchkeeper' has no attribute {name!r}")
