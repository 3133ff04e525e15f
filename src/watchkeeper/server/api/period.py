"""The days that an answer or a page is asked for."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Query

from watchkeeper.monitoring.days import period
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment
from watchkeeper.storage.work import Work

Days = Annotated[int | None, Query(ge=1, le=36600, description="How many days, back from the newest with rows.")]
Start = Annotated[date | None, Query(description="The first day, in the deployment's time zone.")]
End = Annotated[date | None, Query(description="The last day, included.")]


@dataclass(frozen=True)
class Period:
    days: int | None = None
    start: date | None = None
    end: date | None = None

    def of(
        self, deployment: Deployment, work: Work, assembly: Assembly, *, by: DaysOf = DaysOf.EVENT
    ) -> tuple[str, str]:
        """The first and the last day of it, both included. Raise PeriodRefused."""
        return self.within(work.watch.span(deployment.id, by=by), deployment, assembly)

    def within(self, span: tuple[str, str] | None, deployment: Deployment, assembly: Assembly) -> tuple[str, str]:
        """The same where the first and last day with anything are known."""
        return period(
            days=self.days,
            start=self.start,
            end=self.end,
            span=span,
            now=assembly.clock.now(),
            zone=deployment.time_zone,
        )


def asked_for(days: Days = None, start: Start = None, end: End = None) -> Period:
    return Period(days, start, end)


def asked_of_page(days: int | None = None, start: date | None = None, end: date | None = None) -> Period:
    """An address that somebody has kept or written: of too many days it shows what there is, and two days are taken in
    their order."""
    if start is not None and end is not None:
        start, end = min(start, end), max(start, end)
    return Period(days, start, end)


ThePeriod = Annotated[Period, Depends(asked_for)]
PagePeriod = Annotated[Period, Depends(asked_of_page)]
