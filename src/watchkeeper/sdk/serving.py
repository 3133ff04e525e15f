"""Deployments: models that answer at an address."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Literal, Self, overload

from watchkeeper.sdk.access import Key
from watchkeeper.sdk.alerts.firings import Firings
from watchkeeper.sdk.alerts.rules import Rules
from watchkeeper.sdk.batches import Batch, Batches, Progress
from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import Refused, Unavailable
from watchkeeper.sdk.health import Health, read_health
from watchkeeper.sdk.labels import Labels
from watchkeeper.sdk.logged import AT_ONCE, Logged, read_logged
from watchkeeper.sdk.models import Model
from watchkeeper.sdk.monitoring.asking import Asked, Day, asked
from watchkeeper.sdk.monitoring.callers import Callers, read_callers
from watchkeeper.sdk.monitoring.comparison import Comparison, read_comparison
from watchkeeper.sdk.monitoring.distribution import Distribution, read_distribution
from watchkeeper.sdk.monitoring.drift import Drift, read_drift
from watchkeeper.sdk.monitoring.journal import Journal
from watchkeeper.sdk.monitoring.performance import Grain, Performance, read_performance
from watchkeeper.sdk.monitoring.summary import Summary, read_summary
from watchkeeper.sdk.monitoring.usage import Usage, read_usage
from watchkeeper.sdk.monitoring.violations import Violations, read_violations
from watchkeeper.sdk.pipelines import DeploymentPipelines
from watchkeeper.sdk.predicting import (
    EXPLAINED_A_CALL,
    ROWS_A_CALL,
    Answer,
    Answers,
    At,
    Row,
    extras,
    joined,
    many_rows,
    one_row,
    read_answer,
    read_answers,
    rows_of,
)
from watchkeeper.sdk.reading import known_moment, spelled
from watchkeeper.sdk.releases import Releases, ServedModel, read_served
from watchkeeper.sdk.resource import Resource, pick
from watchkeeper.sdk.splits import UNCHANGED, Split, Unchanged, read_split, spelled_split
from watchkeeper.sdk.waiting import settled

LOADED_WITHIN = 60.0


class Deployment(Resource):
    """A deployment: the champion answers, the challenger answers the same rows unseen.

    Attributes:
        labels: the truth, as it arrives.
        rules: when somebody is told.
        pipelines: those that are about it; `pipelines.retrain()` makes one that keeps it good.
        journal: what it was asked and what it answered: `journal(start, end, where=...)`.
        batches: whole tables that its models answered in the background.
    """

    kind = "deployment"
    path = "deployments"

    def __init__(self, caller: Caller, document: Mapping[str, Any]) -> None:
        super().__init__(caller, document)
        self.labels = Labels(caller, self.id)
        self.rules = Rules(caller, self.id)
        self.pipelines = DeploymentPipelines(caller, self.id)
        self.journal = Journal(caller, self.id)
        self.batches = Batches(caller, self.id, str(document["project"]))

    @property
    def name(self) -> str:
        return str(self._document["name"])

    @property
    def slug(self) -> str:
        return str(self._document["slug"])

    @property
    def address(self) -> str:
        """`project.deployment`."""
        return str(self._document["address"])

    @property
    def url(self) -> str:
        """Where rows are sent to."""
        return str(self._document["url"])

    @property
    def time_zone(self) -> str:
        """Of its days."""
        return str(self._document["time_zone"])

    @property
    def access(self) -> str:
        """Who may call: `members` of the project and its keys, `everyone` with a key, or `public`."""
        return str(self._document["access"])

    @property
    def isolation(self) -> str:
        """`shared`: answered by the prediction processes that all deployments share; `process`: by one of its own."""
        return str(self._document["isolation"])

    @property
    def type_policy(self) -> str:
        """`best_effort` mends values of a wrong type and reports them, `strict` refuses them."""
        return str(self._document["type_policy"])

    @property
    def threshold(self) -> float:
        """The probability from which the positive class is answered."""
        return float(self._document["threshold"])

    @property
    def shadow(self) -> float:
        """The share of the rows that the challenger answers unseen."""
        return float(self._document["shadow"])

    @property
    def split(self) -> Split | None:
        """Which calls the challenger answers; None for none."""
        return read_split(self._document.get("split"))

    @property
    def release(self) -> int:
        return int(self._document["release"])

    @property
    def champion(self) -> ServedModel:
        return read_served(self._document["champion"])

    @property
    def challenger(self) -> ServedModel | None:
        said = self._document.get("challenger")
        return read_served(said) if said else None

    @property
    def signature(self) -> Mapping[str, Any]:
        """What it takes and what it answers."""
        return dict(self._document.get("signature") or {})

    @property
    def created(self) -> datetime:
        return known_moment(self._document["created"])

    @property
    def firings(self) -> Firings:
        """Each time that one of its rules fired."""
        return Firings(self._caller, project=str(self._document["project"]), deployment=self.id)

    @property
    def releases(self) -> Releases:
        """All its settings so far."""
        return Releases(self._caller, self.id)

    def promote(self, *, keep: bool = False, reason: str = "", expected: int | None = None) -> Self:
        """Make the challenger the champion. `wait()` returns once every process serves the new release.

        Args:
            keep: let the old champion become the challenger.
            reason: why, for those who read the releases later.
            expected: the release you looked at; with another in force, nothing is done.

        Raises:
            Conflict: there is no challenger, or another release is in force than expected.
        """
        return self._release("promote", keep=keep, reason=reason, expected=expected)

    def swap(self, *, reason: str = "", expected: int | None = None) -> Self:
        """Let champion and challenger change places; as `promote(keep=True)`, but called a swap."""
        return self._release("swap", reason=reason, expected=expected)

    def roll_back(self, to: int | None = None, *, reason: str = "", expected: int | None = None) -> Self:
        """Make a release with the settings of an earlier one.

        Args:
            to: the number of that release; the one before the present without.
            reason: why, for those who read the releases later.
            expected: the release you looked at; with another in force, nothing is done.

        Raises:
            Conflict: there is no such earlier release, or the files of its models are gone.
        """
        return self._release("roll_back", to=to, reason=reason, expected=expected)

    def challenge(self, model: Model | str | None, *, reason: str = "", expected: int | None = None) -> Self:
        """Put a model of the same experiment beside the champion, or nobody (None)."""
        challenger = _id(model) if model is not None else None
        return self._release("challenge", challenger=challenger, reason=reason, expected=expected)

    def change(
        self,
        *,
        type_policy: Literal["best_effort", "strict"] | None = None,
        access: Literal["members", "everyone", "public"] | None = None,
        threshold: float | None = None,
        shadow: float | None = None,
        split: Split | float | Unchanged | None = UNCHANGED,
        isolation: Literal["shared", "process"] | None = None,
        reason: str = "",
        expected: int | None = None,
    ) -> Self:
        """Change how calls are taken.

        Args:
            type_policy: mend values of a wrong type and report them, or refuse them.
            access: who may call: the project's own callers, everyone with a key of this installation, or anybody
                without a key. Only an admin of the project may open it to more.
            threshold: the probability from which the positive class is answered, by champion and challenger.
            shadow: the share of the rows that the challenger answers unseen, above 0 and at most 1.
            split: the share of calls that the challenger answers, or a `Split` that says by whom they are told apart
                and how the share grows; None for no calls.
            isolation: have it answered by the prediction processes that all deployments share, or by one of its own:
                whatever happens to that touches no other deployment. Only an admin of the project may give it one.
            reason: why, for those who read the releases later.
            expected: do nothing when another release than this is in force.
        """
        settings: dict[str, Any] = {"type_policy": type_policy, "access": access, "threshold": threshold}
        settings |= {"shadow": shadow, "isolation": isolation, **spelled_split(split)}
        return self._release("change", **settings, reason=reason, expected=expected)

    def _release(self, action: str, **wanted: Any) -> Self:
        self.releases.make(action, **wanted)
        return self.refresh()

    @overload
    def predict(
        self,
        rows: Row,
        ids: str | None = None,
        at: At | None = None,
        *,
        timeout: float | None = None,
        explain: bool = False,
        interval: float | None = None,
    ) -> Answer: ...
    @overload
    def predict(
        self,
        rows: Sequence[Row],
        ids: Sequence[str | None] | None = None,
        at: Sequence[At] | None = None,
        *,
        timeout: float | None = None,
        explain: bool = False,
        interval: float | None = None,
    ) -> Answers: ...
    def predict(
        self,
        rows: Row | Sequence[Row],
        ids: str | Sequence[str | None] | None = None,
        at: At | Sequence[At] | None = None,
        *,
        timeout: float | None = None,
        explain: bool = False,
        interval: float | None = None,
    ) -> Answer | Answers:
        """Ask the champion.

        Args:
            rows: one row as a mapping of columns to values, or many: a sequence of such rows, a pandas or polars data
                frame, an Arrow table. NaN and None mean missing. More than 10,000 go in several calls.
            ids: an id of your own for the row, or for each row. A row that is sent twice with the same id counts
                once, so such calls are repeated by themselves when a connection breaks.
            at: when the row happened, or each row; else its time column says it, else it is now.
            timeout: seconds that a call may wait for its turn at the server, which otherwise has its own limit.
            explain: say what each input added to the answer (`contributions`, `base`, `unit`). It takes up to a
                tenth of a second a row with a large forest; more than 100 rows go in several calls.
            interval: a share of rows between 0 and 1, like 0.9: say between which numbers the truth lies in so many
                (`low`, `high`), as it did among the rows held out at training. For numbers, not for classes.

        Returns:
            An `Answer` for one row, `Answers` for a sequence.

        Raises:
            Refused: the rows can't be answered; `fields` names the columns at fault.
            Unavailable: the timeout passed while a call waited (code `deadline-passed`); it was not computed.
        """
        post = partial(self._caller.post_bytes, self.url + extras(explain, interval), timeout=timeout)
        most = EXPLAINED_A_CALL if explain else ROWS_A_CALL
        if isinstance(rows, Mapping):
            if ids is None and at is None:
                return read_answer(post(one_row(rows), safe=False))
            single = self._ask(post, [rows], [ids] if _alone(ids) else ids, [at] if _alone(at) else at, most)
            return single[0]
        return self._ask(post, rows_of(rows), ids, at, most)

    def predict_batch(
        self,
        data: Any,
        *,
        name: str | None = None,
        journal: bool = True,
        wait: bool = True,
        progress: Progress | None = None,
    ) -> Batch:
        """Have champion and challenger answer all rows of a table, in the background and however many they are.

        Args:
            data: a dataset, its name or id; or a table that is brought in as a dataset first: the path of a CSV or
                Parquet file, a data frame, an Arrow table. A text is a path only where no dataset is called so.
            name: what to call the dataset of such a table; else it is named after the file and the time.
            journal: let the rows be predictions of this deployment, watched like any others: each once, at the time
                that its time column says. Say False to answer history that would drown what happens now.
            wait: return when it is done, not when it is asked for.
            progress: called with the share of the rows that is done, from 0 to 1.

        Raises:
            Refused: the table has no rows, or lacks the columns that the champion takes.
        """
        return self.batches.run(data, name=name, journal=journal, wait=wait, progress=progress)

    def log(
        self,
        rows: Sequence[Row],
        outputs: Sequence[Any],
        ids: Sequence[str | None] | None = None,
        at: Sequence[At] | None = None,
        *,
        release: int | None = None,
        challenge: bool = False,
    ) -> Logged:
        """Take predictions that were made elsewhere into the journal, as if the champion had answered them here.

        They are on the server's disk once this returns. A row that was logged within the last seven days changes
        nothing, so logging the same again is harmless.

        Args:
            rows: what was asked: a sequence of mappings, a pandas or polars data frame, an Arrow table.
            outputs: what was predicted for each: a number; of classes, the class or the probability of the positive.
            ids: an id of your own for each row; else one is derived from the row's content and time.
            at: when each row happened; else its time column says it.
            release: the number of the release that they belong to; else the one in force.
            challenge: have the challenger answer the rows too.

        Raises:
            Refused: nothing of a piece of 5,000 rows was taken; `fields` names the places at fault.
        """
        times = [spelled(each) if isinstance(each, datetime) else each for each in at] if at is not None else None
        more = {"challenge": challenge} | ({} if release is None else {"release": release})
        bodies = many_rows(rows_of(rows), ids=ids, at=times, outputs=list(outputs), more=more, at_once=AT_ONCE)
        post = partial(self._caller.post_bytes, f"/deployments/{self.id}/log", safe=True)
        return read_logged([post(body) for body in bodies])

    def calling_with(self, key: Key | str) -> "Deployment":
        """The same deployment, called over a connection of its own with another key, as its callers do.

        Args:
            key: a project's key as `create` returned it, or a secret. A project's key may predict, and nothing else.

        Raises:
            Refused: the key's secret is not known any more.
        """
        return Deployment(Caller(self._caller.url, _secret(key), pause=self._caller.pause), self._document)

    def summary(self, days: int = 30, *, start: Day | None = None, end: Day | None = None) -> Summary:
        """A sentence, and what it is made of: health, predictions a day, the metric, what has drifted since when, and
        whether the challenger is better."""
        return read_summary(self._asked(days, start, end))

    def usage(
        self,
        days: int = 30,
        *,
        start: Day | None = None,
        end: Day | None = None,
        by: Literal["event", "arrival"] = "event",
    ) -> Usage:
        """Calls, errors and response time by day, champion beside challenger.

        Args:
            days: how many days, back from the newest that has rows; unless start or end are given.
            start: the first day, in the deployment's time zone.
            end: the last day, included.
            by: count calls on the day of their rows' own time, or on the day that they arrived.
        """
        return read_usage(self._asked(days, start, end, by=by))

    def callers(
        self,
        days: int = 30,
        *,
        start: Day | None = None,
        end: Day | None = None,
        by: Literal["event", "arrival"] = "event",
    ) -> Callers:
        """Who calls: by key and day, how many calls, rows and errors, and how many calls beyond the key's rate. The
        arguments are those of `usage`."""
        return read_callers(self._asked(days, start, end, by=by))

    def drift(self, days: int = 30, *, start: Day | None = None, end: Day | None = None) -> Drift:
        """How far production is from the reference: all features together by day, the prediction, each feature."""
        return read_drift(self._asked(days, start, end))

    def distribution(self, days: int = 30, *, start: Day | None = None, end: Day | None = None) -> Distribution:
        """How the values of each feature and of the prediction are spread, the reference beside production."""
        return read_distribution(self._asked(days, start, end))

    def performance(
        self, days: int = 30, *, start: Day | None = None, end: Day | None = None, by: Grain = "day"
    ) -> Performance:
        """How good the answers were on the rows whose label has come, by day, week or month of the deployment's zone,
        champion beside challenger, with 95 % intervals."""
        return read_performance(self._asked(days, start, end, by=by))

    def comparison(self, days: int = 30, *, start: Day | None = None, end: Day | None = None) -> Comparison:
        """Is the challenger better, on the labelled rows that both models in force answered."""
        return read_comparison(self._asked(days, start, end))

    def violations(self, days: int = 30, *, start: Day | None = None, end: Day | None = None) -> Violations:
        """Values that broke the signature."""
        return read_violations(self._asked(days, start, end))

    def health(self) -> Health:
        """Is it running, and if not, why."""
        return read_health(self._caller.get(f"/deployments/{self.id}/health"))

    def wait(self, within: float = LOADED_WITHIN) -> "Deployment":
        """Wait until every process has loaded the models of the release in force, and answers with them.

        Raises:
            Unavailable: they were not within that many seconds.
        """
        if not settled(lambda: self.health().loaded, pause=self._caller.pause, within=within):
            raise Unavailable(
                f"The deployment '{self.name}' is not loaded after {within:g} seconds: {self.health().sentence}",
                code="not-loaded",
            )
        return self

    def _ask(self, post: Callable[..., Any], rows: Sequence[Row], ids: Any, at: Any, most: int) -> Answers:
        times = [spelled(each) if isinstance(each, datetime) else each for each in at] if at is not None else None
        repeatable = ids is not None and all(name is not None for name in ids)
        bodies = many_rows(rows, ids=ids, at=times, at_once=most)
        return joined([read_answers(post(body, safe=repeatable)) for body in bodies])

    def _asked(self, days: int, start: Day | None, end: Day | None, **more: str) -> Asked:
        return asked(self._caller, self.id, days=days, start=start, end=end, **more)

    def glance(self) -> Mapping[str, Any]:
        return {
            "address": self.address,
            "champion": self.champion.learner,
            "challenger": self.challenger.learner if self.challenger else None,
            "release": self.release,
            "id": self.id,
        }


class Deployments:
    """The deployments of a project."""

    def __init__(self, caller: Caller, project: str) -> None:
        self._caller = caller
        self._path = f"/projects/{project}/deployments"

    def create(
        self,
        name: str,
        *,
        champion: Model | str,
        challenger: Model | str | None = None,
        time_zone: str | None = None,
        type_policy: Literal["best_effort", "strict"] = "best_effort",
        threshold: float = 0.5,
        shadow: float = 1.0,
        split: Split | float | None = None,
        wait: bool = True,
    ) -> Deployment:
        """Give a model an address.

        Args:
            name: what to call it, from which its address is made.
            champion: the model that answers, or its id.
            challenger: the model that answers the same rows unseen, for comparison.
            time_zone: of its days; the experiment's without.
            type_policy: mend values of a wrong type and report them, or refuse them.
            threshold: the probability from which the positive class is answered, by champion and challenger.
            shadow: the share of the rows that the challenger answers unseen, above 0 and at most 1.
            split: the share of calls that the challenger answers, or a `Split`; None for none.
            wait: return when the models are loaded and it can be called.

        Raises:
            Conflict: there is one of this name, or a model is not trained.
            Refused: champion and challenger don't answer the same question.
            Unavailable: it is made, but its models were not loaded in time.
        """
        wanted = {
            "name": name,
            "champion": _id(champion),
            "challenger": _id(challenger) if challenger is not None else None,
            "time_zone": time_zone,
            "type_policy": type_policy,
            "threshold": threshold,
            "shadow": shadow,
            **spelled_split(split),
        }
        deployment = Deployment(self._caller, self._caller.post(self._path, wanted))
        return deployment.wait() if wait else deployment

    def get(self, deployment: str) -> Deployment:
        """The deployment of this name, slug, address or id.

        Raises:
            NotFound: the project has none.
        """
        return pick(Deployment, self.list(), deployment, names=lambda each: (each.slug, each.name, each.address))

    def list(self) -> Sequence[Deployment]:
        """All of them."""
        return [Deployment(self._caller, document) for document in self._caller.pages(self._path)]


def _id(model: Model | str) -> str:
    return model.id if isinstance(model, Model) else model


def _secret(key: Key | str) -> str:
    if isinstance(key, str):
        return key
    if key.secret is None:
        raise Refused(
            f"The secret of the key '{key.name}' was shown when it was made, and only then. Make another key.",
            code="no-secret",
            fields=("key",),
        )
    return key.secret


def _alone(given: object) -> bool:
    return isinstance(given, str | datetime)
