"""Numbers in the sentences on faults."""


def number(value: float) -> str:
    """At most six digits, thousands apart: 1,000, 0.3048, 21.4."""
    shown = f"{value:,.6g}" if 1e-4 <= abs(value) < 1e6 or not value else f"{value:.6g}"
    if abs(value) >= 1e6 and float(value).is_integer():
        return f"{value:,.0f}"
    return shown


def percent(share: float) -> str:
    """Never 100 % where it is a little less."""
    return f"{100 * share:.3g} %" if share >= 1.0 else f"{min(100 * share, 99.9):.3g} %"
