"""`watchkeeper members`."""

from typing import Annotated, Literal

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table, the_project
from watchkeeper.sdk.errors import NotFound
from watchkeeper.sdk.members import Member, Members

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Who belongs to a project, and as what.")
Role = Annotated[
    Literal["admin", "contributor", "viewer", "end_user"], typer.Argument(help="What they may do; see the reference.")
]
Who = Annotated[str, typer.Argument(help="Their login, name or id.")]


@app.command("list")
def list_(project: InProject = None, json: Json = False) -> None:
    """The members of a project."""
    found = the_project(project).members.list()
    show([each.to_json() for each in found], table([each.to_json() for each in found]), as_json=json)


@app.command()
def add(
    login: Annotated[str, typer.Argument(help="Of a user who is known here.")],
    role: Role,
    project: InProject = None,
    json: Json = False,
) -> None:
    """Make a user a member."""
    found = the_project(project).members.add(login, role)
    show(found.to_json(), facts(found.to_json()), as_json=json)


@app.command("role")
def role_(who: Who, role: Role, project: InProject = None, json: Json = False) -> None:
    """Give a member another role, from the next request on."""
    members = the_project(project).members
    found = members.change(_one(members, who), role)
    show(found.to_json(), facts(found.to_json()), as_json=json)


@app.command()
def remove(who: Who, project: InProject = None, json: Json = False) -> None:
    """From now on they may not even see the project."""
    members = the_project(project).members
    gone = _one(members, who)
    members.remove(gone)
    show({"removed": gone.user}, f"Removed {gone.name}.", as_json=json)


@app.command()
def invite(
    role: Role,
    note: Annotated[str, typer.Option(help="Whom it is for.")] = "",
    project: InProject = None,
    json: Json = False,
) -> None:
    """A link that makes its bearer a member, once, within seven days. It is shown this once."""
    made = the_project(project).members.invite(role, note)
    show(made.to_json(), facts({"link, shown only now": made.url, "expires": made.expires}), as_json=json)


@app.command()
def invitations(project: InProject = None, json: Json = False) -> None:
    """The invitations of a project, newest first."""
    found = [each.to_json() for each in the_project(project).members.invitations()]
    shown = [{name: value for name, value in each.items() if name != "url"} for each in found]
    show(shown, table(shown), as_json=json)


@app.command()
def withdraw(
    invitation: Annotated[str, typer.Argument(help="Its id.")], project: InProject = None, json: Json = False
) -> None:
    """An invitation opens nothing any more."""
    the_project(project).members.withdraw(invitation)
    show({"withdrawn": invitation}, f"Withdrawn {invitation}.", as_json=json)


def _one(members: Members, who: str) -> Member:
    found = [each for each in members.list() if who in {each.user, each.name, each.login}]
    if len(found) != 1:
        raise NotFound(f"There is no member '{who}' here; `watchkeeper members list` shows them.", code="no-member")
    return found[0]
