"""Groups of a column that are intervals, and where their words stand."""

from collections.abc import Sequence


def are_values(labels: Sequence[str]) -> bool:
    """Whether most intervals are a single value, as those of small whole numbers: each word then stands under its bar,
    and not under the bar's ends."""
    return 2 * sum(map(_is_number, labels)) > len(labels)


def _is_number(label: str) -> bool:
    try:
        float(label.replace(",", ""))
    except ValueError:
        return False
    return True
