"""The file of keys: its schema, how it is opened, written aside, and wiped of what was destroyed.

It is in WAL mode with `synchronous=FULL`: making keys costs one sync, before the fact that needs
them, where a rollback journal costs five. What was destroyed must leave no bytes:
`secure_delete` zeroes the old place of a row, and a checkpoint that empties the WAL follows each
destruction. Blocks that a disk keeps of what was overwritten are beyond a program's reach; they
are of no use without the passphrase.
"""

import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tongxin.base.problems import Problem, ProblemKind
from tongxin.ledger.keys.unlocking import Cost, KeyFile, Unlock, refuse_exposed
from tongxin.ledger.sealing import NONCE_BYTES, seal, unseal

if TYPE_CHECKING:  # sqlcipher3 has the interface of sqlite3 and no types of its own
    import sqlite3 as sqlite
else:
    from sqlcipher3 import dbapi2 as sqlite

Connection = sqlite.Connection
# The disk or a lock failed the file of keys; nothing is wrong with what was asked of it.
KeysError = sqlite.OperationalError

NO_KEYS = ProblemKind(
    "ledger.no_keys",
    409,
    zh="找不到密钥库 {path}。新装请运行 tongxin init，否则请恢复密钥备份。",
    en="There are no keys at {path}. Run tongxin init for a new installation, or restore a backup.",
)
NOT_KEYS = ProblemKind(
    "ledger.not_keys",
    409,
    zh="{path} 不是本程序的密钥库，或已损坏。请核对路径，或恢复密钥备份。",
    en="{path} is no file of keys, or is damaged. Check the path, or restore a backup.",
)
KEYS_EXIST = ProblemKind(
    "ledger.keys_exist",
    409,
    zh="{path} 已经存在，不会覆盖。请另选路径，或先移走它。",
    en="{path} exists already and is not overwritten. Choose another path, or move it away.",
)
WRONG_KEY = ProblemKind(
    "ledger.wrong_key",
    403,
    zh="密钥库打不开：口令、密钥文件或恢复码不对。",
    en="The keys do not open: the passphrase, key file or recovery code is another one.",
)
KEY_DAMAGED = ProblemKind(
    "ledger.key_damaged",
    409,
    zh="密钥库中 {name} 的密钥被改动或损坏。请恢复密钥备份。",
    en="The key of {name} was changed or damaged in its file. Restore a backup of the keys.",
)
KEYS_IN_USE = ProblemKind(
    "ledger.keys_in_use",
    409,
    zh="密钥已作废，但另有程序（可能正在备份）占用密钥库，旧字节还未清除。请等它结束后再试一次。",
    en="The key is out of use, but another program, perhaps a backup, holds the file open and its "
    "bytes are not yet wiped. Try again when that has ended.",
)

_LIVE: Final = b"live"
_VALIDITY: Final = "validity"
_MASTER: Final = "master"
COUNTED: Final = "counted-"
_APPLICATION: Final = 0x544F4E47
_VERSION: Final = 1
_BUSY_SECONDS: Final = 10.0
_SALT_BYTES: Final = 16
_ASKED_AT_ONCE: Final = 500
_SCHEMA: Final = f"""
CREATE TABLE opening (salt BLOB NOT NULL, passes INTEGER NOT NULL, memory_kib INTEGER NOT NULL,
    lanes INTEGER NOT NULL) STRICT;
CREATE TABLE secret (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE subject_key (township TEXT, subject TEXT, purpose TEXT, wrapped BLOB,
    made_at INTEGER, destroyed_at INTEGER,
    PRIMARY KEY (township, subject, purpose)) STRICT, WITHOUT ROWID;
CREATE TABLE backup (made_at INTEGER NOT NULL, expires_on TEXT NOT NULL) STRICT;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
"""

# Which key: (township, subject, purpose).
Name = tuple[str, str, str]
KeyRow = tuple[bytes | None, int | None]  # wrapped, destroyed_at


def create(path: Path, master: bytes, unlock: Unlock) -> None:
    """A new file of keys that `unlock` opens, readable by its owner only."""
    with written_aside(path) as aside, closing(connected(aside)) as connection:
        connection.executescript(_SCHEMA)
        lock_with(connection, master, unlock)
        store_secret(connection, master, _VALIDITY, _LIVE)


