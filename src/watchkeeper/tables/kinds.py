"""What text means: a level, an identifier or free text, by how often and how variously it occurs."""

import re

from watchkeeper.tables.column import Kind
from watchkeeper.tables.tallying import Tally

ID_NAME = re.compile(
    r"(?i:^(id|uuid|guid)$|[\s_.-](id|uuid|guid)$|^(uuid|guid)[\s_.-])|[a-z](Id|ID|Uuid|UUID|Guid|GUID)$"
)

SHORT = 64
"""An identifier's characters at most, and a level's on average."""
FEW = 50
MOST_LEVELS = 10_000
REPEATED = 5
NEARLY_ALL = 0.99
FEWEST_ROWS = 20


def is_called_like_an_id(name: str) -> bool:
    """Whether the name says so: id, uuid, customer_id, orderId, Order ID; not paid, width or index."""
    return ID_NAME.search(name) is not None


def kind_of_text(name: str, tally: Tally) -> Kind:
    """Identifier: short, without spaces, (nearly) no value twice; measurements with a stray word among them are none.
    Categorical: few levels, or each several times."""
    if not tally.rows:
        return Kind.TEXT
    if tally.longest <= SHORT and not tally.spaced and _tells_rows_apart(name, tally):
        return Kind.IDENTIFIER
    few = tally.exact and (tally.distinct <= FEW or tally.distinct <= min(MOST_LEVELS, tally.rows / REPEATED))
    return Kind.CATEGORICAL if few and tally.mean_length <= SHORT else Kind.TEXT


def _tells_rows_apart(name: str, tally: Tally) -> bool:
    if is_called_like_an_id(name):
        return tally.all_distinct
    if tally.decimals * 2 > tally.rows:
        return False
    return tally.rows >= FEWEST_ROWS and tally.share_distinct >= NEARLY_ALL
