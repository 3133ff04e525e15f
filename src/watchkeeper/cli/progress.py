"""Progress on the terminal, on stderr so that stdout stays a document."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(words: str, *, shown: bool) -> Iterator[Callable[[float, str], None]]:
    """What it yields is told the share that is done, from 0 to 1, and a word about it."""
    if not shown:
        yield lambda _done, _note: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TextColumn("{task.fields[note]}"))
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(words, total=1.0, note="")
        yield lambda done, note: progress.update(task, completed=done, note=note)
        progress.update(task, completed=1.0, note="")