def copied(source: Path, aside: Path, master: bytes, expires_on: date | None) -> None:
    """Pack what is in `source` into the empty file `aside`: a backup, or with None one in use.

    Packed afresh, it has no page in which a destroyed key could linger.
    """
    with closing(connected(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(aside),))
    value = _LIVE if expires_on is None else expires_on.isoformat().encode()
    with closing(connected(aside)) as copy:
        store_secret(copy, master, _VALIDITY, value)
        if expires_on is None:
            # A restored ledger may be older than its keys: what it holds is counted anew.
            copy.execute("DELETE FROM secret WHERE name LIKE ?", (f"{COUNTED}%",))


def connected(path: Path) -> Connection:
    """A connection in the mode this module promises; transactions are begun by hand."""
    connection = sqlite.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_mode = WAL")
    except BaseException:  # whatever it is, because the connection must not stay open
        connection.close()
        raise
    return connection


def checked(path: Path) -> Connection:
    """A connection to a file that is there, is private and is one of ours."""
    if not path.is_file():
        raise NO_KEYS(path=path)
    refuse_exposed(path)
    try:
        connection = connected(path)
    except sqlite.DatabaseError:
        raise NOT_KEYS(path=path) from None
    marks = [
        connection.execute(f"PRAGMA {mark}").fetchone()[0]
        for mark in ("application_id", "user_version")
    ]
    if marks != [_APPLICATION, _VERSION]:
        connection.close()
        raise NOT_KEYS(path=path)
    return connection


@contextmanager
def writing(connection: Connection) -> Iterator[None]:
    """One transaction, on disk when it is left; undone when an exception leaves it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:  # whatever it is, because no transaction may stay open
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    """Several reads of one state of the file; each costs 4 µs instead of 7."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


def wiped(connection: Connection) -> bool:
    """Carry the WAL over into the file and empty it; False if another program prevented it."""
    (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def wipe_if_idle(connection: Connection) -> None:
    """As `wiped`, but only if nobody has to be waited for."""
    connection.execute("PRAGMA busy_timeout = 0")
    wiped(connection)
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000:.0f}")


def key_rows(connection: Connection, names: Collection[Name]) -> dict[Name, KeyRow]:
    """(wrapped, destroyed_at) of each of these keys; those that never were are left out.

    All are asked for at once: other threads run at each statement, and are waited for after it.
    """
    found: dict[Name, KeyRow] = {}
    subjects: dict[str, list[str]] = {}
    for township, subject in {name[:2] for name in names}:
        subjects.setdefault(township, []).append(subject)
    wanted = set(names)
    for township, mine in subjects.items():
        for n in range(0, len(mine), _ASKED_AT_ONCE):
            some = mine[n : n + _ASKED_AT_ONCE]
            rows = connection.execute(
                "SELECT subject, purpose, wrapped, destroyed_at FROM subject_key"  # noqa: S608 marks
                f" WHERE township = ? AND subject IN ({', '.join('?' * len(some))})",
                (township, *some),
            )
            for subject, purpose, wrapped, destroyed_at in rows:
                if (name := (township, subject, purpose)) in wanted:
                    found[name] = wrapped, destroyed_at
    return found


def add_keys(
    connection: Connection, master: bytes, keys: Mapping[Name, bytes], now_ms: int
) -> bool:
    """Wrap and insert keys; False if another process came first with any, or it was destroyed."""
    before = connection.total_changes
    connection.executemany(
        "INSERT INTO subject_key VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING",
        [(*name, _wrapped(master, key, _binding(name)), now_ms) for name, key in keys.items()],
    )
    return connection.total_changes - before == len(keys)


def unwrapped(master: bytes, name: Name, wrapped: bytes) -> bytes:
    """The key itself, or the problem `ledger.key_damaged`."""
    try:
        return unseal(master, wrapped, _binding(name))
    except Problem:
        raise KEY_DAMAGED(name=" ".join(name)) from None


def living_purposes(connection: Connection, township: str, subject: str) -> set[str]:
    """The purposes for which a subject has a key."""
    rows = connection.execute(
        "SELECT purpose FROM subject_key"
        " WHERE township = ? AND subject = ? AND wrapped IS NOT NULL",
        (township, subject),
    )
    return {purpose for (purpose,) in rows}


