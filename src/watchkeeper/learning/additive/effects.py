"""The terms that suit a signature, and saved effects by their kind."""

from collections.abc import Mapping
from typing import Any

from watchkeeper.learning.additive.curve import Curve, CurveTerm
from watchkeeper.learning.additive.season import Season, SeasonTerm
from watchkeeper.learning.additive.table import Table, TableTerm
from watchkeeper.learning.additive.term import Effect, Term
from watchkeeper.learning.arrays import Rows
from watchkeeper.learning.signature import Signature
from watchkeeper.tables.column import Kind


def terms_for(signature: Signature, rows: Rows) -> list[Term]:
    terms: list[Term] = []
    for place, each in enumerate(signature.inputs):
        match each.kind:
            case Kind.CATEGORICAL:
                terms.append(TableTerm.fit(place, len(each.levels or ())))
            case Kind.BOOLEAN:
                terms.append(TableTerm.fit(place, 2))
            case Kind.TIMESTAMP:
                terms += [CurveTerm.fit(rows, place), SeasonTerm(place)]
            case _:
                terms.append(CurveTerm.fit(rows, place))
    return [*terms, SeasonTerm(None)] if signature.time is not None else terms


def effect_from_json(kept: Mapping[str, Any]) -> Effect:
    kind, rest = kept["kind"], {name: value for name, value in kept.items() if name != "kind"}
    match kind:
        case "curve":
            return Curve.from_json(rest)
        case "table":
            return Table.from_json(rest)
        case "season":
            return Season.from_json(rest)
    raise ValueError(f"no effect is called {kind!r}")
