"""Where each page is: the one place that knows the console's addresses."""

from urllib.parse import quote, urlencode

PAGES = {
    "home": "/",
    "sign_in": "/sign-in",
    "invitation": "/invitations",
    "sign_out": "/sign-out",
    "reference": "/api/docs",
    "resources": "/resources",
    "projects": "/projects",
    "project": "/projects/{project}",
    "datasets": "/projects/{project}/datasets",
    "dataset": "/projects/{project}/datasets/{dataset}",
    "download": "/projects/{project}/datasets/{dataset}/download",
    "experiments": "/projects/{project}/experiments",
    "version": "/projects/{project}/experiments/{experiment}/versions/{number}",
    "deployments": "/projects/{project}/deployments",
    "deployment": "/projects/{project}/deployments/{deployment}",
    "usage": "/projects/{project}/deployments/{deployment}/usage",
    "distribution": "/projects/{project}/deployments/{deployment}/distribution",
    "performance": "/projects/{project}/deployments/{deployment}/performance",
    "challenger": "/projects/{project}/deployments/{deployment}/challenger",
    "releases": "/projects/{project}/deployments/{deployment}/releases",
    "alerts": "/projects/{project}/deployments/{deployment}/alerts",
    "project_alerts": "/projects/{project}/alerts",
    "firing": "/projects/{project}/alerts/{firing}",
    "channels": "/projects/{project}/alerts/channels",
    "csv": "/projects/{project}/deployments/{deployment}/{what}.csv",
    "keys": "/projects/{project}/keys",
    "revoke": "/projects/{project}/keys/{key}/revoke",
}
"""Paths by name; `project` and `deployment` are slugs, the others ids, `what` is usage, drift, distribution or
performance."""


def address(page: str, query: dict[str, object] | None = None, **parts: object) -> str:
    """The path of a page, its parts quoted, with those of the query's values that are not None."""
    path = PAGES[page].format(**{name: quote(str(part), safe="") for name, part in parts.items()})
    asked = {name: value for name, value in (query or {}).items() if value is not None}
    return f"{path}?{urlencode(asked)}" if asked else path


def period_query(period: dict[str, object], **more: object) -> dict[str, object]:
    """The query that keeps a period when the reader goes to another page; `more` overrides it."""
    kept = {"days": period["days"]} if period.get("days") else {"start": period.get("start"), "end": period.get("end")}
    return {**kept, "by": period.get("by"), **more}
