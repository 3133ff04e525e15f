"""`watchkeeper channels`."""

from typing import TYPE_CHECKING, Annotated

import typer

from watchkeeper.cli.output import InProject, Json, facts, show, table, the_project

if TYPE_CHECKING:
    from watchkeeper.sdk.alerts.channels import Channel, Delivery

app = typer.Typer(no_args_is_help=True, add_completion=False, help="By which ways people and programs are told.")
Which = Annotated[str, typer.Argument(help="The channel's name or id.")]
Name = Annotated[str, typer.Argument(help="What to call it.")]


@app.command("list")
def list_(project: InProject = None, json: Json = False) -> None:
    """The channels of a project."""
    found = the_project(project).channels.list()
    show([each.to_json() for each in found], table([each.glance() for each in found]), as_json=json)


@app.command("create-email")
def create_email(
    name: Name,
    to: Annotated[list[str], typer.Argument(help="One address or several.")],
    project: InProject = None,
    json: Json = False,
) -> None:
    """Tell by e-mail, through the installation's mail server."""
    _told(the_project(project).channels.create_email(name, to), json)


@app.command("create-webhook")
def create_webhook(
    name: Name,
    url: Annotated[str, typer.Argument(help="An http or https address.")],
    project: InProject = None,
    json: Json = False,
) -> None:
    """Tell a program by a signed POST. Its secret is shown this once."""
    _told(the_project(project).channels.create_webhook(name, url), json)


@app.command("renew-secret")
def renew_secret(channel: Which, project: InProject = None, json: Json = False) -> None:
    """Another secret for a webhook, in force at once and shown this once."""
    secret = the_project(project).channels.get(channel).renew_secret()
    show({"secret": secret}, facts({"secret, shown only now": secret}), as_json=json)


@app.command("switch-off")
def switch_off(channel: Which, project: InProject = None, json: Json = False) -> None:
    """Nothing is sent to it until it is switched on."""
    _told(the_project(project).channels.get(channel).change(enabled=False), json)


@app.command("switch-on")
def switch_on(channel: Which, project: InProject = None, json: Json = False) -> None:
    """It is told again."""
    _told(the_project(project).channels.get(channel).change(enabled=True), json)


@app.command("test")
def try_out(channel: Which, project: InProject = None, json: Json = False) -> None:
    """Send a message that says only that messages arrive, and tell what becomes of it; fails when it does not."""
    outcome = the_project(project).channels.get(channel).test()
    show(outcome.to_json(), _outcome(outcome), as_json=json)
    if outcome.state != "delivered":
        raise typer.Exit(1)


@app.command()
def deliveries(channel: Which, project: InProject = None, json: Json = False) -> None:
    """The newest messages to it, and whether they have arrived."""
    found = the_project(project).channels.get(channel).deliveries()
    show([each.to_json() for each in found], table([each.glance() for each in found]), as_json=json)


@app.command()
def remove(channel: Which, project: InProject = None, json: Json = False) -> None:
    """What still waits for it is not sent any more."""
    found = the_project(project).channels.get(channel)
    found.remove()
    show({"removed": found.id}, f"Removed {found.name}.", as_json=json)


def _told(channel: "Channel", json: bool) -> None:
    secret = {"secret, shown only now": channel.secret} if channel.secret else {}
    show(channel.to_json(), facts({**channel.glance(), **secret}), as_json=json)


def _outcome(delivery: "Delivery") -> str:
    if delivery.state == "delivered":
        return "It arrived."
    return f"It did not arrive: {delivery.error or 'nothing was tried yet. Is the worker running?'}"
