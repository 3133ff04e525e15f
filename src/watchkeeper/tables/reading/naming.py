"""Whether column names can serve: each is there, each is once, and they are not too many."""

from collections import Counter
from collections.abc import Sequence

from watchkeeper.tables.errors import DuplicateColumns, TooManyColumns, UnnamedColumn

MOST_COLUMNS = 5_000


def check_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return them, or raise TooManyColumns, UnnamedColumn or DuplicateColumns."""
    if len(names) > MOST_COLUMNS:
        raise TooManyColumns(
            f"The file has {len(names):,} columns; at most {MOST_COLUMNS:,} are taken. Leave out those you don't need."
        )
    unnamed = [place for place, name in enumerate(names, start=1) if not name.strip()]
    if unnamed:
        raise UnnamedColumn(
            f"Column {unnamed[0]:,} has no name. Name it, or leave it out (a data frame writes its index like this: "
            "use index=False)."
        )
    twice = tuple(name for name, count in Counter(names).items() if count > 1)
    if twice:
        listed = ", ".join(f"'{name}'" for name in twice[:5])
        raise DuplicateColumns(f"More than one column is called {listed}. Give each a name of its own.", fields=twice)
    return tuple(names)
