"""Why a server does not start: each one clear line."""

from watchkeeper.errors import WatchkeeperError


class CannotStart(WatchkeeperError):
    code = "cannot-start"


class PortInUse(CannotStart):
    code = "port-in-use"


class DataDirRefused(CannotStart):
    code = "data-dir-refused"


class AlreadyUp(CannotStart):
    code = "already-up"


class TlsRequired(CannotStart):
    code = "tls-required"


class SettingRefused(CannotStart):
    code = "setting-refused"


class NotReplaced(WatchkeeperError):
    """A process could not be replaced by a new one."""

    code = "not-replaced"


class NotUp(WatchkeeperError):
    """There is no running server to restart."""

    code = "not-up"


class NotReady(CannotStart):
    code = "not-ready"
