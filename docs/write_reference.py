"""Writes docs/reference/ from the code itself: settings, errors, commands, routes, rights. `just docs` runs it."""

import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

import watchkeeper
from watchkeeper.access.identifying import LINK_LIFE, LONGEST_OVERLAP, SESSION_LIFE
from watchkeeper.access.inviting import LIFE
from watchkeeper.access.key import Scope
from watchkeeper.access.password import LONGEST, SHORTEST
from watchkeeper.access.role import RIGHTS, Right
from watchkeeper.access.signing_in import BESIEGED, FEWEST_TRIES, MOST_FROM_ADDRESS, MOST_TRIES, WITHIN
from watchkeeper.cli.running import COMMANDS, load
from watchkeeper.errors import WatchkeeperError
from watchkeeper.sdk import errors as sdk_errors
from watchkeeper.server.api.routes import Route, routes_of
from watchkeeper.server.console import routers
from watchkeeper.server.figures import BUCKETS, FIGURES, ROWS, Kind
from watchkeeper.server.settings import Settings
from watchkeeper.server.web.wording import ROLES, SCOPES

HERE = Path(__file__).parent / "reference"
METHODS = {"get", "post", "put", "patch", "delete"}


def pages() -> dict[str, str]:
    """Each page's text by its name."""
    return {
        "settings.md": settings_page(),
        "errors.md": errors_page(),
        "commands.md": commands_page(),
        "routes.md": routes_page(),
        "rights.md": rights_page(),
        "metrics.md": metrics_page(),
    }


def settings_page() -> str:
    lines = [
        "# Settings",
        "",
        "Given to `watchkeeper up` as options, or by the environment where a variable is named.",
        "",
    ]
    lines += ["| setting | default | meaning |", "|---|---|---|"]
    defaults = {name: field.default for name, field in Settings.__dataclass_fields__.items()}
    for name, meaning in _attributes(Settings):
        default = defaults[name]
        shown = "" if default in {"", None, ()} or not isinstance(default, str | int | float) else f"`{default}`"
        lines.append(f"| `{name}` | {shown} | {meaning} |")
    return _text(lines)


def errors_page() -> str:
    lines = [
        "# Errors",
        "",
        "The API answers a failure as `application/problem+json`; `code` is stable and for programs, `fields`",
        "names the places at fault, `detail` says what to do.",
        "",
    ]
    lines += ["| code | status | raised in | what it is |", "|---|--:|---|---|"]
    for kind in sorted(_errors(), key=lambda each: each.code):
        room = kind.__module__.removeprefix("watchkeeper.").partition(".")[0]
        about = (inspect.getdoc(kind) or "") if "__doc__" in vars(kind) and kind.__doc__ else ""
        lines.append(
            f"| `{kind.code}` | {kind.status} | {room} | {about.partition(chr(10) * 2)[0].replace(chr(10), ' ')} |"
        )
    lines += ["", "In Python they arrive as one of these (`watchkeeper.sdk.errors`):", "", "```"]
    tree = (sdk_errors.__doc__ or "").split("\n\n")[1]
    return _text([*lines, tree, "```"])


def commands_page() -> str:
    lines = [
        "# Commands",
        "",
        "Each takes `--help`; those that ask the server take `--json`. `--url` and `--key` stand before the command.",
        "",
    ]
    for name in COMMANDS:
        lines += _command(f"watchkeeper {name}", load(name))
    return _text(lines)


def routes_page() -> str:
    lines = [
        "# Routes",
        "",
        "The contract is `/api/openapi.json`; the console shows it at `/api/docs`. Each route asks for a right;",
        "[who has which](rights.md).",
        "",
    ]
    lines += ["| method | path | right | what it does |", "|---|---|---|---|"]
    lines += [_route_line(route) for route in _routes()]
    lines += [
        "",
        "Predictions have a port of their own (8091):",
        "",
        "| method | path | what it does |",
        "|---|---|---|",
    ]
    lines += [
        "| POST | `/v1/deployments/{address}/predict` | the champion's answers to rows, in JSON or Arrow |",
        "| POST | `/v2/models/{address}/infer` | the same by the Open Inference Protocol; raw tensors are taken too |",
        "| GET | `/v2/models/{address}`, `/v2/models/{address}/ready` | what the model takes and gives; is it loaded |",
        "| GET | `/v2`, `/v2/health/live`, `/v2/health/ready` | the process, by that protocol |",
        "| GET | `/health/live`, `/health/ready`, `/metrics` | the process; [all figures](metrics.md) |",
    ]
    return _text(lines)


