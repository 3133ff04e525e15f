"""Go on only on a condition, or when a person has approved."""

from collections.abc import Callable, Mapping
from typing import Any

from watchkeeper.access.role import Right
from watchkeeper.pipelines.errors import StepFailed
from watchkeeper.pipelines.fields import Field, Unfit, anything, choice, mapping, text
from watchkeeper.pipelines.pipeline import Step
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Kind, Later, Names, Outcome
from watchkeeper.pipelines.wording import spelled

STOP, FAIL = "stop", "fail"
TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": lambda value, wanted: value == wanted,
    "is_not": lambda value, wanted: value != wanted,
    "one_of": lambda value, wanted: value in wanted,
    "above": lambda value, wanted: value > wanted,
    "below": lambda value, wanted: value < wanted,
}
WORDS = {"is": "is", "is_not": "is not", "one_of": "is one of", "above": "is above", "below": "is below"}


def approval(value: Any) -> dict[str, Any]:
    """`true`, or the right that is needed and the question."""
    found = {} if value is True else mapping(value)
    right = found.get("right", Right.WRITE.value)
    if set(found) - {"right", "ask"} or right not in {Right.WRITE, Right.MANAGE, Right.RUN_CODE}:
        raise Unfit("has to be true, or to have a `right` (write, manage or run_code) and a question in `ask`")
    return {"right": right, "ask": text(found.get("ask", "Shall it go on?"))}


def do(doing: Doing) -> Outcome:
    if doing.fields.get("approval") is not None:
        return _approved(doing)
    test = next(name for name in TESTS if name in doing.fields)
    value, wanted = doing.fields["value"], doing.fields[test]
    try:
        passed = bool(TESTS[test](value, wanted))
    except TypeError:
        raise StepFailed(f"'{value}' can't be compared with '{wanted}' by `{test}`.") from None
    asked = str(doing.step.fields["value"]).strip("${} ")
    only = "" if passed else f"; it goes on only where it {WORDS[test]} {spelled(wanted)}"
    said = f"{asked} is {spelled(value)}{only}."
    return _decided(doing, passed=passed, said=said)


def _approved(doing: Doing) -> Outcome:
    if doing.decision is None:
        asked = doing.fields["approval"]
        return Later(asked["ask"], None, asks=asked["right"])
    passed, reason = bool(doing.decision["approved"]), doing.decision["reason"]
    word = "Approved" if passed else "Refused"
    said = f"{word} by {doing.decision['name']}{f': {reason}' if reason else '.'}"
    return _decided(doing, passed=passed, said=said)


def _decided(doing: Doing, *, passed: bool, said: str) -> Done:
    if not passed and doing.fields.get("otherwise") == FAIL:
        raise StepFailed(said)
    stopped = doing.fields.get("says") or f"{said} What comes after it is skipped."
    return Done({"passed": passed}, said if passed else stopped, onward=passed)


def check(step: Step, names: Names) -> None:
    tests = [name for name in TESTS if name in step.fields]
    if "approval" in step.fields:
        if tests or "value" in step.fields:
            names.refuse(step, "approval", "A gate has a condition or an approval, not both; make two gates.")
    elif len(tests) != 1 or "value" not in step.fields:
        names.refuse(step, "value", f"A gate needs `approval`, or `value` with one of {', '.join(TESTS)}.")
    if "one_of" in step.fields and not isinstance(step.fields["one_of"], list):
        names.refuse(step, "one_of", "`one_of` has to be a list.")


GATE = Kind(
    name="gate",
    fields={
        "value": Field(anything, "what is looked at, such as `${compare.verdict}`"),
        **{name: Field(anything, f"it goes on where the value {WORDS[name]} this") for name in TESTS},
        "approval": Field(approval, "true, or `right` and `ask`: a person decides"),
        "otherwise": Field(choice(STOP, FAIL), "what happens where it does not go on; stop without"),
        "says": Field(text, "how it is said where it stops, such as `The champion stays. ${compare.said}`"),
    },
    outputs=("passed",),
    how=How.READS,
    do=do,
    check=check,
)
