"""Asking the models of a deployment."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, overload

from watchkeeper.sdk.batches import Batch, Batches, Progress
from watchkeeper.sdk.logged import AT_ONCE, Logged, read_logged
from watchkeeper.sdk.predicting import (
    EXPLAINED_A_CALL,
    ROWS_A_CALL,
    Answer,
    Answers,
    At,
    Row,
    extras,
    joined,
    many_rows,
    one_row,
    read_answer,
    read_answers,
    rows_of,
)
from watchkeeper.sdk.reading import spelled
from watchkeeper.sdk.serving.facts import Facts


class Asking(Facts):
    """Rows in, answers out; what was answered elsewhere is taken in too."""

    batches: Batches

    @overload
    def predict(
        self,
        rows: Row,
        ids: str | None = None,
        at: At | None = None,
        *,
        timeout: float | None = None,
        explain: bool = False,
        interval: float | None = None,
    ) -> Answer: ...
    @overload
    def predict(
        self,
        rows: Sequence[Row],
        ids: Sequence[str | None] | None = None,
        at: Sequence[At] | None = None,
        *,
        timeout: float | None = None,
        explain: bool = False,
        interval: float | None = None,
    ) -> Answers: ...
    def predict(
        self,
        rows: Row | Sequence[Row],
        ids: str | Sequence[str | None] | None = None,
        at: At | Sequence[At] | None = None,
        *,
        timeout: float | None = None,
        explain: bool = False,
        interval: float | None = None,
    ) -> Answer | Answers:
        """Ask the champion.

        Args:
            rows: one row as a mapping of columns to values, or many: a sequence of such rows, a pandas or polars data
                frame, an Arrow table. NaN and None mean missing. More than 10,000 go in several calls.
            ids: an id of your own for the row, or for each row. A row that is sent twice with the same id counts
                once, so such calls are repeated by themselves when a connection breaks.
            at: when the row happened, or each row; else its time column says it, else it is now.
            timeout: seconds that a call may wait for its turn at the server, which otherwise has its own limit.
            explain: say what each input added to the answer (`contributions`, `base`, `unit`). It takes up to a
                tenth of a second a row with a large forest; more than 100 rows go in several calls.
            interval: a share of rows between 0 and 1, like 0.9: say between which numbers the truth lies in so many
                (`low`, `high`), as it did among the rows held out at training. For numbers, not for classes.

        Returns:
            An `Answer` for one row, `Answers` for a sequence.

        Raises:
            Refused: the rows can't be answered; `fields` names the columns at fault.
            Unavailable: the timeout passed while a call waited (code `deadline-passed`); it was not computed.
        """
        post = partial(self._caller.post_bytes, self.url + extras(explain, interval), timeout=timeout)
        most = EXPLAINED_A_CALL if explain else ROWS_A_CALL
        if isinstance(rows, Mapping):
            if ids is None and at is None:
                return read_answer(post(one_row(rows), safe=False))
            single = self._ask(post, [rows], [ids] if _alone(ids) else ids, [at] if _alone(at) else at, most)
            return single[0]
        return self._ask(post, rows_of(rows), ids, at, most)

    def predict_batch(
        self,
        data: Any,
        *,
        name: str | None = None,
        journal: bool = True,
        wait: bool = True,
        progress: Progress | None = None,
    ) -> Batch:
        """Have champion and challenger answer all rows of a table, in the background and however many they are.

        Args:
            data: a dataset, its name or id; or a table that is brought in as a dataset first: the path of a CSV or
                Parquet file, a data frame, an Arrow table. A text is a path only where no dataset is called so.
            name: what to call the dataset of such a table; else it is named after the file and the time.
            journal: let the rows be predictions of this deployment, watched like any others: each once, at the time
                that its time column says. Say False to answer history that would drown what happens now.
            wait: return when it is done, not when it is asked for.
            progress: called with the share of the rows that is done, from 0 to 1.

        Raises:
            Refused: the table has no rows, or lacks the columns that the champion takes.
        """
        return self.batches.run(data, name=name, journal=journal, wait=wait, progress=progress)

    def log(
        self,
        rows: Sequence[Row],
        outputs: Sequence[Any],
        ids: Sequence[str | None] | None = None,
        at: Sequence[At] | None = None,
        *,
        release: int | None = None,
        challenge: bool = False,
    ) -> Logged:
        """Take predictions that were made elsewhere into the journal, as if the champion had answered them here.

        They are on the server's disk once this returns. A row that was logged within the last seven days changes
        nothing, so logging the same again is harmless.

        Args:
            rows: what was asked: a sequence of mappings, a pandas or polars data frame, an Arrow table.
            outputs: what was predicted for each: a number; of classes, the class or the probability of the positive.
            ids: an id of your own for each row; else one is derived from the row's content and time.
            at: when each row happened; else its time column says it.
            release: the number of the release that they belong to; else the one in force.
            challenge: have the challenger answer the rows too.

        Raises:
            Refused: nothing of a piece of 5,000 rows was taken; `fields` names the places at fault.
        """
        times = [spelled(each) if isinstance(each, datetime) else each for each in at] if at is not None else None
        more = {"challenge": challenge} | ({} if release is None else {"release": release})
        bodies = many_rows(rows_of(rows), ids=ids, at=times, outputs=list(outputs), more=more, at_once=AT_ONCE)
        post = partial(self._caller.post_bytes, f"/deployments/{self.id}/log", safe=True)
        return read_logged([post(body) for body in bodies])

    def _ask(self, post: Callable[..., Any], rows: Sequence[Row], ids: Any, at: Any, most: int) -> Answers:
        times = [spelled(each) if isinstance(each, datetime) else each for each in at] if at is not None else None
        repeatable = ids is not None and all(name is not None for name in ids)
        bodies = many_rows(rows, ids=ids, at=times, at_once=most)
        return joined([read_answers(post(body, safe=repeatable)) for body in bodies])


def _alone(given: object) -> bool:
    return isinstance(given, str | datetime)
