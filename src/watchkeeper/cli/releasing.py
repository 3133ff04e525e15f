"""`watchkeeper deployments`: what changes its release."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table
from watchkeeper.cli.splitting import ByColumn, ByHeader, Ramp, SplitShare, given_split
from watchkeeper.cli.watching import Named, the_deployment

if TYPE_CHECKING:
    from watchkeeper.sdk import Deployment

Reason = Annotated[str, typer.Option(help="Why, for those who read the releases later.")]
Expected = Annotated[int | None, typer.Option(help="Do nothing when another release than this is in force.")]


def releases(deployment: Named, project: InProject = None, json: Json = False) -> None:
    """Its settings so far, newest first."""
    found = the_deployment(deployment, project).releases.list()
    show([each.to_json() for each in found], table([each.glance() for each in found]), as_json=json)


def promote(
    deployment: Named,
    keep: Annotated[bool, typer.Option("--keep", help="Let the old champion become the challenger.")] = False,
    reason: Reason = "",
    expected: Expected = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Make the challenger the champion."""
    found = the_deployment(deployment, project)
    _told(found.promote(keep=keep, reason=reason, expected=expected), json)


def swap(
    deployment: Named,
    reason: Reason = "",
    expected: Expected = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Let champion and challenger change places."""
    _told(the_deployment(deployment, project).swap(reason=reason, expected=expected), json)


def rollback(
    deployment: Named,
    to: Annotated[int | None, typer.Option(help="The release to go back to; else the one before the present.")] = None,
    reason: Reason = "",
    expected: Expected = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Make a release with the settings of an earlier one."""
    _told(the_deployment(deployment, project).roll_back(to, reason=reason, expected=expected), json)


def challenge(
    deployment: Named,
    model: Annotated[str, typer.Argument(help="The id of the model, or `none`.")],
    reason: Reason = "",
    expected: Expected = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Put a model beside the champion, or nobody."""
    challenger = None if model == "none" else model
    _told(the_deployment(deployment, project).challenge(challenger, reason=reason, expected=expected), json)


def change(
    deployment: Named,
    type_policy: Annotated[
        Literal["best_effort", "strict"] | None, typer.Option(help="Mend values of a wrong type, or refuse them.")
    ] = None,
    access: Annotated[
        Literal["members", "everyone", "public"] | None,
        typer.Option(help="Who may call: the project's own callers, whoever has a key here, or anybody."),
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="The probability from which the positive class is answered.")
    ] = None,
    shadow: Annotated[
        float | None, typer.Option(help="The share of the rows that the challenger answers unseen.")
    ] = None,
    split: SplitShare = None,
    split_by_column: ByColumn = None,
    split_by_header: ByHeader = None,
    ramp: Ramp = None,
    isolation: Annotated[
        Literal["shared", "process"] | None,
        typer.Option(help="Have it answered by the prediction processes that all share, or by one of its own."),
    ] = None,
    reason: Reason = "",
    expected: Expected = None,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Change how calls are taken and answered, and by whom they may be made."""
    from watchkeeper.sdk.splits import UNCHANGED

    settings: dict[str, Any] = {
        "type_policy": type_policy,
        "access": access,
        "threshold": threshold,
        "shadow": shadow,
        "split": given_split(split, column=split_by_column, header=split_by_header, ramp=ramp, otherwise=UNCHANGED),
        "isolation": isolation,
    }
    found = the_deployment(deployment, project)
    _told(found.change(**settings, reason=reason, expected=expected), json)


def add_commands(app: typer.Typer) -> None:
    for command in (releases, promote, swap, rollback, challenge, change):
        app.command()(command)


def _told(deployment: "Deployment", json: bool) -> None:
    """Once every process serves the new release."""
    found = deployment.wait()
    show(
        found.to_json(),
        facts({**found.glance(), **settings_of(found)}),
        as_json=json,
    )


def settings_of(found: "Deployment") -> dict[str, Any]:
    return {
        "type policy": found.type_policy,
        "access": found.access,
        "threshold": found.threshold,
        "shadow": found.shadow,
        "split": found.split.sentence if found.split else None,
        "isolation": found.isolation,
    }
