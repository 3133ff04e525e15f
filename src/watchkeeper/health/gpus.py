"""The machine's GPUs, where there are any and `nvidia-ml-py` (`watchkeeper[gpu]`) is there to ask them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any


def measured_gpus() -> Mapping[str, float]:
    """How many GPUs' worth is busy, and the bytes used and there over all of them; nothing without a GPU."""
    library = _library()
    if library is None:
        return {}
    try:
        handles = [library.nvmlDeviceGetHandleByIndex(place) for place in range(library.nvmlDeviceGetCount())]
        rates = [library.nvmlDeviceGetUtilizationRates(handle).gpu for handle in handles]
        memories = [library.nvmlDeviceGetMemoryInfo(handle) for handle in handles]
    except library.NVMLError:
        return {}
    if not handles:
        return {}
    return {
        "gpu": sum(rates) / 100,
        "gpu_memory": sum(float(each.used) for each in memories),
        "gpu_memory_total": sum(float(each.total) for each in memories),
    }


@lru_cache(maxsize=1)
def _library() -> Any:
    """NVIDIA's management library, once it is set up; None where it, or its driver, is not there."""
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml
