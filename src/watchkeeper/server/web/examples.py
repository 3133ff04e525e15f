"""Calls to copy: a row that a deployment would take, in a terminal and in Python, with its right address."""

import json
import shlex
from collections.abc import Mapping
from datetime import datetime
from pprint import pformat
from typing import Any

TOKENS = {"boolean": False, "text": "some words", "identifier": "a-1"}


def example_row(signature: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """A value in the middle for each input; times are now, so that trying it out leaves no trace in the past."""
    moment = now.replace(microsecond=0).isoformat().replace("+00:00", "Z")
    row = {each["name"]: moment if each["kind"] == "timestamp" else _value(each) for each in signature["inputs"]}
    time = signature.get("time")
    return {**row, time: moment} if time else row


def curl_example(deployment: Mapping[str, Any], *, now: datetime) -> str:
    body = json.dumps(example_row(deployment["signature"], now=now), ensure_ascii=False)
    return " \\\n  ".join(
        [
            f"curl {shlex.quote(deployment['url'])}",
            "-H 'Authorization: Bearer wk_…'",
            "-H 'Content-Type: application/json'",
            f"-d {shlex.quote(body)}",
        ]
    )


def python_example(deployment: Mapping[str, Any], project: Mapping[str, Any], origin: str, *, now: datetime) -> str:
    row = pformat(example_row(deployment["signature"], now=now), sort_dicts=False, width=72)
    return (
        "import watchkeeper as wk\n\n"
        f'client = wk.connect("{origin}")\n'
        f'project = client.projects.get("{project["slug"]}")\n'
        f'deployment = project.deployments.get("{deployment["slug"]}")\n\n'
        f"answer = deployment.predict(\n    {row.replace(chr(10), chr(10) + '    ')}\n)\n"
        "print(answer)"
    )


def labels_example(deployment: Mapping[str, Any], project: Mapping[str, Any], origin: str) -> str:
    classes = deployment["signature"].get("labels")
    value = repr(classes[1]) if classes else "4382.8"
    return (
        "import watchkeeper as wk\n\n"
        f'client = wk.connect("{origin}")\n'
        f'project = client.projects.get("{project["slug"]}")\n'
        f'deployment = project.deployments.get("{deployment["slug"]}")\n\n'
        f'deployment.labels.send([{{"id": "the id of an answer", "value": {value}}}])'
    )


def batch_example(deployment: Mapping[str, Any], project: Mapping[str, Any], origin: str) -> str:
    return (
        "import watchkeeper as wk\n\n"
        f'client = wk.connect("{origin}")\n'
        f'project = client.projects.get("{project["slug"]}")\n'
        f'deployment = project.deployments.get("{deployment["slug"]}")\n\n'
        'batch = deployment.predict_batch("rows.csv")  # or a dataset, a data frame, an Arrow table\n'
        "batch.to_pandas()"
    )


def rule_example(deployment: Mapping[str, Any], project: Mapping[str, Any], origin: str) -> str:
    return (
        "import watchkeeper as wk\n\n"
        f'client = wk.connect("{origin}")\n'
        f'project = client.projects.get("{project["slug"]}")\n'
        f'deployment = project.deployments.get("{deployment["slug"]}")\n\n'
        'deployment.rules.create("Calls fail", signal="errors", threshold=0.05, minimum_rows=20)'
    )


def channels_example(project: Mapping[str, Any], origin: str) -> str:
    return (
        "import watchkeeper as wk\n\n"
        f'client = wk.connect("{origin}")\n'
        f'project = client.projects.get("{project["slug"]}")\n\n'
        'channel = project.channels.create_email("On call", "ann@example.com")\n'
        "print(channel.test())"
    )


def _value(each: Mapping[str, Any]) -> Any:
    kind, low, high = each["kind"], each.get("low"), each.get("high")
    if kind in {"numeric", "integer"}:
        middle = (low + high) / 2 if low is not None and high is not None else 0
        return round(middle) if kind == "integer" else float(f"{middle:.4g}")
    if kind == "categorical":
        return next(iter(each.get("levels") or ["a"]))
    return TOKENS[kind]
