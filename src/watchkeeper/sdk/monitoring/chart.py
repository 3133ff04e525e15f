"""Charts as the server draws them."""

from collections.abc import Mapping
from typing import Any

VEGA_LITE = "application/vnd.vegalite.v{version}+json"
WIDTH = 720


class Chart:
    """A chart that shows itself at the end of a notebook's cell. `spec` is its Vega-Lite specification."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.spec = dict(spec)

    def to_json(self) -> dict[str, Any]:
        """The Vega-Lite specification."""
        return dict(self.spec)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        del include, exclude
        # A notebook's cell has no width of its own that the chart could fill.
        spec = {**self.spec, "width": WIDTH} if self.spec.get("width") == "container" else self.spec
        versions = dict.fromkeys(("5", _version(spec)))  # every notebook knows 5, the newer ones what is newer
        return {
            **{VEGA_LITE.format(version=version): spec for version in versions},
            "text/plain": repr(self),
        }

    def __repr__(self) -> str:
        return f"<Chart: {self.spec.get('description', 'Vega-Lite')}>"


def _version(spec: Mapping[str, Any]) -> str:
    """Of Vega-Lite, from `https://vega.github.io/schema/vega-lite/v5.json`."""
    name = str(spec.get("$schema", "")).rpartition("/v")[2]
    number = name.partition(".")[0]
    return number if number.isdigit() else "5"
