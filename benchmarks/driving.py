"""Load from wrk, and what it says of it."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    """Requests a second, and percentiles in milliseconds."""

    rate: float
    p50: float
    p99: float


def need_wrk() -> None:
    if shutil.which("wrk") is None:
        sys.exit("This benchmark needs wrk (Debian's package of that name).")


def drive(
    url: str | Sequence[str], body: object, *, directory: Path, connections: int, seconds: int, key: str = ""
) -> Load:
    """Post this body, to several addresses of one server in turn, over so many connections from one thread; any other
    answer than 2xx ends the benchmark."""
    urls = [url] if isinstance(url, str) else list(url)
    script = directory / "post.lua"
    bearer = f'wrk.headers["Authorization"] = "Bearer {key}"\n' if key else ""
    script.write_text(
        'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
        f"{bearer}wrk.body = [==[{json.dumps(body)}]==]\n"
        f"{_turns(urls) if len(urls) > 1 else ''}"
    )
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), urls[0]]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(said)
    p50, p99 = (_milliseconds(re.findall(rf"^\s+{share}%\s+(\S+)", said, re.MULTILINE)[0]) for share in (50, 99))
    return Load(float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0]), p50, p99)


def _turns(urls: Sequence[str]) -> str:
    paths = ", ".join(json.dumps(urlsplit(url).path) for url in urls)
    return (
        f"local paths, last = {{ {paths} }}, 0\n"
        "function request() last = last % #paths + 1 return wrk.format(nil, paths[last]) end\n"
    )


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()  # type: ignore[union-attr]
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}[unit]
