"""An ASGI application on a listening socket that the supervisor holds."""

import socket
from typing import Any

import uvicorn

from watchkeeper.server.settings import Settings

GRACE = 5


def listen(app: Any, *, settings: Settings, listener: socket.socket | None) -> None:
    """Serve until SIGTERM; requests under way get some seconds to end."""
    if listener is None:
        raise TypeError("this process needs its listening socket")
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        proxy_headers=bool(settings.behind_proxy),
        forwarded_allow_ips=list(settings.behind_proxy) or None,
        timeout_graceful_shutdown=GRACE,
    )
    uvicorn.Server(config).run(sockets=[listener])
