"""One server with one small deployment for all journeys that leave both as they found them: a server is the dearest
thing that a test can ask for. It ends with the last of them."""

from collections.abc import Iterator

import pytest

from tests.journeys.deployed import deployed
from tests.journeys.servers import Server, running
from watchkeeper.sdk import Deployment


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("homes")
    with running(root / "data", root / "home") as found:
        yield found


@pytest.fixture(scope="package")
def deployment(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return deployed(server, tmp_path_factory.mktemp("table"))
