"""A firing to look at: nobody calls any more."""

from datetime import timedelta

from tests.api.conftest import Api
from tests.fakes.rules import rule as made_rule
from watchkeeper.server.alerting import judge_of


def silent(api: Api) -> None:
    """A rule on the time without a call, and a day without one."""
    clock = api.assembly.clock
    with api.assembly.store.work() as work:
        work.rules.begin("d1")
        work.rules.add(made_rule(signal="no_traffic", threshold=1.0, minimum_rows=0))
        work.watch.arrived("d1", newest=clock.now() - timedelta(hours=30))
    with api.assembly.store.look() as work:
        (deployment,) = work.deployments.all()
    assert judge_of(api.assembly).watch(deployment) == 1
