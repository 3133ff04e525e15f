"""Sign-in links, and a project's keys."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter
from pydantic import BaseModel, Field

from watchkeeper.access.errors import KeyRefused
from watchkeeper.access.identifying import issue_key, issue_link, rotate_key
from watchkeeper.access.key import Key
from watchkeeper.access.permitting import Permit, person_of
from watchkeeper.access.rate import Per, Rate, RateChange, checked_rate
from watchkeeper.access.rating import change_rate
from watchkeeper.access.role import Right
from watchkeeper.errors import Refused
from watchkeeper.monitoring.usage.callers import NEVER, Calls, calls_of
from watchkeeper.projects.naming import checked_name
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.paging import Page
from watchkeeper.server.assembly import Assembly
from watchkeeper.storage.work import Work

router = APIRouter(tags=["access"])
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class Link(BaseModel):
    url: str
    expires: datetime


class RateOfKey(BaseModel):
    """Of predictions. Each prediction process gives a key its share."""

    calls: int
    per: str = Field(default=Per.MINUTE.value, description="second or minute")
    rows: int | None = Field(default=None, description="Rows of all its calls; as many as come without.")


class KeyWanted(BaseModel):
    name: str
    expires: datetime | None = None
    scopes: list[str] = Field(default_factory=list, description="Some of predict, label, read; predict without.")
    deployment: str | None = Field(default=None, description="The only one that the key may reach.")
    rate: RateOfKey | None = Field(default=None, description="How often it may call; as often as it likes without.")


class Rotation(BaseModel):
    overlap_seconds: float = Field(
        default=3600.0, ge=0, le=90 * 86_400, allow_inf_nan=False, description="How long the old secret still works."
    )


class CallsOfKey(BaseModel):
    """Of its calls for predictions, on the days of each deployment's zone."""

    today: int = 0
    last_30_days: int = 0
    total: int = 0
    refused: int = Field(default=0, description="Calls beyond its rate, which are among no others.")


class RateWanted(BaseModel):
    rate: RateOfKey | None = Field(description="None: as often as it likes.")


class RateChanged(BaseModel):
    at: datetime
    by: str
    before: RateOfKey | None
    after: RateOfKey | None


class KeyShown(BaseModel):
    id: str
    name: str
    created: datetime
    expires: datetime | None
    last_used: datetime | None
    revoked: datetime | None
    scopes: list[str]
    deployment: str | None
    rate: RateOfKey | None
    rate_changes: list[RateChanged] = Field(description="Each time that it was given another, the newest first.")
    made_by: str | None = Field(description="The key that made it, or whose sign-in link began the session that did.")
    calls: CallsOfKey


class KeyIssued(KeyShown):
    secret: str


class ExpiryPast(Refused):
    code = "expiry-past"


class ExpiryTooLate(Refused):
    code = "expiry-too-late"


@router.post("/sign-in-links", status_code=201, **needs(Right.IDENTIFIED))
def make_sign_in_link(permit: ThePermit, assembly: TheAssembly) -> Link:
    user = person_of(permit)
    with assembly.store.work() as work:
        token, expires = issue_link(user.id, key=permit.identity.key, links=work.links, clock=assembly.clock)
    return Link(url=f"{assembly.settings.shown_url}/sign-in?token={token}", expires=expires)


@router.get("/projects/{project}/keys", **needs(Right.MANAGE))
def list_keys(permit: ThePermit, assembly: TheAssembly) -> Page[KeyShown]:
    with assembly.store.look() as work:
        return Page(items=show_keys(work.keys.of_project(permit.project or ""), work, assembly), next=None)


@router.post("/projects/{project}/keys", status_code=201, **needs(Right.MANAGE))
def create_key(wanted: KeyWanted, permit: ThePermit, assembly: TheAssembly) -> KeyIssued:
    with assembly.store.work() as work:
        return make_key(wanted, permit=permit, work=work, assembly=assembly)


@router.post("/keys/{key}/rotate", status_code=201, **needs(Right.MANAGE))
def post_rotation(key: str, permit: ThePermit, assembly: TheAssembly, wanted: Rotation | None = None) -> KeyIssued:
    """Another secret for the same use; the old one works for the overlap."""
    with assembly.store.work() as work:
        known = work.keys.get(key)
        assert known is not None  # noqa: S101  (the gate has seen it)
        return renew_key(known, wanted or Rotation(), permit=permit, work=work, assembly=assembly)


