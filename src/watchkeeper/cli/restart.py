"""`watchkeeper restart`: replace the processes of this machine's server by ones of the code that is installed now."""

import time
from pathlib import Path
from typing import Annotated

import typer

from watchkeeper.cli.output import show
from watchkeeper.sdk.errors import WatchkeeperError
from watchkeeper.server.errors import NotUp
from watchkeeper.server.renewing import Restart, ask, is_up, read_restart
from watchkeeper.server.settings import default_data_dir
from watchkeeper.storage.files.places import Places

LOOK_EVERY = 0.1
LONGEST = 1800.0


def restart(
    data_dir: Annotated[
        Path | None, typer.Option(help="Where the server keeps everything.", show_default=False)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Replace every process by one of the code that is installed now; no call is refused meanwhile."""
    places = Places((data_dir or default_data_dir()).expanduser().absolute())
    try:
        ended = _followed(places, ask(places), quiet=json)
    except NotUp as error:
        raise WatchkeeperError(error.message, code=error.code) from None
    if ended.state == "failed":
        raise WatchkeeperError(ended.steps[-1], code="not-restarted")
    if json:
        show({"state": ended.state, "steps": ended.steps}, "", as_json=True)


def _followed(places: Places, before: Restart | None, *, quiet: bool) -> Restart:
    """Say each step when it is done; the restart, once it has ended."""
    said, until = 0, time.monotonic() + LONGEST
    while time.monotonic() < until:
        found = read_restart(places.restart())
        if found is not None and (before is None or found.id != before.id):
            for words in found.steps[said:] if not quiet else ():
                typer.echo(words)
            said = len(found.steps)
            if found.state != "under way":
                return found
        if not is_up(places):
            raise NotUp("The server ended during its restart. Its terminal and logs say why; start it again.")
        time.sleep(LOOK_EVERY)
    raise NotUp(f"The server has not ended its restart within {LONGEST:.0f} seconds; its terminal may say why.")
