"""A split, as options say it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from watchkeeper.sdk import Split

SplitShare = Annotated[
    str | None, typer.Option("--split", help="The share of calls that the challenger answers, or `none`.")
]
ByColumn = Annotated[
    str | None, typer.Option(help="Tell callers apart by this column: one is always answered by the same model.")
]
ByHeader = Annotated[str | None, typer.Option(help="Tell callers apart by this header of the call.")]
Ramp = Annotated[
    list[str] | None, typer.Option(help="How the share grows, such as `1h=0.25`; as often as there are stages.")
]


def given_split(
    share: str | None, *, column: str | None, header: str | None, ramp: list[str] | None, otherwise: Any
) -> "Split | Any | None":
    """`otherwise` where none is given."""
    from watchkeeper.sdk import Split

    if share is None:
        if column or header or ramp:
            raise typer.BadParameter("Say the share with --split, such as --split 0.2.", param_hint="--split")
        return otherwise
    if share == "none":
        return None
    return Split(_number(share, "--split"), column, header, dict(_stage(each) for each in ramp or ()))


def _stage(text: str) -> tuple[str, float]:
    after, said, share = text.partition("=")
    if not said:
        raise typer.BadParameter(f"'{text}' is no stage; write it like 1h=0.25.", param_hint="--ramp")
    return after, _number(share, "--ramp")


def _number(text: str, option: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no share, such as 0.2.", param_hint=option) from None
