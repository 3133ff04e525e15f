"""Predictions that were made elsewhere, as records of a deployment: from then on they are as if answered here."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from watchkeeper.learning.signature import Signature
from watchkeeper.names import new_id
from watchkeeper.serving.coercing import Coerced
from watchkeeper.serving.deployment import Release, Role
from watchkeeper.serving.errors import OutputsRefused, TimesMissing
from watchkeeper.serving.frames import Frame
from watchkeeper.serving.moments import moments_of

DERIVED = "log-"
_encode = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True)
class Sent:
    """What is to be logged. `at` are event times in microseconds given apart, `ids` the caller's own, each where given;
    `challenge`: the challenger is to answer the rows too."""

    coerced: Coerced
    outputs: Sequence[Any]
    ids: Sequence[str | None] | None = None
    at: Sequence[int | None] | None = None
    challenge: bool = False


def logged_frame(sent: Sent, *, release: Release, signature: Signature, key: str, now: datetime) -> Frame:
    """Raise OutputsRefused or TimesMissing. A row without an id gets one that derives from its content and time: the
    same row has the same, whenever it is logged."""
    at = _times(sent, signature)
    outputs, values = _outputs(sent.outputs, len(at), signature, threshold=release.threshold)
    given = sent.ids or [None] * len(at)
    ids = [name or _derived(sent.coerced.columns, place, at[place], outputs[place]) for place, name in enumerate(given)]
    return Frame(
        kind="answered",
        deployment=release.deployment,
        release=release.number,
        role=Role.CHAMPION.value,
        model=release.champion,
        key=key,
        call=new_id(),
        received=int(now.timestamp() * 1e9),
        milliseconds=0.0,
        ids=ids,
        own_ids=[True] * len(ids),
        at=at,
        inputs=sent.coerced.columns,  # type: ignore[arg-type]
        outputs=outputs,
        values=values,
        violations=sent.coerced.violations,
        owes=release.challenger if sent.challenge else None,
        logged=True,
    )


def _times(sent: Sent, signature: Signature) -> list[int]:
    moments = moments_of(sent.at, sent.coerced.at)
    known = [moment for moment in moments if moment is not None]
    if not known or len(known) != len(moments):
        column = f" in the column '{signature.time}', or" if signature.time else ""
        raise TimesMissing(
            f"Each row has to say when it was predicted{column} in `at`: what is logged again is known by it.",
            fields=("at",),
        )
    return known


def _outputs(
    given: Sequence[Any], count: int, signature: Signature, *, threshold: float
) -> tuple[list[float], list[str] | None]:
    if len(given) != count:
        raise OutputsRefused(
            f"{count} rows came with {len(given)} outputs; give one for each row.", fields=("outputs",)
        )
    if signature.labels is None:
        return [_number(each, place) for place, each in enumerate(given)], None
    shares = [_share(each, place, signature.labels) for place, each in enumerate(given)]
    negative, positive = signature.labels
    return shares, [positive if share >= threshold else negative for share in shares]


def _number(output: Any, place: int) -> float:
    if isinstance(output, bool) or not isinstance(output, int | float) or not math.isfinite(output):
        raise OutputsRefused(f"The output of row {place} is no finite number.", fields=(f"outputs[{place}]",))
    return float(output)


def _share(output: Any, place: int, labels: tuple[str, str]) -> float:
    """The probability of the positive class; 0 or 1 where only the class is given."""
    if isinstance(output, str) and output in labels:
        return float(output == labels[1])
    if isinstance(output, bool) or not isinstance(output, int | float) or not 0 <= output <= 1:
        raise OutputsRefused(
            f"The output of row {place} has to be a class ({', '.join(labels)}) or the probability of '{labels[1]}'.",
            fields=(f"outputs[{place}]",),
        )
    return float(output)


def _derived(columns: Mapping[str, Sequence[Any]], place: int, at: int, output: float) -> str:
    content = {name: values[place] for name, values in columns.items()}
    return DERIVED + sha256(_encode([at, output, content])).hexdigest()[:32]
