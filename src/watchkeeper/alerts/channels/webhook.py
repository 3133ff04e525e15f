"""A webhook: a signed POST to an address that people gave.

So that no one can make the server talk to its own neighbours, the address is resolved here, every IP address that it
stands for has to be a public one (or one that this installation allows), and the connection goes to just that IP
address. Nothing is redirected, and no proxy of the environment is asked.
"""

import asyncio
import hashlib
import hmac
import ipaddress
import json
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2

from watchkeeper.alerts.channel import Channel, Delivery, Undelivered
from watchkeeper.alerts.ports import Addresses, Seal
from watchkeeper.clock import Clock

STEP, WHOLE = 5.0, 20.0
"""Seconds that a step, and the whole, may take."""
SAID = 300
TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def resolved(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True)
class WebhookWay:
    """`allowed` are networks inside which webhooks may lead although they are not public."""

    seal: Seal
    clock: Clock
    allowed: Sequence[Network] = ()
    addresses: Addresses = field(default=resolved)

    def send(self, delivery: Delivery, channel: Channel) -> None:
        body = body_of(delivery)
        secret = self.seal.open(channel.sealed or "")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Watchkeeper",
            "Watchkeeper-Delivery": delivery.id,
            "Watchkeeper-Signature": signature(body, secret, at=int(self.clock.now().timestamp())),
        }
        url = str(channel.settings["url"])
        try:
            status, said = asyncio.run(self._post(url, body, headers, self._address(url)))
        except TimeoutError as failure:
            raise Undelivered(f"The receiver took longer than {WHOLE:g} seconds.") from failure
        except (httpx2.HTTPError, OSError, ValueError) as failure:
            raise Undelivered(f"The receiver can't be reached: {failure or type(failure).__name__}") from failure
        if not 200 <= status < 300:
            follow = " Redirects are not followed." if 300 <= status < 400 else ""
            raise Undelivered(f"The receiver answered {status}.{follow} {said}".strip(), lasting=status == 410)

    def _address(self, url: str) -> str:
        """The IP address to connect to; each one that the name stands for has to be allowed."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        try:
            found = list(dict.fromkeys(self.addresses(host, port)))
        except OSError as failure:
            raise Undelivered(f"The name '{host}' can't be resolved: {failure}") from failure
        if not found:
            raise Undelivered(f"The name '{host}' stands for no address.")
        for each in found:
            if not self._may(each):
                raise Undelivered(
                    f"'{host}' leads to {each}, an internal address; "
                    "WATCHKEEPER_WEBHOOKS_ALLOWED can allow its network."
                )
        return found[0]

    def _may(self, address: str) -> bool:
        return all(self._is_open(each) for each in _meant(ipaddress.ip_address(address.partition("%")[0])))

    def _is_open(self, address: Address) -> bool:
        inside = any(address in network for network in self.allowed if network.version == address.version)
        return inside or (address.is_global and not address.is_multicast)

    async def _post(self, url: str, body: bytes, headers: dict[str, str], address: str) -> tuple[int, str]:
        parts = urlsplit(url)
        host = f"[{address}]" if ":" in address else address
        place = f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path or '/'}"
        place += f"?{parts.query}" if parts.query else ""
        asked = {**headers, "Host": parts.netloc}
        async with asyncio.timeout(WHOLE), httpx2.AsyncClient(timeout=STEP, trust_env=False) as client:
            request = client.build_request("POST", place, content=body, headers=asked)
            request.extensions["sni_hostname"] = parts.hostname
            answer = await client.send(request, stream=True, follow_redirects=False)
            try:
                return answer.status_code, await _beginning(answer) if answer.is_error else ""
            finally:
                await answer.aclose()


def _meant(address: Address) -> list[Address]:
    """The address, or the IPv4 address that it is a way of writing; both where it is a way of reaching one."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    inner = [address.sixtofour, *(address.teredo or ())]
    if address in TRANSLATED:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(each for each in inner if each is not None)]


async def _beginning(answer: httpx2.Response) -> str:
    """Of what a failing receiver says, no more than is worth reading."""
    async for piece in answer.aiter_bytes(SAID):
        return piece[:SAID].decode("utf-8", "replace")
    return ""


def body_of(delivery: Delivery) -> bytes:
    said = {"id": delivery.id, "created": delivery.created.isoformat(), **delivery.message}
    return json.dumps(said, ensure_ascii=False, allow_nan=False).encode()


def signature(body: bytes, secret: str, *, at: int) -> str:
    """`t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>" in hexadecimal>`."""
    found = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={found}"