@router.put("/keys/{key}/rate", **needs(Right.MANAGE))
def put_rate(key: str, wanted: RateWanted, permit: ThePermit, assembly: TheAssembly) -> KeyShown:
    """Another rate, of the old secret too while a rotation's overlap lasts. Within a second every process keeps it."""
    with assembly.store.work() as work:
        known = work.keys.get(key)
        assert known is not None  # noqa: S101  (the gate has seen it)
        return set_rate(known, wanted.rate, permit=permit, work=work, assembly=assembly)


@router.delete("/keys/{key}", status_code=204, **needs(Right.MANAGE))
def revoke_key(key: str, assembly: TheAssembly) -> None:
    with assembly.store.work() as work:
        work.keys.revoke(key, at=assembly.clock.now())
        work.generations.advance()


def make_key(wanted: KeyWanted, *, permit: Permit, work: Work, assembly: Assembly) -> KeyIssued:
    project = permit.project or ""
    key, secret = issue_key(
        checked_name(wanted.name, of="key"),
        keys=work.keys,
        clock=assembly.clock,
        project=project,
        expires=future(wanted.expires, assembly.clock.now()),
        scopes=wanted.scopes,
        deployment=deployment_of(wanted.deployment, project, work),
        rate=rate_of(wanted.rate),
        made_by=permit.identity.key,
    )
    work.generations.advance()
    return KeyIssued(**show_key(key).model_dump(), secret=secret)


def renew_key(key: Key, wanted: Rotation, *, permit: Permit, work: Work, assembly: Assembly) -> KeyIssued:
    overlap = timedelta(seconds=wanted.overlap_seconds)
    fresh, secret = rotate_key(key, overlap=overlap, keys=work.keys, clock=assembly.clock, made_by=permit.identity.key)
    work.generations.advance()
    return KeyIssued(**show_key(fresh).model_dump(), secret=secret)


def set_rate(key: Key, wanted: RateOfKey | None, *, permit: Permit, work: Work, assembly: Assembly) -> KeyShown:
    rate, by = rate_of(wanted), permit.identity.name
    changed = change_rate(key, rate, by=by, keys=work.keys, clock=assembly.clock)
    work.generations.advance()
    return show_keys([changed], work, assembly)[0]


def show_keys(keys: Sequence[Key], work: Work, assembly: Assembly) -> list[KeyShown]:
    calls = calls_of([key.id for key in keys], now=assembly.clock.now(), work=work)
    changes: dict[str, list[RateChange]] = defaultdict(list)
    for change in work.keys.rate_changes(list({key.lineage for key in keys})):
        changes[change.key].append(change)
    return [show_key(key, calls[key.id], changes[key.lineage]) for key in keys]


def show_key(key: Key, calls: Calls = NEVER, changes: Sequence[RateChange] = ()) -> KeyShown:
    return KeyShown(
        id=key.id,
        name=key.name,
        created=key.created,
        expires=key.expires,
        last_used=key.last_used,
        revoked=key.revoked,
        scopes=list(key.scopes),
        deployment=key.deployment,
        rate=show_rate(key.rate),
        rate_changes=[
            RateChanged(at=each.at, by=each.by, before=show_rate(each.before), after=show_rate(each.after))
            for each in changes
        ],
        made_by=key.made_by,
        calls=CallsOfKey(**asdict(calls)),
    )


def show_rate(rate: Rate | None) -> RateOfKey | None:
    return RateOfKey(**rate.document()) if rate else None


def rate_of(wanted: RateOfKey | None) -> Rate | None:
    return checked_rate(wanted.calls, per=wanted.per, rows=wanted.rows) if wanted else None


def deployment_of(wanted: str | None, project: str, work: Work) -> str | None:
    """The id of a deployment of the project, named by id or address."""
    if not wanted:
        return None
    found = work.deployments.get(wanted)
    if found is None or found.project != project:
        raise KeyRefused("There is no such deployment in this project.", fields=("deployment",))
    return found.id


def future(expires: datetime | None, now: datetime) -> datetime | None:
    if expires is None:
        return None
    aware = expires if expires.tzinfo else expires.replace(tzinfo=UTC)
    if aware <= now:
        raise ExpiryPast("The expiry lies in the past; give a later one, or none.", fields=("expires",))
    if aware > LATEST:
        raise ExpiryTooLate("The expiry lies beyond the year 2199; give an earlier one, or none.", fields=("expires",))
    return aware.astimezone(UTC)
