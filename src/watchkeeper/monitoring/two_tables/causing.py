"""What is behind the drift of two tables' columns."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from watchkeeper.monitoring.causes.cause import Cause, Suspect
from watchkeeper.monitoring.causes.evidence import evidence_of
from watchkeeper.monitoring.causes.parts import parts
from watchkeeper.monitoring.causes.ranking import causes
from watchkeeper.monitoring.drift.verdict import Effect, Verdict
from watchkeeper.monitoring.integrity.fault import Fault


class Compared(Protocol):
    """A column's verdict and its shares on both sides; see `ColumnDrift`."""

    @property
    def name(self) -> str: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def effect(self) -> Effect: ...
    @property
    def edges(self) -> tuple[float, ...] | None: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def reference(self) -> tuple[float, ...]: ...
    @property
    def current(self) -> tuple[float, ...]: ...


def causes_of(columns: Iterable[Compared], faults: Sequence[Fault]) -> tuple[Cause, ...]:
    """Of the drifted ones, the largest first; no model says here which of them matter."""
    return tuple(causes([_suspect(each, faults) for each in columns if each.verdict is Verdict.DRIFTED]))


def _suspect(of: Compared, faults: Sequence[Fault]) -> Suspect:
    found = parts(np.array(of.reference), np.array(of.current), of.labels, edges=of.edges)
    return Suspect(
        of.name,
        drifted=True,
        effect=of.effect,
        parts=found,
        evidence=evidence_of(of.name, faults, found),
    )
