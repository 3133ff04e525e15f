"""What a deployment is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from watchkeeper.sdk.reading import known_moment
from watchkeeper.sdk.releases import ServedModel, read_served
from watchkeeper.sdk.resource import Resource
from watchkeeper.sdk.splits import Split, read_split


class Facts(Resource):
    """As the server keeps it."""

    kind = "deployment"
    path = "deployments"

    @property
    def name(self) -> str:
        return str(self._document["name"])

    @property
    def slug(self) -> str:
        return str(self._document["slug"])

    @property
    def address(self) -> str:
        """`project.deployment`."""
        return str(self._document["address"])

    @property
    def url(self) -> str:
        """Where rows are sent to."""
        return str(self._document["url"])

    @property
    def time_zone(self) -> str:
        """Of its days."""
        return str(self._document["time_zone"])

    @property
    def access(self) -> str:
        """Who may call: `members` of the project and its keys, `everyone` with a key, or `public`."""
        return str(self._document["access"])

    @property
    def isolation(self) -> str:
        """`shared`: answered by the prediction processes that all deployments share; `process`: by one of its own."""
        return str(self._document["isolation"])

    @property
    def type_policy(self) -> str:
        """`best_effort` mends values of a wrong type and reports them, `strict` refuses them."""
        return str(self._document["type_policy"])

    @property
    def threshold(self) -> float:
        """The probability from which the positive class is answered."""
        return float(self._document["threshold"])

    @property
    def shadow(self) -> float:
        """The share of the rows that the challenger answers unseen."""
        return float(self._document["shadow"])

    @property
    def split(self) -> Split | None:
        """Which calls the challenger answers; None for none."""
        return read_split(self._document.get("split"))

    @property
    def release(self) -> int:
        return int(self._document["release"])

    @property
    def champion(self) -> ServedModel:
        return read_served(self._document["champion"])

    @property
    def challenger(self) -> ServedModel | None:
        said = self._document.get("challenger")
        return read_served(said) if said else None

    @property
    def signature(self) -> Mapping[str, Any]:
        """What it takes and what it answers."""
        return dict(self._document.get("signature") or {})

    @property
    def created(self) -> datetime:
        return known_moment(self._document["created"])
