"""Laws say what is true, not how fast: a busy machine must not make one fail, so none has a deadline of its own."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes test at once, one of them takes each journey's file whole, and another the story's: their
    servers are dear to start."""
    for item in items:
        if item.get_closest_marker("journey") or item.get_closest_marker("browser"):
            told = {"story", "real_story"} & set(getattr(item, "fixturenames", ()))
            item.add_marker(pytest.mark.xdist_group("story" if told else Path(item.path).stem))
