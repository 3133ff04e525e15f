"""Rules for tests."""

from dataclasses import replace
from typing import Any

from tests.fakes.clock import StillClock
from watchkeeper.alerts.rule import Rule


def rule(**how: Any) -> Rule:
    plain = Rule(
        id="r1",
        project="p1",
        deployment="d1",
        name="too much",
        signal="global_drift",
        metric=None,
        threshold=1.0,
        minimum_rows=1,
        needed=1,
        windows=1,
        days=1,
        sure=False,
        channels=None,
        enabled=True,
        starting=False,
        anew="",
        created=StillClock().now(),
        created_by="u1",
    )
    return replace(plain, **how)
