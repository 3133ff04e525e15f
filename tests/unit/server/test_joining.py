"""What is written in one turn leaves at once, in order, and nothing is lost by closing."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.fakes.wire import Sent
from watchkeeper.server.joining import MOST_HELD, Joining


def over(work: Callable[[Joining, Sent], Awaitable[Any]]) -> Sent:
    async def run() -> Sent:
        sent = Sent()
        await work(Joining(sent, asyncio.get_running_loop()), sent)  # type: ignore[arg-type]
        await asyncio.sleep(0)
        return sent

    return asyncio.run(run())


def test_an_answers_head_and_body_leave_by_one_write_each_turn() -> None:
    async def two_answers(joining: Joining, sent: Sent) -> None:
        joining.write(b"head")
        joining.writelines([b"bo", b"dy"])
        assert sent.pieces == []
        await asyncio.sleep(0)
        joining.write(b"next")

    assert over(two_answers).pieces == [b"headbody", b"next"]


def test_much_leaves_before_the_turn_ends() -> None:
    async def stream(joining: Joining, sent: Sent) -> None:
        for _ in range(5):
            joining.write(b"x" * (MOST_HELD // 2))
        assert len(sent.pieces) == 2

    assert sum(map(len, over(stream).pieces)) == 5 * (MOST_HELD // 2)


def test_to_a_client_that_has_gone_meanwhile_nothing_is_written() -> None:
    async def gone(joining: Joining, sent: Sent) -> None:
        joining.write(b"late")
        sent.close()

    assert over(gone).pieces == []


def test_what_is_held_back_leaves_before_the_connection_closes() -> None:
    async def last(joining: Joining, sent: Sent) -> None:
        joining.write(b"bye")
        joining.close()
        assert joining.is_closing()
        assert sent.pieces == [b"bye"]

    sent = over(last)
    assert (sent.pieces, sent.closed_after) == ([b"bye"], 1)
