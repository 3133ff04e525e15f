"""`watchkeeper sign-in`: another link into the console."""

from typing import Annotated

import typer

from watchkeeper.cli.output import connected, show


def sign_in(json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """Make a link that signs you in to the console once, within ten minutes."""
    link = connected().sign_in_link()
    show({"url": link.url, "expires": link.expires}, link.url, as_json=json)
