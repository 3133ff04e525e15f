"""What has been judged: columns, all features together, labels, and all columns together."""

from dataclasses import asdict
from math import isfinite
from typing import Any

from watchkeeper.monitoring.answers.label_drift import LabelWindow, champions_rows, label_drift
from watchkeeper.monitoring.apart import ApartDay
from watchkeeper.monitoring.policy import PolicySaid
from watchkeeper.monitoring.references.global_drift import GlobalDrift
from watchkeeper.monitoring.verdicts.verdicts import Baseline, ColumnVerdict, Verdicts
from watchkeeper.server.api.acceptances import show_acceptance
from watchkeeper.serving.deployment import Deployment, Role
from watchkeeper.storage.work import Work

EFFECT = (("effect", "estimate"), ("low", "low"), ("high", "high"))
NUMBERS = ("p_value", "adjusted_p", "q_value", "effective_rows", "smallest_visible", "psi")


def show_verdicts(said: Verdicts) -> dict[str, Any]:
    return {
        "verdict": said.verdict,
        "drifted": list(said.drifted),
        "columns": [show_column(each) for each in said.columns],
        "baseline": said.baseline,
        "independence": said.independence,
        "days_waiting": said.waiting,
        "policy": show_policy(said.said),
    }


def show_column(each: ColumnVerdict) -> dict[str, Any]:
    found = each.found
    return {
        "name": each.column.name,
        "kind": each.column.bins.column.kind.value,
        "of": each.column.of,
        "role": each.column.role,
        "verdict": found.verdict,
        "sentence": each.sentence,
        "effect": _number(found.effect.estimate),
        "low": _number(found.effect.low),
        "high": _number(found.effect.high),
        **{name: _number(getattr(found, name)) for name in NUMBERS},
        "baseline": Baseline.SEASON if found.season else Baseline.WHOLE,
        "rows": found.rows,
        "rows_enough": found.rows_enough,
        "reasons": list(found.reasons),
        "changed_level": each.changed_level,
        "since": each.since,
        "days_drifted": each.days_drifted,
        "accepted": None if each.accepted is None else show_acceptance(each.accepted).model_dump(mode="json"),
    }


def show_global(found: GlobalDrift, role: Role) -> dict[str, Any]:
    effect = found.effect
    return {
        "verdict": found.verdict,
        "sentence": found.sentence(role),
        **{
            name: _number(getattr(effect, of))
            for name, of in (("effect", "estimate"), ("low", "low"), ("high", "high"))
        },
        "p_value": _number(found.p_value),
        "mostly": list(found.mostly),
    }


def labels_of(deployment: Deployment, work: Work, *, start: str, end: str) -> dict[str, Any] | None:
    """How the truth is spread, as far as it has come; None before any has."""
    rows = champions_rows(work.watch.rows(deployment.id, start=start, end=end))
    found = label_drift(deployment, start=start, end=end, rows=rows, work=work)
    if found is None:
        return None
    days = [{"day": each.day, **_show_labels(each)} for each in found.days]
    return {**_show_labels(found.period), "days": days}


def _show_labels(each: LabelWindow) -> dict[str, Any]:
    effect = each.found.effect if each.found else None
    return {
        "verdict": each.verdict,
        "sentence": each.sentence,
        "rows": each.rows,
        "labelled": each.labelled,
        **{name: _number(getattr(effect, of, None)) for name, of in EFFECT},
        "p_value": _number(each.found.p_value) if each.found else None,
    }


def show_apart(each: ApartDay) -> dict[str, Any]:
    """All columns together, over the days up to one."""
    return {
        "day": each.day,
        "first": each.first,
        "verdict": each.verdict,
        "sentence": each.sentence,
        **{name: _number(getattr(each, name)) for name in ("auc", "low", "high", "p_value")},
        "columns": [{"column": name, "lost": _number(lost)} for name, lost in each.columns],
        "rows": each.rows,
    }


def show_policy(said: PolicySaid) -> dict[str, Any]:
    return {"number": said.number, **asdict(said.policy), "since": said.since, "set_by": said.set_by}


def _number(value: float | None) -> float | None:
    return None if value is None or not isfinite(value) else float(f"{value:.6g}")
