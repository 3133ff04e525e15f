"""E-mail, through one SMTP server of this installation."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from watchkeeper.alerts.channel import Channel, Delivery, Undelivered

TIMEOUT = 10.0
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class EmailWay:
    """`server` is `smtp://`, `smtp+starttls://` or `smtps://user:password@host:port`; empty where none is set."""

    server: str
    sender: str

    def send(self, delivery: Delivery, channel: Channel) -> None:
        if not self.server:
            raise Undelivered("No mail server is set; WATCHKEEPER_SMTP names one.")
        to = list(channel.settings["to"])
        try:
            with self._connected() as server:
                refused = server.send_message(message_of(delivery, to, sender=self.sender), self.sender, to)
        except smtplib.SMTPRecipientsRefused as failure:
            raise Undelivered(f"The mail server refused every address: {_first(failure.recipients)}") from failure
        except smtplib.SMTPException as failure:
            raise Undelivered(f"The mail server said: {failure}") from failure
        except (OSError, ValueError) as failure:
            raise Undelivered(f"The mail server can't be reached: {failure}") from failure
        if refused:
            # The others have it; sending it to all once more would tell them twice.
            raise Undelivered(f"Refused for {', '.join(refused)}: {_first(refused)}", lasting=True)

    def _connected(self) -> smtplib.SMTP:
        parts = urlsplit(self.server)
        host, port = parts.hostname or "localhost", parts.port or PORTS[parts.scheme]
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT)
        try:
            if parts.scheme == "smtp+starttls":
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server


def message_of(delivery: Delivery, to: list[str], *, sender: str) -> EmailMessage:
    """Its Message-ID is the delivery's, so that a second arrival can be known for what it is."""
    said, made = delivery.message, EmailMessage()
    project = f"[{said['project']}] " if said.get("project") else ""
    made["Subject"] = " ".join(f"{project}{said['title']}".split())[:LONGEST_SUBJECT]
    made["From"], made["To"] = sender, ", ".join(to)
    made["Date"] = format_datetime(delivery.created)
    made["Message-ID"] = f"<{delivery.id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    lines = [str(said["text"]), "", *([str(said["url"])] if said.get("url") else [])]
    made.set_content("\n".join(lines))
    return made


def _first(refused: dict[str, tuple[int, bytes]]) -> str:
    code, reason = next(iter(refused.values()), (0, b""))
    return f"{code} {reason.decode('utf-8', 'replace')}"
