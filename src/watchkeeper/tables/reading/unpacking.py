"""What a file is, by its first bytes; and what an archive holds, written beside the table that is being made."""

import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from watchkeeper.tables.errors import BrokenArchive, EmptyFile, NotOneFile, TooLargeUnpacked

GZIP, PARQUET = b"\x1f\x8b", b"PAR1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
PIECE = 2**20

MOST_TIMES = 200
ALWAYS_TAKEN = 2**30
MOST_BYTES = 100 * 10**9
"""An archive may unpack to so many times its size, to a gigabyte in any case, and to a hundred at the most."""

BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def most_unpacked(packed: int) -> int:
    """How many bytes an archive of this size may hold."""
    return min(MOST_BYTES, max(MOST_TIMES * packed, ALWAYS_TAKEN))


@contextmanager
def unpacked(source: Path, *, into: Path) -> Iterator[Path]:
    """The path of the one file that was sent: the source itself, or what its archive held, which is removed after."""
    magic = first_bytes(source)
    if not magic:
        raise EmptyFile("The file is empty. Send one with a line of column names and the rows below it.")
    opened = _opened(source, magic)
    if opened is None:
        yield source
        return
    try:
        with opened as packed:
            _copy(packed, into, most=most_unpacked(source.stat().st_size))
        yield into
    finally:
        into.unlink(missing_ok=True)


def _opened(source: Path, magic: bytes) -> gzip.GzipFile | IO[bytes] | None:
    if magic.startswith(GZIP):
        return gzip.open(source)
    return _only_file(source) if magic in ZIP else None


def _only_file(source: Path) -> IO[bytes]:
    try:
        archive = zipfile.ZipFile(source)
        held = [each for each in archive.infolist() if not each.is_dir() and not each.filename.startswith("__MACOSX/")]
        if len(held) != 1:
            raise NotOneFile(_not_one([each.filename for each in held]))
        return archive.open(held[0])
    except RuntimeError:
        raise BrokenArchive("The zip file is locked with a password. Send it without one.") from None
    except BROKEN as error:
        raise _broken(error) from None


def _not_one(names: list[str]) -> str:
    if "[Content_Types].xml" in names:
        return "The file is a workbook of a spreadsheet program. Save the sheet as CSV (UTF-8) and send that."
    if not names:
        return "The zip file holds no file. Send one with a single CSV or Parquet file in it."
    first = ", ".join(f"'{name}'" for name in names[:3])
    return f"The zip file holds {len(names):,} files ({first} …). Send the one that is the table by itself."


def _copy(packed: _Readable, target: Path, *, most: int) -> None:
    size = 0
    with target.open("wb") as file:
        while piece := _piece(packed):
            size += len(piece)
            if size > most:
                raise TooLargeUnpacked(
                    f"The archive unpacks to more than {most:,} bytes, the most that is taken from one of its size. "
                    "Split the file, or send it unpacked."
                )
            file.write(piece)
    if not size:
        raise EmptyFile("The file in the archive is empty. Send one with column names and the rows below them.")


def _piece(packed: _Readable) -> bytes:
    try:
        return packed.read(PIECE)
    except BROKEN as error:
        raise _broken(error) from None


def _broken(error: Exception) -> BrokenArchive:
    return BrokenArchive(f"The archive is damaged or cut short ({error}). Pack the file again and send it anew.")
