"""Names are shown to people beside other names, so they keep to themselves."""

import pytest

from watchkeeper.projects.errors import NameMissing
from watchkeeper.projects.naming import checked_name


@pytest.mark.parametrize("name", ["Gehälter 2024", "أسعار\u200f المنازل", "需要 👩‍🔬"])
def test_names_may_be_of_any_script(name: str) -> None:
    assert checked_name(f"  {name} ", of="project") == name


@pytest.mark.parametrize(
    "name", ["", " ", "\u200b \u200b", "\u3164", "a\x00b", "a\x1bb", "\ud800", "key\u202ednuf", "\u2066key", "x" * 201]
)
def test_what_would_not_show_or_would_change_what_follows_is_no_name(name: str) -> None:
    with pytest.raises(NameMissing, match="without control characters"):
        checked_name(name, of="project")
