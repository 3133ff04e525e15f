"""`watchkeeper account`."""

import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, cast

import typer

from watchkeeper.cli.output import Json, connected, facts, show, table
from watchkeeper.cli.rates import Calls, Per, Rows, Unlimited, new_rate, rate_of
from watchkeeper.sdk.errors import Refused

if TYPE_CHECKING:
    from watchkeeper.sdk.access import Me, Scope

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Who you are: name, login, password, keys.")
keys = typer.Typer(no_args_is_help=True, add_completion=False, help="Keys that act as you.")
app.add_typer(keys, name="keys")
KeyId = Annotated[str, typer.Argument(help="The key's id.")]


@app.command("show")
def show_(json: Json = False) -> None:
    """Whose key this is."""
    _tell(connected().me(), json=json)


@app.command()
def rename(
    name: Annotated[str, typer.Argument(help="How you are called.")],
    login: Annotated[str | None, typer.Option(help="What you sign in with; kept without.")] = None,
    json: Json = False,
) -> None:
    """Another name, and another login."""
    _tell(connected().account.rename(name, login), json=json)


@app.command()
def password(json: Json = False) -> None:
    """Set or change your password. It is asked for; else read from standard input, the old one and the new one a line.
    All your sessions in the console end."""
    old, new = _asked() if sys.stdin.isatty() else _read()
    connected().account.change_password(new, old=old)
    show({"changed": True}, "The password is changed; all sessions in the console have ended.", as_json=json)


@keys.command("list")
def list_(json: Json = False) -> None:
    """Your keys, those revoked too."""
    found = connected().account.keys.list()
    show([key.to_json() for key in found], table([key.glance() for key in found]), as_json=json)


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="Where it will be used.")],
    expires: Annotated[datetime | None, typer.Option(help="When it stops to work (UTC); else never.")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it may be used for, repeatable: predict, label, read, metrics; else all that you may."),
    ] = None,
    calls: Calls = None,
    rows: Rows = None,
    per: Per = "minute",
    json: Json = False,
) -> None:
    """Make a key that acts as you. Its secret is shown this once."""
    scopes = [cast("Scope", each) for each in scope or ()]
    key = connected().account.keys.create(name, expires, scopes=scopes, rate=rate_of(calls, rows, per))
    show(key.to_json(), facts({**key.glance(), "secret, shown only now": key.secret}), as_json=json)


@keys.command()
def rotate(
    key: KeyId,
    overlap: Annotated[float, typer.Option(min=0, help="Hours that the old secret still works.")] = 1.0,
    json: Json = False,
) -> None:
    """Another secret for the same use. It is shown this once."""
    fresh = connected().account.keys.rotate(key, timedelta(hours=overlap))
    show(fresh.to_json(), facts({**fresh.glance(), "secret, shown only now": fresh.secret}), as_json=json)


@keys.command()
def rate(
    key: KeyId,
    calls: Calls = None,
    rows: Rows = None,
    per: Per = "minute",
    unlimited: Unlimited = False,
    json: Json = False,
) -> None:
    """Another rate. Within a second every process keeps it."""
    changed = connected().account.keys.change_rate(key, new_rate(calls, rows, per, unlimited=unlimited))
    show(changed.to_json(), facts(changed.glance()), as_json=json)


@keys.command()
def revoke(
    key: KeyId,
    with_made: Annotated[
        bool, typer.Option("--with-made", help="Also the keys that it made, and those made with these.")
    ] = False,
    json: Json = False,
) -> None:
    """End a key. Within a second no process takes it any more."""
    connected().account.keys.revoke(key, with_made=with_made)
    show({"revoked": key}, f"Revoked {key}.", as_json=json)


def _tell(me: "Me", *, json: bool) -> None:
    show(vars(me), facts(vars(me)), as_json=json)


def _asked() -> tuple[str, str]:
    old = typer.prompt("Old password (empty if there is none)", default="", hide_input=True, show_default=False)
    return old, typer.prompt("New password", hide_input=True, confirmation_prompt="The new one again")


def _read() -> tuple[str, str]:
    lines = sys.stdin.read().splitlines()
    if len(lines) != 2:
        raise Refused("Give two lines: the old password (empty if there is none), and the new one.", code="two-lines")
    return lines[0], lines[1]
