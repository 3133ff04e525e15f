"""Templates to HTML: everything is escaped, moments and numbers read as words, assets carry a digest in the URL."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from watchkeeper import charts
from watchkeeper.charts import palette
from watchkeeper.charts.drift import untold_day
from watchkeeper.clock import SystemClock
from watchkeeper.monitoring.performance.wording import title_of
from watchkeeper.server import addresses
from watchkeeper.server.web import wording
from watchkeeper.server.web.bundle import bundle_version
from watchkeeper.server.web.examples import (
    batch_example,
    channels_example,
    curl_example,
    labels_example,
    python_example,
    rule_example,
)

STATIC = Path(__file__).parent / "static"


def render(template: str, **context: Any) -> str:
    """The page as HTML. `now` may be given (a moment, for "3 minutes ago"); absent, it is the present one."""
    return environment().get_template(template).render({"now": SystemClock().now(), **context})


def palette_stylesheet() -> str:
    """What `/static/palette.css` holds."""
    return palette.stylesheet()


@lru_cache(maxsize=1)
def environment() -> Environment:
    templates = Environment(
        loader=PackageLoader("watchkeeper.server.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.filters |= {
        "number": wording.number,
        "beyond": wording.beyond,
        "percent": wording.percent,
        "milliseconds": wording.milliseconds,
        "seconds": wording.seconds,
        "size": wording.size,
        "day": wording.day,
        "metric": wording.metric,
        "metric_title": title_of,
        "drift": wording.drift,
        "role_word": wording.role_word,
        "a_role": wording.a_role,
        "exactly": wording.exactly,
        "when": when,
        "moment": wording.clock,
        "chart_json": chart_json,
    }
    templates.globals |= {
        "address": addresses.address,
        "period_query": addresses.period_query,
        "asset": asset,
        "roles_in_words": wording.ROLES,
        "scopes_in_words": wording.SCOPES,
        "policies_in_words": wording.POLICIES,
        "since_words": wording.since,
        "policy_sentence": wording.policy_sentence,
        "backtest_sentence": wording.backtest_sentence,
        "runtime_in_words": wording.runtime,
        "runtimes_in_words": wording.RUNTIMES,
        "sparkline": charts.sparkline,
        "bars": charts.bars,
        "drift_chart": charts.drift_chart,
        "usage_chart": charts.usage_chart,
        "resources_chart": charts.resources_chart,
        "distribution_chart": charts.distribution_chart,
        "apart_chart": charts.apart_chart,
        "heat_map": charts.heat_map,
        "heat_map_space": charts.space_of,
        "effect_chart": charts.effect_chart,
        "profiles_chart": charts.profiles_chart,
        "segments_chart": charts.segments_chart,
        "firing_chart": charts.firing_chart,
        "labels_chart": charts.labels_chart,
        "performance_chart": charts.performance_chart,
        "comparison_chart": charts.comparison_chart,
        "curl_example": curl_example,
        "python_example": python_example,
        "labels_example": labels_example,
        "batch_example": batch_example,
        "rule_example": rule_example,
        "channels_example": channels_example,
    }
    templates.tests["untold_day"] = untold_day
    return templates


@pass_context
def when(context: Context, value: datetime | str | None, zone: str = "UTC") -> Markup | str:
    """`3 minutes ago` in a <time> whose title is the exact moment in `zone`."""
    if value is None:
        return "never"
    at = wording.moment(value)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        wording.exactly(at, zone=zone),
        wording.ago(at, now=context["now"]),
    )


def chart_json(spec: dict[str, Any]) -> Markup:
    """A spec for a data block, its rows packed as columns' names and lists of values (console.js unpacks them)."""
    rows = spec["data"]["values"]
    fields = list(rows[0]) if rows else []
    packed = {"fields": fields, "rows": [[row[field] for field in fields] for row in rows]}
    text = msgspec.json.encode({**spec, "data": {"packed": packed}}).decode()
    # Inside <script> only these could end the block or open a comment.
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704


@lru_cache
def asset(name: str) -> str:
    """The URL of a static file, which changes with its content, so that it may be cached for ever."""
    if name == "charts.js":
        return f"/static/charts.js?v={bundle_version()}"
    content = palette_stylesheet().encode() if name == "palette.css" else (STATIC / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
