"""A file is never in memory as a whole: measured in a process of its own."""

import subprocess
import sys
import textwrap
from pathlib import Path

PROGRAM = textwrap.dedent("""
    import resource, sys
    from pathlib import Path
    from watchkeeper.tables.importing import import_table

    for name in sys.argv[1:]:
        source = Path(name)
        import_table(source, source.with_suffix(".parquet"), name=source.name, progress=lambda share: None)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
""")


def written(path: Path, thousands: int) -> Path:
    note = "lorem ipsum dolor sit amet consetetur " * 5
    lines = [f'{row},{row * 0.37:.2f},2024-01-{row % 28 + 1:02}T12:00:00Z,"{note}{row}"\n' for row in range(1_000)]
    with path.open("w") as file:
        file.write("key,load,at,note\n")
        for _ in range(thousands):
            file.writelines(lines)
    return path


def test_a_file_three_times_as_large_takes_hardly_more_memory(tmp_path: Path) -> None:
    large, larger = written(tmp_path / "large.csv", 230), written(tmp_path / "larger.csv", 690)
    more = larger.stat().st_size - large.stat().st_size
    assert more > 95 * 2**20
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(large), str(larger)], capture_output=True, text=True, check=True
    )
    before, after = map(int, done.stdout.split())
    assert after - before < 0.75 * more
