"""Why a server does not start, each one clear line; and what it can't read."""

from watchkeeper.errors import Refused, WatchkeeperError


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


class NotHttp(Refused):
    """What came on a connection is no request, or says of its length what can't be."""

    status = 400
    code = "not-http"
