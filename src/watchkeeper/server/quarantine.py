"""Releases that prediction processes die of, kept from them until there is another one."""

import json
import logging
from collections.abc import Collection
from pathlib import Path

from watchkeeper.server.pulse import Numbered

log = logging.getLogger(__name__)
MOST_DEATHS = 3


class Quarantine:
    """Written by the supervisor, read by every prediction process."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_at = -1
        self._withheld: frozenset[Numbered] = frozenset()

    def charge(self, held: Collection[Numbered]) -> list[Numbered]:
        """A process died while it worked on these; those that are withheld from now on."""
        deaths = self._deaths()
        for each in held:
            deaths[each] = deaths.get(each, 0) + 1
        kept = [[*each, count] for each, count in deaths.items()]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._file.with_suffix(".new")
        unfinished.write_text(json.dumps(kept))
        unfinished.replace(self._file)
        return [each for each in held if deaths[each] == MOST_DEATHS]

    def withheld(self) -> frozenset[Numbered]:
        """Read again only when it has changed."""
        try:
            changed = self._file.stat().st_mtime_ns
        except FileNotFoundError:
            return self._withheld
        if changed != self._read_at:
            self._withheld = frozenset(each for each, count in self._deaths().items() if count >= MOST_DEATHS)
            self._read_at = changed
        return self._withheld

    def _deaths(self) -> dict[Numbered, int]:
        try:
            kept = json.loads(self._file.read_text())
            return {(deployment, release): count for deployment, release, count in kept}
        except FileNotFoundError:
            return {}
        except ValueError:
            log.exception("%s can't be read; nothing is withheld", self._file)
            return {}
