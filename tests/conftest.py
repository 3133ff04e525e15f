"""Laws say what is true, not how fast: a busy machine must not make one fail, so none has a deadline of its own."""

from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

JOURNEYS = "tests/journeys/"
OF_THE_STORY = {f"{JOURNEYS}test_{name}.py" for name in ("browser", "pages", "story")}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where several processes test at once, one of them takes a file whole, since its tests share servers that are dear
    to start; all files that share the story; and a folder of journeys, which share one server."""
    from xdist.scheduler import LoadFileScheduling

    scheduler: Any = LoadFileScheduling(config, log)
    by_file = scheduler._split_scope

    def by_server(test: str) -> Any:
        if file_of(test) in OF_THE_STORY:
            return "story"
        folder = file_of(test).rpartition("/")[0]
        return folder if folder.startswith(JOURNEYS) else by_file(test)

    scheduler._split_scope = by_server
    return scheduler


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes test at once, begin with the story, which takes longest, and spread the journeys, which
    mostly wait, among the tests that mostly compute."""
    if not hasattr(config, "workerinput"):
        return
    files = dict.fromkeys(file_of(item.nodeid) for item in items)
    place = dict.fromkeys(OF_THE_STORY, -1.0)
    for journeys in (True, False):
        alike = [file for file in files if file.startswith(JOURNEYS) is journeys and file not in OF_THE_STORY]
        place |= {file: number / len(alike) for number, file in enumerate(alike)}
    items.sort(key=lambda item: place[file_of(item.nodeid)])


def file_of(test: str) -> str:
    return test.partition("::")[0]
