"""What is expected of a deployment's inputs."""

from collections.abc import Sequence
from typing import Any

from watchkeeper.sdk.monitoring.integrity import Schema, read_schema
from watchkeeper.sdk.serving.facts import Facts


class Expecting(Facts):
    """A schema, inferred from the reference and changed by people."""

    @property
    def schema(self) -> Schema:
        """What holds; asked for anew each time."""
        return read_schema(self._caller.get(self._schema))

    def expect(self, column: str, **rules: Any) -> Schema:
        """Set other rules for a column, as `deployment.expect("age", highest=120, most_missing=0.02)`, under the next
        number. From now on they hold for every period.

        Args:
            column: its name.
            rules: of `required`, `lowest`, `highest`, `levels`, `most_missing` and `unique` those that are to
                change; None for no limit.

        Raises:
            Refused: that is no such column or rule, or nothing could keep to it.
        """
        wanted = {"number": self.schema.number, "columns": {column: rules}}
        return read_schema(self._caller.put(self._schema, wanted))

    def expect_fresh(self, hours: float | None) -> Schema:
        """Set how many hours old the newest row may be, under the schema's next number; None for what the rows of the
        last weeks lead one to expect.

        Raises:
            Refused: that is no number of hours from 0.01 to ten years.
        """
        return read_schema(self._caller.put(self._schema, {"number": self.schema.number, "stalest": hours}))

    def schemas(self) -> Sequence[Schema]:
        """Every schema that was set, newest first: who, when, and what it changed."""
        return [read_schema(each) for each in self._caller.get(f"{self._schema}/history")["items"]]

    @property
    def _schema(self) -> str:
        return f"/deployments/{self.id}/schema"
