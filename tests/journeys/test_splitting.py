"""A challenger answers a share of the callers: the same ones always, over releases, kills and processes."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.journeys.deployed import deployed, home
from tests.journeys.servers import running, until
from watchkeeper.sdk import Deployment

pytestmark = [pytest.mark.journey, pytest.mark.long]
CUSTOMERS = 60


def ask(deployment: Deployment, key: str, chance: random.Random, turn: int) -> dict[str, str]:
    """A call of one row from each customer, in a new connection so that any process answers; which id each had."""
    ids = {}
    for customer in range(CUSTOMERS):
        name = f"{customer}/{turn}"
        headers = {"Authorization": f"Bearer {key}", "X-Customer": str(customer)}
        body = {"rows": [home(chance, customer)], "ids": [name]}
        answer = httpx2.post(deployment.url, json=body, headers=headers, timeout=10)
        assert answer.status_code == 200, answer.text
        ids[name] = str(customer)
    return ids


def answered_by(deployment: Deployment, ids: Mapping[str, str]) -> dict[str, set[str]]:
    """By which roles each customer was answered, as the journal has it."""
    found: dict[str, set[str]] = {}
    for role in ("champion", "challenger"):
        for row in rows_of(deployment, role):
            if row["id"] in ids and not row["unseen"]:
                found.setdefault(ids[row["id"]], set()).add(role)
    return found


def rows_of(deployment: Deployment, role: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = deployment.journal(role=role).to_arrow().to_pylist()
    return rows


def all_there(deployment: Deployment, ids: Mapping[str, str]) -> bool:
    there = all({row["id"] for row in rows_of(deployment, role)} >= ids.keys() for role in ("champion", "challenger"))
    return there and deployment.health().owed == 0


def test_one_customer_meets_one_model_whatever_is_killed_and_released(tmp_path: Path) -> None:
    chance = random.Random(3)
    with running(tmp_path / "data", tmp_path / "home", "--workers", "2") as server:
        deployment = deployed(server, tmp_path)
        address = deployment.address
        made = server.run_json("deployments", "change", address, "--split", "0.3", "--split-by-header", "X-Customer")
        assert made["split"]["sentence"] == "30 % of calls, by the header X-Customer, answered by the challenger"
        key = server.client().projects.get("homes").keys.create("caller").secret or ""
        ids = ask(deployment, key, chance, 0)
        for turn, name in enumerate(("plane-1", "plane-2", "worker"), 1):
            until(lambda name=name: name in server.children())  # type: ignore[misc]
            server.kill(name)
            deployment.change(shadow=1 - turn / 10).wait()
            ids |= ask(deployment, key, chance, turn)
        deployment.change(shadow=1.0).wait()
        until(lambda: {row["id"] for row in rows_of(deployment, "champion")} >= ids.keys(), within=40, every=0.5)
        until(lambda: deployment.health().owed == 0, within=60, every=0.5)
        found = answered_by(deployment, ids)
        assert found.keys() == set(ids.values())
        assert all(len(roles) == 1 for roles in found.values())
        drawn = sum(roles == {"challenger"} for roles in found.values())
        assert 6 <= drawn <= 32  # of 60, at 0.3
        for role in ("champion", "challenger"):
            counted = [row["id"] for row in rows_of(deployment, role) if not row["duplicate"]]
            assert len(counted) == len(set(counted))
        assert deployment.usage(days=4000).total["champion"].rows == len(ids)


def test_rows_of_one_call_by_their_column_and_a_canary_that_ramps(tmp_path: Path) -> None:
    chance = random.Random(4)
    with running(tmp_path / "data", tmp_path / "home") as server:
        deployment = deployed(server, tmp_path)
        deployment.change(split=0.5).wait()
        rows = [home(chance, number) for number in range(40)]
        by_towns = server.run_json(
            "deployments", "change", deployment.address, "--split", "0.5", "--split-by-column", "town"
        )
        assert by_towns["split"]["column"] == "town"
        deployment.refresh().wait()
        ids = {f"r{number}": row["town"] for number, row in enumerate(rows)}
        answers = deployment.predict(rows, ids=list(ids))
        assert [answer.id for answer in answers] == list(ids)
        until(lambda: all_there(deployment, ids), within=40, every=0.5)
        assert all(len(roles) == 1 for roles in answered_by(deployment, ids).values())
        ramp = server.run_json(
            "deployments", "change", deployment.address, "--split", "0.000001", "--ramp", "3s=1", "--reason", "canary"
        )
        assert ramp["split"]["ramp"] == [{"after": 3.0, "share": 1.0}]
        deployment.refresh().wait()
        until(lambda: _is_led_by_challenger(deployment, rows[0]), within=20, every=1.0)
        assert deployment.roll_back().split is not None
        assert deployment.promote(reason="it was right").split is None


def _is_led_by_challenger(deployment: Deployment, row: dict[str, Any]) -> bool:
    """Whether a call that is made now is answered by the challenger."""
    name = deployment.predict(row).id
    until(lambda: name in {each["id"] for each in rows_of(deployment, "challenger")}, within=20, every=0.3)
    return any(each["id"] == name and not each["unseen"] for each in rows_of(deployment, "challenger"))
