"""From `watchkeeper up` on an empty directory to the first page, and what the processes weigh then."""

import json
import statistics
import subprocess
import sys
import time

import httpx2
from serving import up

TIMES = 5


def first_page() -> None:
    starts, pages = [], []
    for _ in range(TIMES):
        begun = time.perf_counter()
        with up() as server:
            starts.append(time.perf_counter() - begun)
            with httpx2.Client(follow_redirects=True) as browser:
                token = server.link.partition("token=")[2]
                page = browser.post(f"{server.url}/sign-in", data={"token": token})
                page.raise_for_status()
            pages.append(time.perf_counter() - begun)
            memory = server.memory()
    imported = [_import_seconds() for _ in range(TIMES)]
    print("| | median s | worst s |\n|---|--:|--:|")
    print(f"| `watchkeeper up` until console and plane answer | {statistics.median(starts):.2f} | {max(starts):.2f} |")
    print(f"| until signed in and the projects page is there | {statistics.median(pages):.2f} | {max(pages):.2f} |")
    print(f"| `import watchkeeper` in a fresh Python | {statistics.median(imported):.3f} | {max(imported):.3f} |")
    print(f"\nMemory after the start, MB: {json.dumps(memory)}")


def _import_seconds() -> float:
    program = (
        "import time; b = time.perf_counter(); import watchkeeper; watchkeeper.connect; print(time.perf_counter() - b)"
    )
    return float(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)
