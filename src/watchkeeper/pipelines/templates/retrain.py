"""Retrain monthly and when drifted, shadow, promote if better, watch, roll back if worse."""

from typing import Any

from watchkeeper.monitoring.performance.comparing import Verdict
from watchkeeper.pipelines.pipeline import ClockKind
from watchkeeper.serving.deployment import Deployment

NAME = "Retrain {deployment}"
CRON = "0 3 1 * *"
COOL_DOWN = "14d"


def retrain_definition(
    deployment: Deployment,
    *,
    cron: str | None = CRON,
    when: tuple[str, ...] = ("drift", "verdicts", "performance"),
    clock: str = ClockKind.WALL,
    days: int | None = None,
    source: dict[str, Any] | None = None,
    budget: str = "2m",
    learners: tuple[str, ...] = (),
    shadow: str = "14d",
    watch: str = "14d",
    approval: bool = False,
) -> dict[str, Any]:
    """The definition, in words that can be changed.

    Args:
        deployment: whose champion is to be replaced.
        cron: when it runs, in the deployment's time zone; None for not by a schedule.
        when: rules or signals whose firing starts it; none for not because of a firing.
        clock: `wall`, or `event` for a replayed past.
        days: how far back the rows to learn from reach; all without.
        source: fields of another import step (a file or a folder); the deployment's own journal and labels without.
        budget: of the training.
        learners: all without.
        shadow: how long the new model is the challenger before it is compared.
        watch: how long it is watched after it was promoted.
        approval: whether a person has to approve of the promotion.
    """
    journal = {"from": "journal", **({"days": days} if days is not None else {})}
    chosen = {"learners": list(learners)} if learners else {}
    steps = {
        "data": {"kind": "import", **(source or journal)},
        "train": {"kind": "train", "dataset": "${data.dataset}", "budget": budget, **chosen},
        "shadow": {"kind": "challenge", "model": "${train.model}"},
        "shadowed": {"kind": "wait", "after": ["shadow"], "time": shadow},
        "compare": {"kind": "compare", "after": ["shadowed"], "challenger": "${train.model}", "patience": shadow},
        "better": {
            "kind": "gate",
            "value": "${compare.verdict}",
            "is": Verdict.BETTER.value,
            "says": "The champion stays. ${compare.said}",
        },
        **_approved(approval),
        "promote": {
            "kind": "promote",
            "after": ["approved" if approval else "better"],
            "keep": True,
            "expected": "${compare.release}",
        },
        **_watched(watch),
    }
    definition: dict[str, Any] = {"deployment": deployment.address, "clock": str(clock)}
    if cron is not None:
        definition["schedule"] = {"cron": cron, "time_zone": deployment.time_zone}
    if when:
        definition["on_firing"] = {"rules": list(when), "cool_down": COOL_DOWN}
    return {**definition, "steps": steps}


def _approved(approval: bool) -> dict[str, Any]:
    if not approval:
        return {}
    return {"approved": {"kind": "gate", "after": ["better"], "approval": {"ask": "Shall it be promoted?"}}}


def _watched(watch: str) -> dict[str, Any]:
    """The old champion is the challenger then: where it turns out to be better, it comes back."""
    return {
        "told": {
            "kind": "notify",
            "title": "${run.pipeline}: promoted",
            "message": "Release ${promote.release} has a new champion, ${train.learner}: its ${compare.metric} is "
            "${compare.challenger} against ${compare.champion}, on ${compare.rows} rows.",
        },
        "watched": {"kind": "wait", "after": ["promote"], "time": watch},
        "compare_again": {"kind": "compare", "after": ["watched"], "champion": "${train.model}", "patience": watch},
        "worse": {
            "kind": "gate",
            "value": "${compare_again.verdict}",
            "is": Verdict.BETTER.value,
            "says": "What was promoted stays. ${compare_again.said}",
        },
        "roll_back": {
            "kind": "roll_back",
            "after": ["worse"],
            "to": "${promote.before}",
            "expected": "${compare_again.release}",
        },
        "told_again": {
            "kind": "notify",
            "title": "${run.pipeline}: rolled back",
            "message": "Release ${roll_back.release} has the old champion again: it has turned out to be better, its "
            "${compare_again.metric} is ${compare_again.challenger} against ${compare_again.champion}.",
        },
    }
