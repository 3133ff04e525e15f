"""Load from wrk, and what it says of it."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Load:
    """Requests a second, and percentiles in milliseconds."""

    rate: float
    p50: float
    p99: float


def need_wrk() -> None:
    if shutil.which("wrk") is None:
        sys.exit("This benchmark needs wrk (Debian's package of that name).")


def drive(url: str, body: object, *, directory: Path, connections: int, seconds: int, key: str = "") -> Load:
    """Post this body over so many connections from one thread; any other answer than 2xx ends the benchmark."""
    script = directory / "post.lua"
    bearer = f'wrk.headers["Authorization"] = "Bearer {key}"\n' if key else ""
    script.write_text(
        'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
        f"{bearer}wrk.body = [==[{json.dumps(body)}]==]\n"
    )
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(said)
    p50, p99 = (_milliseconds(re.findall(rf"^\s+{share}%\s+(\S+)", said, re.MULTILINE)[0]) for share in (50, 99))
    return Load(float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0]), p50, p99)


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}[unit]
