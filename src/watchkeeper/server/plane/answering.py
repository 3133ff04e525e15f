"""A call from its body to its answer, which is kept before it leaves; so is what went wrong."""

from functools import partial

from watchkeeper.clock import Clock
from watchkeeper.errors import Refused
from watchkeeper.server.plane.call import Answered, Call, ModelFailed, answered, answers_to, frame_of, wanted
from watchkeeper.server.plane.crowd import Crowd
from watchkeeper.server.plane.deadline import passed
from watchkeeper.server.plane.turns import Turns
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.ports import Record

LONGEST_ERROR = 500


async def answer(call: Call, body: bytes, *, record: Record, clock: Clock, crowd: Crowd, turns: Turns) -> Answered:
    """Raise the named error of what went wrong. Refused rows and a model that failed are recorded too."""
    if call.begun > call.until:
        raise passed("its body")
    try:
        if len(body) <= call.protocol.small:
            found = await turns.answered(call, wanted(call, body))
        else:
            found = await crowd.beside(partial(_whole, call, body), until=call.until)
            record.append(found.frame)
    except Refused as refused:
        record.append(frame_of(call, kind="refused", error=f"{refused.code}: {refused.message}"[:LONGEST_ERROR]))
        raise
    except ModelFailed as failed:
        call.served.vitals[Role.CHAMPION].failed(clock.now(), failed.message)
        record.append(frame_of(call, kind="failed", error=failed.message[:LONGEST_ERROR]))
        raise
    call.served.vitals[Role.CHAMPION].answered(clock.now())
    return found


def _whole(call: Call, body: bytes) -> Answered:
    found = wanted(call, body)
    return answered(call, found, answers_to(call.champion, found.coerced.columns, found.at))
