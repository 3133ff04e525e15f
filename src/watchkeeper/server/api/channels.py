"""Channels, and what was sent by them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter
from pydantic import BaseModel, Field

from watchkeeper.access.permitting import rights_of
from watchkeeper.access.role import Right
from watchkeeper.alerts.channel import Channel, Delivery, Kind
from watchkeeper.alerts.channelling import change_channel, channel_of, create_channel, new_secret
from watchkeeper.errors import NotFound
from watchkeeper.server.alerting import telling_of
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Page
from watchkeeper.server.assembly import Assembly
from watchkeeper.storage.work import Work

router = APIRouter(tags=["alerts"])
MOST_DELIVERIES = 100


class DeliveryShown(BaseModel):
    id: str
    channel: str
    channel_name: str
    firing: str | None
    event: str
    title: str
    state: str
    attempts: int
    error: str | None
    created: datetime
    due: datetime | None
    delivered: datetime | None


class ChannelWanted(BaseModel):
    """`settings` of an e-mail: {"to": [addresses]}; of a webhook: {"url": address}."""

    name: str
    kind: str
    settings: Mapping[str, Any]


class ChannelChange(BaseModel):
    name: str | None = None
    settings: Mapping[str, Any] | None = None
    enabled: bool | None = None


class ChannelShown(BaseModel):
    """`problem` says why nothing can arrive by it as things are."""

    id: str
    name: str
    kind: str
    settings: Mapping[str, Any]
    enabled: bool
    created: datetime
    created_by: str
    problem: str | None


class ChannelMade(ChannelShown):
    secret: str | None = Field(description="Signs a webhook's messages; shown only now.")


class SecretMade(BaseModel):
    secret: str


@router.get("/projects/{project}/channels", **needs(Right.READ))
def list_channels(permit: ThePermit, assembly: TheAssembly) -> Page[ChannelShown]:
    """A webhook's address can be a secret: who may not manage channels sees only its host."""
    with assembly.store.look() as work:
        found = work.channels.of_project(permit.project or "")
        whole = Right.MANAGE in rights_of(permit.identity, project=permit.project, members=work.members)
        shown = [ChannelShown(**show_channel(each, work, assembly, whole=whole)) for each in found]
        return Page(items=shown, next=None)


@router.post("/projects/{project}/channels", status_code=201, **needs(Right.MANAGE))
def post_channel(wanted: ChannelWanted, permit: ThePermit, assembly: TheAssembly) -> ChannelMade:
    """A webhook's secret is shown this once."""
    with assembly.store.work() as work:
        channel, secret = create_channel(
            wanted.name,
            wanted.kind,
            wanted.settings,
            permit=permit,
            work=work,
            seal=assembly.seal,
            clock=assembly.clock,
        )
        return ChannelMade(**show_channel(channel, work, assembly), secret=secret)


@router.patch("/projects/{project}/channels/{channel}", **needs(Right.MANAGE))
def patch_channel(channel: str, wanted: ChannelChange, permit: ThePermit, assembly: TheAssembly) -> ChannelShown:
    with assembly.store.work() as work:
        found = channel_of(permit.project or "", channel, work=work)
        fields = {name: value for name, value in wanted.model_dump().items() if value is not None}
        return ChannelShown(**show_channel(change_channel(found, fields, work=work), work, assembly))


@router.delete("/projects/{project}/channels/{channel}", status_code=204, **needs(Right.MANAGE))
def delete_channel(channel: str, permit: ThePermit, assembly: TheAssembly) -> None:
    """What still waits for it is not sent any more."""
    with assembly.store.work() as work:
        work.channels.remove(channel_of(permit.project or "", channel, work=work).id)


@router.post("/projects/{project}/channels/{channel}/secret", status_code=201, **needs(Right.MANAGE))
def post_channel_secret(channel: str, permit: ThePermit, assembly: TheAssembly) -> SecretMade:
    """A new secret for a webhook, in force at once and shown this once."""
    with assembly.store.work() as work:
        found = channel_of(permit.project or "", channel, work=work)
        return SecretMade(secret=new_secret(found, work=work, seal=assembly.seal))


@router.post("/projects/{project}/channels/{channel}/test", status_code=202, **needs(Right.MANAGE))
def test_channel(channel: str, permit: ThePermit, assembly: TheAssembly) -> DeliveryShown:
    """Send a message that says only that messages arrive; its delivery says whether it did."""
    with assembly.store.work() as work:
        found = channel_of(permit.project or "", channel, work=work)
        return show_delivery(telling_of(assembly).test(found, work=work), found.name)


@router.get("/projects/{project}/channels/{channel}/deliveries", **needs(Right.READ))
def list_deliveries(channel: str, permit: ThePermit, assembly: TheAssembly) -> Page[DeliveryShown]:
    """The newest hundred."""
    with assembly.store.look() as work:
        found = channel_of(permit.project or "", channel, work=work)
        sent = work.deliveries.of_channel(found.id, limit=MOST_DELIVERIES)
        return Page(items=[show_delivery(each, found.name) for each in sent], next=None)


@router.get("/projects/{project}/deliveries/{delivery}", **needs(Right.READ))
def get_delivery(delivery: str, permit: ThePermit, assembly: TheAssembly) -> DeliveryShown:
    with assembly.store.look() as work:
        found = work.deliveries.get(delivery)
        channel = work.channels.get(found.channel) if found else None
        if found is None or channel is None or channel.project != permit.project:
            raise NotFound("This project has no such delivery.")
        return show_delivery(found, channel.name)


def show_delivery(delivery: Delivery, channel: str) -> DeliveryShown:
    waiting = delivery.state == "waiting"
    return DeliveryShown(
        **{
            **vars(delivery),
            "channel_name": channel,
            "title": str(delivery.message.get("title", "")),
            "due": delivery.due if waiting else None,
        }
    )


def show_channel(channel: Channel, work: Work, assembly: Assembly, *, whole: bool = True) -> dict[str, Any]:
    user = work.users.get(channel.created_by) if channel.created_by else None
    unset = channel.kind is Kind.EMAIL and not assembly.settings.smtp
    return {
        **vars(channel),
        "settings": channel.settings if whole or channel.kind is Kind.EMAIL else _host(channel),
        "created_by": user.name if user else channel.created_by,
        "problem": "No mail server is set; WATCHKEEPER_SMTP names one." if unset else None,
    }


def _host(channel: Channel) -> dict[str, Any]:
    parts = urlsplit(str(channel.settings["url"]))
    return {"url": f"{parts.scheme}://{parts.hostname}/…"}
