"""What a process tells of itself and of the others, as Prometheus's own parser reads it."""

import asyncio
import os
import stat
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.unit.plane.conftest import ADDRESS, FOREIGN, KEY, World, routing
from watchkeeper.access.key import digest_of
from watchkeeper.access.rate import Rate
from watchkeeper.server.exposing import exposed
from watchkeeper.server.figures import FIGURES, Kind, Sample
from watchkeeper.server.notices import Notices, Told
from watchkeeper.server.plane import metrics
from watchkeeper.serving.split import Split

GOOD = {"size": 2.0, "rooms": 3}
HERE = (ADDRESS, "1", "champion")
BESIDE = (ADDRESS, "1", "challenger")


async def challenged(world: World) -> None:
    """The challenger answers what waits."""
    task = asyncio.create_task(world.plane._challenging.answer())
    await asyncio.sleep(0.1)
    task.cancel()


def test_what_a_call_leaves_in_the_figures(world: World) -> None:
    world.call({"rows": [GOOD] * 7})
    world.call({"size": 6.66, "rooms": 1})
    figures = world.figures()
    assert figures["watchkeeper_calls_total", *HERE, "200"] == 1
    assert figures["watchkeeper_calls_total", *HERE, "500"] == 1
    assert figures["watchkeeper_errors_total", "model-failed", *HERE] == 1
    assert figures["watchkeeper_call_seconds_count", *HERE] == 2
    assert figures["watchkeeper_call_rows_bucket", ADDRESS, "10.0", "1", "champion"] == 1
    assert figures["watchkeeper_call_rows_bucket", ADDRESS, "1.0", "1", "champion"] == 0
    assert figures["watchkeeper_batch_rows_sum", *HERE] == 7
    assert figures["watchkeeper_model_loaded", *HERE] == 1
    assert 0 < figures["watchkeeper_model_load_seconds", *BESIDE] < 10
    assert figures["watchkeeper_rows_waiting", *BESIDE] == 7
    asyncio.run(challenged(world))
    figures = world.figures()
    assert ("watchkeeper_rows_waiting", *BESIDE) not in figures
    assert figures["watchkeeper_calls_total", *BESIDE, "200"] == 1
    assert figures["watchkeeper_batch_rows_sum", *BESIDE] == 7
    assert figures["watchkeeper_batch_seconds_count", *BESIDE] == 1
    assert figures["watchkeeper_call_seconds_sum", *BESIDE] > 0


def test_a_call_is_under_way_until_its_body_has_come(world: World) -> None:
    async def slow() -> float:
        arrives = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await arrives.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            raise AssertionError(message)

        headers = [(b"authorization", f"Bearer {KEY}".encode())]
        path = f"/v1/deployments/{ADDRESS}/predict"
        call = asyncio.create_task(
            world.plane({"type": "http", "method": "POST", "path": path, "headers": headers}, receive, send)
        )
        await asyncio.sleep(0.01)
        during = [each.value for each in world.plane._telling._samples() if each.figure.endswith("calls_under_way")]
        arrives.set()
        await call
        return during[0]

    assert asyncio.run(slow()) == 1
    assert world.figures()["watchkeeper_calls_under_way", *HERE] == 0


def test_in_a_split_each_role_has_its_own_calls_and_only_what_callers_waited_for(world: World) -> None:
    world.source.change(routes=routing(split=Split(share=1.0)).routes)
    world.table.look()
    world.call({"rows": [{**GOOD, "size": 1.0}] * 4})
    assert world.figures()["watchkeeper_rows_waiting", *HERE] == 4
    asyncio.run(challenged(world))
    figures = world.figures()
    assert [figures["watchkeeper_calls_total", *role, "200"] for role in (HERE, BESIDE)] == [1, 1]
    assert [figures["watchkeeper_call_seconds_count", *role] for role in (HERE, BESIDE)] == [0, 1]
    assert [figures["watchkeeper_batch_seconds_count", *role] for role in (HERE, BESIDE)] == [1, 0]
    assert [figures["watchkeeper_call_rows_sum", *role] for role in (HERE, BESIDE)] == [4, 4]


def test_calls_beyond_a_rate_are_turned_away_under_their_code(world: World) -> None:
    limited = replace(routing().callers[digest_of(KEY)], rate=Rate(1))
    world.source.change(callers={digest_of(KEY): limited})
    world.table.look()
    assert [world.call(GOOD).status for _ in range(3)] == [200, 429, 429]
    assert world.figures()["watchkeeper_calls_turned_away_total", "rate-exceeded", "429"] == 2


