from watchkeeper.errors import Conflict, NotFound


class DatasetNotReady(Conflict):
    code = "dataset-not-ready"


class DatasetInUse(Conflict):
    code = "dataset-in-use"


class NoDataset(NotFound):
    code = "no-dataset"
