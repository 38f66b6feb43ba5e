"""Bringing a backup back: aside first, verified, and only then under its name."""

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from msgspec import Struct

from tongxin.backup.files import (
    COPIED,
    beside,
    copy_rows,
    plain_sqlite,
    unlink,
    write_private,
)
from tongxin.backup.manifest import KEYS_FILE, LEDGER_FILE, NOTES_FILE, Kept, Manifest, checked
from tongxin.base.clock import Clock
from tongxin.base.ids import new_id
from tongxin.base.problems import Problem, ProblemKind
from tongxin.installation import Installation, Settings, open_, townships
from tongxin.ledger import heads, verifying
from tongxin.ledger.database import Database
from tongxin.ledger.keys import Keys
from tongxin.ledger.keys.file import KEYS_EXIST, sync
from tongxin.ledger.migrations import migrate
from tongxin.ledger.noting import notes_beside
from tongxin.ledger.opening import KEY_MISSING
from tongxin.ledger.sealing import UNREADABLE
from tongxin.ledger.tables import DERIVED, METADATA, chain

TARGET_NOT_EMPTY = ProblemKind(
    "backup.target_not_empty",
    409,
    zh="目标数据库 {database} 里已有内容，不会覆盖。请恢复到空数据库。",
    en="The database {database} is not empty, and nothing is overwritten. Restore into an empty "
    "one.",
)
RESTORED_WRONG = ProblemKind(
    "backup.restored_wrong",
    500,
    zh="恢复后的核对没有通过（{where}），已撤销。请改用另一份备份。",
    en="What was restored does not verify ({where}) and was taken away again. Use another backup.",
)


class Restored(Struct, frozen=True):
    """What a restore brought back; `forgotten_again` counts forgettings newer than the backup."""

    townships: tuple[Kept, ...]
    made_at: datetime
    forgotten_again: int


def restore(folder: Path, settings: Settings, clock: Clock) -> Restored:
    """Bring a backup back into an empty database of either kind, and make its keys usable.

    What was forgotten since the backup is forgotten again, by the notes beside the target's keys
    and in the backup. Devices are told that everything may have changed. Nothing takes its name
    before all of it has been verified. Problems: `backup.not_a_backup`, `backup.damaged`,
    `backup.target_not_empty`, `backup.restored_wrong`, `ledger.keys_exist`,
    `ledger.backup_expired`, `ledger.wrong_key`.
    """
    manifest = checked(folder)
    target = Database(settings.database_url)
    try:
        keys_path = settings.keys_at(target)
        _refuse_used(target, keys_path)
        aside = _aside(settings, target, keys_path)
        try:
            again = _bring_back(folder, manifest, aside, keys_path, clock)
            _take_names(aside, settings, keys_path)
        except BaseException:  # whatever it is, because nothing half-restored may stay
            if not target.is_sqlite:
                clear_tables(target)
            raise
        finally:
            _remove(aside)
    finally:
        target.close()
    return Restored(manifest.townships, manifest.made_at, again)


def _refuse_used(target: Database, keys_path: Path) -> None:
    if keys_path.exists():
        raise KEYS_EXIST(path=keys_path)
    if target.is_sqlite:
        used = target.path.exists() and target.path.stat().st_size > 0
    else:
        with target.reading() as connection:
            used = bool(sa.inspect(connection).get_table_names())
    if used:
        raise TARGET_NOT_EMPTY(database=target.shown)


def _aside(settings: Settings, target: Database, keys_path: Path) -> Settings:
    """The same installation under names that nobody trusts; PostgreSQL is filled in place."""
    url = settings.database_url
    if target.is_sqlite:
        url = f"sqlite:///{beside(target.path)}"
    aside = Settings(url, settings.unlock, beside(keys_path), settings.encrypted)
    _remove(aside)
    return aside


