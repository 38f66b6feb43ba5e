"""The class `Keys`: what the rest of the program sees of the file of keys."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final, NamedTuple, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tongxin.base.clock import day_of, from_ms, to_ms
from tongxin.base.problems import ProblemKind
from tongxin.ledger.keys import file
from tongxin.ledger.keys.file import COUNTED, KEYS_IN_USE, Connection, Name
from tongxin.ledger.keys.unlocking import Unlock
from tongxin.ledger.sealing import KEY_BYTES, Signer

NO_SIGNING_KEY = ProblemKind(
    "ledger.no_signing_key",
    409,
    zh="乡镇 {township} 还没有签名密钥。请先为它运行 tongxin init。",
    en="Township {township} has no signing key yet. Run tongxin init for it.",
)
BACKUP_EXPIRED = ProblemKind(
    "ledger.backup_expired",
    409,
    zh="这份密钥备份的有效期到 {day} 为止，不能再用。请销毁它，改用较新的备份。",
    en="This backup of the keys was good until {day}. Destroy it, and use a newer one.",
)
BACKUP_TOO_SHORT = ProblemKind(
    "ledger.backup_too_short",
    400,
    zh="备份的到期日 {day} 已经过去。请给一个今天或以后的日期。",
    en="A backup cannot expire on {day}, which is past. Give today or a later day.",
)
IS_BACKUP = ProblemKind(
    "ledger.is_backup",
    409,
    zh="这是密钥备份，不能直接使用。请先运行 tongxin restore。",
    en="This is a backup of the keys and takes no new ones. Run tongxin restore first.",
)

_REMEMBERED: Final = 50_000


class Destruction(NamedTuple):
    """A destruction that the ledger remembers, for `Keys.replay_destructions`."""

    township: str
    subject: str
    purposes: tuple[str, ...]
    when: datetime


class Keys:
    """An opened file of keys. Safe to share between threads; close it when done."""

    def __init__(self, path: Path, connection: Connection, master: bytes, remembered: int) -> None:
        """For the class methods here: use `create`, `open` or `open_with_master`."""
        self.path: Final = path
        # The last day on which this file may be used, if it is a backup.
        self.expires_on: Final = file.last_day(connection, master)
        self._connection = connection
        self._master = master
        self._lock = threading.RLock()
        self._remembered = remembered
        self._recent: OrderedDict[Name, bytes] = OrderedDict()
        self._signers: dict[str, Signer] = {}
        self._counted: dict[str, int] = {}
        self._seen_version = -1

    @classmethod
    def create(cls, path: Path, unlock: Unlock, now: datetime) -> Self:
        """A new file of keys, readable by its owner only, or the problem `ledger.keys_exist`."""
        master = secrets.token_bytes(KEY_BYTES)
        file.create(path, master, unlock)
        return cls.open_with_master(path, master, now)

    @classmethod
    def open(cls, path: Path, unlock: Unlock, now: datetime, remembered: int = _REMEMBERED) -> Self:
        """The keys at `path`.

        Problems: `ledger.no_keys`, `ledger.not_keys`, `ledger.exposed` (others may read the file),
        `ledger.wrong_key`, `ledger.backup_expired`; those of the passphrase or key file.
        At most `remembered` opened subject keys are kept in memory (about 0.5 kB each).
        """
        connection = file.checked(path)
        try:
            master = file.master_by(connection, unlock)
        finally:
            connection.close()
        return cls.open_with_master(path, master, now, remembered)

    @classmethod
    def open_with_master(
        cls, path: Path, master: bytes, now: datetime, remembered: int = _REMEMBERED
    ) -> Self:
        """As `open`, by the master key itself: what a recovery sheet holds."""
        connection = file.checked(path)
        try:
            keys = cls(path, connection, master, remembered)
            if keys.expires_on is not None and day_of(now) > keys.expires_on:
                raise BACKUP_EXPIRED(day=keys.expires_on.isoformat())
            file.wipe_if_idle(connection)  # a destruction may have been interrupted
        except BaseException:  # whatever it is, because the connection must not stay open
            connection.close()
            raise
        return keys

    def close(self) -> None:
        """Let go of the file and of every key in memory."""
        with self._lock:
            self._recent.clear()
            self._signers.clear()
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    # Keys of subjects

    def keys_for(
        self, names: Collection[Name], now_ms: int | None = None, *, make: bool = False
    ) -> dict[Name, bytes]:
        """The key (32 bytes) of each (township, subject, purpose); absent ones are left out.

        With `make`, and then `now_ms`, those that never were are made in one commit, on disk when
        this returns. A destroyed key stays destroyed, and is left out. Problems:
        `ledger.key_damaged`; with `make`, `ledger.is_backup`.
        """
        with self._lock:
            self._notice_others()
            found: dict[Name, bytes] = {}
            unknown = []
            for name in names:
                if (key := self._recent.get(name)) is None:
                    unknown.append(name)
                else:
                    self._recent.move_to_end(name)
                    found[name] = key
            if unknown:
                self._find(unknown, found, now_ms if make else None)
            return found

    def destroyed(self, township: str, subject: str, purpose: str) -> datetime | None:
        """When this key was destroyed; None if it lives or never was."""
        with self._lock:
            self._notice_others()
            name = (township, subject, purpose)
            if name in self._recent:
                return None
            _, when = file.key_rows(self._connection, [name]).get(name, (None, None))
            return None if when is None else from_ms(when)

    def destroy(
        self,
        township: str,
        subject: str,
        now: datetime,
        purposes: Collection[str] | None = None,
    ) -> list[str]:
        """Destroy a subject's keys (all, or those of `purposes`); the purposes it had keys for.

        A tombstone stays, for each of `purposes` even where there was no key, so that none is
        made again. When this returns, no byte of the keys is left in the file or its WAL. If
        another program keeps them there, the problem is `ledger.keys_in_use`: the keys are out of
        use, and calling again wipes them.
        """
        with self._lock:
            gone = self._entomb(township, subject, now, purposes)
            self._wipe()
            return gone

    def replay_destructions(self, destructions: Iterable[Destruction]) -> int:
        """Destroy again what the ledger says was destroyed; how many keys were still there.

        For a restore, and at start-up for a destruction that was recorded and then interrupted.
        Repeating it changes nothing; the first instant of a destruction stays.
        """
        with self._lock:
            gone = 0
            for township, subject, purposes, when in destructions:
                gone += len(self._entomb(township, subject, when, purposes))
            self._wipe()
            return gone

    # Keys of townships

    def signer(self, township: str, now: datetime) -> Signer:
        """The key with which the server signs for a township; made at its first use."""
        if (known := self._signers.get(township)) is not None:
            return known  # without the lock: who asks must not wait while keys reach the disk
        with self._lock:
            known = self._signer(township)
            if known is not None:
                return known
            self._refuse_backup()
            with file.writing(self._connection):
                if file.secret(self._connection, self._master, _signing(township)) is None:
                    fresh = secrets.token_bytes(KEY_BYTES)
                    file.store_secret(self._connection, self._master, _signing(township), fresh)
            return self.signer(township, now)

    def verify_key(self, township: str) -> bytes:
        """The public half (32 bytes) of `signer`, or the problem `ledger.no_signing_key`."""
        with self._lock:
            known = self._signer(township)
        if known is None:
            raise NO_SIGNING_KEY(township=township)
        return known.verify_key

    # Counts of facts

    def noted_count(self, township: str) -> int:
        """How many facts that shape the township's context there were at least; 0 if none noted."""
        with self._lock:
            noted = file.secret(self._connection, self._master, _counting(township))
            return int(noted) if noted else 0

    def note_count(self, township: str, count: int) -> None:
        """Note that there are so many; a smaller count than the one noted changes nothing."""
        with self._lock:
            if count <= self._counted.get(township, 0):
                return
            with file.writing(self._connection):
                noted = file.secret(self._connection, self._master, _counting(township))
                if count > int(noted or 0):
                    value = str(count).encode()
                    file.store_secret(self._connection, self._master, _counting(township), value)
            self._counted[township] = count

    # The file as a whole

    def derived(self, purpose: str) -> bytes:
        """A key (32 bytes) for something that is not a subject's, such as the database file."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self._master)

    def master_key(self) -> bytes:
        """The key to everything here: for the recovery sheet, and nowhere else."""
        return self._master

    def rekey(self, unlock: Unlock) -> None:
        """Open with `unlock` from now on, and no longer with what opened it before.

        Backups made earlier still open with the old one. Problem: `ledger.keys_in_use`, as in
        `destroy`.
        """
        with self._lock:
            with file.writing(self._connection):
                file.lock_with(self._connection, self._master, unlock)
            self._wipe()

    def backup(self, target: Path, expires_on: date, now: datetime) -> None:
        """Write a copy to `target`, to be used until the end of `expires_on` and then destroyed.

        The day is noted here first, so that a certificate never names too early a day. Others
        may go on reading and making keys meanwhile. Problems: `ledger.keys_exist`,
        `ledger.backup_too_short`.
        """
        if expires_on < day_of(now):
            raise BACKUP_TOO_SHORT(day=expires_on.isoformat())
        with file.written_aside(target) as aside:
            with self._lock, file.writing(self._connection):
                file.note_backup(self._connection, to_ms(now), expires_on)
            file.copied(self.path, aside, self._master, expires_on)

    def latest_backup_expiry(self) -> date | None:
        """The last day of the backup that is usable longest, of all made so far; None if none."""
        with self._lock:
            return file.latest_backup_day(self._connection)

    def restore_to(self, path: Path, destructions: Iterable[Destruction], now: datetime) -> None:
        """Make of this backup a file in use at `path`, all `destructions` replayed before it is.

        The file appears under its name only when it is complete. Problem: `ledger.keys_exist`.
        """
        with file.written_aside(path) as aside:
            file.copied(self.path, aside, self._master, None)
            with type(self).open_with_master(aside, self._master, now) as restored:
                restored.replay_destructions(destructions)

    # Within; each is called with the lock held

    def _find(self, names: list[Name], found: dict[Name, bytes], now_ms: int | None) -> None:
        """Add to `found` what the file has of `names`; with `now_ms`, make what never was."""
        with file.reading(self._connection):
            rows = file.key_rows(self._connection, names)
        never = [name for name in names if name not in rows]
        found |= self._unwrapped(rows)
        if never and now_ms is not None:
            found |= self._made(never, now_ms)
        for name in names:
            if name in found:
                self._recent[name] = found[name]
        while len(self._recent) > self._remembered:
            self._recent.popitem(last=False)

    def _made(self, names: Collection[Name], now_ms: int) -> dict[Name, bytes]:
        self._refuse_backup()
        made = {name: secrets.token_bytes(KEY_BYTES) for name in names}
        with file.writing(self._connection):
            if file.add_keys(self._connection, self._master, made, now_ms):
                return made
            # Another process has come first with some: those in the file are the keys.
            return self._unwrapped(file.key_rows(self._connection, names))

    def _unwrapped(self, rows: Mapping[Name, file.KeyRow]) -> dict[Name, bytes]:
        """The keys of these that live."""
        return {
            name: file.unwrapped(self._master, name, wrapped)
            for name, (wrapped, _) in rows.items()
            if wrapped is not None
        }

    def _entomb(
        self, township: str, subject: str, when: datetime, purposes: Collection[str] | None
    ) -> list[str]:
        with file.writing(self._connection):
            living = file.living_purposes(self._connection, township, subject)
            named = living if purposes is None else set(purposes)
            file.entomb(self._connection, township, subject, named, to_ms(when))
        for purpose in named:
            self._recent.pop((township, subject, purpose), None)
        return sorted(living & named)

    def _wipe(self) -> None:
        if not file.wiped(self._connection):
            raise KEYS_IN_USE()

    def _notice_others(self) -> None:
        """Forget every key in memory if another process has written since the last look."""
        version = file.version_of_others(self._connection)
        if version != self._seen_version:
            self._recent.clear()
            self._seen_version = version

    def _signer(self, township: str) -> Signer | None:
        known = self._signers.get(township)
        if known is None:
            private = file.secret(self._connection, self._master, _signing(township))
            if private is not None:
                known = self._signers[township] = Signer(private)
        return known

    def _refuse_backup(self) -> None:
        if self.expires_on is not None:
            raise IS_BACKUP()


def _signing(township: str) -> str:
    return f"signer-{township}"


def _counting(township: str) -> str:
    return f"{COUNTED}{township}"
