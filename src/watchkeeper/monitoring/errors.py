from watchkeeper.errors import Conflict, NotFound, Refused, Unavailable


class ReferenceGone(Conflict):
    """The files of a deployed model are not there any more."""

    code = "reference-gone"


class ModelGone(Conflict):
    """The files of a model that is to be asked are not there any more."""

    code = "model-gone"


class WhereRefused(Refused):
    """Conditions on the journal's rows that can't be understood."""

    code = "where-refused"


class NoColumn(WhereRefused):
    """The journal has no column of this name."""

    code = "no-column"


class NoOperator(WhereRefused):
    code = "no-operator"


class ValueUnfit(WhereRefused):
    """A value that no row of the column can have."""

    code = "value-unfit"


class JournalledUnknown(Refused):
    """A word that does not say how a column is journalled."""

    code = "journalled-unknown"


class NothingToErase(Refused):
    """An erasure that does not say which rows are meant."""

    code = "nothing-to-erase"


class NoErasure(NotFound):
    code = "no-erasure"


class RetentionRefused(Refused):
    """A number of days or bytes that rows can't be kept for."""

    code = "retention-refused"


class JournalRewritten(Unavailable):
    """Files of the journal were replaced while it was read."""

    code = "journal-rewritten"


class JournalBroken(Conflict):
    """A file of the journal can't be read."""

    code = "journal-broken"


class PolicyRefused(Refused):
    """A drift policy that is none."""

    code = "policy-refused"


class AcceptanceRefused(Refused):
    """A drift can't be accepted so."""

    code = "acceptance-refused"


class BaselineEmpty(Refused):
    """Days without rows, which nothing can be held against."""

    code = "baseline-empty"


class HoldOutUnknown(Conflict):
    """Which rows a model was checked on is not known any more."""

    code = "hold-out-unknown"


class BaselineTooSmall(Refused):
    """A stretch with too few rows to hold anything against."""

    code = "baseline-too-small"


class NoAcceptance(NotFound):
    code = "no-acceptance"


class NoSeason(Refused):
    """A season is asked for that the reference does not have."""

    code = "no-season"


class NotWatched(Refused):
    """A name that nothing that is watched has."""

    code = "not-watched"


class SchemaOutdated(Conflict):
    """A change of a schema that was changed meanwhile."""

    code = "schema-outdated"


class PolicyOutdated(Conflict):
    """A change of a drift policy that was changed meanwhile."""

    code = "policy-outdated"


class TooManyHours(Refused):
    """More days than are shown hour by hour."""

    code = "too-many-hours"


class TooManyDays(Refused):
    """A longer past than a policy is tried on at once."""

    code = "too-many-days"


class SegmentRefused(Refused):
    """A column that rows can't be counted apart by."""

    code = "segment-refused"


class NoSegment(Refused):
    """A segment that nothing is counted of."""

    code = "no-segment"
