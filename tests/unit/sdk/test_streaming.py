"""Arrow rows are read whole, however the bytes that they come in are cut."""

from collections.abc import Iterator

import httpx2
import numpy as np
import pyarrow as pa
import pytest

from watchkeeper.sdk.calling import Caller

ROWS = 300_000


def streamed() -> bytes:
    table = pa.table({"value": np.arange(ROWS, dtype=np.float64)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, 16_384)
    return bytes(sink.getvalue().to_pybytes())


@pytest.mark.parametrize("size", [1_000, 65_536, 2**30])
def test_rows_come_whole_in_pieces_of_any_size(size: int) -> None:
    body = streamed()

    class Pieces(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield from (body[start : start + size] for start in range(0, len(body), size))

    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, stream=Pieces(), request=request))
    caller = Caller("http://localhost", "wk_x", transport=transport)
    with caller.stream("/deployments/d/journal") as found, pa.ipc.open_stream(found) as reader:
        assert np.array_equal(reader.read_all()["value"].to_numpy(), np.arange(ROWS))