def test_a_release_that_is_gone_is_told_of_for_a_while_and_no_longer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for release in range(1, 8):
        world.source.change(routes=routing(release=release).routes)
        world.table.look()
        world.call(GOOD)
        world.figures()
    releases = {key[2] for key in world.figures() if key[0] == "watchkeeper_calls_total"}
    assert releases == {str(release) for release in range(1, 8)}
    monkeypatch.setattr(metrics, "KEPT_FOR", -1.0)
    assert {key[2] for key in world.figures() if key[0] == "watchkeeper_calls_total"} == {"7"}


@pytest.mark.parametrize(("key", "status"), [(None, 401), (FOREIGN, 401), (KEY, 403), ("wk_watcher", 200)])
def test_figures_take_a_key_that_may_see_them(world: World, key: str | None, status: int) -> None:
    world.plane._telling._open_to_all = False
    callers = {digest_of(KEY): routing().callers[digest_of(KEY)]}
    world.source.change(callers=callers, watchers={digest_of("wk_watcher"): None})
    world.table.look()
    assert world.get("/metrics", key=key).status == status


def test_a_key_that_has_ended_sees_no_figures(world: World) -> None:
    world.plane._telling._open_to_all = False
    world.source.change(watchers={digest_of("wk_watcher"): world.clock.now()})
    world.table.look()
    assert world.get("/metrics", key="wk_watcher").status == 401
    world.elapsed[0] += 61
    reply = world.get("/metrics", key="wk_watcher")
    assert (reply.status, reply.json["code"]) == (503, "not-following")


def told(process: str, *samples: Sample) -> Told:
    return Told(process, 0.0, list(samples))


def test_every_process_finds_what_the_others_told(tmp_path: Path) -> None:
    sample = Sample("watchkeeper_calls_total", (*HERE, "200"), 3)
    boards = {name: Notices(name, tmp_path / "run") for name in ("plane-1", "plane-2", "worker")}
    for notices in boards.values():
        notices.tell([sample])
    (tmp_path / "run" / "torn.figures").write_bytes(b"\x82\xa7process")
    for notices in boards.values():
        found = notices.all()
        assert [each.process for each in found] == ["plane-1", "plane-2", "worker"]
        assert all(each.samples[0] == sample for each in found)
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("run/p*")} == {0o600}


def test_a_process_that_is_being_replaced_leaves_the_word_to_the_new_one(tmp_path: Path) -> None:
    old, new = Notices("plane-1", tmp_path), Notices("plane-1", tmp_path)
    other = Notices("plane-2", tmp_path)
    for notices, count in ((old, 9), (new, 1), (old, 10)):
        notices.tell([Sample("watchkeeper_large_calls_under_way", (), count)])
    for notices in (old, new, other):
        (found,) = [each for each in notices.all() if each.process == "plane-1"]
        assert found.samples[0].value == 1


def test_a_process_that_is_gone_for_long_is_told_of_no_more(tmp_path: Path) -> None:
    gone, here = Notices("plane-9", tmp_path), Notices("plane-1", tmp_path)
    for notices in (gone, here):
        notices.tell([])
    assert [each.process for each in here.all()] == ["plane-1", "plane-9"]
    long_ago = time.time() - 601
    os.utime(tmp_path / "plane-9.figures", (long_ago, long_ago))
    assert [each.process for each in here.all()] == ["plane-1"]


def test_without_a_place_for_it_a_process_tells_of_itself_alone() -> None:
    notices = Notices("plane-1")
    notices.tell([])
    assert [each.process for each in notices.all()] == ["plane-1"]


def test_every_figure_can_be_told_and_is_read_back_with_its_labels() -> None:
    samples = [
        Sample(
            figure.name,
            tuple(f'a "{label}"\n' for label in figure.labels),
            2.5,
            (1,) * (len(figure.bounds) + 1) if figure.kind is Kind.HISTOGRAM else (),
        )
        for figure in FIGURES.values()
    ]
    text = exposed([told("plane-1", *samples), told("plane-2", *samples)], now=100.0).decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert {name.removesuffix("_total") for name in FIGURES} == set(families)
    for figure in FIGURES.values():
        found = families[figure.name.removesuffix("_total")]
        assert found.documentation == figure.meaning
        assert {sample.labels["process"] for sample in found.samples} == {"plane-1", "plane-2"}
        for sample in found.samples:
            assert {name: sample.labels[name] for name in figure.labels} == {
                name: f'a "{name}"\n' for name in figure.labels
            }
        if figure.kind is Kind.SINCE:
            assert {sample.value for sample in found.samples} == {97.5}
        if figure.kind is Kind.HISTOGRAM:
            counts = [each.value for each in found.samples if each.name.endswith("_bucket")]
            assert counts == [*range(1, len(figure.bounds) + 2)] * 2


def test_what_another_version_told_is_passed_over() -> None:
    text = exposed([told("plane-1", Sample("watchkeeper_of_tomorrow", ("x",), 1.0))]).decode()
    assert "tomorrow" not in text
