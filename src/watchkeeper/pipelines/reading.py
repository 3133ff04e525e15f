"""From a document (YAML, or a dict) to a graph, or to a named error that says at which place it is wrong."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from graphlib import CycleError, TopologicalSorter
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from watchkeeper.pipelines.errors import GraphCycle, PipelineRefused, ScheduleRefused, UnknownStep
from watchkeeper.pipelines.fields import OF_RUN, PARAMETERS, RUN, Unfit, duration, listed, references, whole
from watchkeeper.pipelines.pipeline import ClockKind, Graph, OnFiring, Schedule, Step
from watchkeeper.pipelines.schedule import check_cron
from watchkeeper.pipelines.steps import KINDS

LONGEST, MOST_STEPS = 200_000, 100
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
TOP = {"name", "deployment", "clock", "parameters", "schedule", "on_firing", "steps"}
COMMON = {"kind", "after", "retries", "pause", "timeout"}


def parse_yaml(written: str) -> dict[str, Any]:
    """Plain YAML: no aliases (a few lines of them make gigabytes), no name twice."""
    if len(written) > LONGEST:
        raise PipelineRefused(f"The document has more than {LONGEST:,} characters.", fields=("yaml",))
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(written, Loader=yaml.SafeLoader)):
            raise PipelineRefused("Aliases (*name) are not taken; write it out.", fields=("yaml",))
        found = yaml.load(written, Loader=_Loader)  # noqa: S506  (a SafeLoader)
    except yaml.YAMLError as error:
        raise PipelineRefused(f"This is no YAML: {' '.join(str(error).split())}.", fields=("yaml",)) from None
    if not isinstance(found, dict):
        raise PipelineRefused("The document has to be names with values, `steps` among them.", fields=("yaml",))
    plain: dict[str, Any] = _plain(found)
    return plain


def write_yaml(definition: Mapping[str, Any]) -> str:
    """As it can be read back."""
    return yaml.dump(_plain(definition), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def read_graph(document: Mapping[str, Any]) -> Graph:
    """Everything that can be checked without looking at what the project has."""
    unknown = sorted(set(document) - TOP)
    if unknown:
        raise PipelineRefused(
            f"A pipeline has no '{unknown[0]}'; it has {', '.join(sorted(TOP))}.", fields=(unknown[0],)
        )
    parameters = document.get("parameters") or {}
    if not isinstance(parameters, Mapping) or not all(NAME.fullmatch(str(name)) for name in parameters):
        raise PipelineRefused("Parameters are names with their defaults.", fields=("parameters",))
    graph = Graph(
        steps=_ordered(_steps(document.get("steps")), parameters),
        parameters=dict(parameters),
        clock=_clock(document),
        schedule=_schedule(document.get("schedule")),
        on_firing=_on_firing(document.get("on_firing")),
    )
    if document.get("deployment") is None and (graph.clock is ClockKind.EVENT or graph.on_firing):
        raise PipelineRefused("The event clock and firings are of a deployment: name it.", fields=("deployment",))
    return graph


def _steps(given: Any) -> dict[str, Step]:
    if not isinstance(given, Mapping) or not 0 < len(given) <= MOST_STEPS:
        raise PipelineRefused(f"`steps` has 1 to {MOST_STEPS} names, each with its step.", fields=("steps",))
    return {str(name): _step(str(name), each) for name, each in given.items()}


def _step(name: str, given: Any) -> Step:
    at = f"steps.{name}"
    if not NAME.fullmatch(name) or name in {PARAMETERS, RUN}:
        raise PipelineRefused(f"'{name}' can't be a step's name; use letters, digits, - and _.", fields=(at,))
    if not isinstance(given, Mapping) or given.get("kind") not in KINDS:
        kind = given.get("kind") if isinstance(given, Mapping) else given
        raise PipelineRefused(
            f"The step '{name}' has kind '{kind}'; use one of {', '.join(KINDS)}.", fields=(f"{at}.kind",)
        )
    kind = KINDS[given["kind"]]
    for field in given:
        if field not in COMMON and field not in kind.fields:
            known = ", ".join([*kind.fields, *sorted(COMMON)])
            raise PipelineRefused(
                f"A step of kind {kind.name} has no '{field}'; it has {known}.", fields=(f"{at}.{field}",)
            )
    fields = {field: value for field, value in given.items() if field not in COMMON}
    for field, of in kind.fields.items():
        if of.required and fields.get(field) is None:
            raise PipelineRefused(f"The step '{name}' needs '{field}': {of.about}.", fields=(f"{at}.{field}",))
        if fields.get(field) is not None and not any(references(fields[field])):
            _read(of.read, fields[field], f"{at}.{field}")
    timeout = given.get("timeout", kind.timeout)
    return Step(
        name=name,
        kind=kind.name,
        fields=fields,
        after=_read(listed, given["after"], f"{at}.after") if given.get("after") else (),
        retries=_read(whole(0, 100), given.get("retries", 0), f"{at}.retries"),
        pause=_read(duration, given.get("pause", 5), f"{at}.pause"),
        timeout=_read(duration, timeout, f"{at}.timeout") if timeout is not None else None,
    )


def _ordered(steps: dict[str, Step], parameters: Mapping[str, Any]) -> tuple[Step, ...]:
    """Each after what it names or refers to."""
    whole_ = {name: _with_references(step, steps, parameters) for name, step in steps.items()}
    try:
        order = list(TopologicalSorter({name: step.after for name, step in whole_.items()}).static_order())
    except CycleError as error:
        round_ = " -> ".join(reversed(error.args[1]))
        places = tuple(f"steps.{name}.after" for name in error.args[1][:-1])
        raise GraphCycle(f"These steps wait for one another: {round_}. Take one `after` away.", fields=places) from None
    return tuple(whole_[name] for name in order)


def _with_references(step: Step, steps: Mapping[str, Step], parameters: Mapping[str, Any]) -> Step:
    at = f"steps.{step.name}"
    after = dict.fromkeys(step.after)
    for name in step.after:
        if name not in steps:
            raise UnknownStep(
                f"The step '{step.name}' comes after '{name}', which is no step.", fields=(f"{at}.after",)
            )
    for field, value in step.fields.items():
        for name, output in references(value):
            _check_reference(name, output, steps, parameters, at=f"{at}.{field}")
            if name not in {PARAMETERS, RUN}:
                after[name] = None
    return Step(**{**vars(step), "after": tuple(after)})


def _check_reference(
    name: str, output: str, steps: Mapping[str, Step], parameters: Mapping[str, Any], *, at: str
) -> None:
    if name in {PARAMETERS, RUN}:
        known = tuple(parameters) if name == PARAMETERS else OF_RUN
    elif name not in steps:
        raise UnknownStep(f"${{{name}.{output}}} names no step.", fields=(at,))
    else:
        known = KINDS[steps[name].kind].outputs
    if output not in known and known != ("*",):
        there = f"there is {', '.join(known)}" if known else "there is none"
        raise UnknownStep(f"'{name}' gives no '{output}'; {there}.", fields=(at,))


def _clock(document: Mapping[str, Any]) -> ClockKind:
    word = document.get("clock") or ClockKind.WALL
    if word not in set(ClockKind):
        raise PipelineRefused(f"The clock is one of {', '.join(ClockKind)}.", fields=("clock",))
    return ClockKind(word)


def _schedule(given: Any) -> Schedule | None:
    if given is None:
        return None
    if not isinstance(given, Mapping) or not isinstance(given.get("cron"), str) or set(given) - {"cron", "time_zone"}:
        raise ScheduleRefused("A schedule has `cron` and `time_zone`.", fields=("schedule",))
    check_cron(given["cron"], at="schedule.cron")
    zone = given.get("time_zone") or "UTC"
    try:
        ZoneInfo(zone)
    except (ValueError, TypeError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise ScheduleRefused(
            f"'{zone}' is no time zone; use a name such as Europe/Bucharest.", fields=("schedule.time_zone",)
        ) from None
    return Schedule(given["cron"], zone)


def _on_firing(given: Any) -> OnFiring | None:
    if given is None or given is False:
        return None
    found = {} if given is True else given
    if not isinstance(found, Mapping) or set(found) - {"rules", "cool_down"}:
        raise PipelineRefused("`on_firing` has `rules` and `cool_down`, or is true.", fields=("on_firing",))
    rules = _read(listed, found["rules"], "on_firing.rules") if found.get("rules") else ()
    return OnFiring(rules, _read(duration, found.get("cool_down", "7d"), "on_firing.cool_down"))


def _read(read: Any, value: Any, at: str) -> Any:
    try:
        return read(value)
    except Unfit as unfit:
        raise PipelineRefused(f"{at} {unfit}.", fields=(at,)) from None


def _plain(value: Any) -> Any:
    """What JSON can hold: YAML reads days as dates."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


class _Loader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            line = node.start_mark.line + 1
            raise PipelineRefused(f"'{twice}' stands twice in the names that begin at line {line}.", fields=(twice,))
        return super().construct_mapping(node, deep=deep)


class _Dumper(yaml.SafeDumper):
    """Programs as blocks, so that they can be read."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)
