"""Checksums of every file of a build: written when it is finished, compared when it is opened.

A file's checksum is the SHA-256 of its bytes. Chroma's SQLite file is another matter: opening it
writes into it (a row in `acquire_write`), so its checksum is that of its tables' rows.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

# Written by Chroma when it opens or maintains a database; nothing that is searched.
VOLATILE_TABLES = frozenset({"acquire_write", "maintenance_log"})
SQLITE = ".sqlite3"
# Chroma reads a segment's files only where this one stands among them; before, they are scratch.
SEGMENT_IN_USE = "index_metadata.pickle"
SEGMENT_FILE = "data_level0.bin"
# What is read through whenever an index is opened: 64 MiB take 40 ms at 1.8 GB/s. `index verify`
# reads larger files too.
OPENING_LIMIT_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Damage:
    """A part of a build and, in Chinese, what is wrong with it."""

    part: str
    what: str


def _rows(database: sqlite3.Connection) -> Iterator[bytes]:
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for (name,) in names.fetchall():
        if name not in VOLATILE_TABLES:
            yield name.encode()
            quoted = name.replace('"', '""')
            for row in database.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 - names of its own tables
                yield repr(row).encode()


def _database_digest(path: Path) -> str:
    """SHA-256 of the rows of all lasting tables; sqlite3.DatabaseError where it is not sound."""
    digest = sha256()
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
        for row in _rows(database):
            digest.update(row)
        (verdict,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)
    return digest.hexdigest()


def _digest(path: Path) -> str:
    if path.suffix == SQLITE:
        return _database_digest(path)
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _is_scratch(path: Path) -> bool:
    folder = path.parent
    return (folder / SEGMENT_FILE).exists() and not (folder / SEGMENT_IN_USE).exists()


def seal(folder: Path) -> dict[str, str]:
    """The checksum of every file under a folder, by its path in it; each file is safe on disk then."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not _is_scratch(path))
    checksums = {}
    for path in files:
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
        checksums[path.relative_to(folder).as_posix()] = _digest(path)
    return checksums


def find_damage(
    folder: Path, checksums: Mapping[str, str], *, limit_bytes: int | None = None
) -> Iterator[Damage]:
    """What differs from the checksums; files larger than the limit are only looked for."""
    for name, expected in checksums.items():
        path = folder / name
        try:
            if limit_bytes is not None and path.stat().st_size > limit_bytes:
                continue
            if _digest(path) != expected:
                yield Damage(name, "内容与建立时不同")
        except FileNotFoundError:
            yield Damage(name, "不见了")
        except (OSError, sqlite3.Error, UnicodeError) as error:
            yield Damage(name, f"读不出来({error})")
