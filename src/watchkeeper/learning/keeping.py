"""A model's directory: written whole or not at all, and checked by its digest."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from watchkeeper.learning.errors import ModelBroken
from watchkeeper.syncing import sync_path

MODEL, CARD, REFERENCE, ERRORS = "model.json", "card.json", "reference.parquet", "errors.json"
INPUT = "input."
"""Before the names of the inputs that stand in the reference beside the answers."""
ASIDE = frozenset({CARD, REFERENCE})
"""Files that the model needs not for its answers; the digest is of the others."""


@contextmanager
def written_whole(directory: Path) -> Iterator[Path]:
    """A directory to write into, which takes its place, and that of an older one, when all went well."""
    partial = directory.with_name(f"{directory.name}.partial")
    _remove(partial)
    partial.mkdir(parents=True)
    try:
        yield partial
        for file in partial.iterdir():
            sync_path(file)
        sync_path(partial)
        _remove(directory)
        partial.rename(directory)
        sync_path(directory.parent)
    finally:
        _remove(partial)


def write_json(file: Path, value: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def read_json(file: Path) -> dict[str, Any]:
    """Raise ModelBroken where it is not there or is no JSON object."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as failure:
        raise broken(file.parent, f"{file.name} cannot be read") from failure
    if not isinstance(found, dict):
        raise broken(file.parent, f"{file.name} is no object")
    return found


def digest(directory: Path) -> str:
    """SHA-256 over name, size and content of the files that the model needs."""
    total = hashlib.sha256()
    for file in sorted(file for file in directory.iterdir() if file.name not in ASIDE):
        total.update(f"{file.name}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as opened:
            total.update(hashlib.file_digest(opened, "sha256").digest())
    return total.hexdigest()


def check_digest(directory: Path) -> None:
    """Raise ModelBroken where a file of the model is missing or not as it was written."""
    if digest(directory) != read_json(directory / CARD).get("digest"):
        raise broken(directory, "a file is missing or not as it was written")


def broken(directory: Path, reason: str) -> ModelBroken:
    return ModelBroken(
        f"The model in '{directory.name}' is damaged: {reason}. Restore it from a backup, or train again."
    )


def _remove(directory: Path) -> None:
    if directory.exists():
        shutil.rmtree(directory)
