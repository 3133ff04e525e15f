"""Laws say what is true, not how fast: a busy machine must not make one fail, so none has a deadline of its own."""

from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

OF_THE_STORY = {f"tests/journeys/test_{name}.py" for name in ("browser", "pages", "story")}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where several processes test at once, one of them takes a file whole, since its tests share servers that are dear
    to start; and all files that share the story."""
    from xdist.scheduler import LoadFileScheduling

    scheduler: Any = LoadFileScheduling(config, log)
    by_file = scheduler._split_scope

    def by_server(test: str) -> Any:
        return "story" if test.partition("::")[0] in OF_THE_STORY else by_file(test)

    scheduler._split_scope = by_server
    return scheduler
