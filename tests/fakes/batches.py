from tests.storage.worlds import NOW
from watchkeeper.batches.batch import Batch
from watchkeeper.serving.deployment import TypePolicy

BATCH = Batch(
    id="b1",
    project="p1",
    deployment="d1",
    dataset="s1",
    dataset_name="rows",
    release=1,
    champion="m1",
    challenger="m2",
    type_policy=TypePolicy.BEST_EFFORT,
    threshold=0.5,
    journal=True,
    rows=30,
    asked=NOW,
    asked_by="u1",
    chunk_rows=10,
    violations=[],
)
"""Of the world's dataset, by its deployment: three chunks of ten rows, and nothing answered yet."""
