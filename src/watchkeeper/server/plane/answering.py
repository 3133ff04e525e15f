"""A call from its body to its answer, which is kept before it leaves; so is what went wrong."""

from functools import partial

from watchkeeper.clock import Clock
from watchkeeper.errors import Refused
from watchkeeper.server.plane.call import Answered, Call, ModelFailed, answered, answers_to, frame_of, wanted
from watchkeeper.server.plane.crowd import Crowd
from watchkeeper.server.plane.deadline import passed
from watchkeeper.server.plane.splitting import answered_in_split
from watchkeeper.server.plane.turns import Turns
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.ports import Record

LONGEST_ERROR = 500


async def answer(call: Call, body: bytes, *, record: Record, clock: Clock, crowd: Crowd, turns: Turns) -> Answered:
    """Raise the named error of what went wrong. Refused rows and a model that failed are recorded too."""
    if call.begun > call.until:
        raise passed("its body")
    try:
        small = len(body) <= call.protocol.small
        if small and call.served.route.split is None:
            found = await turns.answered(call, wanted(call, body))
        else:
            one = partial(_whole, call, body)
            found = one() if small else await crowd.beside(one, until=call.until)
            record.extend(found.frames)
    except Refused as refused:
        record.append(frame_of(call, kind="refused", error=f"{refused.code}: {refused.message}"[:LONGEST_ERROR]))
        raise
    except ModelFailed as failed:
        call.served.vitals[Role.CHAMPION].failed(clock.now(), failed.message)
        record.append(frame_of(call, kind="failed", error=failed.message[:LONGEST_ERROR]))
        raise
    for frame in found.frames:
        call.served.vitals[Role(frame.role)].answered(clock.now())
    return found


def _whole(call: Call, body: bytes) -> Answered:
    found = wanted(call, body)
    if call.served.route.split is not None:
        return answered_in_split(call, found, call.served.route.split)
    return answered(call, found, answers_to(call.champion, found.coerced.columns, found.at))
