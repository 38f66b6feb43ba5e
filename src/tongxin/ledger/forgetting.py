"""Forgetting: a subject's keys are destroyed, its counts stay, and a certificate says so.

The order makes a crash harmless: first the fact (with the counts), and with it the rows go; then
the key; then the log that held old rows. What was interrupted is finished at start and by `tick`.
"""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from tongxin.base.clock import from_ms, to_ms
from tongxin.base.ids import id_at
from tongxin.base.problems import ProblemKind
from tongxin.ledger import holding, opening
from tongxin.ledger.clusters import cluster_of
from tongxin.ledger.database import Database
from tongxin.ledger.facts import CLOCK, OFFICE, Door, Draft, Outcome, Stream
from tongxin.ledger.judging import judge
from tongxin.ledger.keys import Destruction, Keys
from tongxin.ledger.kinds import FORGOTTEN, Approved, ForgetProposed, Forgotten
from tongxin.ledger.noting import Note, noted, notes_beside
from tongxin.ledger.recording import Recorder
from tongxin.ledger.rulebook import Context, Rulebook
from tongxin.ledger.shaping import context_of
from tongxin.ledger.store import Store
from tongxin.ledger.tables import certificate, chain, fact, held
from tongxin.ledger.wire import authored

NOTHING_TO_FORGET = ProblemKind(
    "ledger.nothing_to_forget",
    404,
    zh="{subject} 没有可销毁的资料（不存在，或已销毁）。",
    en="There is nothing to forget about {subject}: it is unknown, or forgotten already.",
)
NOT_APPROVED = ProblemKind(
    "ledger.forgetting_not_approved",
    409,
    zh="{subject} 未到期限：提前销毁要有一人写明理由申请、另一人批准。",
    en="The day of {subject} has not come: forgetting before it needs one person's reasoned "
    "proposal and another's approval.",
)
ON_ITS_DAY: Final = "purpose served"
NEVER_RECORDED: Final = "held and decided, never recorded"


class Certificate(Struct, frozen=True):
    """What was forgotten, and until when a copy may still exist elsewhere.

    `others` are those of the records that were one with this one, and were forgotten with it.
    """

    township: str
    subject: str
    purposes: tuple[str, ...]
    facts: int
    forgotten_at: datetime
    head_seq: int
    head_hash: str
    backups_until: str | None
    rows_until: str | None
    others: tuple["Certificate", ...] = ()
    # Whether the deleted rows are out of the database's log too; else `tick` takes them out.
    log_emptied: bool = True


class Finished(Struct, frozen=True):
    """What was left of interrupted forgettings: keys that went now; whether the log is empty."""

    keys: int
    log_emptied: bool


def approval(streams: Sequence[Stream]) -> ForgetProposed | None:
    """The proposal about any of these, which are one, that somebody else has approved. Pure."""
    entries = [entry for stream in streams for entry in stream.entries]
    left = {purpose for stream in streams for purpose in purposes_of(stream)}
    proposals = {e.id: e for e in entries if isinstance(e.body, ForgetProposed)}
    for entry in entries:
        if isinstance(entry.body, Approved):
            proposed = proposals.get(entry.body.proposal)
            if proposed is not None and proposed.header.author != entry.header.author:
                body = proposed.body
                if isinstance(body, ForgetProposed) and set(body.purposes) & left:
                    return body
    return None


def purposes_of(stream: Stream) -> tuple[str, ...]:
    """The purposes for which facts of a subject can still be read, and may be forgotten."""
    return tuple(sorted({e.header.purpose for e in stream.readable} - {OFFICE}))


# Which purposes of some streams, that are one, have had their day, by their context.
Due = Callable[[Sequence[Stream], Context], Collection[str]]


