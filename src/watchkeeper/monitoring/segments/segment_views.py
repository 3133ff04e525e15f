"""What one segment's rows were like, held against the same segment of the reference."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from watchkeeper.monitoring.collecting.segment_references import answers_by_segment
from watchkeeper.monitoring.errors import NoSegment
from watchkeeper.monitoring.ports import Counts, JournalPlaces, SegmentSheet, Sheet, Unit
from watchkeeper.monitoring.references.drifting import View, added_up, models_of
from watchkeeper.monitoring.references.watching import importances, roles_of, watched
from watchkeeper.monitoring.segment import COUNTED, FEATURES, MISSING, OTHER, Segmented
from watchkeeper.serving.deployment import Deployment

MOST_TOLD = 20
NO_ALARM = "Looking into segments spends nothing of the alarm budget, since no alarm is raised on them."


@dataclass(frozen=True)
class Segment:
    """One of a column's segments."""

    of: Segmented
    place: int

    @property
    def label(self) -> str:
        return self.of.labels()[self.place]


@dataclass(frozen=True)
class References:
    """What the segments of a column are held against.

    Attributes:
        features: by place; None where the reference's rows are gone, so that all of them stand for each segment.
        predictions: by model and place; empty where a model's own answers were not kept with their inputs.
    """

    features: Mapping[int, Counts] | None
    predictions: Mapping[str, Mapping[int, Counts]]

    @property
    def sentence(self) -> str:
        """What a reader should know of it."""
        said = ["Each segment is held against the same segment of the reference."]
        if self.features is None:
            said = ["The reference's rows can't be counted by segment, so each segment is held against all of them."]
        if not all(self.predictions.values()):
            more = "the reference of a model was kept without its inputs; train it again to have them told apart"
            said.append(f"Predictions are not judged: {more}.")
        return " ".join([*said, NO_ALARM])


def segmented(deployment: Deployment, column: str | None, *, work: Unit) -> Segmented:
    """The column that is, or last was, the segment; or the one of that name. Raise NoSegment."""
    said = [each.column for each in work.segments.said(deployment.id) if each.column is not None]
    wanted = column or (said[0] if said else None)
    found = [each for each in work.segments.columns(deployment.id) if each.column == wanted]
    if found:
        return found[-1]
    if column is None:
        raise NoSegment(
            "No feature of this deployment is its segment. Say which one is, and rows are counted apart from then on.",
            fields=("segment",),
        )
    known = ", ".join(dict.fromkeys(said)) or "none"
    raise NoSegment(f"Nothing was counted by '{column[:200]}'. Rows were counted by: {known}.", fields=("segment_of",))


def segment_of(deployment: Deployment, name: str, *, column: str | None, work: Unit) -> Segment:
    """By its name as it is shown. Raise NoSegment."""
    of = segmented(deployment, column, work=work)
    labels = of.labels()
    places = [place for place, label in enumerate(labels) if label == name and (label or place >= len(of.names))]
    if name and places:
        return Segment(of, places[0])
    told = ", ".join([*labels[: min(len(of.names), MOST_TOLD)], labels[OTHER], labels[MISSING]])
    what = (
        f"There is no segment '{name[:200]}' of {of.column}." if name else f"Say which segment of {of.column} is meant."
    )
    raise NoSegment(f"{what} There are: {told}.", fields=("segment",))


def references_of(
    deployment: Deployment, of: Segmented, models: Iterable[str], *, work: Unit, places: JournalPlaces
) -> References:
    known = work.segments.reference(deployment.id, of.number, FEATURES) if of.reference == COUNTED else None
    predictions = {model: answers_by_segment(deployment, of, model, work=work, places=places) for model in models}
    return References(known, predictions)


def all_references(deployment: Deployment, of: Segmented, *, work: Unit, places: JournalPlaces) -> References:
    """Of all models there have been."""
    return references_of(deployment, of, _models(deployment, work), work=work, places=places)


def _models(deployment: Deployment, work: Unit) -> list[str]:
    return sorted({model for model in models_of(deployment, work=work).values() if model is not None})


def sheets_of(deployment: Deployment, of: Segment, *, start: str, end: str, work: Unit) -> Iterator[Sheet]:
    for each in work.segments.sheets(deployment.id, of.of.number, start=start, end=end, place=of.place):
        yield as_sheet(each)


def as_sheet(of: SegmentSheet) -> Sheet:
    return Sheet(of.release, of.role, of.day, of.rows, of.counts)


def segment_view(
    deployment: Deployment, of: Segment, *, start: str, end: str, work: Unit, places: JournalPlaces
) -> tuple[View, References]:
    """Of the days from start to end, both included; as `view` of all rows. A model's predictions are held against
    nothing, where its answers can't be told apart."""
    watch = watched(deployment, work=work, places=places)
    models, roles = models_of(deployment, work=work), roles_of(deployment, work=work)
    sheets = added_up(sheets_of(deployment, of, start=start, end=end, work=work), models)
    seen = {models.get((each.release, each.role)) for each in sheets} | set(roles.values())
    references = references_of(deployment, of.of, sorted(filter(None, seen)), work=work, places=places)
    nothing = np.zeros(watch.prediction.size, dtype=np.int64)
    if references.features is not None:
        watch = replace(watch, within=references.features.get(of.place, np.zeros(watch.of_features, dtype=np.int64)))
    view = View(
        watch=watch,
        baselines={role: references.predictions[model].get(of.place, nothing) for role, model in roles.items()},
        importances={role: importances(model, work=work) for role, model in roles.items()},
        sheets=sheets,
        models=models,
        in_force=roles,
        answers=lambda model: references.predictions[model].get(of.place, nothing),
    )
    return view, references
