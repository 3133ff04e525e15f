"""A key's rate, as options of the commands that make a key or change its rate."""

from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from watchkeeper.sdk.errors import Refused

if TYPE_CHECKING:
    from watchkeeper.sdk.access import Rate

Calls = Annotated[int | None, typer.Option(min=1, help="How many calls for predictions it may make a minute.")]
Rows = Annotated[int | None, typer.Option(min=1, help="How many rows those calls may have in all.")]
Per = Annotated[str, typer.Option(help="What calls and rows are counted by: second or minute.")]
Unlimited = Annotated[bool, typer.Option("--unlimited", help="Let it call as often as it likes.")]


def new_rate(calls: int | None, rows: int | None, per: str, *, unlimited: bool) -> "Rate | None":
    rate = rate_of(calls, rows, per)
    if unlimited == (rate is not None):
        raise Refused("Say how many --calls it may make, or --unlimited.", code="rate-refused", fields=("calls",))
    return rate


def rate_of(calls: int | None, rows: int | None, per: str) -> "Rate | None":
    if calls is None and rows is None:
        return None
    if calls is None:
        raise Refused("Say with --calls how many calls it may make, too.", code="rate-refused", fields=("calls",))
    from watchkeeper.sdk.access import Rate

    return Rate(calls, cast("Literal['second', 'minute']", per), rows)