def _bring_back(
    folder: Path, manifest: Manifest, aside: Settings, keys_path: Path, clock: Clock
) -> int:
    """Fill the installation `aside` and verify it; how many forgettings were repeated."""
    if aside.keys_path is None:
        raise AssertionError("an installation aside has a path for its keys")
    _restore_keys(folder, aside, aside.keys_path, clock())
    live = notes_beside(keys_path)
    lines = dict.fromkeys(
        line
        for notes in (folder / NOTES_FILE, live)
        if notes.exists()
        for line in notes.read_bytes().splitlines()
        if line
    )
    write_private(notes_beside(aside.keys_path), b"".join(line + b"\n" for line in lines))
    with Keys.open(aside.keys_path, aside.unlock, clock()) as keys:
        database = aside.database(keys)
    migrate(database)
    _fill(folder / LEDGER_FILE, database)
    database.close()
    installation = open_(aside, clock)
    try:
        again = _settle(installation, clock())
        _verify(installation, manifest)
        return again
    finally:
        installation.database.truncate_log()
        installation.close()


def _restore_keys(folder: Path, aside: Settings, keys_path: Path, now: datetime) -> None:
    """From a copy of the backup, so that the backup itself can lie on what cannot be written."""
    copy = keys_path.with_name(keys_path.name + ".copy")
    try:
        write_private(copy, (folder / KEYS_FILE).read_bytes())
        with Keys.open(copy, aside.unlock, now) as backup:
            backup.restore_to(keys_path, (), now)
    finally:
        unlink(copy)


def _fill(ledger: Path, database: Database) -> None:
    engine = plain_sqlite(ledger, read_only=True)
    try:
        with engine.connect() as source, database.writing() as target:
            for table in COPIED:
                copy_rows(source, target, table)
    finally:
        engine.dispose()


def _settle(installation: Installation, now: datetime) -> int:
    """Derived rows, a new life of the feed, and all forgettings that are known of."""
    for township in townships(installation.database):
        try:
            installation.rebuild(township)
        except Problem as problem:
            if problem.kind in (UNREADABLE, KEY_MISSING):
                raise RESTORED_WRONG(where=township) from None
            raise
        installation.forgetting.finish(township)
    with installation.database.writing() as connection:
        for township in connection.scalars(sa.select(chain.c.township)).all():
            connection.execute(
                sa.update(chain).where(chain.c.township == township).values(epoch=new_id())
            )
    return installation.forgetting.repeat_noted(now)


def _verify(installation: Installation, manifest: Manifest) -> None:
    with installation.database.reading() as connection:
        for kept in manifest.townships:
            count = verifying.Count()
            findings = verifying.verified(
                connection, installation.keys, installation.rulebook, kept.township, count
            )
            finding = next(findings, None)
            if finding is None and kept.head is not None:
                head = heads.read(kept.head)
                finding = next(verifying.compared(connection, installation.keys, head), None)
            if finding is not None:
                raise RESTORED_WRONG(where=f"{kept.township}:{finding.seq or 0}")


def _take_names(aside: Settings, settings: Settings, keys_path: Path) -> None:
    """The keys come last: without them nothing is opened."""
    if aside.keys_path is None:
        raise AssertionError("an installation aside has a path for its keys")
    notes_beside(aside.keys_path).replace(notes_beside(keys_path))
    target = Database(settings.database_url)
    if target.is_sqlite:
        beside(target.path).replace(target.path)
    target.close()
    aside.keys_path.replace(keys_path)
    unlink(aside.keys_path)  # what stood beside it
    sync(keys_path.parent)


def _remove(aside: Settings) -> None:
    if aside.keys_path is not None:
        unlink(aside.keys_path)
        unlink(notes_beside(aside.keys_path))
    database = Database(aside.database_url)
    if database.is_sqlite:
        unlink(database.path)
    database.close()


def clear_tables(database: Database) -> None:
    """Take away the tables that were made in a database that had none."""
    with database.writing() as connection:
        for metadata in (DERIVED, METADATA):
            metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
