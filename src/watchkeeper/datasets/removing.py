from watchkeeper.datasets.dataset import Dataset
from watchkeeper.datasets.errors import DatasetInUse
from watchkeeper.datasets.ports import DatasetPlaces, Datasets


def remove_dataset(dataset: Dataset, *, datasets: Datasets, places: DatasetPlaces) -> None:
    if count := datasets.used_by(dataset.id):
        raise DatasetInUse(f"'{dataset.name}' is what {count} experiment version(s) learned from; it has to stay.")
    datasets.remove(dataset.id)
    for path in (places.table(dataset.id), places.incoming(dataset.id)):
        path.unlink(missing_ok=True)
