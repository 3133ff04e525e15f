"""The layout of the data directory."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    root: Path

    def database(self) -> Path:
        return self.root / "watchkeeper.sqlite"

    def jobs_database(self) -> Path:
        return self.root / "jobs.sqlite"

    def incoming(self, dataset: str) -> Path:
        return self.root / "incoming" / dataset

    def receiving(self) -> Path:
        """For uploads that are still arriving; emptied at every start."""
        return self.root / "receiving"

    def exchange(self) -> Path:
        """Where pipelines import from and export to, unless other folders are set."""
        return self.root / "exchange"

    def table(self, dataset: str) -> Path:
        return self.root / "datasets" / f"{dataset}.parquet"

    def model(self, model: str) -> Path:
        return self.root / "models" / model

    def segments(self) -> Path:
        return self.root / "segments"

    def journal(self, deployment: str) -> Path:
        return self.root / "journal" / deployment

    def cache(self) -> Path:
        return self.root / "cache"

    def seal_key(self) -> Path:
        """To be left out of backups of the rest."""
        return self.root / "keys" / "seal.key"

    def pulse(self, process: str) -> Path:
        return self.root / "run" / f"{process}.pulse"

    def quarantine(self) -> Path:
        return self.root / "run" / "quarantine.json"

    def logs(self) -> Path:
        return self.root / "logs"
