"""A small deployment on a server of its own: homes' prices by size and town."""

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.journeys.servers import Server
from watchkeeper.sdk import Deployment, Project

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
TOWNS = ("Lyon", "Metz", "Nice")


def home(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "sold_at": (BEGIN + timedelta(hours=6 * number)).isoformat(),
        "size": round(chance.uniform(20, 200), 1),
        "town": chance.choice(TOWNS),
        "garden": chance.random() < 0.4,
    }


def price(row: dict[str, Any], chance: random.Random) -> int:
    by_size = 3000 * float(row["size"]) * (1 + TOWNS.index(row["town"]) / 4)
    return int(by_size + 20_000 * row["garden"] + chance.gauss(0, 9000))


def write_homes(path: Path, *, rows: int = 600) -> Path:
    chance = random.Random(5)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["sold_at", "size", "town", "garden", "price"])
        for number in range(rows):
            row = home(chance, number)
            writer.writerow([*row.values(), price(row, chance)])
    return path


def project_with_homes(server: Server, tmp_path: Path, name: str = "Homes") -> Project:
    project = server.client().projects.create(name)
    project.datasets.upload("homes", write_homes(tmp_path / "homes.csv"))
    return project


def deployed(server: Server, tmp_path: Path, name: str = "Homes", **how: Any) -> Deployment:
    project = project_with_homes(server, tmp_path, name)
    experiment = project.experiments.create("prices", target="price", time="sold_at")
    version = experiment.train(project.datasets.get("homes"), budget="20s", learners=["linear", "lightgbm"])
    return project.deployments.create("prices", champion=version.models[0], challenger=version.models[1], **how)
