"""What a prediction process has to know, read in one go off the path of requests."""

from collections.abc import Mapping
from datetime import datetime

from watchkeeper.clock import Clock
from watchkeeper.experiments.experiment import Model
from watchkeeper.monitoring.days import today
from watchkeeper.monitoring.ports import CallerCell
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.serving.deployment import Deployment, Release, Role
from watchkeeper.serving.routing import Caller, ModelPlace, Route, Routing
from watchkeeper.storage.files.places import Places
from watchkeeper.storage.work import Store, Work


class StoredRouting:
    """The RoutingSource over the database."""

    def __init__(self, store: Store, *, places: Places, clock: Clock) -> None:
        self._store = store
        self._places = places
        self._clock = clock

    def generation(self) -> int:
        with self._store.look() as work:
            return work.generations.current()

    def routing(self) -> Routing:
        with self._store.look() as work:
            generation = work.generations.current()
            routes: dict[str, Route] = {}
            for deployment in work.deployments.all():
                route = self._route(deployment, work.deployments.current(deployment.id), work)
                routes[deployment.address] = routes[deployment.id] = route
            return Routing(
                generation=generation, callers=self._callers(work), routes=routes, watchers=self._watchers(work)
            )

    def _callers(self, work: Work) -> dict[str, Caller]:
        return {
            key.digest: Caller(
                key=key.id,
                digest=key.digest,
                projects=_projects(key.user, key.project, work),
                expires=key.expires,
                deployment=key.deployment,
                rate=key.rate,
                lineage=key.lineage,
            )
            for key in work.keys.all_working(self._clock.now())
            if key.predicts
        }

    def _watchers(self, work: Work) -> dict[str, datetime | None]:
        users = {user.id: user for user in work.users.administrators() if not user.disabled}
        keys = work.keys.all_working(self._clock.now())
        return {key.digest: key.expires for key in keys if key.watches and key.user in users}

    def _route(self, deployment: Deployment, release: Release, work: Work) -> Route:
        model = work.experiments.model(release.champion)
        champion = self._place(model)
        if champion is None:
            raise LookupError(f"release {release.number} of {deployment.address} has no champion")
        challenger = release.model(Role.CHALLENGER)
        version = work.experiments.version(model.version) if model else None
        dataset = work.datasets.get(version.dataset) if version else None
        return Route(
            deployment=deployment.id,
            address=deployment.address,
            project=deployment.project,
            release=release.number,
            type_policy=release.type_policy.value,
            access=release.access.value,
            threshold=release.threshold,
            shadow=release.shadow,
            split=release.split,
            isolation=release.isolation.value,
            time_zone=deployment.time_zone,
            champion=champion,
            challenger=self._place(work.experiments.model(challenger)) if challenger else None,
            passed_over=frozenset(dataset.schema.names if dataset else ()),
        )

    def _place(self, model: Model | None) -> ModelPlace | None:
        if model is None:
            return None
        return ModelPlace(model=model.id, directory=str(self._places.model(model.id)), learner=model.learner)


def _projects(user: str | None, project: str | None, work: Work) -> frozenset[str] | None:
    """The projects whose deployments a key may call; None for all."""
    if user is None:
        return frozenset({project} if project else ())
    known = work.users.get(user)
    if known is None or known.disabled:
        return frozenset()
    if known is not None and known.administrator:
        return None
    return frozenset(work.members.projects_of(user))


class StoredBoard:
    """The StatusBoard over the database."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def report(
        self,
        process: str,
        pid: int,
        status: Mapping[str, object],
        *,
        used: Mapping[str, datetime],
        refused: Mapping[tuple[str, str], int],
    ) -> None:
        with self._store.work() as work:
            work.board.report(process, pid=pid, at=self._clock.now(), status=status)
            for name in sorted({deployment for deployment, _ in refused}):
                if (deployment := work.deployments.get(name)) is not None:
                    day = today(self._clock.now(), deployment.time_zone)
                    counts = [(key, count) for (of, key), count in refused.items() if of == name]
                    cells = [CallerCell(by, day, key, refused=count) for by in DaysOf for key, count in counts]
                    work.callers.add(name, cells)
            for digest, at in used.items():
                work.keys.touch(digest, at=at)
