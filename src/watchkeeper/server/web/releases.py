"""The releases of a deployment, and making one."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError

from watchkeeper.access.role import Right
from watchkeeper.errors import Refused, WatchkeeperError
from watchkeeper.experiments.experiment import ModelState
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.experiments import show_model
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs, permit_of
from watchkeeper.server.api.releases import ReleaseWanted, make_release, show_release
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import TheForm, go, page, refusal, the_deployment, the_project
from watchkeeper.server.web.serving import tab_of
from watchkeeper.serving.checking import known_columns, signature_of
from watchkeeper.serving.deployment import Access, Deployment, Isolation, Release, TypePolicy
from watchkeeper.serving.setting import SETTINGS, WHERE, WHO
from watchkeeper.serving.split import short
from watchkeeper.storage.work import Work

router = APIRouter(include_in_schema=False)
WRITTEN = ("action", "reason", "to", "keep", *SETTINGS)
NUMBERS, SHARE = ("threshold", "shadow"), "split.share"
MOST_CANDIDATES = 300


@router.get(PAGES["releases"], **needs(Right.READ))
def releases(request: Request, deployment: str, assembly: TheAssembly) -> Response:
    return _page(request, deployment, assembly)


@router.post(PAGES["releases"], **needs(Right.WRITE))
def make(request: Request, deployment: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    """A form carries the release that its page showed: with another in force by now, nothing is done."""
    try:
        with assembly.store.work() as work:
            project = the_project(request, work)
            found = the_deployment(project, deployment, work)
            make_release(found, _wanted(form), permit=permit, work=work, assembly=assembly)
    except WatchkeeperError as refused:
        at = f"{form.get('action')}-{form['to']}" if form.get("to") else form.get("action", "")
        said = refusal(refused, at=at, written=form)
        return _page(request, deployment, assembly, status=refused.status, refused=said)
    return go("releases", project=project.slug, deployment=found.slug)


def _wanted(form: dict[str, str]) -> ReleaseWanted:
    """A challenger of no name is none at all."""
    known: dict[str, Any] = {name: form[name] for name in WRITTEN if form.get(name)}
    known |= {name: _number(form[name], name) for name in NUMBERS if form.get(name)}
    if SHARE in form:
        known["split"] = _split(form) if form[SHARE].strip() else None
    if "challenger" in form:
        known["challenger"] = form["challenger"] or None
    try:
        return ReleaseWanted.model_validate({**known, "expected": int(form["expected"])})
    except (ValidationError, ValueError, KeyError):
        raise Refused("The form is not as this page writes it. Open the page again.", fields=("action",)) from None


def _split(form: dict[str, str]) -> dict[str, Any]:
    by, _, name = form.get("split.by", "").partition(":")
    ramp = [_stage(each) for each in form.get("split.ramp", "").split(",") if each.strip()]
    return {
        "share": _number(form[SHARE], SHARE),
        "column": name if by == "column" else None,
        "header": form.get("split.header", "").strip() or None if by == "header" else None,
        "ramp": ramp,
    }


def _stage(text: str) -> dict[str, Any]:
    after, _, share = text.partition("=")
    return {"after": after.strip(), "share": _number(share, "split.ramp")}


def _number(text: str, field: str) -> float:
    try:
        return float(text)
    except ValueError:
        said = text.strip()[:40] or "nothing"
        raise Refused(f"{said} is no number, such as 0.25.", fields=(field,)) from None


def _page(request: Request, deployment: str, assembly: Assembly, *, status: int = 200, **more: Any) -> Response:
    with assembly.store.look() as work:
        tab = tab_of(request, deployment, work, assembly)
        found = work.deployments.releases(tab.deployment.id)
        present = found[-1]
        shown = [show_release(each, present=present.number, work=work).model_dump() for each in reversed(found)]
        writes = Right.WRITE in permit_of(request).rights
        context = {
            **tab.context,
            "releases": shown,
            "may_write": writes,
            "candidates": _candidates(tab.deployment, present, work) if writes else [],
            "columns": known_columns(present.champion, work.experiments, work.datasets),
            "ramp": ", ".join(f"{short(each.after)}={each.share:g}" for each in present.split.ramp)
            if present.split
            else "",
            "share_now": present.split.share_at(assembly.clock.now()) if present.split else None,
            "classes": signature_of(present.champion, experiments=work.experiments).get("labels"),
            "policies": list(TypePolicy),
            "accesses": [(each.value, each.value, WHO[each].capitalize()) for each in Access],
            "isolations": [(each.value, each.value, f"By {WHERE[each]}.") for each in Isolation],
            "may_manage": Right.MANAGE in permit_of(request).rights,
            "refused": None,
            **more,
        }
    return page(request, "deployment_releases.html", status=status, **context)


def _candidates(deployment: Deployment, present: Release, work: Work) -> list[dict[str, Any]]:
    """Models that answer the same question and have no part in the present release; those of the newest version
    first."""
    versions = sorted(work.experiments.versions(deployment.experiment), key=lambda each: each.number, reverse=True)
    parted = {present.champion, present.challenger}
    found = [
        {**show_model(model).model_dump(include={"id", "learner", "metrics"}), "number": each.number, "by": each.metric}
        for each in versions
        for model in work.experiments.models(each.id)
        if model.state is ModelState.DONE and model.id not in parted
    ]
    return found[:MOST_CANDIDATES]
