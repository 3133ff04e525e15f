"""The root command: which commands there are, how a failure is told."""

import os
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

from watchkeeper.cli.output import Given, choose, tell_error
from watchkeeper.sdk.errors import WatchkeeperError

HOME = "watchkeeper.cli"
COMMANDS = {
    "up": ("up", "Start the console, the plane and the worker."),
    "restart": ("restart", "Replace the server's processes by ones of the code that is installed now."),
    "demo": ("demo", "The Electricity Forecast, from data to a watched deployment."),
    "sign-in": ("sign_in", "Make a link that signs you in to the console."),
    "projects": ("projects", "The scope of everything."),
    "datasets": ("datasets", "Data brought in and kept."),
    "experiments": ("experiments", "Questions asked of data, and the models that answer them."),
    "deployments": ("deployments", "Models that answer at an address, and how they fare."),
    "batches": ("batches", "Whole tables answered by a deployment's models."),
    "journal": ("journal", "What of a deployment's rows is kept: for how long, columns, erasures."),
    "labels": ("labels", "The truth of what was predicted, as it arrives."),
    "pipelines": ("pipelines", "Graphs of steps that run by themselves."),
    "runs": ("runs", "Executions of pipelines."),
    "rules": ("rules", "When somebody is told about a deployment."),
    "firings": ("firings", "What is wrong, and what was."),
    "channels": ("channels", "By which ways people and programs are told."),
    "account": ("account", "Who you are: name, login, password, keys."),
    "members": ("members", "Who belongs to a project, and as what."),
    "keys": ("keys", "Who may call a project's deployments."),
    "resources": ("resources", "What the server's processes and their machine consume."),
}


class Commands(TyperGroup):
    """Imports a command when it is run, not to list it: help has to be quick, and the server's libraries are heavy."""

    commands_there: ClassVar = COMMANDS

    def list_commands(self, ctx: Any) -> list[str]:
        del ctx
        return [name for name, (module, _) in self.commands_there.items() if find_spec(f"{HOME}.{module}")]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.list_commands(ctx):
            return None
        return TyperCommand(cmd_name, help=self.commands_there[cmd_name][1], add_help_option=False)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        return name, load(name) if command is not None and name else command, rest


def load(name: str) -> Any:
    """The command of this name: its module's `app`, or its function of the module's own name."""
    module_name = COMMANDS[name][0]
    try:
        module = import_module(f"{HOME}.{module_name}")
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] == "watchkeeper":
            raise
        raise WatchkeeperError(
            f"`watchkeeper {name}` runs the server, which is not installed ({error.name} is missing). "
            "Install it with `pip install 'watchkeeper[server]'`.",
            code="missing-extra",
        ) from None
    if hasattr(module, "app"):
        return typer.main.get_command(module.app)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name)(getattr(module, module_name))
    return typer.main.get_command(alone)


app = typer.Typer(
    cls=Commands,
    name="watchkeeper",
    help="Keep machine-learning models in production.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from watchkeeper import __version__

        typer.echo(f"watchkeeper {__version__}")
        raise typer.Exit


@app.callback()
def root(
    url: Annotated[str | None, typer.Option(help="The console's address; else WATCHKEEPER_URL.")] = None,
    key: Annotated[str | None, typer.Option(help="A key; else WATCHKEEPER_KEY.")] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version
    choose(Given(url=url, key=key))


def run(args: Sequence[str] | None = None) -> int:
    """The exit status. Nothing leaves as a traceback."""
    try:
        app(args=list(args) if args is not None else None, prog_name="watchkeeper")
    except WatchkeeperError as error:
        tell_error(error)
        return 1
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except BrokenPipeError:
        # The reader has seen enough; what is still buffered must not fail at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except Exception as error:  # noqa: BLE001  (the last door: a person reads this)
        tell_error(
            WatchkeeperError(
                f"Something failed that should not: {type(error).__name__}: {error}. Please report it with the "
                "command that you ran.",
                code="unforeseen",
            )
        )
        return 1
    return 0
