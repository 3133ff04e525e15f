"""What a deployment's own process refused for a key's rate is told to the caller as it was."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.unit.plane.conftest import KEY, routing
from watchkeeper.access.key import digest_of
from watchkeeper.access.rate import Rate
from watchkeeper.server.plane.forwarding import Forwarding
from watchkeeper.server.plane.rates import RateExceeded, Rates

HEADERS = [(b"authorization", b"Bearer wk_x")]
SCOPE = {"method": "POST", "path": "/v1/deployments/homes.prices/predict", "headers": HEADERS}


async def passed_on(socket: Path, refusal: bytes) -> RateExceeded:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(refusal)
        await writer.drain()
        await reader.read()
        writer.close()

    async with await asyncio.start_unix_server(refuse, socket):
        forwarding = Forwarding()
        with pytest.raises(RateExceeded) as refused:
            await forwarding.ask(str(socket), SCOPE, b"", until=time.perf_counter() + 5)
        forwarding.close()
        await asyncio.sleep(0.05)
    return refused.value


def test_its_word_and_when_to_come_again(tmp_path: Path) -> None:
    caller = routing().callers[digest_of(KEY)]
    rates = Rates(elapsed=lambda: 0.0)
    rates.take(caller, Rate(1), "d1")
    with pytest.raises(RateExceeded) as refused:
        rates.take(caller, Rate(1), "d1")
    said = refused.value
    body = b'{"code":"rate-exceeded","detail":"%s"}' % said.message.encode()
    head = b"".join(name.title() + b": " + value + b"\r\n" for name, value in said.headers)
    length = b"content-length: %d\r\nx-else: 1\r\n\r\n" % len(body)
    found = asyncio.run(passed_on(tmp_path / "own.sock", b"HTTP/1.1 429 Too Many Requests\r\n" + head + length + body))
    assert (found.message, found.headers) == (said.message, said.headers)
    assert dict(found.headers)[b"retry-after"] == b"60"
