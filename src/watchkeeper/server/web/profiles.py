"""One feature over time: how its values were spread, hour by hour, day by day or month by month."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.monitoring.errors import TooManyHours
from watchkeeper.monitoring.profiles import MOST_DAYS_OF_HOURS, By, profiles
from watchkeeper.monitoring.segment_views import segment_of
from watchkeeper.monitoring.watching import PREDICTION, watched
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import TheAssembly, needs
from watchkeeper.server.api.profiles import show_profiles
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import page
from watchkeeper.server.web.numbers import as_csv
from watchkeeper.server.web.segments import names_of_segments
from watchkeeper.server.web.serving import Tab, tab_of
from watchkeeper.serving.deployment import Role

router = APIRouter(include_in_schema=False)


@router.get(PAGES["profile"], **needs(Right.READ))
def profile(
    request: Request,
    deployment: str,
    assembly: TheAssembly,
    column: str = PREDICTION,
    grain: By = By.DAY,
    role: Role = Role.CHAMPION,
    release: str = "",
    segment: str = "",
    days: int | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Response:
    """Of all releases and segments, or one of each."""
    with assembly.store.work() as work:
        tab = tab_of(request, deployment, work, assembly, days=days, start=start, end=end)
        asked: dict[str, Any] = {"column": column, "grain": grain, "role": role, "release": release, "segment": segment}
        choices = choices_of(tab)
        try:
            found, why = read(tab, assembly, **asked), None
        except TooManyHours as refused:
            found, why = None, refused.message
    context = {**tab.context, "found": found, "why": why, "asked": asked, "choices": choices}
    return page(request, "deployment_profile.html", **context, most_days=MOST_DAYS_OF_HOURS)


@router.get(PAGES["profile_csv"], **needs(Right.READ))
def profile_csv(
    request: Request,
    deployment: str,
    assembly: TheAssembly,
    column: str = PREDICTION,
    grain: By = By.DAY,
    role: Role = Role.CHAMPION,
    release: str = "",
    segment: str = "",
    days: int | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Response:
    """A row a stretch and bin."""
    with assembly.store.work() as work:
        tab = tab_of(request, deployment, work, assembly, days=days, start=start, end=end)
        found = read(tab, assembly, column=column, grain=grain, role=role, release=release, segment=segment)
    rows = [
        [each["start"], label, count]
        for each in found["profiles"]
        for label, count in zip(found["bins"], each["counts"], strict=True)
    ]
    return as_csv([[grain.value, "bin", "rows"], *rows], name=f"{tab.deployment.slug}-profile")


def read(
    tab: Tab, assembly: Assembly, *, column: str, grain: By, role: Role, release: str, segment: str
) -> dict[str, Any]:
    work, span = tab.work, {"start": tab.start, "end": tab.end}
    of = segment_of(tab.deployment, segment, column=None, work=work) if segment else None
    number = int(release) if release.isdecimal() else None
    part: dict[str, Any] = {"release": number, "segment": of, **span}
    return show_profiles(
        profiles(tab.deployment, column, by=grain, role=role, **part, work=work, places=assembly.places)
    )


def choices_of(tab: Tab) -> dict[str, list[str]]:
    """What the page's form offers."""
    watch = watched(tab.deployment, work=tab.work, places=tab.assembly.places)
    releases = tab.work.deployments.releases(tab.deployment.id)
    return {
        "columns": [PREDICTION, *watch.names],
        "releases": [str(each.number) for each in reversed(releases)],
        "segments": names_of_segments(tab),
    }
