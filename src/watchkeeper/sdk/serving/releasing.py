"""Changing what answers, release by release."""

from typing import Any, Literal, Self

from watchkeeper.sdk.models import Model, id_of
from watchkeeper.sdk.releases import Releases
from watchkeeper.sdk.serving.facts import Facts
from watchkeeper.sdk.splits import UNCHANGED, Split, Unchanged, spelled_split


class Releasing(Facts):
    """Each change is a numbered release, and no call is refused meanwhile."""

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
        challenger = id_of(model) if model is not None else None
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
