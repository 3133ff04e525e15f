"""What JSON has not is refused before it is sent, whichever call it is for."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from watchkeeper.sdk.access import spelled_rate
from watchkeeper.sdk.calling import Caller
from watchkeeper.sdk.errors import Refused
from watchkeeper.sdk.monitoring.where import sent

CALLER = Caller("http://127.0.0.1:1", "wk_personal")
CALLS: dict[str, Callable[[str, Any], Any]] = {"post": CALLER.post, "put": CALLER.put, "patch": CALLER.patch}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32("-inf")], ids=str)
def test_a_number_that_is_none_is_refused_by_its_name(call: str, value: float) -> None:
    with pytest.raises(Refused, match=r"'bound' is .*Send a finite number, or None") as refused:
        CALLS[call]("/rules", {"name": "late", "settings": [{"bound": value}]})
    assert (refused.value.code, refused.value.fields) == ("not-finite", ("bound",))


@pytest.mark.parametrize("value", [float("nan"), (">", float("inf")), [1.0, float("-inf")]], ids=str)
def test_so_is_one_that_rows_are_compared_with(value: Any) -> None:
    with pytest.raises(Refused) as refused:
        sent({"size": value})
    assert (refused.value.code, refused.value.fields) == ("not-finite", ("size",))


@pytest.mark.parametrize("rate", [0, 60, "60 a minute", (60, "minute")], ids=str)
def test_a_rate_that_is_none_is_refused_and_not_left_out(rate: Any) -> None:
    with pytest.raises(Refused, match=r"wk\.Rate\(60") as refused:
        spelled_rate(rate)
    assert (refused.value.code, refused.value.fields) == ("rate-refused", ("rate",))
