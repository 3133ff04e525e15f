import os
from pathlib import Path


def sync_path(path: Path) -> None:
    """Put a file's content, or the names in a directory, on the disk itself, whoever wrote them."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
