"""`just bench-verdicts [PEERS_DIR] [COLUMNS]`: which columns ours, PSI at 0.1 and the peers call drifted.

The cells of `false_alarms` and `power` again, but drawn as values, since that is what peers are given: nothing has
drifted, or each column has moved. Ours judges each as one of 200 columns. Of the peers the defaults: Evidently's
preset, and NannyML's calculator with chunks as long as the window, where the reference has five of these at least.
`PEERS_DIR` holds an environment for each of `evidently` and `nannyml`. In percent of COLUMNS columns a cell.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from false_alarms import ROWS
from verdict_programs import EVIDENTLY, NANNYML, OURS, PSI

COLUMNS = 40
Chance = np.random.Generator
Values = Callable[[Chance, int], Any]


def zipf(levels: int) -> Values:
    shares = 1 / np.arange(1, levels + 1)
    names = np.array([f"level {number}" for number in range(levels)], dtype=object)
    return lambda chance, rows: names[chance.choice(levels, rows, p=shares / shares.sum())]


def zeros(chance: Chance, rows: int) -> Any:
    return np.where(chance.random(rows) < 0.8, 0.0, chance.lognormal(size=rows))


def doubled(share: float, others: int) -> Values:
    """A level of this share, among others that are equally frequent."""
    names = np.array([f"level {number}" for number in range(others + 1)], dtype=object)
    return lambda chance, rows: names[chance.choice(others + 1, rows, p=[share, *[(1 - share) / others] * others])]


def gaps(chance: Chance, rows: int) -> Any:
    return np.where(chance.random(rows) < 0.02, np.nan, chance.normal(size=rows))


def normal(mean: float = 0.0, variance: float = 1.0) -> Values:
    return lambda chance, rows: mean + np.sqrt(variance) * chance.normal(size=rows)


SAME: Mapping[str, Values] = {
    "distinct": normal(),
    "tied": lambda chance, rows: chance.poisson(2.0, rows),
    "80 % zeros": zeros,
    **{f"Zipf {levels:,}": zipf(levels) for levels in (5, 50, 500, 5_000)},
}
MOVED: Mapping[str, tuple[Values, Values]] = {
    "mean + .2 deviations": (normal(), normal(0.2)),
    "variance x 1.3": (normal(), normal(variance=1.3)),
    "share .1 doubled, 5 levels": (doubled(0.1, 4), doubled(0.2, 4)),
    "share .1 doubled, 50 levels": (doubled(0.1, 49), doubled(0.2, 49)),
    "missing 0 to 2 %": (normal(), gaps),
}
MOVED_ROWS = [(1_000, 1_000), (10_000, 1_000), (10_000, 10_000)]


def main() -> None:
    words = sys.argv[1:]
    columns = next((int(word) for word in words if word.isdecimal()), COLUMNS)
    peers = next((Path(word).resolve() for word in words if not word.isdecimal()), None)
    programs = {"ours": (Path(sys.executable), OURS), "PSI 0.1": (Path(sys.executable), PSI)}
    for name, program in (("evidently", EVIDENTLY), ("nannyml", NANNYML)) if peers else ():
        programs[name] = (Path(str(peers), name, "bin", "python"), program)
    for said, rows, laws in (
        ("No drift", ROWS, {name: (draw, draw) for name, draw in SAME.items()}),
        ("Moved", MOVED_ROWS, MOVED),
    ):
        print(f"\n| {said} | reference / window | {' | '.join(programs)} |\n|---|---|{'--:|' * len(programs)}")
        for m, n in rows:
            found = _flagged(programs, laws, m, n, columns)
            for law in laws:
                rates = [_percent(found[name], law, columns) for name in programs]
                print(f"| {law} | {m:,} / {n:,} | {' | '.join(rates)} |", flush=True)


def _flagged(
    programs: Mapping[str, tuple[Path, str]], laws: Mapping[str, tuple[Values, Values]], m: int, n: int, columns: int
) -> dict[str, Counter[str] | None]:
    """How many columns of each law each program flags; None where it can't say."""
    chance = np.random.default_rng(m + n)
    with tempfile.TemporaryDirectory() as scratch:
        for place, (name, rows) in enumerate((("reference", m), ("window", n))):
            drawn = {
                f"{law}@{at}": pa.array(draws[place](chance, rows))
                for law, draws in laws.items()
                for at in range(columns)
            }
            pq.write_table(pa.table(drawn), Path(scratch, f"{name}.parquet"))
        return {name: _said(python, program, scratch) for name, (python, program) in programs.items()}


def _said(python: Path, program: str, scratch: str) -> Counter[str] | None:
    done = subprocess.run([python, "-W", "ignore", "-c", program, scratch], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    flagged: list[str] | None = json.loads(done.stdout.splitlines()[-1])
    return None if flagged is None else Counter(name.partition("@")[0] for name in flagged)


def _percent(flagged: Counter[str] | None, law: str, columns: int) -> str:
    return "–" if flagged is None else f"{100 * flagged[law] / columns:.0f}"


if __name__ == "__main__":
    main()
