"""The gate of every route: who asks, what for, in which project. Nothing is reached except through it."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Annotated, Any

from fastapi import Depends, Request

from watchkeeper.access.errors import RightMissing
from watchkeeper.access.identifying import identity_of_key, identity_of_session
from watchkeeper.access.key import digest_of
from watchkeeper.access.permitting import Permit, permit
from watchkeeper.access.role import Right
from watchkeeper.access.user import Identity
from watchkeeper.errors import NotFound
from watchkeeper.server.assembly import Assembly
from watchkeeper.storage.work import Work

SESSION_COOKIE = "watchkeeper_session"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
SCOPES = (
    "project",
    "dataset",
    "experiment",
    "version",
    "model",
    "deployment",
    "batch",
    "pipeline",
    "run",
    "key",
)


def assembly_of(request: Request) -> Assembly:
    found = request.app.state.assembly
    assert isinstance(found, Assembly)  # noqa: S101
    return found


def permit_of(request: Request) -> Permit:
    found = request.state.permit
    assert isinstance(found, Permit)  # noqa: S101
    return found


TheAssembly = Annotated[Assembly, Depends(assembly_of)]
ThePermit = Annotated[Permit, Depends(permit_of)]


class Gate:
    """Lets a request through with a permit in `request.state.permit`, or raises; `request.state.identity` is who asked
    either way."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def __call__(self, request: Request) -> None:
        assembly = assembly_of(request)
        with assembly.store.look() as work:
            request.state.identity = identity = _identity(request, assembly, work)
            scope = next((name for name in SCOPES if name in request.path_params), None)
            project = _project(scope, str(request.path_params.get(scope or "", "")), work)
            if scope is not None and project is None and identity is not None:
                raise NotFound(f"There is no such {scope} here, or you may not see it.")
            request.state.permit = permit(
                identity,
                self._asked(assembly),
                project=project,
                members=work.members,
                what=scope or "thing",
                deployment=_deployment(scope, request, work),
            )

    def _asked(self, assembly: Assembly) -> Right:
        opened = self.right is Right.METRICS and assembly.settings.metrics_open
        return Right.OPEN if opened else self.right


def needs(right: Right) -> dict[str, Any]:
    """What a route says of the right it asks for: `@router.get("/x", **needs(Right.READ))`."""
    return {"dependencies": [Depends(Gate(right))], "openapi_extra": {"x-right": right.value}}


def caller_address(request: Request) -> str:
    """Where a request came from: an IPv4 address, or the network that one household or server has in IPv6."""
    host = request.client.host if request.client else ""
    try:
        known = ip_address(host)
    except ValueError:
        return host[:60]
    if isinstance(known, IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or ip_network((known, 64), strict=False))


def csrf_token(session: str) -> str:
    """What a form must send along with the session's cookie."""
    return sha256(f"csrf {session}".encode()).hexdigest()


def _identity(request: Request, assembly: Assembly, work: Work) -> Identity | None:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        identity = identity_of_key(secret, keys=work.keys, users=work.users, clock=assembly.clock)
        if identity is not None:
            request.app.state.used[digest_of(secret)] = assembly.clock.now()
        return identity
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        return None
    if request.method not in SAFE_METHODS and request.url.path.startswith("/api/"):
        _check_csrf(request, cookie)
    return identity_of_session(cookie, sessions=work.sessions, users=work.users, keys=work.keys, clock=assembly.clock)


def _check_csrf(request: Request, cookie: str) -> None:
    if request.headers.get("x-csrf-token") != csrf_token(cookie):
        raise RightMissing("A change asked for with a session's cookie has to carry its X-CSRF-Token.")


def _project(scope: str | None, name: str, work: Work) -> str | None:
    match scope:
        case "project":
            project = work.projects.get(name)
            return project.id if project else None
        case "experiment" | "version" | "model":
            return _project_of_experiment(scope, name, work)
    things: Mapping[str, Callable[[str], Any]] = {
        "dataset": work.datasets.get,
        "deployment": work.deployments.get,
        "batch": work.batches.get,
        "pipeline": work.pipelines.get,
        "run": work.runs.get,
        "key": work.keys.get,
    }
    found = things[scope](name) if scope is not None else None
    project_of: str | None = found.project if found is not None else None
    return project_of


def _deployment(scope: str | None, request: Request, work: Work) -> str | None:
    found = work.deployments.get(str(request.path_params["deployment"])) if scope == "deployment" else None
    return found.id if found else None


def _project_of_experiment(scope: str, name: str, work: Work) -> str | None:
    if scope == "model":
        model = work.experiments.model(name)
        scope, name = "version", model.version if model else ""
    if scope == "version":
        version = work.experiments.version(name)
        name = version.experiment if version else ""
    experiment = work.experiments.get(name)
    return experiment.project if experiment else None
