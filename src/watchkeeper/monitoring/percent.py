"""A share in words."""


def percent(share: float) -> str:
    """Rounded, but never to none or all where there are some or not all."""
    if 0 < share < 0.001 or 0.999 < share < 1:
        return "less than 0.1 %" if share < 0.5 else "more than 99.9 %"
    return f"{100 * share:.3g} %" if share >= 0.1 else f"{100 * share:.2g} %"
