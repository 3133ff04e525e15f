"""Who may not, and why."""

from watchkeeper.errors import Forbidden, Unidentified


class UnknownKey(Unidentified):
    code = "unknown-key"


class LinkSpent(Unidentified):
    code = "link-spent"


class RightMissing(Forbidden):
    code = "right-missing"
