"""Giving a key another rate."""

from dataclasses import replace

from watchkeeper.access.errors import KeyRefused
from watchkeeper.access.key import Key
from watchkeeper.access.ports import Keys
from watchkeeper.access.rate import Rate, RateChange
from watchkeeper.clock import Clock

LONGEST_NAME = 80


def change_rate(key: Key, rate: Rate | None, *, by: str, keys: Keys, clock: Clock) -> Key:
    """For all secrets that the key has by rotation, which share one rate; None lets it call as often as it likes. Who
    did it, and when, is kept."""
    if not key.works(clock.now()):
        raise KeyRefused("The key works no longer; make another instead.", fields=("key",))
    if rate != key.rate:
        keys.set_rate(key.lineage, rate)
        keys.note_rate(RateChange(key.lineage, clock.now(), by[:LONGEST_NAME], before=key.rate, after=rate))
    return replace(key, rate=rate)
