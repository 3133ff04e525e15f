"""`watchkeeper deployments`: what the watcher sees."""

import warnings
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from watchkeeper.cli.conditions import Conditions, read_where
from watchkeeper.cli.output import InProject, Json, connected, facts, show, table, the_project
from watchkeeper.sdk.errors import Refused
from watchkeeper.sdk.logged import pieces_of_file, read_logged, split_off
from watchkeeper.sdk.monitoring.retention import RowsGone

if TYPE_CHECKING:
    from watchkeeper.sdk import Deployment

Named = Annotated[str, typer.Argument(help="Its name, slug, id, or address (`project.deployment`).")]
Days = Annotated[int, typer.Option(min=1, help="How many days, back from the newest with rows.")]
Start = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day.")]
End = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day, included.")]
Held = Literal["training", "hold-out", "previous"]
AgainstNamed = Annotated[Held, typer.Option("--against", help="What to hold it against; or give days.")]
AgainstStart = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Another period's first day.")]
HeldAgainst = Annotated[
    Literal["season", "whole"] | None,
    typer.Option(help="The reference's rows of the same season, or all; without, the season where it has a year."),
]
OfSegment = Annotated[str | None, typer.Option("--segment", help="Only rows of this segment.")]
SegmentOf = Annotated[str | None, typer.Option("--segment-of", help="The feature of which it is an earlier segment.")]
AgainstEnd = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its last day, included.")]
Moment = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]
JournalStart = Annotated[datetime | None, typer.Option("--start", formats=Moment, help="From this time on (UTC).")]
UNRECORDED = ("unrecorded_calls", "unrecorded_rows")
"""Shown where there are any: a disk is rarely full."""
JournalEnd = Annotated[datetime | None, typer.Option("--end", formats=Moment, help="Up to before this time (UTC).")]


def the_deployment(name: str, project: str | None) -> "Deployment":
    """An address says its project; any other name is looked for in the project that is given."""
    client = connected()
    where = name.partition(".")[0] if project is None and "." in name else project
    return the_project(where, client).deployments.get(name)


def health(deployment: Named, project: InProject = None, json: Json = False) -> None:
    """Is it running, and if not, why."""
    found = the_deployment(deployment, project).health()
    if json:
        show(found.to_json(), None, as_json=True)
        return
    show(None, found.sentence, as_json=False)
    roles: list[dict[str, Any]] = [
        {
            "role": role,
            "loaded": each.loaded,
            "answering": each.answering,
            "processes": each.processes,
            "last answered": each.last_answered,
            "last error": each.last_error.message if each.last_error else None,
        }
        for role, each in found.roles.items()
    ]
    show(None, table(roles), as_json=False)
    lag = {"journal lag, seconds": found.journal_lag_seconds, "journal waiting, bytes": found.journal_waiting_bytes}
    show(None, facts({"owed": found.owed, **lag}), as_json=False)


