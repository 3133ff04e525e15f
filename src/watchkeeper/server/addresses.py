"""Where each page is: the one place that knows the console's addresses."""

from urllib.parse import quote, urlencode

PAGES = {
    "home": "/",
    "sign_in": "/sign-in",
    "invitation": "/invitations",
    "sign_out": "/sign-out",
    "reference": "/api/docs",
    "resources": "/resources",
    "account": "/account",
    "password": "/account/password",
    "own_keys": "/account/keys",
    "own_rotate": "/account/keys/{mine}/rotate",
    "own_rate": "/account/keys/{mine}/rate",
    "own_revoke": "/account/keys/{mine}/revoke",
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
    "journal": "/projects/{project}/deployments/{deployment}/journal",
    "journal_columns": "/projects/{project}/deployments/{deployment}/journal/columns",
    "journal_keep": "/projects/{project}/deployments/{deployment}/journal/keep",
    "journal_log": "/projects/{project}/deployments/{deployment}/journal/log",
    "journal_erase": "/projects/{project}/deployments/{deployment}/journal/erase",
    "distribution": "/projects/{project}/deployments/{deployment}/distribution",
    "drift_policy": "/projects/{project}/deployments/{deployment}/distribution/policy",
    "backtest": "/projects/{project}/deployments/{deployment}/distribution/backtest",
    "accept_drift": "/projects/{project}/deployments/{deployment}/distribution/acceptances",
    "withdraw_acceptance": "/projects/{project}/deployments/{deployment}/distribution/acceptances/{number}/withdraw",
    "segment": "/projects/{project}/deployments/{deployment}/distribution/segment",
    "profile": "/projects/{project}/deployments/{deployment}/distribution/profile",
    "profile_csv": "/projects/{project}/deployments/{deployment}/distribution/profile.csv",
    "integrity": "/projects/{project}/deployments/{deployment}/integrity",
    "performance": "/projects/{project}/deployments/{deployment}/performance",
    "challenger": "/projects/{project}/deployments/{deployment}/challenger",
    "releases": "/projects/{project}/deployments/{deployment}/releases",
    "alerts": "/projects/{project}/deployments/{deployment}/alerts",
    "batches": "/projects/{project}/deployments/{deployment}/batches",
    "batch": "/projects/{project}/deployments/{deployment}/batches/{batch}",
    "batch_results": "/projects/{project}/deployments/{deployment}/batches/{batch}/results",
    "pipelines": "/projects/{project}/pipelines",
    "pipeline": "/projects/{project}/pipelines/{pipeline}",
    "run": "/projects/{project}/runs/{run}",
    "run_log": "/projects/{project}/runs/{run}/steps/{step}/log",
    "project_alerts": "/projects/{project}/alerts",
    "firing": "/projects/{project}/alerts/{firing}",
    "firing_csv": "/projects/{project}/alerts/{firing}/signal.csv",
    "channels": "/projects/{project}/alerts/channels",
    "csv": "/projects/{project}/deployments/{deployment}/{what}.csv",
    "members": "/projects/{project}/members",
    "member_role": "/projects/{project}/members/{user}/role",
    "member_remove": "/projects/{project}/members/{user}/remove",
    "invite": "/projects/{project}/invitations",
    "withdraw": "/projects/{project}/invitations/{invitation}/withdraw",
    "keys": "/projects/{project}/keys",
    "rotate": "/projects/{project}/keys/{key}/rotate",
    "rate": "/projects/{project}/keys/{key}/rate",
    "revoke": "/projects/{project}/keys/{key}/revoke",
    "deployment_keys": "/projects/{project}/deployments/{deployment}/keys",
    "deployment_rotate": "/projects/{project}/deployments/{deployment}/keys/{key}/rotate",
    "deployment_rate": "/projects/{project}/deployments/{deployment}/keys/{key}/rate",
    "deployment_revoke": "/projects/{project}/deployments/{deployment}/keys/{key}/revoke",
}
"""Paths by name; `project` and `deployment` are slugs, the others ids, `what` is usage, drift, verdicts,
distribution, segments, performance, comparison or labels."""


def address(page: str, query: dict[str, object] | None = None, **parts: object) -> str:
    """The path of a page, its parts quoted, with those of the query's values that are not None."""
    path = PAGES[page].format(**{name: quote(str(part), safe="") for name, part in parts.items()})
    asked = {name: value for name, value in (query or {}).items() if value is not None}
    return f"{path}?{urlencode(asked)}" if asked else path


def period_query(period: dict[str, object], **more: object) -> dict[str, object]:
    """The query that keeps a period when the reader goes to another page; `more` overrides it."""
    kept = {"days": period["days"]} if period.get("days") else {"start": period.get("start"), "end": period.get("end")}
    return {**kept, "by": period.get("by"), **more}
