"""A deployment's schemas are kept as they were said; on every database."""

from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from tests.storage.worlds import NOW, world_in
from watchkeeper.monitoring.expecting import SchemaSaid
from watchkeeper.monitoring.integrity.expectation import Expectation
from watchkeeper.monitoring.integrity.schema import Schema
from watchkeeper.storage.work import Store
from watchkeeper.tables.column import Kind

SIZE = Expectation("size", Kind.NUMERIC, lowest=0.0, highest=1e300, most_missing=0.25)
TOWN = Expectation("town", Kind.CATEGORICAL, required=False, levels=("Łódź", "Nice"))


def test_the_newest_comes_first_and_as_it_was_said(store: Store, tmp_path: Path) -> None:
    world_in(store, tmp_path)
    first = SchemaSaid(Schema((SIZE, TOWN), number=2), NOW, "Ada")
    second = SchemaSaid(first.schema.changed("size", highest=None), NOW, "Grace")
    with store.work() as work:
        assert work.schemas.said("d1") == []
        work.schemas.say("d1", first)
        work.schemas.say("d1", second)
    with store.look() as work:
        assert work.schemas.said("d1") == [second, first]
        assert work.schemas.said("another") == []


def test_a_number_is_said_once(store: Store, tmp_path: Path) -> None:
    world_in(store, tmp_path)
    said = SchemaSaid(Schema((SIZE,), number=2), NOW, "Ada")
    with store.work() as work:
        work.schemas.say("d1", said)
    with pytest.raises(IntegrityError), store.work() as work:
        work.schemas.say("d1", said)
