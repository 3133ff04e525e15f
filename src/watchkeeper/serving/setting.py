"""What a release sets besides its models: an entry a setting."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from watchkeeper.serving.deployment import Access, Isolation, TypePolicy
from watchkeeper.serving.errors import BadThreshold, UnknownAccess, UnknownIsolation, UnknownTypePolicy
from watchkeeper.serving.split import Split, known_share, known_split, percent

WHO = {
    Access.MEMBERS: "the project's own callers",
    Access.EVERYONE: "everyone with a key of this installation",
    Access.PUBLIC: "anybody, without a key",
}


WHERE = {
    Isolation.SHARED: "the prediction processes that all share",
    Isolation.PROCESS: "a prediction process of its own",
}


@dataclass(frozen=True)
class Setting:
    """`known` reads what was asked for, or raises a named error; `told` says it as a reason does. One that `may_end` is
    ended by null; of any other, null leaves it as it is."""

    known: Callable[[Any], Any]
    told: Callable[[Any], str]
    may_end: bool = False


def changing(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the settings wanted that are to change."""
    return {name: value for name, value in wanted.items() if value is not None or SETTINGS[name].may_end}


def known_policy(word: str) -> TypePolicy:
    if word not in set(TypePolicy):
        raise UnknownTypePolicy(
            f"'{word}' is no type policy; use one of {', '.join(TypePolicy)}.", fields=("type_policy",)
        )
    return TypePolicy(word)


def known_access(word: str) -> Access:
    try:
        return Access(word)
    except ValueError:
        raise UnknownAccess(f"'{word}' is no access; use one of {', '.join(Access)}.", fields=("access",)) from None


def known_isolation(word: str) -> Isolation:
    try:
        return Isolation(word)
    except ValueError:
        raise UnknownIsolation(
            f"'{word}' is no isolation; use one of {', '.join(Isolation)}.", fields=("isolation",)
        ) from None


def known_threshold(value: float) -> float:
    if not 0 < value < 1:
        raise BadThreshold(
            f"{value:g} is no threshold; it is the probability from which the positive class is answered, "
            "between 0 and 1 (0.5 is usual).",
            fields=("threshold",),
        )
    return float(value)


def known_shadow(value: float) -> float:
    return known_share(value, field="shadow")


def _told_shadow(share: float) -> str:
    return "The challenger sees every row." if share == 1 else f"The challenger sees {percent(share)} of the rows."


def _told_split(split: Split | None) -> str:
    return f"{split.sentence}." if split else "The champion answers all calls."


SETTINGS: Mapping[str, Setting] = {
    "type_policy": Setting(known_policy, lambda policy: f"Type policy {policy}."),
    "access": Setting(known_access, lambda access: f"Open to {WHO[access]}."),
    "threshold": Setting(known_threshold, lambda value: f"The positive class from a probability of {value:g} on."),
    "shadow": Setting(known_shadow, _told_shadow),
    "split": Setting(known_split, _told_split, may_end=True),
    "isolation": Setting(known_isolation, lambda isolation: f"Answered by {WHERE[isolation]}."),
}
