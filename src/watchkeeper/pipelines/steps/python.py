"""A project's own program: `def run(inputs): ...`, in a child process that can be stopped."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Thread
from typing import IO, Any

from watchkeeper.access.role import Right
from watchkeeper.pipelines.errors import CodeBroken, CodeFailed
from watchkeeper.pipelines.fields import Field, code, mapping
from watchkeeper.pipelines.pipeline import Step
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Kind, Names
from watchkeeper.pipelines.steps.log import Log

CHILD = Path(__file__).with_name("child.py")
"""By its path: as a module it would bring all that the server is made of, a second of processor for each step."""
LOOK_AGAIN = 0.1
PIECE = 65_536
LARGEST_OUTPUTS = 100_000
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "PYTHONPATH")
"""Of the environment; nothing of this server's settings."""


def do(doing: Doing) -> Done:
    with tempfile.TemporaryDirectory(prefix="watchkeeper-step-") as directory:
        asked = {"code": doing.fields["code"], "inputs": doing.fields.get("inputs") or {}}
        (Path(directory) / "asked.json").write_text(json.dumps(asked, default=str), encoding="utf-8")
        status = _run(doing, directory)
        answer = Path(directory) / "answer.json"
        if status != 0 or not answer.is_file():
            raise CodeFailed(f"The program ended with status {status}. Its log says more.")
        if answer.stat().st_size > LARGEST_OUTPUTS:
            raise CodeFailed(f"What `run` returned has more than {LARGEST_OUTPUTS:,} bytes; return less.")
        outputs: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    return Done(outputs, f"The program gave {', '.join(outputs)}." if outputs else "The program is done.")


def _run(doing: Doing, directory: str) -> int:
    with subprocess.Popen(
        [sys.executable, "-P", str(CHILD), directory],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=directory,
        env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
        start_new_session=True,
    ) as child:
        reader = Thread(target=_read, args=(child.stdout, doing.log), daemon=True)
        reader.start()
        try:
            while child.poll() is None:
                doing.check()
                time.sleep(LOOK_AGAIN)
        finally:
            _end(child.pid)
            status = child.wait()
            reader.join(timeout=5)
    return status


def _read(source: IO[bytes] | None, log: Log) -> None:
    while source is not None and (piece := os.read(source.fileno(), PIECE)):
        log.write(piece.decode(errors="replace"))


def _end(group: int) -> None:
    """Everything that it started too."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def check(step: Step, names: Names) -> None:
    del names
    try:
        compiled = compile(str(step.fields["code"]), f"<{step.name}>", "exec")
    except (SyntaxError, ValueError) as error:
        raise CodeBroken(f"The code is no Python: {error}.", fields=(f"steps.{step.name}.code",)) from None
    if "run" not in compiled.co_names:
        raise CodeBroken(
            "The code has to have a function `run(inputs)` that returns names with values, or None.",
            fields=(f"steps.{step.name}.code",),
        )


PYTHON = Kind(
    name="python",
    fields={
        "code": Field(code, "a program with `def run(inputs):`; what it returns are the step's outputs", required=True),
        "inputs": Field(mapping, "what `run` is given, such as `{rows: ${import.rows}}`"),
    },
    outputs=("*",),
    how=How.ALONE,
    do=do,
    check=check,
    right=Right.RUN_CODE,
    timeout=3600.0,
)
