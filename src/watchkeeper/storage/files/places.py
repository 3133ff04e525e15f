"""The layout of the data directory."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET = 100
"""Bytes; Linux takes 107, others a few less."""


@dataclass(frozen=True)
class Places:
    root: Path

    def lock(self) -> Path:
        """Held by the server that runs on this directory; in it, the process that can be asked to restart."""
        return self.root / "lock"

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

    def batch(self, batch: str) -> Path:
        """The directory of its answers, a file a chunk."""
        return self.root / "batches" / batch

    def segments(self) -> Path:
        return self.root / "segments"

    def journal(self, deployment: str) -> Path:
        return self.root / "journal" / deployment

    def cache(self) -> Path:
        return self.root / "cache"

    def seal_key(self) -> Path:
        """To be left out of backups of the rest."""
        return self.root / "keys" / "seal.key"

    def pulse(self, process: str, pid: int) -> Path:
        return self.root / "run" / f"{process}-{pid}.pulse"

    def pulses(self) -> list[Path]:
        return list((self.root / "run").glob("*.pulse"))

    def own_process(self, deployment: str) -> Path:
        """There once the process that a deployment has to itself answers; in it, that one's socket."""
        return self.own_processes() / deployment

    def socket(self, deployment: str) -> Path:
        """In the data directory, unless its path is longer than a socket's may be."""
        usual = self.root / "run" / f"{deployment}.sock"
        if len(os.fsencode(usual)) <= LONGEST_SOCKET:
            return usual
        digest = hashlib.blake2s(os.fsencode(self.root), digest_size=8).hexdigest()
        return Path(tempfile.gettempdir()) / f"watchkeeper-{os.getuid()}" / f"{digest}-{deployment}.sock"

    def own_processes(self) -> Path:
        return self.root / "run" / "own"

    def restart(self) -> Path:
        """How the last rolling restart goes, or went."""
        return self.root / "run" / "restart.json"

    def holder(self) -> Path:
        """The name under which the worker, or the one before it, holds its leases."""
        return self.root / "run" / "worker.holder"

    def run(self) -> Path:
        """What is true only while the processes run."""
        return self.root / "run"

    def unrecorded(self, process: str, pid: int) -> Path:
        return self.root / "unrecorded" / f"{process}-{pid}.unrecorded"

    def quarantine(self) -> Path:
        return self.root / "run" / "quarantine.json"

    def logs(self) -> Path:
        return self.root / "logs"