def metrics_page() -> str:
    lines = [
        "# Metrics",
        "",
        "`/metrics` on the console's port, or the plane's, has the figures of all processes of a machine",
        "([how, and who may read them](../architecture.md#figures)). Each has the label `process` beside its own.",
        "",
        "| figure | kind | told by | labels | what it is |",
        "|---|---|---|---|---|",
    ]
    for figure in FIGURES.values():
        kind = Kind.GAUGE if figure.kind is Kind.SINCE else figure.kind
        labels = ", ".join(f"`{label}`" for label in figure.labels)
        lines.append(f"| `{figure.name}` | {kind} | {figure.told_by} | {labels} | {figure.meaning} |")
    lines += ["", f"Bounds of seconds: {_bounds(BUCKETS)}. Bounds of rows: {_bounds(ROWS)}."]
    return _text(lines)


def _bounds(bounds: Sequence[float]) -> str:
    return ", ".join(f"{bound:g}" if bound < 1_000 else f"{bound:,.0f}" for bound in bounds)


def rights_page() -> str:
    lines = [
        "# Rights",
        "",
        "A role is had in a project. An administrator of the installation has every right in every project. A right is",
        "looked up anew at each request, so that a role that is changed holds at once, for sessions and keys too.",
        "",
        "| role | what it is for |",
        "|---|---|",
        *(f"| {role.value} | {ROLES[role.value]} |" for role in RIGHTS),
        "",
        "| right | " + " | ".join(role.value for role in RIGHTS) + " | administrator |",
        "|---|" + "---|" * (len(RIGHTS) + 1),
    ]
    for right in Right:
        everyone = right in {Right.OPEN, Right.IDENTIFIED}
        has = ["yes" if everyone or right in rights else "" for rights in RIGHTS.values()]
        lines.append(f"| {right.value} | " + " | ".join(has) + " | yes |")
    lines += [
        "",
        "Without the right to read a project, it is not there: what is hidden and what is unknown answer alike.",
    ]
    for right in Right:
        routes = [f"- {route.method} `{route.path}`: {route.summary}" for route in _routes() if route.right == right]
        lines += ["", f"## {right.value}", "", RIGHT_MEANS[right], *([""] if routes else []), *routes]
    return _text([*lines, *_keys_part(), *_signing_in_part()])


RIGHT_MEANS = {
    Right.OPEN: "Anybody.",
    Right.IDENTIFIED: "Whoever is known: a person, or a key of a project.",
    Right.PREDICT: "Call deployments, on the plane.",
    Right.LABEL: "Send the truth.",
    Right.READ: "See what there is, and how it fares: figures and counts, and of a violation one example.",
    Right.READ_ROWS: "See raw rows of a journal: what a deployment was asked, and what it answered.",
    Right.WRITE: "Bring in data, train, deploy, make releases, set rules.",
    Right.MANAGE: "Decide about people, keys and channels of a project.",
    Right.RUN_CODE: "Have the server run programs of one's own, as steps of kind python, with its user's rights.",
    Right.METRICS: "Read the figures of all processes, as [Prometheus](metrics.md) does.",
    Right.ADMINISTER: "Decide about the installation.",
}


