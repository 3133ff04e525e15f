import os
from pathlib import Path


def sync_path(path: Path) -> None:
    """Put a file's content, or the names in a directory, on the disk itself, whoever wrote them."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_directory(path: Path) -> None:
    """Whose name is on the disk itself then, like the names of those above it that were not there. One that is there
    is synced all the same: whoever made it may have been killed before."""
    missing = [each for each in path.parents if not each.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for each in (path, *missing):
        sync_path(each.parent)
