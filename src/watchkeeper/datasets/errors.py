from watchkeeper.errors import Conflict, NotFound


class DatasetNotReady(Conflict):
    code = "dataset-not-ready"


class DatasetBroken(Conflict):
    """Its kept file is gone, or can't be read."""

    code = "dataset-broken"


class DatasetInUse(Conflict):
    code = "dataset-in-use"


class NoDataset(NotFound):
    code = "no-dataset"
