from watchkeeper.errors import Conflict, NotFound, Refused


class RuleRefused(Refused):
    """A rule that could never be judged, or would always be beyond its threshold."""

    code = "rule-refused"


class ChannelRefused(Refused):
    code = "channel-refused"


class SnoozeRefused(Refused):
    code = "snooze-refused"


class NoteRefused(Refused):
    """A note to a firing that others could not read."""

    code = "note-refused"


class NoRule(NotFound):
    code = "no-rule"


class NoFiring(NotFound):
    code = "no-firing"


class NoChannel(NotFound):
    code = "no-channel"


class FiringClosed(Conflict):
    """What is over can't be snoozed."""

    code = "firing-closed"


class ChannelTaken(Conflict):
    code = "channel-taken"
