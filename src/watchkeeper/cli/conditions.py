"""`--where`: conditions on columns, as one writes them in a shell."""

import json
import re
from typing import Annotated, Any

import typer

from watchkeeper.sdk.errors import Refused

Conditions = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        help="A condition like `town=Lyon`, `size>3`, `key=null` or "
        """`town in ["Lyon","Nice"]`; any number, all hold. A text that looks like a number in quotes: `id="12"`.""",
    ),
]
FORM = re.compile(r"\s*(?P<column>.+?)\s*(?P<sign><=|>=|!=|=|<|>|\s+in\s)\s*(?P<value>.*?)\s*", re.DOTALL)


def read_where(given: list[str] | None) -> dict[str, list[tuple[str, Any]]]:
    """Columns to their conditions. A value is JSON where it can be, else the text as it stands.

    Raises:
        Refused: one is no condition.
    """
    found: dict[str, list[tuple[str, Any]]] = {}
    for text in given or ():
        match = FORM.fullmatch(text)
        if match is None:
            raise Refused(
                f"'{text}' is no condition. Write it like town=Lyon or size>3.", code="where-refused", fields=("where",)
            )
        found.setdefault(match["column"], []).append((match["sign"].strip(), _value(match["value"])))
    return found


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
