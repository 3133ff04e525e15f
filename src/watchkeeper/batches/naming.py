from watchkeeper.learning.arrays import Ints


def ids_of(batch: str, rows: Ints) -> list[str]:
    """What the predictions of these rows of the table are known by, here and in the journal."""
    return [f"{batch}-{row}" for row in rows.tolist()]


def row_of(prediction: str) -> int:
    """The row of the table that a prediction of a batch is of."""
    return int(prediction.rpartition("-")[2])
