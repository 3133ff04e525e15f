from watchkeeper.learning.arrays import Ints


def ids_of(batch: str, rows: Ints) -> list[str]:
    """What the predictions of these rows of the table are known by, here and in the journal."""
    return [f"{batch}-{row}" for row in rows.tolist()]
