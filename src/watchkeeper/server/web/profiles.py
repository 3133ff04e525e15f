"""One feature over time: how its values were spread, hour by hour, day by day or month by month."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.monitoring.errors import TooManyHours
from watchkeeper.monitoring.references.watching import PREDICTION, watched
from watchkeeper.monitoring.segments.profiles import MOST_DAYS_OF_HOURS, ProfileGrain, profiles
from watchkeeper.monitoring.segments.segment_views import segment_of
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.period import PagePeriod
from watchkeeper.server.api.profiles import show_profiles
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import page
from watchkeeper.server.web.numbers import as_csv
from watchkeeper.server.web.segments import names_of_segments
from watchkeeper.server.web.serving import Tab, tab_of
from watchkeeper.serving.deployment import Role

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Asked:
    """Of all releases and segments, or one of each."""

    column: str
    grain: ProfileGrain
    role: Role
    release: str
    segment: str

    def read(self, tab: Tab, assembly: Assembly) -> dict[str, Any]:
        """Raise TooManyHours."""
        of = segment_of(tab.deployment, self.segment, column=None, work=tab.work) if self.segment else None
        return show_profiles(
            profiles(
                tab.deployment,
                self.column,
                by=self.grain,
                role=self.role,
                start=tab.start,
                end=tab.end,
                release=int(self.release) if self.release.isdecimal() else None,
                segment=of,
                work=tab.work,
                places=assembly.places,
            )
        )


def asked(
    column: str = PREDICTION,
    grain: ProfileGrain = ProfileGrain.DAY,
    role: Role = Role.CHAMPION,
    release: str = "",
    segment: str = "",
) -> Asked:
    return Asked(column, grain, role, release, segment)


TheAsked = Annotated[Asked, Depends(asked)]


@router.get(PAGES["profile"], **needs(Right.READ))
def profile(request: Request, deployment: str, assembly: TheAssembly, period: PagePeriod, asked: TheAsked) -> Response:
    with assembly.store.look() as work:
        tab = tab_of(request, deployment, work, assembly, period=period)
        choices = choices_of(tab)
        try:
            found, why = asked.read(tab, assembly), None
        except TooManyHours as refused:
            found, why = None, refused.message
    context = {**tab.context, "found": found, "why": why, "asked": vars(asked), "choices": choices}
    return page(request, "deployment_profile.html", **context, most_days=MOST_DAYS_OF_HOURS)


@router.get(PAGES["profile_csv"], **needs(Right.READ))
def profile_csv(
    request: Request, deployment: str, assembly: TheAssembly, period: PagePeriod, asked: TheAsked
) -> Response:
    """A row a stretch and bin."""
    with assembly.store.look() as work:
        tab = tab_of(request, deployment, work, assembly, period=period)
        found = asked.read(tab, assembly)
    rows = [
        [each["start"], label, count]
        for each in found["profiles"]
        for label, count in zip(found["bins"], each["counts"], strict=True)
    ]
    return as_csv([[asked.grain.value, "bin", "rows"], *rows], name=f"{tab.deployment.slug}-profile")


def choices_of(tab: Tab) -> dict[str, list[str]]:
    """What the page's form offers."""
    watch = watched(tab.deployment, work=tab.work, places=tab.assembly.places)
    releases = tab.work.deployments.releases(tab.deployment.id)
    return {
        "columns": [PREDICTION, *watch.names],
        "releases": [str(each.number) for each in reversed(releases)],
        "segments": names_of_segments(tab),
    }
