"""Runs of pipelines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import Conflict, Unavailable, WatchkeeperError, from_problem
from watchkeeper.sdk.reading import known_moment, moment
from watchkeeper.sdk.resource import Resource
from watchkeeper.sdk.waiting import settled

ENDS = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class StepRun:
    """How far a step of a run is.

    Attributes:
        state: `pending`, `running`, `waiting`, `retrying`, `done`, `failed`, `skipped` or `cancelled`.
        said: how it stands, in words.
        outputs: what it gave.
        error: why it failed.
        asks: the right of a person whose approval it waits for.
        decision: who approved or refused, when and why.
        due: when it is looked at, or tried, again.
        attempts: how often it was begun.
    """

    name: str
    kind: str
    state: str
    said: str
    outputs: Mapping[str, Any]
    error: Mapping[str, Any] | None
    asks: str | None
    decision: Mapping[str, Any] | None
    begun: datetime | None
    ended: datetime | None
    due: datetime | None
    attempts: int
    document: Mapping[str, Any] = field(repr=False, compare=False, default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self.document)

    def glance(self) -> Mapping[str, Any]:
        """What to see of it at a glance."""
        return {"step": self.name, "kind": self.kind, "state": self.state, "said": self.said, "ended": self.ended}


class Run(Resource):
    """One execution of a pipeline."""

    kind = "run"
    path = "runs"

    @property
    def number(self) -> int:
        return int(self._document["number"])

    @property
    def pipeline(self) -> str:
        """The pipeline's id."""
        return str(self._document["pipeline"])

    @property
    def state(self) -> str:
        """`running`, `done`, `failed` or `cancelled`."""
        return str(self._document["state"])

    @property
    def cause(self) -> str:
        """`hand`, `tick` or `firing`."""
        return str(self._document["cause"])

    @property
    def why(self) -> str:
        """What caused it, in words."""
        return str(self._document["why"])

    @property
    def said(self) -> str:
        """How it stands, or how it ended, in words."""
        return str(self._document["said"])

    @property
    def moment(self) -> datetime | None:
        """That of the pipeline's clock when it began."""
        return moment(self._document.get("moment"))

    @property
    def begun(self) -> datetime:
        return known_moment(self._document["begun"])

    @property
    def ended(self) -> datetime | None:
        return moment(self._document.get("ended"))

    @property
    def waits_for(self) -> str | None:
        """The step that waits for a person's approval."""
        return self._document.get("waits_for")

    @property
    def steps(self) -> Sequence[StepRun]:
        """In an order in which each comes after those that it needs."""
        if "steps" not in self._document:
            self.refresh()
        return [_read_step(each) for each in self._document["steps"]]

    def step(self, name: str) -> StepRun:
        """The step of this name."""
        return next(step for step in self.steps if step.name == name)

    def log(self, step: str, attempt: int | None = None) -> str:
        """What a step wrote, in its newest attempt unless another is named; of a long log the middle is left out."""
        said = self._caller.get(f"/runs/{self.id}/steps/{step}/log", {"attempt": attempt})
        return str(said["log"])

    def wait(self, *, within: float | None = None, progress: Callable[[str], None] | None = None) -> Self:
        """Wait until it is done.

        Args:
            within: seconds to wait at most.
            progress: called with how it stands, in words.

        Raises:
            WatchkeeperError: it failed; the message is that of the step.
            Conflict: it was cancelled, or waits for a person's approval.
            Unavailable: it was not over in time.
        """

        def look() -> bool:
            self.refresh()
            if progress:
                progress(self.said)
            return self.state in ENDS or self.waits_for is not None

        if not settled(look, pause=self._caller.pause, within=within):
            raise Unavailable(f"The run {self.number} is not over: {self.said}", code="run-goes-on")
        if self.waits_for is not None:
            raise Conflict(
                f"The step '{self.waits_for}' waits for an approval: `run.approve('{self.waits_for}')`.",
                code="approval-awaited",
                fields=(self.waits_for,),
            )
        self._check()
        return self

    def approve(self, step: str, reason: str = "") -> Self:
        """Let it go on from a gate that asks.

        Raises:
            Forbidden: the gate asks for a right that this key lacks.
            Conflict: the step waits for nobody's approval.
        """
        return self._act("approve", {"step": step, "approved": True, "reason": reason})

    def refuse(self, step: str, reason: str = "") -> Self:
        """What comes after the gate is skipped."""
        return self._act("approve", {"step": step, "approved": False, "reason": reason})

    def cancel(self) -> Self:
        """Nothing more of it begins; what is at work is stopped within a second or two.

        Raises:
            Conflict: it is over.
        """
        return self._act("cancel")

    def resume(self) -> Self:
        """Go on from the steps that failed or were cancelled; what is done stays done.

        Raises:
            Conflict: it goes on, or is done.
        """
        return self._act("resume")

    def _act(self, action: str, said: Mapping[str, Any] | None = None) -> Self:
        self._document = self._caller.post(f"/runs/{self.id}/{action}", said)
        return self

    def _check(self) -> None:
        if self.state == "cancelled":
            raise Conflict(f"The run {self.number} was cancelled. {self.said}", code="run-cancelled")
        if self.state == "failed":
            raise self._failure()

    def _failure(self) -> WatchkeeperError:
        errors = [step.error for step in self.steps if step.state == "failed" and step.error]
        return from_problem(422, {**errors[0], "detail": self.said}) if errors else WatchkeeperError(self.said)

    def glance(self) -> Mapping[str, Any]:
        return {
            "run": self.number,
            "pipeline": self._document["pipeline_name"],
            "state": "waits for approval" if self.waits_for else self.state,
            "why": self.why,
            "said": self.said,
            "begun": self.begun,
            "id": self.id,
        }


class Runs:
    """The runs of a pipeline, or of a whole project."""

    def __init__(self, caller: Caller, path: str) -> None:
        self._caller = caller
        self._path = path

    def list(self) -> Sequence[Run]:
        """All of them, newest first."""
        return [Run(self._caller, document) for document in self._caller.pages(self._path)]

    def get(self, run: str) -> Run:
        """The run of this id.

        Raises:
            NotFound: there is none, or none that this key may see.
        """
        return Run(self._caller, self._caller.get(f"/runs/{run}"))


def _read_step(said: Mapping[str, Any]) -> StepRun:
    return StepRun(
        name=said["name"],
        kind=said["kind"],
        state=said["state"],
        said=said["said"],
        outputs=said["outputs"],
        error=said["error"],
        asks=said["asks"],
        decision=said["decision"],
        begun=moment(said["begun"]),
        ended=moment(said["ended"]),
        due=moment(said["due"]),
        attempts=len(said["attempts"]),
        document=said,
    )
