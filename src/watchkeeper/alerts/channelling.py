"""Making, changing and removing channels."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from watchkeeper.access.permitting import Permit
from watchkeeper.alerts.channel import Channel, Kind
from watchkeeper.alerts.errors import ChannelRefused, ChannelTaken, NoChannel
from watchkeeper.alerts.ports import Seal, Unit
from watchkeeper.clock import Clock
from watchkeeper.names import new_id
from watchkeeper.projects.naming import checked_name

MAILBOX = re.compile(r"[^@\s,;<>()\[\]\\\"]+@[^@\s,;<>()\[\]\\\"]+")
MOST_ADDRESSES, MOST_CHANNELS, LONGEST_URL = 50, 50, 2_000


def create_channel(
    name: str, kind: str, settings: Mapping[str, Any], *, permit: Permit, work: Unit, seal: Seal, clock: Clock
) -> tuple[Channel, str | None]:
    """The channel, and a webhook's secret, which is shown this once."""
    if kind not in set(Kind):
        raise ChannelRefused(f"'{kind}' is no kind of channel; use one of {', '.join(Kind)}.", fields=("kind",))
    project = permit.project or ""
    if len(work.channels.of_project(project)) >= MOST_CHANNELS:
        raise ChannelRefused(f"A project may have {MOST_CHANNELS} channels. Remove one first.")
    secret = _secret() if kind == Kind.WEBHOOK else None
    channel = Channel(
        id=new_id(),
        project=project,
        name=_free_name(name, project, work=work),
        kind=Kind(kind),
        settings=checked_settings(Kind(kind), settings),
        sealed=seal.close(secret) if secret else None,
        enabled=True,
        created=clock.now(),
        created_by=permit.user,
    )
    work.channels.add(channel)
    return channel, secret


def change_channel(channel: Channel, wanted: Mapping[str, Any], *, work: Unit) -> Channel:
    """`wanted` may have a name, settings, and whether it is enabled."""
    changed = replace(
        channel,
        name=_free_name(wanted["name"], channel.project, work=work, but=channel.id)
        if "name" in wanted
        else channel.name,
        settings=checked_settings(channel.kind, wanted["settings"]) if "settings" in wanted else channel.settings,
        enabled=bool(wanted.get("enabled", channel.enabled)),
    )
    work.channels.change(changed)
    return changed


def new_secret(channel: Channel, *, work: Unit, seal: Seal) -> str:
    """From now on a webhook's messages are signed with it."""
    if channel.kind is not Kind.WEBHOOK:
        raise ChannelRefused("Only a webhook has a secret.")
    secret = _secret()
    work.channels.change(replace(channel, sealed=seal.close(secret)))
    return secret


def channel_of(project: str, channel: str, *, work: Unit) -> Channel:
    found = work.channels.get(channel)
    if found is None or found.project != project:
        raise NoChannel("This project has no such channel.")
    return found


def checked_settings(kind: Kind, settings: Mapping[str, Any]) -> dict[str, Any]:
    known = {"to"} if kind is Kind.EMAIL else {"url"}
    if set(settings) != known:
        raise ChannelRefused(
            f"A channel of kind {kind} is set by {', '.join(known)} and nothing else.", fields=("settings",)
        )
    return {"to": _checked_addresses(settings["to"])} if kind is Kind.EMAIL else {"url": _checked_url(settings["url"])}


def _checked_addresses(to: object) -> list[str]:
    listed = [to] if isinstance(to, str) else to
    if not isinstance(listed, list) or not listed or len(listed) > MOST_ADDRESSES:
        raise ChannelRefused(f"'to' is a list of 1 to {MOST_ADDRESSES} e-mail addresses.", fields=("settings.to",))
    for each in listed:
        if not isinstance(each, str) or not MAILBOX.fullmatch(each) or not each.isascii() or len(each) > 254:
            raise ChannelRefused(f"'{each}' is no e-mail address.", fields=("settings.to",))
    return [*dict.fromkeys(listed)]


def _checked_url(url: object) -> str:
    """Where it leads is checked each time that something is sent, since names can change."""
    try:
        parts = urlsplit(url) if isinstance(url, str) and len(url) <= LONGEST_URL and url.isprintable() else None
        fit = parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fit = False
    if not fit or not isinstance(url, str) or " " in url:
        raise ChannelRefused("'url' has to be an http or https address.", fields=("settings.url",))
    if urlsplit(url).username is not None:
        raise ChannelRefused(
            "'url' can't carry a name or password; messages are signed instead.", fields=("settings.url",)
        )
    return url


def _free_name(name: str, project: str, *, work: Unit, but: str | None = None) -> str:
    name = checked_name(name, of="channel")
    if any(each.name.casefold() == name.casefold() and each.id != but for each in work.channels.of_project(project)):
        raise ChannelTaken(f"This project has a channel '{name}' already.", fields=("name",))
    return name


def _secret() -> str:
    return f"wks_{secrets.token_urlsafe(32)}"
