"""Writing a backup, while others may go on recording."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from tongxin import __version__
from tongxin.backup.files import COPIED, copy_rows, digest, plain_sqlite, write_private
from tongxin.backup.manifest import (
    FORMAT,
    KEYS_FILE,
    LEDGER_FILE,
    MANIFEST_FILE,
    NOTES_FILE,
    Kept,
    Manifest,
)
from tongxin.base.clock import day_of
from tongxin.base.problems import ProblemKind
from tongxin.ledger import heads
from tongxin.ledger.database import Database
from tongxin.ledger.keys import Keys
from tongxin.ledger.keys.file import sync
from tongxin.ledger.noting import notes_beside
from tongxin.ledger.tables import chain

FOLDER_TAKEN = ProblemKind(
    "backup.folder_taken",
    409,
    zh="文件夹 {path} 已有内容，不会覆盖。请换一个空文件夹。",
    en="{path} is not empty, and nothing is overwritten. Choose another folder.",
)


def back_up(
    database: Database, keys: Keys, folder: Path, keep_days: int, now: datetime
) -> Manifest:
    """Write a backup into `folder`, whose keys may be used for `keep_days` days.

    The ledger is read in one transaction, while others may go on recording. It is copied before
    the keys and these before the notes, so that nothing in it lacks its key or its forgetting.
    Problems: `backup.folder_taken`, `ledger.backup_too_short`.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FOLDER_TAKEN(path=folder)
    expires_on = day_of(now) + timedelta(days=keep_days)
    with _written_aside(folder) as aside:
        kept = _copy_ledger(database, keys, aside / LEDGER_FILE, now)
        keys.backup(aside / KEYS_FILE, expires_on, now)
        _copy_notes(notes_beside(keys.path), aside / NOTES_FILE)
        return _seal(aside, kept, expires_on, now)


def _copy_ledger(database: Database, keys: Keys, path: Path, now: datetime) -> tuple[Kept, ...]:
    path.parent.mkdir(mode=0o700)
    engine = plain_sqlite(path)
    try:
        with database.reading() as source, engine.begin() as target:
            for table in COPIED:
                table.create(target)
                copy_rows(source, target, table)
            rows = source.execute(sa.select(chain).order_by(chain.c.township)).all()
            return tuple(_kept(source, keys, row.township, row.seq, now) for row in rows)
    finally:
        engine.dispose()


def _kept(source: Connection, keys: Keys, township: str, facts: int, now: datetime) -> Kept:
    head = heads.current(source, keys, township, now)
    return Kept(township, facts, head.printed if head else None)


def _copy_notes(notes: Path, path: Path) -> None:
    """Whole lines only: another process may be writing one just now."""
    content = notes.read_bytes() if notes.exists() else b""
    write_private(path, content[: content.rfind(b"\n") + 1])


def _seal(aside: Path, kept: tuple[Kept, ...], expires_on: date, now: datetime) -> Manifest:
    files = {name: digest(aside / name) for name in (LEDGER_FILE, KEYS_FILE, NOTES_FILE)}
    manifest = Manifest(FORMAT, __version__, now, expires_on.isoformat(), kept, files)
    content = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    write_private(aside / MANIFEST_FILE, content + b"\n")
    return manifest


@contextmanager
def _written_aside(folder: Path) -> Iterator[Path]:
    """A folder to fill, that takes its name only when all of it is on disk."""
    aside = folder.with_name(folder.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        (aside / "keys").mkdir(mode=0o700, parents=True)
        yield aside
        for path in (*aside.rglob("*"), aside):
            sync(path)
        aside.replace(folder)
        sync(folder.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
