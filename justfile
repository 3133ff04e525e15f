# The daily work, a sentence a recipe. `just` lists them.

python := ".venv/bin/python"

default:
    @just --list

# Make the environment from the lock file.
setup:
    uv sync --locked --all-extras

# Run the tests.
test *ARGS:
    {{python}} -m pytest {{ARGS}}

# Check the style, and that the lock file is true.
lint:
    {{python}} -m ruff check .
    {{python}} -m ruff format --check .

# Check the types.
types:
    {{python}} -m mypy

# Check which rooms import which.
house:
    .venv/bin/lint-imports

# Write docs/reference/ from the code.
docs:
    {{python}} docs/write_reference.py

# Agree to the API's contract as it is now.
contract:
    {{python}} -c "import json, pathlib, tempfile; from watchkeeper.server.console import create_app; from watchkeeper.server.assembly import assemble; from watchkeeper.server.settings import Settings; pathlib.Path('tests/api/openapi.json').write_text(json.dumps(create_app(assemble(Settings(data_dir=pathlib.Path(tempfile.mkdtemp())))).openapi(), indent=1) + '\\n')"

# Everything that CI checks.
check: test lint types house

# Start the server.
up *ARGS:
    .venv/bin/watchkeeper up {{ARGS}}

# Measure what is named, or say what there is; results belong into benchmarks/README.md.
bench *ARGS:
    PYTHONPATH="${PYTHONPATH:-}:." {{python}} benchmarks/run.py {{ARGS}}

# Measure predictions beside the floor and, with environments of theirs in PEERS_DIR, beside other model servers.
bench-serving *PEERS_DIR:
    {{python}} benchmarks/bench_serving.py {{PEERS_DIR}}

# Measure the comparison of two tables of ROWS rows and, with environments of theirs in PEERS_DIR, the peers'.
bench-drift *PEERS_DIR_AND_ROWS:
    {{python}} benchmarks/bench_drift.py {{PEERS_DIR_AND_ROWS}}

# Say how often ours, PSI and, with environments of theirs in PEERS_DIR, the peers call drift, without any and with.
bench-verdicts *PEERS_DIR_AND_COLUMNS:
    PYTHONPATH="${PYTHONPATH:-}:." {{python}} benchmarks/bench_verdicts.py {{PEERS_DIR_AND_COLUMNS}}

# Kill the worker and the console KILLS times while receivers take SLOWER seconds: no delivery may be lost.
long-alerts KILLS="24" SLOWER="0.4":
    WATCHKEEPER_TEST_KILLS={{KILLS}} WATCHKEEPER_TEST_SLOWER={{SLOWER}} {{python}} -m pytest tests/journeys/test_alerts.py -v --timeout 3600

# Run the tests that take a minute and more each.
long *ARGS:
    {{python}} -m pytest -m long -v {{ARGS}}

# Run every check that needs the real data files in DIR.
real-data DIR:
    WATCHKEEPER_REAL_DATA={{DIR}} {{python}} -m pytest -m real_data -v -rs

# Answer batches of ROWS rows while the worker is killed KILLS times.
long-batches ROWS="2000000" KILLS="10":
    WATCHKEEPER_TEST_ROWS={{ROWS}} WATCHKEEPER_TEST_KILLS={{KILLS}} {{python}} -m pytest -m long tests/journeys/homes/test_batches.py -v --timeout 3600

# Kill processes twenty times while pipelines run under load.
kills:
    WATCHKEEPER_TEST_KILLS=20 {{python}} -m pytest tests/journeys/test_pipeline_kills.py

# Make RELEASES releases back and forth under load: no call refused, none under a wrong release, memory flat.
releases RELEASES="1000":
    WATCHKEEPER_TEST_RELEASES={{RELEASES}} {{python}} -m pytest -m long tests/journeys/test_many_releases.py -s --timeout 3600

# Load everything for MINUTES, and see that neither memory nor open files grow.
soak MINUTES="30":
    WATCHKEEPER_TEST_MINUTES={{MINUTES}} {{python}} -m pytest tests/journeys/test_soak.py -s -p no:xdist --timeout 7200

# Kill every process at random KILLS times while callers call: nothing answered is lost, nothing counts twice.
long-kills KILLS="50":
    WATCHKEEPER_TEST_KILLS={{KILLS}} {{python}} -m pytest tests/journeys/test_kills.py -k nothing_answered -v --timeout 3600
