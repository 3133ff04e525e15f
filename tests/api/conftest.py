"""The console's application in this process, over a database of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from anyio.from_thread import start_blocking_portal

from tests.fakes.clock import StillClock
from tests.storage.laying import lay_tables
from tests.storage.worlds import world_in
from watchkeeper.access.identifying import first_administrator, issue_key
from watchkeeper.access.role import Role
from watchkeeper.access.user import Member, User
from watchkeeper.sdk import Client
from watchkeeper.sdk.calling import Caller
from watchkeeper.server.assembly import Assembly, assemble
from watchkeeper.server.console import create_app
from watchkeeper.server.settings import Settings


@dataclass
class Api:
    """`keys` are secrets by who has them: each role, an administrator, a stranger (a user who is no member), and a
    project's key."""

    assembly: Assembly
    app: Any
    keys: dict[str, str]
    portal: Any

    def call(self, method: str, path: str, *, who: str | None = "administrator", **parts: Any) -> httpx2.Response:
        headers = {**({"Authorization": f"Bearer {self.keys[who]}"} if who else {}), **parts.pop("headers", {})}

        async def ask() -> httpx2.Response:
            transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.request(method, path, headers=headers, **parts)

        answer: httpx2.Response = self.portal.call(ask)
        return answer

    def client(self, who: str) -> Client:
        """The SDK, over this very application."""
        return Client("", "", caller=Caller("http://localhost", self.keys[who], transport=Bridge(self)))


@dataclass
class Bridge(httpx2.BaseTransport):
    """Carries what the SDK asks to the application."""

    api: Api

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self.api.call(
            request.method,
            str(request.url),
            who=None,
            content=request.read(),
            headers=dict(request.headers),
        )
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)


@pytest.fixture(scope="session")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The console's, which know nothing of an assembly: laid out once, at the first request, in a third of a second."""
    found: list[Any] = create_app(assemble(Settings(data_dir=tmp_path_factory.mktemp("routes")))).router.routes
    return found


@pytest.fixture
def api(tmp_path: Path, routes: list[Any]) -> Iterator[Api]:
    settings = Settings(data_dir=tmp_path)
    lay_tables(tmp_path / "watchkeeper.sqlite")
    assembly = assemble(settings, clock=StillClock())
    world_in(assembly.store, tmp_path)
    with assembly.store.work() as work:
        clock = assembly.clock
        administrator = first_administrator(users=work.users, clock=clock)
        secrets = {"administrator": issue_key("a", keys=work.keys, clock=clock, user=administrator.id)[1]}
        for name in (*Role, "stranger"):
            user = User(id=f"user-{name}", name=name, administrator=False, created=clock.now())
            work.users.add(user)
            if name in set(Role):
                work.members.add(Member(project="p1", user=user.id, role=name))
            secrets[str(name)] = issue_key(name, keys=work.keys, clock=clock, user=user.id)[1]
        key, secrets["project key"] = issue_key("caller", keys=work.keys, clock=clock, project="p1")
    app = create_app(assembly)
    app.router.routes[:] = routes
    with start_blocking_portal() as portal:
        yield Api(assembly, app, {**secrets, "the key": key.id}, portal)
    assembly.store.close()
