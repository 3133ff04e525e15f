"""What says of two Parquet files which of their columns have drifted: ours, the conventional index, and the peers.

Each program is run by a Python of its own with the files' directory, and prints the names on its last line as JSON.
"""

OURS = """
import json, sys
import pyarrow.parquet as pq
from watchkeeper.monitoring import compare
from watchkeeper.monitoring.drift.family import OF_ONE, first_threshold
tables = [pq.read_table(f"{sys.argv[1]}/{name}.parquet") for name in ("reference", "window")]
alpha = first_threshold(200, 0.05) / OF_ONE  # alone, a column is then held to what one of 200 is
print(json.dumps([name for name in tables[0].column_names
                  if compare(*(table.select([name]) for table in tables), alpha=alpha).drifted]))
"""
PSI = """
import json, sys
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
def shares(counts):
    return np.maximum(counts / max(counts.sum(), 1), 1e-4)
def index(reference, window):
    reference, window = reference.drop_null(), window.drop_null()
    if pa.types.is_string(reference.type):
        levels = sorted({*reference.to_pylist(), *window.to_pylist()})
        place = {level: at for at, level in enumerate(levels)}
        sides = [[place[each] for each in side.to_pylist()] for side in (reference, window)]
        sides = [np.bincount(side, minlength=len(levels)) for side in sides]
    else:
        sides = [side.to_numpy() for side in (reference, window)]
        sides = [side[~np.isnan(side)] for side in sides]
        edges = np.unique(np.quantile(sides[0], np.arange(1, 10) / 10))
        sides = [np.bincount(edges.searchsorted(side), minlength=len(edges) + 1) for side in sides]
    p, q = map(shares, sides)
    return float(((q - p) * np.log(q / p)).sum())
reference, window = (pq.read_table(f"{sys.argv[1]}/{name}.parquet") for name in ("reference", "window"))
print(json.dumps([name for name in reference.column_names if index(*(
    table[name].combine_chunks() for table in (reference, window))) >= 0.1]))
"""
EVIDENTLY = """
import json, sys
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset
reference, window = (pd.read_parquet(f"{sys.argv[1]}/{name}.parquet") for name in ("reference", "window"))
levels = [name for name in reference if reference[name].dtype == object]
columns = DataDefinition(numerical_columns=[c for c in reference if c not in levels], categorical_columns=levels)
found = Report([DataDriftPreset()]).run(Dataset.from_pandas(window, columns), Dataset.from_pandas(reference, columns))
flagged = []
for each in found.dict()["metrics"]:
    said = each["config"]
    if "method" in said:
        below = float(each["value"]) < said["threshold"]
        if below if "p_value" in said["method"] else not below:
            flagged.append(said["column"])
print(json.dumps(flagged))
"""
NANNYML = """
import json, sys
import nannyml, pandas as pd
reference, window = (pd.read_parquet(f"{sys.argv[1]}/{name}.parquet") for name in ("reference", "window"))
flagged = None
if len(reference) >= 5 * len(window):
    calculator = nannyml.UnivariateDriftCalculator(column_names=list(reference), chunk_size=len(window))
    calculator.fit(reference)
    found = calculator.calculate(window).filter(period="analysis").to_df()
    flagged = [name for name in reference if bool(found[(name, "jensen_shannon", "alert")].any())]
print(json.dumps(flagged))
"""
