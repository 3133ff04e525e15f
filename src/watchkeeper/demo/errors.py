"""Why the story can't be told as it was asked for; each says what it would need."""

from watchkeeper.sdk.errors import Refused


class DataRefused(Refused):
    """A file that the story can't be told with."""

    default_code = "data-refused"


class UnknownIncident(Refused):
    """Left out by a name that no incident has."""

    default_code = "unknown-incident"
