"""A model that is quick answers unseen in the loop's own thread, a slow one beside it."""

import asyncio
import json
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest

from tests.unit.plane.conftest import ADDRESS, KEY, Adding, World, request
from watchkeeper.learning.model import Answers
from watchkeeper.server.plane import challenging

BODY = json.dumps({"size": 1, "rooms": 1}).encode()


def goes_of_the_challenger(world: World, monkeypatch: pytest.MonkeyPatch, *, works: float) -> list[bool]:
    """Of three: whether each was in the loop's own thread."""
    found: list[bool] = []
    adding = Adding.answer

    def seen(model: Adding, columns: Any, at: Sequence[int]) -> Answers:
        if model.plus == 100.0:
            found.append(threading.current_thread() is threading.main_thread())
            until = time.thread_time() + works
            while time.thread_time() < until:
                pass
        return adding(model, columns, at)

    monkeypatch.setattr(Adding, "answer", seen)
    asyncio.run(_three_calls(world))
    return found


async def _three_calls(world: World) -> None:
    answering = asyncio.create_task(world.plane._challenging.answer())
    for times in range(1, 4):
        path = f"/v1/deployments/{ADDRESS}/predict"
        await request(world.plane, path, BODY, "POST", {"authorization": f"Bearer {KEY}"})
        async with asyncio.timeout(10):
            while len(world.record.frames) < 2 * times:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
    answering.cancel()
    with suppress(asyncio.CancelledError):
        await answering


def test_one_that_is_known_to_be_quick_stays_in_the_loop(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert goes_of_the_challenger(world, monkeypatch, works=0.0) == [False, True, True]


def test_one_that_takes_long_stays_beside_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert goes_of_the_challenger(world, monkeypatch, works=0.01) == [False, False, False]


def test_a_call_that_fills_a_batch_waits_for_no_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challenging, "GATHER", 60.0)
    monkeypatch.setattr(challenging, "MOST_ROWS", 1)
    asyncio.run(_three_calls(world))
    assert [frame.role for frame in world.record.frames] == ["champion", "challenger"] * 3