def summary(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """In a sentence: is it well, how good are its answers, what has drifted, is the challenger better."""
    found = the_deployment(deployment, project).summary(days, start=day_of(start), end=day_of(end))
    show(found.to_json(), found.sentence, as_json=json)


def usage(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    by: Annotated[Literal["event", "arrival"], typer.Option(help="Which day a call belongs to.")] = "event",
    project: InProject = None,
    json: Json = False,
) -> None:
    """Calls, errors and response time by day, champion beside challenger."""
    found = the_deployment(deployment, project).usage(days, start=day_of(start), end=day_of(end), by=by)
    total = [{"day": "total", "role": role, **vars(used)} for role, used in found.total.items()]
    records = [*found.records(), *total]
    some = any(each[name] for each in records for name in UNRECORDED)
    columns = [name for name in (records or [{}])[0] if some or name not in UNRECORDED]
    show(found.to_json(), table(records, columns=columns), as_json=json)


def callers(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    by: Annotated[Literal["event", "arrival"], typer.Option(help="Which day a call belongs to.")] = "event",
    project: InProject = None,
    json: Json = False,
) -> None:
    """Who calls: by key, how much, and how much beyond its rate."""
    found = the_deployment(deployment, project).callers(days, start=day_of(start), end=day_of(end), by=by)
    show(found.to_json(), table(found.records()) if len(found) else "Nobody called in these days.", as_json=json)


def drift(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    against: AgainstNamed = "training",
    against_start: AgainstStart = None,
    against_end: AgainstEnd = None,
    segment: OfSegment = None,
    segment_of: SegmentOf = None,
    baseline: HeldAgainst = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Has it drifted: the verdict on each feature and prediction, and distances from the reference by day."""
    held = held_of(against, against_start, against_end)
    span = {"start": day_of(start), "end": day_of(end)}
    part = {"segment": segment, "segment_of": segment_of}
    found = the_deployment(deployment, project).drift(days, **span, against=held, **part, baseline=baseline)
    if json:
        show(found.to_json(), None, as_json=True)
        return
    said = f"{found.start} to {found.end}: {found.verdict or 'no rows'}. {found.independence} {found.note}"
    show(None, said.rstrip(), as_json=False)
    if found.days_waiting:
        waiting = "A day is" if found.days_waiting == 1 else f"{found.days_waiting} days are"
        show(None, f"{waiting} yet to be judged by what is known by now; alerts follow.", as_json=False)
    show(None, found.columns, as_json=False)
    for each in found.columns:
        if each.verdict != "stable":
            show(None, f"{each.name}: {each.sentence}", as_json=False)
    for of in found.total.values():
        if of.global_drift is not None:
            show(None, of.global_drift.sentence, as_json=False)
    if found.labels is not None:
        show(None, f"Labels: {found.labels.verdict}. {found.labels.sentence}", as_json=False)
    if found.multivariate.sentence is not None:
        show(None, f"All columns together: {found.multivariate.sentence}", as_json=False)
    show(None, "By day, with the size of global drift", as_json=False)
    show(None, table(found.as_read()), as_json=False)


def causes(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    swap: Annotated[
        bool, typer.Option("--swap", help="Ask the champion again, each feature's values being the reference's.")
    ] = False,
    project: InProject = None,
    json: Json = False,
) -> None:
    """What is behind its drift: each feature that has drifted, since when and by which values."""
    found = the_deployment(deployment, project).causes(days, start=day_of(start), end=day_of(end), swap=swap)
    shown = found if len(found) else "No feature has drifted in these days."
    show(found.to_json(), shown, as_json=json)
    if found.swapped and not json:
        typer.echo(found.swapped.sentence)
    if found.segments_judged is False and not json:
        typer.echo(
            "These days are being judged by segment: ask again in some seconds for where a drift is concentrated."
        )


def distribution(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    against: AgainstNamed = "training",
    against_start: AgainstStart = None,
    against_end: AgainstEnd = None,
    feature: Annotated[str | None, typer.Option(help="Only this one.")] = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """How values are spread, the reference beside production."""
    held = held_of(against, against_start, against_end)
    asked = the_deployment(deployment, project)
    found = asked.distribution(days, start=day_of(start), end=day_of(end), against=held)
    names = [each.name for each in found.features]
    if feature is not None and feature not in names:
        raise Refused(
            f"There is no feature '{feature}'. There is: {', '.join(names)}.", code="no-feature", fields=("feature",)
        )
    records = [record for record in found.records() if feature in {None, record["name"]}]
    show(found.to_json(), table(records), as_json=json)


def performance(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    by: Annotated[Literal["day", "week", "month"], typer.Option(help="The windows.")] = "day",
    project: InProject = None,
    json: Json = False,
) -> None:
    """How good the answers were, on the rows whose label has come."""
    found = the_deployment(deployment, project).performance(days, start=day_of(start), end=day_of(end), by=by)
    if json:
        show(found.to_json(), None, as_json=True)
        return
    total = found.total.champion
    share = f"{total.labelled:,} of {total.rows:,} rows have a label"
    show(None, f"{found.metric}, {found.start} to {found.end}: {share}.", as_json=False)
    show(None, table(found.records()), as_json=False)


def comparison(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Is the challenger better."""
    found = the_deployment(deployment, project).comparison(days, start=day_of(start), end=day_of(end))
    if json:
        show(found.to_json(), None, as_json=True)
        return
    show(None, found.sentence, as_json=False)
    if found.of:
        show(None, table(found.records()), as_json=False)


def violations(
    deployment: Named,
    days: Days = 30,
    start: Start = None,
    end: End = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Values that broke the signature."""
    found = the_deployment(deployment, project).violations(days, start=day_of(start), end=day_of(end))
    show(found.to_json(), table(found.records()) if len(found) else "No violations.", as_json=json)


def journal(
    deployment: Named,
    role: Annotated[Literal["champion", "challenger"], typer.Option(help="Whose predictions.")] = "champion",
    start: JournalStart = None,
    end: JournalEnd = None,
    where: Conditions = None,
    rows: Annotated[int, typer.Option(min=1, max=10_000, help="How many to show, the newest first.")] = 20,
    save: Annotated[Path | None, typer.Option(help="Write all of them to this Parquet file instead.")] = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """The predictions of a role."""
    found = the_deployment(deployment, project).journal(start, end, role=role, where=read_where(where))
    if save is not None:
        written = found.to_parquet(save)
        show({"file": str(written), "bytes": written.stat().st_size}, f"Written to {written}.", as_json=json)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RowsGone)
        items, gone = found.newest(rows), found.gone()
    show({"items": items, **vars(gone)}, table([_flat(each) for each in items]), as_json=json)
    if gone.rows and not json:
        typer.echo(str(RowsGone(gone)), err=True)


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a terminal has room for."""
    others = {role: each for role, each in row.items() if isinstance(each, dict)}
    inputs = ", ".join(f"{name.removeprefix('input.')} {value}" for name, value in row.items() if "input." in name)
    told = {role: _answer(each) for role, each in {row["role"]: row, **others}.items()}
    return {"at": row["at"], "id": row["id"], **told, "label": row["label"], "inputs": inputs}


def _answer(row: Mapping[str, Any]) -> Any:
    return row["prediction"] if row["value"] is None else row["value"]


def log(
    deployment: Named,
    file: Annotated[Path, typer.Argument(help="A CSV or Parquet file with a row a prediction.")],
    output: Annotated[str, typer.Option(help="The column with what was predicted.")],
    id_: Annotated[str | None, typer.Option("--id", help="The column with an id of your own; else derived.")] = None,
    at: Annotated[str | None, typer.Option(help="The column with the time; else the model's own time column.")] = None,
    release: Annotated[
        int | None, typer.Option(min=1, help="The release that answered; else the one in force.")
    ] = None,
    challenge: Annotated[bool, typer.Option(help="Have the challenger answer the rows too.")] = False,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Take predictions that were made elsewhere into the journal; the same again changes nothing for seven days."""
    found, taken = the_deployment(deployment, project), []
    for rows in pieces_of_file(file):
        beside = {"outputs": split_off(rows, output), "ids": split_off(rows, id_), "at": split_off(rows, at)}
        plain = [{name: value for name, value in row.items() if name not in {output, id_, at}} for row in rows]
        ids = [None if each is None else str(each) for each in beside["ids"]] if beside["ids"] else None
        logged = found.log(plain, beside["outputs"] or (), ids, beside["at"], release=release, challenge=challenge)
        taken.append(logged.to_json())
    if not taken:
        raise Refused(f"There is no row in {file}.", code="no-rows", fields=("file",))
    told = read_logged(taken)
    counts = {name: value for name, value in vars(told).items() if name != "ids"}
    show(told.to_json(), facts(counts), as_json=json)


def add_commands(app: typer.Typer) -> None:
    seen = (summary, health, usage, callers, drift, causes, distribution, performance, comparison, violations)
    for command in (*seen, journal, log):
        app.command()(command)


def day_of(given: datetime | None) -> str | None:
    return given.date().isoformat() if given else None


def held_of(name: Held, start: datetime | None, end: datetime | None) -> Any:
    """A name, or another period."""
    first, last = day_of(start), day_of(end)
    if first is None and last is None:
        return name
    if first is None or last is None:
        raise typer.BadParameter("Give both its first and its last day.", param_hint="--against-start, --against-end")
    if name != "training":
        raise typer.BadParameter("Give a name or days, not both.", param_hint="--against")
    return first, last
