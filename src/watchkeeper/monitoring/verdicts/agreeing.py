"""Saying how drift of a deployment is judged from now on."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.access.permitting import Permit
from watchkeeper.clock import Clock
from watchkeeper.monitoring.errors import PolicyOutdated
from watchkeeper.monitoring.policy import PolicySaid, in_force, known_policy
from watchkeeper.monitoring.ports import Unit
from watchkeeper.serving.deployment import Deployment


def agree(
    deployment: Deployment,
    given: Mapping[str, Any],
    *,
    number: int | None = None,
    permit: Permit,
    work: Unit,
    clock: Clock,
) -> PolicySaid:
    """What is given changes, the rest stays. Days that are judged from now on keep to it; those before keep their
    verdicts, under the policy of their time.

    Raises:
        PolicyOutdated: `number` is given, and is not that of the policy in force.
        PolicyRefused: what can't be.
    """
    work.deployments.hold(deployment.id)
    before = in_force(work.policies.said(deployment.id))
    if number not in {None, before.number}:
        raise PolicyOutdated(
            f"The policy has the number {before.number} by now, and the change is of number {number}. Read it again."
        )
    policy = known_policy(given, before=before.policy)
    if policy == before.policy:
        return before
    said = PolicySaid(before.number + 1, policy, clock.now(), permit.identity.name[:80])
    work.policies.say(deployment.id, said)
    return said
