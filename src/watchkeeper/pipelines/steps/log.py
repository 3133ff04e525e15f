"""What a step writes: its beginning and its end, however much it is."""

from collections import deque
from threading import Lock

HEAD, TAIL = 32_000, 32_000


class Log:
    """Characters are counted, not kept, between the first and the last 32,000."""

    def __init__(self, *, head: int = HEAD, tail: int = TAIL) -> None:
        self._room, self._most = head, tail
        self._head: list[str] = []
        self._tail: deque[str] = deque()
        self._held = 0
        self._omitted = 0
        self._lock = Lock()
        self.changes = 0

    def line(self, text: str) -> None:
        self.write(f"{text}\n")

    def write(self, text: str) -> None:
        text = text.replace("\x00", "\ufffd")  # which no database keeps
        with self._lock:
            self.changes += 1
            if self._room:
                self._head.append(text[: self._room])
                text, self._room = text[self._room :], self._room - len(self._head[-1])
            if text:
                self._tail.append(text)
                self._held += len(text)
                self._trim()

    def read(self) -> tuple[str, int]:
        """What is kept, and how many characters are left out of its middle."""
        with self._lock:
            head, tail = "".join(self._head), "".join(self._tail)
            return head + (
                f"\n[{self._omitted:,} characters left out]\n" if self._omitted else ""
            ) + tail, self._omitted

    def _trim(self) -> None:
        while self._held > self._most:
            first = self._tail.popleft()
            over = self._held - self._most
            if len(first) > over:
                self._tail.appendleft(first[over:])
                first = first[:over]
            self._held -= len(first)
            self._omitted += len(first)
