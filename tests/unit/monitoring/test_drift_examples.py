"""The examples in the docstrings of the drift room run."""

import doctest
import pkgutil
from importlib import import_module

import pytest

from watchkeeper.monitoring import drift

MODULES = [each.name for each in pkgutil.walk_packages(drift.__path__, f"{drift.__name__}.") if not each.ispkg]
WITH_EXAMPLES = ("measures", "tails")


@pytest.mark.parametrize("name", MODULES)
def test_the_documented_examples_run(name: str) -> None:
    module = import_module(name)
    outcome = doctest.testmod(module)
    assert outcome.failed == 0
    if name.split(".")[-2] in WITH_EXAMPLES and not name.endswith(".measure"):
        assert outcome.attempted >= 1