def entomb(
    connection: Connection, township: str, subject: str, purposes: Collection[str], now_ms: int
) -> None:
    """Overwrite these keys and leave tombstones, also where there was no key."""
    connection.executemany(
        "INSERT INTO subject_key VALUES (?, ?, ?, NULL, NULL, ?) ON CONFLICT DO UPDATE"
        " SET wrapped = NULL, destroyed_at = excluded.destroyed_at WHERE wrapped IS NOT NULL",
        [(township, subject, purpose, now_ms) for purpose in sorted(purposes)],
    )


def note_backup(connection: Connection, now_ms: int, expires_on: date) -> None:
    """Remember that a backup was made, and its last day."""
    connection.execute("INSERT INTO backup VALUES (?, ?)", (now_ms, expires_on.isoformat()))


def latest_backup_day(connection: Connection) -> date | None:
    """The last day of all backups noted here."""
    (day,) = connection.execute("SELECT max(expires_on) FROM backup").fetchone()
    return None if day is None else date.fromisoformat(day)


def version_of_others(connection: Connection) -> int:
    """A number that changes when any other connection has written; 4 µs."""
    (version,) = connection.execute("PRAGMA data_version").fetchone()
    return int(version)


def secret(connection: Connection, master: bytes, name: str) -> bytes | None:
    """A secret wrapped under the master key, or None, or the problem `ledger.key_damaged`."""
    wrapped = _read_secret(connection, name)
    if wrapped is None:
        return None
    try:
        return unseal(master, wrapped, name.encode())
    except Problem:
        raise KEY_DAMAGED(name=name) from None


def store_secret(connection: Connection, wrapping: bytes, name: str, value: bytes) -> None:
    """Wrap a secret and put it in the place of what had its name."""
    connection.execute(
        "INSERT OR REPLACE INTO secret VALUES (?, ?)",
        (name, _wrapped(wrapping, value, name.encode())),
    )


def lock_with(connection: Connection, master: bytes, unlock: Unlock) -> None:
    """Let `unlock`, and nothing that did before, open the master key."""
    salt, cost = secrets.token_bytes(_SALT_BYTES), unlock.cost
    connection.execute("DELETE FROM opening")
    connection.execute(
        "INSERT INTO opening VALUES (?, ?, ?, ?)", (salt, cost.passes, cost.memory_kib, cost.lanes)
    )
    store_secret(connection, unlock.wrapping_key(salt, cost), _MASTER, master)


def master_by(connection: Connection, unlock: Unlock) -> bytes:
    """The master key, or the problem `ledger.wrong_key`."""
    opening = connection.execute("SELECT salt, passes, memory_kib, lanes FROM opening").fetchone()
    wrapped = _read_secret(connection, _MASTER)
    if opening is None or wrapped is None:
        raise WRONG_KEY()
    salt, cost = opening[0], Cost(*opening[1:])
    if isinstance(unlock, KeyFile) == (cost.passes > 0):
        raise WRONG_KEY()  # a passphrase for a key file's lock, or the other way round
    wrapping = unlock.wrapping_key(salt, cost)
    try:
        return unseal(wrapping, wrapped, _MASTER.encode())
    except Problem:
        raise WRONG_KEY() from None


def last_day(connection: Connection, master: bytes) -> date | None:
    """The last day of a backup, None for a file in use; sealed, so that no editor moves it."""
    try:
        value = unseal(master, _read_secret(connection, _VALIDITY) or b"", _VALIDITY.encode())
    except Problem:
        raise WRONG_KEY() from None
    return None if value == _LIVE else date.fromisoformat(value.decode())


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A private, empty file to fill, that takes its name `path` only when all of it is on disk.

    The problem `ledger.keys_exist` if there is something at `path`. What an interrupted attempt
    left behind is removed.
    """
    if path.exists():
        raise KEYS_EXIST(path=path)
    aside = path.with_name(path.name + ".part")
    _remove(aside)
    try:
        os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield aside
        sync(aside)
        aside.replace(path)
        sync(path.parent)
    finally:
        _remove(aside)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Have a file, or a folder's names, on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_secret(connection: Connection, name: str) -> bytes | None:
    row = connection.execute("SELECT wrapped FROM secret WHERE name = ?", (name,)).fetchone()
    return None if row is None else bytes(row[0])


def _binding(name: Name) -> bytes:
    # So that no row can lend its key to another.
    return "\n".join(("subject", *name)).encode()


def _wrapped(wrapping: bytes, key: bytes, binding: bytes) -> bytes:
    return seal(wrapping, secrets.token_bytes(NONCE_BYTES), key, binding)
