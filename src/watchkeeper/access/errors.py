"""Who may not, and why."""

from watchkeeper.errors import Conflict, Forbidden, NotFound, Refused, Unidentified, WatchkeeperError


class UnknownKey(Unidentified):
    code = "unknown-key"


class LinkSpent(Unidentified):
    code = "link-spent"


class RightMissing(Forbidden):
    code = "right-missing"


class KeyRefused(Refused):
    """Its scopes or its deployment are none that it may have."""

    code = "key-refused"


class RateRefused(Refused):
    """No rate that a key can have."""

    code = "rate-refused"


class PasswordRefused(Refused):
    code = "password-refused"


class LoginRefused(Refused):
    code = "login-refused"


class RoleUnknown(Refused):
    code = "role-unknown"


class LoginTaken(Conflict):
    code = "login-taken"


class LastAdmin(Conflict):
    code = "last-admin"


class NoMember(NotFound):
    code = "no-member"


class NoKey(NotFound):
    code = "no-key"


class PasswordWrong(Unidentified):
    code = "password-wrong"


class InvitationSpent(Unidentified):
    code = "invitation-spent"


class TooManyTries(WatchkeeperError):
    status = 429
    code = "too-many-tries"
