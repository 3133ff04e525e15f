"""The client of a Watchkeeper server. It knows the API, and nothing of the server."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watchkeeper.sdk.access import Key as Key
    from watchkeeper.sdk.access import Rate as Rate
    from watchkeeper.sdk.batches import Batch as Batch
    from watchkeeper.sdk.client import Client as Client
    from watchkeeper.sdk.connecting import connect as connect
    from watchkeeper.sdk.datasets import Dataset as Dataset
    from watchkeeper.sdk.experiments import Experiment as Experiment
    from watchkeeper.sdk.models import Model as Model
    from watchkeeper.sdk.pipelines import Pipeline as Pipeline
    from watchkeeper.sdk.projects import Project as Project
    from watchkeeper.sdk.runs import Run as Run
    from watchkeeper.sdk.serving.deployment import Deployment as Deployment
    from watchkeeper.sdk.splits import Split as Split
    from watchkeeper.sdk.versions import Version as Version

_HOMES = {
    "Batch": "batches",
    "Client": "client",
    "Dataset": "datasets",
    "Deployment": "serving.deployment",
    "Experiment": "experiments",
    "Key": "access",
    "Model": "models",
    "Pipeline": "pipelines",
    "Project": "projects",
    "Rate": "access",
    "Run": "runs",
    "Split": "splits",
    "Version": "versions",
    "connect": "connecting",
}
__all__ = [
    "Batch",
    "Client",
    "Dataset",
    "Deployment",
    "Experiment",
    "Key",
    "Model",
    "Pipeline",
    "Project",
    "Rate",
    "Run",
    "Split",
    "Version",
    "connect",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"watchkeeper.sdk.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'watchkeeper.sdk' has no attribute {name!r}")