def _keys_part() -> list[str]:
    return [
        "",
        "## Keys",
        "",
        "A project's key has what its scopes say, in its project; with a deployment, for that one alone: it sees",
        "neither the project nor any list. A personal key has what its scopes leave of its user's rights; without",
        "scopes, all of them. A key without scopes can make others, which end no later than itself. With a key end the",
        "sessions that a link of it began.",
        "",
        "| scope | what it is for |",
        "|---|---|",
        *(f"| {scope.value} | {SCOPES[scope.value]} |" for scope in Scope),
        "",
        "A key may have a rate: so many calls for predictions a second or minute, and so many rows. Each prediction",
        "process gives it its share (the rate divided by `workers`, and one call at least), so that it holds",
        "approximately: a caller that keeps to one connection gets one share; the first calls may come all at once.",
        "The rows of a call are counted when it is answered: what goes beyond is answered, and the calls after it wait",
        "until that is made good. What is refused (429 `rate-exceeded`, with `Retry-After`, `RateLimit-Policy` and",
        "`RateLimit`) reaches no model.",
        "",
        f"A rotated key's old secret works on for at most {LONGEST_OVERLAP.days} days, and shares its rate. A",
        "revoked key is refused by every process within a second.",
    ]


def _signing_in_part() -> list[str]:
    return [
        "",
        "## Signing in",
        "",
        f"A session lasts {SESSION_LIFE.days} days, a sign-in link {LINK_LIFE.seconds // 60} minutes, an invitation",
        f"{LIFE.days} days; a link and an invitation open once. A password has {SHORTEST} to {LONGEST:,} characters.",
        "When it is changed, all other sessions and all open links of its user end; for a disabled user, all.",
        "",
        f"Within {WITHIN.seconds // 60} minutes, a login has {MOST_TRIES} wrong tries from one address, and an address",
        f"{MOST_FROM_ADDRESS} for all logins together. Once a login has failed {BESIEGED} times from wherever, each",
        f"address has {FEWEST_TRIES}: who guesses from many addresses gets no further, and the right person comes in.",
    ]


def _routes() -> list[Route]:
    """Those of the contract; a page has an address of its own, and no promise."""
    return [route for route in routes_of(routers()) if route.api]


def _route_line(route: Route) -> str:
    return f"| {route.method} | `{route.path}` | {route.right} | {route.summary} |"


def _errors() -> Iterator[type[WatchkeeperError]]:
    for module in pkgutil.walk_packages(watchkeeper.__path__, "watchkeeper."):
        if not re.search(r"\.(migrations|child|__main__|cli\.)", module.name):
            import_module(module.name)
    found = [WatchkeeperError]
    for kind in found:
        found += [
            each for each in kind.__subclasses__() if each not in found and each.__module__.startswith("watchkeeper.")
        ]
    seen: set[str] = set()
    for kind in found:
        if kind.code not in seen:
            seen.add(kind.code)
            yield kind


def _attributes(kind: type) -> Iterator[tuple[str, str]]:
    """Names and meanings under `Attributes:` in a docstring."""
    text = (inspect.getdoc(kind) or "").partition("Attributes:")[2]
    for name, meaning in re.findall(r"^ {4}(\w+): (.+(?:\n {8}.+)*)", text, re.MULTILINE):
        yield name, " ".join(meaning.split())


def _command(name: str, command: click.Command) -> list[str]:
    children = getattr(command, "commands", None)
    if children:
        return [line for child in children for line in _command(f"{name} {child}", children[child])]
    lines = [f"## `{name}`", "", command.help or "", ""]
    rows = [_parameter(parameter) for parameter in command.params if parameter.name != "help"]
    if rows:
        lines += ["| | meaning |", "|---|---|", *rows, ""]
    return lines


def _parameter(parameter: Any) -> str:
    shown = (
        ", ".join(f"`{option}`" for option in parameter.opts)
        if parameter.param_type_name == "option"
        else f"`{parameter.name.upper()}`"
    )
    default = parameter.default
    told = (
        f" (default {default})"
        if isinstance(default, str | int) and not isinstance(default, bool) and default != ""
        else ""
    )
    about = (parameter.help or "").replace("|", "\\|")
    return f"| {shown} | {about}{told} |"


def _text(lines: list[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{HERE.name}/{name}\n")
