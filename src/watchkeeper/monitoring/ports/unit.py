"""All of it in one transaction."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from watchkeeper.batches.ports import Batches
from watchkeeper.datasets.ports import Datasets
from watchkeeper.experiments.ports import Experiments
from watchkeeper.labels.ports import Labels
from watchkeeper.monitoring.acceptance import Acceptances
from watchkeeper.monitoring.erasure import Erasures
from watchkeeper.monitoring.expecting import Schemas
from watchkeeper.monitoring.journalled import Masking
from watchkeeper.monitoring.policy import Policies
from watchkeeper.monitoring.ports.almanacs import Almanacs
from watchkeeper.monitoring.ports.callers import Callers
from watchkeeper.monitoring.ports.hours import Hours
from watchkeeper.monitoring.ports.journal import Journal, Lease
from watchkeeper.monitoring.ports.label_counts import LabelCounts
from watchkeeper.monitoring.ports.looks import Looks
from watchkeeper.monitoring.ports.samples import Samples
from watchkeeper.monitoring.ports.scores import Scores
from watchkeeper.monitoring.ports.segmented import SegmentCounts
from watchkeeper.monitoring.ports.verdicts import Verdicts
from watchkeeper.monitoring.ports.watch import Watch
from watchkeeper.monitoring.retention import Retentions
from watchkeeper.serving.ports import Board, Deployments


class Unit(Protocol):
    @property
    def lease(self) -> Lease: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def watch(self) -> Watch: ...
    @property
    def hours(self) -> Hours: ...
    @property
    def segments(self) -> SegmentCounts: ...
    @property
    def label_counts(self) -> LabelCounts: ...
    @property
    def samples(self) -> Samples: ...
    @property
    def masking(self) -> Masking: ...
    @property
    def erasures(self) -> Erasures: ...
    @property
    def retentions(self) -> Retentions: ...
    @property
    def labels(self) -> Labels: ...
    @property
    def callers(self) -> Callers: ...
    @property
    def scores(self) -> Scores: ...
    @property
    def verdicts(self) -> Verdicts: ...
    @property
    def looks(self) -> Looks: ...
    @property
    def almanacs(self) -> Almanacs: ...
    @property
    def policies(self) -> Policies: ...
    @property
    def acceptances(self) -> Acceptances: ...
    @property
    def schemas(self) -> Schemas: ...
    @property
    def datasets(self) -> Datasets: ...
    @property
    def experiments(self) -> Experiments: ...
    @property
    def deployments(self) -> Deployments: ...
    @property
    def batches(self) -> Batches: ...
    @property
    def board(self) -> Board: ...

    def keep(self, write: Callable[["Unit"], None]) -> None:
        """Keep what was made to be read: now, or after a transaction that only reads, in one of its own."""
        ...


OpenUnit = Callable[[], AbstractContextManager[Unit]]
