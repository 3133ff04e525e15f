"""The Integrity tab: what is expected of each input, what broke that, and what lies beyond the reference."""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from watchkeeper.access.role import Right
from watchkeeper.errors import WatchkeeperError
from watchkeeper.monitoring.expecting import KEPT, expect, expected, history
from watchkeeper.monitoring.integrity.changing import MEASURED, in_words
from watchkeeper.monitoring.integrity.errors import ExpectationRefused
from watchkeeper.monitoring.integrity.expectation import Expectation
from watchkeeper.monitoring.integrity.observed import COUNTABLE
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.monitoring.soundness.faulting import Found, look, to_look_at
from watchkeeper.monitoring.soundness.findings import Finding, Findings, findings_of
from watchkeeper.monitoring.soundness.freshness import freshness
from watchkeeper.monitoring.soundness.soundness import Soundness, soundness
from watchkeeper.monitoring.soundness.violating import violations
from watchkeeper.server.addresses import PAGES
from watchkeeper.server.api.gate import TheAssembly, ThePermit, needs
from watchkeeper.server.api.period import PagePeriod, Period
from watchkeeper.server.assembly import Assembly
from watchkeeper.server.web.context import TheForm, go, may, page, refusal, the_deployment, the_project, whole
from watchkeeper.server.web.serving import tab_of
from watchkeeper.storage.work import Work
from watchkeeper.tables.column import Kind

router = APIRouter(include_in_schema=False)


@router.get(PAGES["integrity"], **needs(Right.READ))
def integrity(
    request: Request,
    deployment: str,
    assembly: TheAssembly,
    period: PagePeriod,
    column: str | None = None,
    look_for: str | None = None,
) -> Response:
    """`look_for` is `faults` where somebody who may read raw rows has asked to look for them."""
    with assembly.store.look() as work:
        context = _context(request, deployment, work, assembly, period=period, column=column)
        asked = look_for == "faults" and may(request, Right.READ_ROWS, work)
        span = {name: context["period"][name] for name in ("start", "end")}
        found = the_deployment(the_project(request, work), deployment, work)
        at = to_look_at(found, **span, work=work, places=assembly.places) if asked else None
    looked = (look(at) if at is not None else Found(0, ())) if asked else None
    return page(request, "deployment_integrity.html", **context, looked=looked, refused=None)


@router.post(PAGES["integrity"], **needs(Right.WRITE))
def change(request: Request, deployment: str, form: TheForm, permit: ThePermit, assembly: TheAssembly) -> Response:
    """One input's rule, or how old the newest row may be; what was wrong is said on the page that it came from."""
    column = form.get("column", "")
    try:
        with assembly.store.work() as work:
            project = the_project(request, work)
            found = the_deployment(project, deployment, work)
            work.deployments.hold(found.id)
            features = watched(found, work=work, places=assembly.places).features
            schema = expected(found, features, schemas=work.schemas).schema
            expect(
                found,
                {column: wanted_rules(form, schema.of(column))} if column else {},
                number=whole(form.get("number", "")) or 0,
                stalest=_hours(form["stalest"]) if "stalest" in form else KEPT,
                features=features,
                permit=permit,
                schemas=work.schemas,
                clock=assembly.clock,
            )
    except WatchkeeperError as refused:
        at = refusal(refused, at="rule" if column else "freshness", written=form)
        with assembly.store.work() as work:
            context = _context(request, deployment, work, assembly, period=Period(), column=column or None)
        return page(request, "deployment_integrity.html", status=at["status"], **context, looked=None, refused=at)
    return go("integrity", {"column": column} if column else {}, project=project.slug, deployment=found.slug)


def wanted_rules(form: Mapping[str, str], before: Expectation) -> dict[str, Any]:
    """Raise ExpectationRefused for what is no number."""
    rules: dict[str, Any] = {"required": form.get("required", "yes") == "yes"}
    share = _number(form.get("most_missing", ""), before.name)
    rules["most_missing"] = 1.0 if share is None else share / 100
    if before.kind in MEASURED:
        rules |= {name: _number(form.get(name, ""), before.name) for name in ("lowest", "highest")}
    if before.kind is Kind.CATEGORICAL:
        lines = [line.strip() for line in form.get("levels", "").splitlines() if line.strip()]
        rules["levels"] = lines or None
    if before.kind in COUNTABLE:
        rules["unique"] = form.get("unique", "no") == "yes"
    return rules


def _hours(text: str) -> Any:
    """What is no number is left as it is, and refused as no age."""
    try:
        return float(text) if text.strip() else None
    except ValueError:
        return text


def _number(text: str, column: str) -> float | None:
    plain = text.strip().replace(",", "")
    if not plain:
        return None
    try:
        return float(plain)
    except ValueError:
        raise ExpectationRefused(f"'{text[:40]}' is no number for '{column}'.", fields=(column,)) from None


def _context(
    request: Request,
    deployment: str,
    work: Work,
    assembly: Assembly,
    *,
    period: Period,
    column: str | None,
) -> dict[str, Any]:
    tab = tab_of(request, deployment, work, assembly, period=period)
    span = {"start": tab.start, "end": tab.end}
    findings = findings_of(tab.deployment, **span, work=work)
    found = soundness(tab.deployment, **span, work=work, places=assembly.places)
    chosen = next((each for each in found.said.schema.columns if each.name == column), None)
    return {
        **tab.context,
        "sound": found,
        "fresh": freshness(tab.deployment, found, now=assembly.clock.now(), work=work),
        "rows": rows_of(found),
        "chosen": chosen,
        "findings": findings,
        "faults": by_fault(findings),
        "violations": violations(tab.deployment, **span, work=work),
        "schemas": history(tab.deployment, found.features, schemas=work.schemas),
        "keep": {"column": column} if chosen else {},
    }


def by_fault(found: Findings) -> list[list[Finding]]:
    """The same fault of the same columns together, which may come and go; newest first, and so within each."""
    groups: dict[tuple[Hashable, ...], list[Finding]] = defaultdict(list)
    for each in found.items:
        groups[each.fault.same].append(each)
    return list(groups.values())


def rows_of(found: Soundness) -> list[dict[str, Any]]:
    """The inputs, those that broke most rows first."""
    rows = [
        {
            "expectation": each,
            "words": in_words(each) + (", none twice in a day" if each.unique else ""),
            "broken": [broken for broken in found.broken if broken.column == each.name],
        }
        for each in found.said.schema.columns
    ]
    return sorted(rows, key=lambda row: -max((broken.rows for broken in row["broken"]), default=0))
