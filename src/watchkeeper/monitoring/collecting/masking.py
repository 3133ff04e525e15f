"""Saying which columns of a journal are hashed or left out, from the next rows that are collected on."""

import secrets
from collections.abc import Callable, Mapping

from watchkeeper.access.permitting import Permit
from watchkeeper.clock import Clock
from watchkeeper.monitoring.collecting.columns import input_kinds
from watchkeeper.monitoring.collecting.masks import Masks
from watchkeeper.monitoring.collecting.segmenting import hide_segments
from watchkeeper.monitoring.errors import JournalledUnknown, NoColumn
from watchkeeper.monitoring.journalled import ColumnSetting, Journalled, word_for
from watchkeeper.monitoring.ports import Unit
from watchkeeper.monitoring.references.watching import watched_names
from watchkeeper.serving.deployment import Deployment
from watchkeeper.tables.column import Kind

Seal = Callable[[str], str]
KEY_BYTES = 32


def masks_of(deployment: Deployment, *, work: Unit, unseal: Seal) -> Masks:
    """Raise what `unseal` raises when a column is hashed and the key can't be read: nothing is journalled in full that
    should not be."""
    columns = {
        each.column: each.journalled
        for each in work.masking.settings(deployment.id)
        if each.journalled is not Journalled.FULL
    }
    sealed = work.masking.sealed_key(deployment.id) if Journalled.HASHED in columns.values() else None
    return Masks(columns, bytes.fromhex(unseal(sealed)) if sealed else b"")


def column_settings(deployment: Deployment, *, work: Unit) -> dict[str, tuple[Kind, ColumnSetting | None]]:
    """Of every input, its kind and what was set of it."""
    known = {each.column: each for each in work.masking.settings(deployment.id)}
    return {name: (kind, known.get(name)) for name, kind in input_kinds(deployment, work=work).items()}


def set_columns(
    deployment: Deployment, wanted: Mapping[str, str], *, permit: Permit, work: Unit, seal: Seal, clock: Clock
) -> None:
    """Rows that are in the journal already stay as they are; the examples of its violations don't, nor its faults. If
    it is the segment it is so no longer, and its segments lose their names."""
    kinds = input_kinds(deployment, work=work)
    for column, word in wanted.items():
        if column not in kinds:
            there = ", ".join(kinds)
            raise NoColumn(f"The deployment has no input '{column[:200]}'. It has: {there}.", fields=(column[:200],))
        if word not in set(Journalled):
            raise JournalledUnknown(f"'{word[:40]}' is not one of {', '.join(Journalled)}.", fields=(column,))
    if Journalled.HASHED in wanted.values() and work.masking.sealed_key(deployment.id) is None:
        work.masking.keep_key(deployment.id, seal(secrets.token_hex(KEY_BYTES)))
    for column, word in wanted.items():
        how = Journalled(word)
        work.masking.set(deployment.id, ColumnSetting(column, how, clock.now(), permit.identity.name[:80]))
        if how is not Journalled.FULL:
            work.watch.mask_examples(deployment.id, column, word_for(how))
            work.looks.forget(deployment.id, column)
            hide_segments(deployment, column, permit=permit, work=work, clock=clock)
    names = watched_names(deployment, work=work)
    hidden = [names.index(column) for column, word in wanted.items() if word != Journalled.FULL and column in names]
    if hidden:
        work.samples.hide(deployment.id, hidden)