class Forgetting:
    """Forgets subjects of the townships of one database."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.database: Database = store.database
        self.keys: Keys = store.keys
        self.rulebook: Rulebook = store.rulebook

    def forget(
        self, township: str, subject: str, purposes: Collection[str], reason: str, now: datetime
    ) -> Certificate:
        """Forget these purposes of a subject and of all that are one with it.

        Whether that is allowed is the caller's to know. The certificate is the subject's own where
        it has anything to forget; it has those of the others with it.
        """

        def work(connection: Connection, recorder: Recorder) -> list[Note]:
            return self._record(connection, recorder, township, subject, purposes, reason, now)

        notes = self.store.within(work)
        self._destroy(notes)
        emptied = self.database.truncate_log()
        notes.sort(key=lambda note: note.subject != subject)
        first, *others = (_certificate(township, n.subject, n.body, now) for n in notes)
        return replace(first, others=tuple(others), log_emptied=emptied)

    def forget_due(self, township: str, subject: str, due: Due, now: datetime) -> bool:
        """Forget what has had its day of a subject and all that are one with it; whether anything.

        `due` says which purposes, of the streams as they are once nobody else writes. The log is
        left to `finish`, for many are forgotten one after the other.
        """

        def work(connection: Connection, recorder: Recorder) -> list[Note]:
            wish = _Wish(connection, self, township, subject, now)
            purposes = due(wish.streams, wish.context)
            return wish.recorded(recorder, purposes, ON_ITS_DAY) if purposes else []

        notes = self.store.within(work)
        self._destroy(notes)
        return bool(notes)

    def _destroy(self, notes: Sequence[Note]) -> None:
        """Note these apart, and destroy their keys; all else that was forgotten is for `finish`."""
        if notes:
            self._write_down(notes)
            self.keys.replay_destructions([note.destruction for note in notes])

    def _record(
        self,
        connection: Connection,
        recorder: Recorder,
        township: str,
        subject: str,
        purposes: Collection[str],
        reason: str,
        now: datetime,
    ) -> list[Note]:
        return _Wish(connection, self, township, subject, now).recorded(recorder, purposes, reason)

    def finish(self, township: str) -> Finished:
        """Destroy what certificates say is destroyed, and empty the log."""
        with self.database.reading() as connection:
            told = list(destructions(connection, township))
        left = [each for each in told if not self._is_done(each)]
        # Also with nothing left: it wipes what another process kept it from wiping before.
        gone = self.keys.replay_destructions(left) if told else 0
        self._note_again(township)
        return Finished(gone, self.database.truncate_log())

    def _is_done(self, destruction: Destruction) -> bool:
        township, subject, purposes, _ = destruction
        return all(
            self.keys.destroyed(township, subject, purpose) is not None for purpose in purposes
        )

    @property
    def note_path(self) -> Path:
        """Where destructions are noted apart, so that a restore of an older copy repeats them."""
        return notes_beside(self.keys.path)

    def repeat_noted(self, now: datetime) -> int:
        """Record and destroy again what was noted and a restored ledger does not know of."""
        again = 0
        touched: set[str] = set()
        for note in noted(self.note_path):
            with self.store.database.reading() as connection:
                if not known(connection, note.township, note.subject):
                    continue
            drafts = [self.draft_of(note, now)]
            verdicts = self.store.record(drafts, now)
            again += verdicts[0].outcome is Outcome.RECORDED
            touched.add(note.township)
        for township in sorted(touched):
            self.finish(township)
        return again

    def _note_again(self, township: str) -> None:
        """Note what is certified and not noted: a crash came between, or the notes were lost."""
        have = {(note.subject, to_ms(note.at)) for note in noted(self.note_path)}
        with self.database.reading() as connection:
            rows = connection.execute(
                sa.select(certificate.c.subject, certificate.c.at).where(
                    certificate.c.township == township
                )
            )
            lost = {subject for subject, at in rows if (subject, at) not in have}
            found = opening.streams(connection, self.keys, self.rulebook.kinds, township, lost)
        for stream in found.values():
            for entry in stream.entries:
                at = entry.header.happened_at
                if isinstance(entry.body, Forgotten) and (stream.subject, at) not in have:
                    area = entry.header.area
                    note = Note(township, stream.subject, area, from_ms(at), entry.body)
                    self._write_down([note])

    def draft_of(self, note: Note, now: datetime) -> Draft:
        """The fact that a note is of."""
        return authored(
            self.keys.signer(note.township, now), FORGOTTEN, note.body, township=note.township,
            id=id_at(note.at, note.subject, *note.body.purposes), subject=note.subject,
            purpose=OFFICE, area=note.area, author=CLOCK, happened_at=note.at, door=Door.CLOCK,
        )  # fmt: skip

    def _write_down(self, notes: Collection[Note]) -> None:
        lines = b"".join(msgspec.json.encode(note) + b"\n" for note in notes)
        with self.note_path.open("a+b") as file:
            # A full disk may have cut off the last line that was written: these begin a new one.
            if file.tell() and os.pread(file.fileno(), 1, file.tell() - 1) != b"\n":
                lines = b"\n" + lines
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())


class _Wish:
    """One wish to forget somebody, with all records that are one with the one that was named."""

    def __init__(
        self,
        connection: Connection,
        forgetting: Forgetting,
        township: str,
        subject: str,
        now: datetime,
    ) -> None:
        self.connection, self.forgetting = connection, forgetting
        self.township, self.subject, self.now = township, subject, now
        keys, rulebook = forgetting.keys, forgetting.rulebook
        self.streams = cluster_of(connection, keys, rulebook.kinds, township, subject)
        self.context = context_of(connection, keys, rulebook, township)

    def notes(self, purposes: Collection[str], reason: str) -> list[Note]:
        """What is to be noted and recorded of each record; the one that carries the counts last.

        That is the lead, or the first that has anything to forget: carried parts and those that
        are still to go must not meet.
        """
        rulebook = self.forgetting.rulebook
        if not self.streams:
            return [self._of_nobody(reason)]
        served = set(rulebook.served_with(self.streams, self.context, purposes))
        mine = [(stream, self._wanted(stream, served)) for stream in self.streams]
        mine = [(stream, wanted) for stream, wanted in mine if wanted]
        if not mine:
            raise NOTHING_TO_FORGET(field="subject", subject=self.subject)
        carried = [self._body(stream, wanted, reason) for stream, wanted in mine]
        carried[0] = replace(carried[0], parts=self._parts(served))
        notes = [
            Note(self.township, stream.subject, stream.last_area, self.now, body)
            for (stream, _), body in zip(mine, carried, strict=True)
        ]
        return notes[::-1]

    def recorded(self, recorder: Recorder, purposes: Collection[str], reason: str) -> list[Note]:
        """Record what is forgotten now; the notes of it."""
        notes = self.notes(purposes, reason)
        drafts = [self.forgetting.draft_of(note, self.now) for note in notes]
        recorder.record(self.connection, drafts, to_ms(self.now))
        return notes

    def _wanted(self, stream: Stream, served: Collection[str]) -> set[str]:
        """Of one record: what is served, and with it what was held and never recorded."""
        wanted = set(served) & set(purposes_of(stream))
        left = holding.never_recorded(self.connection, self.township, stream.subject)
        return wanted | set(left) if wanted or stream.subject == self.subject else set()

    def _of_nobody(self, reason: str) -> Note:
        """Of somebody about whom nothing was ever recorded, and something was held and decided."""
        left = holding.never_recorded(self.connection, self.township, self.subject)
        if not left:
            raise NOTHING_TO_FORGET(field="subject", subject=self.subject)
        body = self._body(None, left, reason)
        return Note(self.township, self.subject, max(left.values()), self.now, body)

    def _parts(self, served: Collection[str]) -> list[dict[str, Any]]:
        """What all of them count for through these purposes."""
        rulebook = self.forgetting.rulebook
        judged = judge(self.connection, rulebook, self.context, self.township, [self.streams], {})
        return [
            _carried(row)
            for _, derived in judged
            for row in rulebook.parts(derived, served)
            if not row["carried"]
        ]

    def _body(self, stream: Stream | None, wanted: Collection[str], reason: str) -> Forgotten:
        head = self.connection.execute(
            sa.select(chain).where(chain.c.township == self.township)
        ).one()
        expiry: date | None = self.forgetting.keys.latest_backup_expiry()
        is_sqlite = self.forgetting.database.is_sqlite
        return Forgotten(
            purposes=tuple(sorted(wanted)),
            reason=reason,
            facts=sum(e.header.purpose in wanted for e in (stream.readable if stream else ())),
            parts=[],
            head_seq=head.seq,
            head_hash=bytes(head.hash).hex(),
            backups_until=expiry.isoformat() if expiry else None,
            rows_until=None if is_sqlite else "next vacuum and base backup",
            joined=tuple(each.subject for each in self.streams if each is not stream),
        )


def destructions(connection: Connection, township: str) -> Iterator[Destruction]:
    """Every destruction that the certificates of a township tell of."""
    rows = connection.execute(sa.select(certificate).where(certificate.c.township == township))
    for row in rows:
        yield Destruction(township, row.subject, tuple(row.purposes.split(" ")), from_ms(row.at))


def certificates(connection: Connection, township: str) -> list[Certificate]:
    """Every certificate of a township, newest first. They name nobody."""
    rows = connection.execute(
        sa.select(certificate)
        .where(certificate.c.township == township)
        .order_by(certificate.c.seq.desc())
    )
    return [
        Certificate(
            township, row.subject, tuple(row.purposes.split(" ")), row.facts, from_ms(row.at),
            row.head_seq, row.head_hash, row.backups_until, row.rows_until,
        )
        for row in rows
    ]  # fmt: skip


def _carried(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("figure", "village", "day", "purpose", "amount")}


def _certificate(township: str, subject: str, body: Forgotten, now: datetime) -> Certificate:
    return Certificate(
        township, subject, body.purposes, body.facts, now, body.head_seq, body.head_hash,
        body.backups_until, body.rows_until,
    )  # fmt: skip


def known(connection: Connection, township: str, subject: str) -> bool:
    """Whether the ledger, or its inbox, has ever heard of a subject."""
    return any(
        connection.execute(
            sa.select(table.c.subject)
            .where(table.c.township == township, table.c.subject == subject)
            .limit(1)
        ).first()
        for table in (fact, held)
    )
