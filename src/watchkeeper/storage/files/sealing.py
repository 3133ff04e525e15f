"""Secrets of others (a webhook's, a database's) at rest: encrypted with a key that is kept apart."""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from watchkeeper.errors import Refused, Unavailable


class SecretUnreadable(Unavailable):
    """It was sealed with another key."""

    code = "secret-unreadable"


class SealKeyRefused(Refused):
    code = "seal-key-refused"


@dataclass(frozen=True)
class Sealing:
    """`keys` by commas, the newest first: it seals, all of them open. Empty: the key of `file`, which is made when it
    is first needed, and is readable by its owner alone."""

    file: Path
    keys: str = ""

    def close(self, secret: str) -> str:
        return self._fernet().encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        try:
            return self._fernet().decrypt(sealed.encode()).decode()
        except InvalidToken as failure:
            raise SecretUnreadable(
                "A secret can't be read with this installation's key. Restore the key it was kept with, or set the "
                "secret anew."
            ) from failure

    def _fernet(self) -> MultiFernet:
        listed = self.keys or self._kept()
        try:
            return MultiFernet([Fernet(key.strip()) for key in listed.split(",")])
        except ValueError as failure:
            raise SealKeyRefused("WATCHKEEPER_SECRET_KEYS has to be Fernet keys, by commas.") from failure

    def _kept(self) -> str:
        if not self.file.is_file():
            self._make()
        return self.file.read_text(encoding="ascii").strip()

    def _make(self) -> None:
        """Whole or not at all, and only once, whoever else makes it at the same moment."""
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, self.file)
        except FileExistsError:
            pass
        finally:
            partial.unlink()
