"""`just bench-serving [PEERS_DIR]`: requests a second of one worker, beside the floor and, where they are, the peers.

One LightGBM regressor of 20 numeric features and 300 trees, one row a call. Ours has everything on: key check, strict
types, journal, live challenger. The last line is one JSON object, at 16 connections.
"""

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import lightgbm
import numpy as np
import pyarrow as pa
from driving import Load, drive, need_wrk
from peers import PEERS, Peer, floor
from serving import Up, up

from watchkeeper.learning.keeping import CARD, MODEL, digest, read_json, write_json
from watchkeeper.learning.learners.lightgbm import FILE
from watchkeeper.learning.rechecking import checked_in
from watchkeeper.sdk import Deployment

FEATURES, ROWS, TREES = 20, 20_000, 300
WARM, SECONDS = 2, 8


def main() -> None:
    need_wrk()
    peers_dir = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None
    table, row = rows()
    found: dict[str, Load] = {}
    print("| server | connections | requests/s | p50 ms | p99 ms |\n|---|--:|--:|--:|--:|", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        with up(data_dir=Path(scratch, "data")) as server:
            deployment, champion = deployed(server, table, Path(scratch, "data"))
            with floor(_place(scratch, "floor"), row) as bare:
                found["floor"] = _measured("floor", bare, _place(scratch, "floor"))
            ours = Peer(deployment.url, row)
            found["ours"] = _measured("ours", ours, _place(scratch, "ours"), key=server.key)
            model = Path(scratch, "plain.txt")
            model.write_text((Path(scratch, "data", "models", champion) / FILE).read_text())
        for name, serve in PEERS.items() if peers_dir else ():
            with serve(peers_dir / name / "bin" / "python", _place(scratch, name), model, row) as peer:
                found[name] = _measured(name, peer, _place(scratch, name))
    rates = {name: round(load.rate) for name, load in found.items()}
    print(json.dumps({**rates, "ours_p99_ms": round(found["ours"].p99, 2)}))


def rows() -> tuple[pa.Table, dict[str, float]]:
    """What the model learns from, and the row that is asked."""
    chance = np.random.default_rng(7)
    values = chance.normal(size=(ROWS, FEATURES))
    names = [f"feat_{number}" for number in range(FEATURES)]
    target = values[:, 0] * 3 + np.sin(values[:, 1]) * values[:, 2] + chance.normal(size=ROWS) * 0.1
    table = pa.table({**dict(zip(names, values.T, strict=True)), "y": target})
    return table, dict(zip(names, values[0].round(4).tolist(), strict=True))


def deployed(server: Up, table: pa.Table, data_dir: Path) -> tuple[Deployment, str]:
    """A champion of exactly TREES trees, challenged by the linear model; and its id."""
    project = server.client.projects.create("bench")
    experiment = project.experiments.create("bench", target="y")
    version = experiment.train(project.datasets.upload("bench", table), learners=["lightgbm", "linear"], budget="20s")
    models = {model.learner: model for model in version.models}
    _grow_to_size(data_dir / "models" / models["lightgbm"].id, table)
    created = project.deployments.create(
        "bench", champion=models["lightgbm"], challenger=models["linear"], type_policy="strict"
    )
    return created, models["lightgbm"].id


def _grow_to_size(directory: Path, table: pa.Table) -> None:
    """Our own training stops when more trees don't help; the peers' model has a fixed number of them."""
    scale = read_json(directory / MODEL)["learned"]["scale"]
    values = np.column_stack([table[name].to_numpy() for name in table.column_names[:-1]])
    target = (table["y"].to_numpy() - scale["centre"]) / scale["spread"]
    data = lightgbm.Dataset(values, target, feature_name=table.column_names[:-1])
    booster = lightgbm.train({"num_leaves": 31, "learning_rate": 0.1, "verbosity": -1}, data, TREES)
    booster.save_model(directory / FILE)
    checked = checked_in(directory)
    assert checked is not None, "a model that was just saved keeps rows to check it on"
    expected = np.asarray(booster.predict(checked.rows.values.T)) * scale["spread"] + scale["centre"]
    replace(checked, expected=expected).save(directory)
    write_json(directory / CARD, {**read_json(directory / CARD), "digest": digest(directory)})


def _measured(name: str, peer: Peer, place: Path, *, key: str = "") -> Load:
    """At one connection and, returned, at sixteen."""
    for connections in (1, 16):
        drive(peer.url, peer.body, directory=place, connections=connections, seconds=WARM, key=key)
        load = drive(peer.url, peer.body, directory=place, connections=connections, seconds=SECONDS, key=key)
        print(f"| {name} | {connections} | {load.rate:,.0f} | {load.p50:.2f} | {load.p99:.2f} |", flush=True)
    return load


def _place(scratch: str, name: str) -> Path:
    place = Path(scratch, name)
    place.mkdir(exist_ok=True)
    return place


if __name__ == "__main__":
    main()
