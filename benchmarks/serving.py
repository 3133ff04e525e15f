"""A server of its own for a benchmark, and processes' memory."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from watchkeeper.sdk import Client


class Up:
    def __init__(self, process: "subprocess.Popen[str]", home: Path, said: list[str]) -> None:
        self.process = process
        left = json.loads((home / "watchkeeper" / "connection.json").read_text())
        self.client = Client(left["url"], left["key"])
        self.url, self.key = left["url"], left["key"]
        self.link = re.findall(r"(http\S+/sign-in\?token=\S+)", "".join(said))[-1]

    def memory(self) -> dict[str, int]:
        """Megabytes each process has to itself, by name; one in reserve, the younger of two, is left out."""
        children = sorted(psutil.Process(self.process.pid).children(), key=psutil.Process.create_time, reverse=True)
        return {child.cmdline()[-1]: child.memory_full_info().uss >> 20 for child in children}


@contextmanager
def up(*args: str, data_dir: Path | None = None) -> Iterator[Up]:
    with TemporaryDirectory() as directory:
        home = Path(directory)
        command = [sys.executable, "-m", "watchkeeper", "up", "--data-dir", str(data_dir or home / "data")]
        process = subprocess.Popen(
            [*command, "--port", "0", "--predict-port", "0", *args],
            env={**os.environ, "XDG_STATE_HOME": str(home), "COLUMNS": "400"},
            stderr=subprocess.PIPE,
            text=True,
        )
        said: list[str] = []
        try:
            for line in process.stderr or ():
                said.append(line)
                if "Ctrl-C" in line:
                    break
            yield Up(process, home, said)
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()
