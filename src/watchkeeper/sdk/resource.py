"""A thing the server keeps, as it was when it was last asked for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Self, TypeVar

from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import NotFound
from watchkeeper.sdk.showing import html_table

Found = TypeVar("Found", bound="Resource")


class Resource:
    """Its attributes are read-only; `refresh()` asks the server again."""

    kind: ClassVar[str]
    path: ClassVar[str]

    def __init__(self, caller: Caller, document: Mapping[str, Any]) -> None:
        self._caller = caller
        self._document = document

    @property
    def id(self) -> str:
        return str(self._document["id"])

    def refresh(self) -> Self:
        """Ask the server for the present state of it, and return it."""
        self._document = self._caller.get(f"/{self.path}/{self.id}")
        return self

    def to_json(self) -> dict[str, Any]:
        """As the API wrote it."""
        return dict(self._document)

    def glance(self) -> Mapping[str, Any]:
        """What to see of it at a glance."""
        return {"id": self.id}

    def _repr_html_(self) -> str:
        return html_table([self.glance()])

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.glance().items())
        return f"<{self.kind}: {told}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Resource) and (self.path, self.id) == (other.path, other.id)

    def __hash__(self) -> int:
        return hash((self.path, self.id))


def pick(kind: type[Found], found: Iterable[Found], wanted: str, *, names: Callable[[Found], Iterable[str]]) -> Found:
    """The one with this id or one of these names.

    Raises:
        NotFound: none has it; the message lists what there is.
    """
    known = list(found)
    for each in known:
        if wanted == each.id or wanted in names(each):
            return each
    there = ", ".join(sorted(next(iter(names(each))) for each in known[:20])) or "nothing yet"
    raise NotFound(f"There is no {kind.kind} '{wanted}' here. There is: {there}.", code=f"no-{kind.kind}")
