"""Recording a group of facts inside one transaction: decide, seal, chain, insert, judge.

Called by the writer (`store`) only. The group is cut where a fact changes the context, so that
what follows it is decided by what it changed.
"""

import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import msgspec
import sqlalchemy as sa
from msgspec.structs import astuple
from sqlalchemy import Connection

from tongxin.base.clock import from_ms
from tongxin.base.problems import ProblemKind
from tongxin.ledger import holding, inbox, opening, rejudging
from tongxin.ledger.chains import Head, areas_of, lock_heads, store_heads
from tongxin.ledger.deciding import Deciding, episode_of, refused
from tongxin.ledger.facts import (
    Draft,
    Entry,
    Header,
    Outcome,
    Stream,
    Verdict,
)
from tongxin.ledger.inserting import Gathered
from tongxin.ledger.judging import Judging
from tongxin.ledger.keys import Keys, Name
from tongxin.ledger.kinds import Forgotten, HeldResolved
from tongxin.ledger.rulebook import Context, Rulebook
from tongxin.ledger.sealing import NONCE_BYTES, link, seal
from tongxin.ledger.shaping import Contexts
from tongxin.ledger.tables import fact, held
from tongxin.ledger.vouching import MARK_WAITS, Vouching, note_of

UNKNOWN_TOWNSHIP = ProblemKind(
    "ledger.unknown_township",
    422,
    zh="这里没有乡镇 {township} 的账本。请核对区划代码。",
    en="There is no ledger of township {township} here. Check the code.",
)
# Built once, for every group needs it: building a statement costs more than running it.
_HELD: Final = sa.select(held.c.digest).where(
    held.c.township == sa.bindparam("township"),
    held.c.id.in_(sa.bindparam("ids", expanding=True)),
    held.c.resolved_by.is_(None),
)


class Recorder:
    """Records groups of drafts on one connection, inside the caller's transaction.

    `listed` are the townships in which somebody was put on the list of those to be judged again,
    until whoever works the list off takes them out.
    """

    def __init__(self, keys: Keys, rulebook: Rulebook, contexts: Contexts) -> None:
        self.keys = keys
        self.rulebook = rulebook
        self.contexts = contexts
        self.listed: set[str] = set()
        # Whether anything was recorded since this was last set back by which others are judged.
        self.shaped = False

    def record(self, connection: Connection, drafts: Sequence[Draft], now_ms: int) -> list[Verdict]:
        """A verdict for each draft, in their order."""
        heads = lock_heads(connection, {draft.township for draft in drafts})
        places: dict[str, list[int]] = defaultdict(list)
        for place, draft in enumerate(drafts):
            places[draft.township].append(place)
        # The keys of all townships with one sync of their file; below, each finds its own made.
        wanted = {d.key() for d in drafts if d.township in heads}
        self.keys.keys_for(wanted, now_ms, make=True)
        verdicts: dict[int, Verdict] = {}
        # What follows in all townships goes in together.
        gathered = Gathered(connection)
        for township, mine in places.items():
            here = [drafts[place] for place in mine]
            found = self._record_here(gathered, township, heads.get(township), here, now_ms)
            verdicts.update(zip(mine, found, strict=True))
        gathered.flush()
        store_heads(connection, heads)
        return [verdicts[place] for place in range(len(drafts))]

    def _record_here(
        self,
        gathered: Gathered,
        township: str,
        head: Head | None,
        drafts: Sequence[Draft],
        now_ms: int,
    ) -> list[Verdict]:
        if head is None:
            problem = UNKNOWN_TOWNSHIP(field="township", township=township[:12])
            return [refused(draft, problem) for draft in drafts]
        verdicts: list[Verdict] = []
        for n, part in enumerate(_cut(drafts)):
            if n:
                gathered.flush()
            context = self.contexts.of(gathered.connection, self.rulebook, township, head)
            group = Group(self, gathered, township, head, context, now_ms)
            verdicts += group.record(part)
        return verdicts

    def judge_again(self, connection: Connection, township: str, names: Sequence[str]) -> None:
        """Judge these subjects by the context as it is now, and strike them off the list."""
        head = lock_heads(connection, {township})[township]
        context = self.contexts.of(connection, self.rulebook, township, head)
        streams = opening.streams(connection, self.keys, self.rulebook.kinds, township, names)
        before = areas_of(connection, township, names)
        # Struck off first: whoever is touched by what follows is listed anew.
        rejudging.strike(connection, township, names)
        gathered = Gathered(connection)
        self.judge(gathered, township, context, head, list(streams.values()), before)
        gathered.flush()
        store_heads(connection, {township: head})

    def judge(
        self,
        gathered: Gathered,
        township: str,
        context: Context,
        head: Head,
        streams: Collection[Stream],
        before: Mapping[str, str],
    ) -> None:
        """Judge these and replace their rows; `before` is where those known already were."""
        judging = Judging(
            gathered.connection, self.keys, self.rulebook, township, context, head, gathered
        )
        judging.replace(streams, before)
        if judging.listed:
            self.listed.add(township)


class Group:
    """Drafts of one township on their way into the ledger together."""

    def __init__(
        self,
        recorder: Recorder,
        gathered: Gathered,
        township: str,
        head: Head,
        context: Context,
        now_ms: int,
    ) -> None:
        self.keys, self.rulebook = recorder.keys, recorder.rulebook
        self.recorder = recorder
        self.gathered, self.connection = gathered, gathered.connection
        self.township = township
        self.head = head
        self.context = context
        self.now_ms = now_ms
        # Facts that were recorded and whose mark was set aside.
        self.waits: set[str] = set()

    def record(self, drafts: Sequence[Draft]) -> list[Verdict]:
        """Decide on each, record those that can be, and try again what waited for them."""
        deciding = Deciding(
            self.connection, self.keys, self.rulebook, self.township, self.context, self.now_ms
        )
        decided = deciding.verdicts(drafts)
        accepted = [d for d, verdict in zip(drafts, decided, strict=True) if verdict is None]
        seqs = self._append([*deciding.notes, *accepted], deciding)
        return [
            _placed(verdict, seqs) if verdict else self._recorded(draft, seqs[draft.id])
            for draft, verdict in zip(drafts, decided, strict=True)
        ]

    def _recorded(self, draft: Draft, seq: int) -> Verdict:
        if draft.id in self.waits:
            return Verdict(draft.id, Outcome.RECORDED, seq, MARK_WAITS.code, MARK_WAITS().text)
        return Verdict(draft.id, Outcome.RECORDED, seq)

    def _append(self, drafts: Sequence[Draft], deciding: Deciding) -> dict[str, int]:
        """Record these and whatever waited for them; their places in the chain."""
        if not drafts:
            return {}
        stored = deciding.stored
        entries = self._seal(drafts, deciding.keys)
        self._judge(drafts, entries, stored)
        # Mostly nothing waits, and then nothing need be looked for.
        waiting = holding.any_open(self.connection, self.township)
        if waiting:
            self._settle(drafts)
        shaped = any(draft.kind.shapes_context for draft in drafts)
        if waiting or shaped:
            self.gathered.flush()
        if shaped:
            self._context_changed(entries)
        if waiting:
            appeared = {
                d.subject for d in drafts if d.subject not in stored or d.kind.shapes_context
            }
            self._try_again(appeared | {episode_of(d) for d in drafts if d.kind.introduces})
        return {entry.id: entry.header.seq for entry in entries}

    def _seal(self, drafts: Sequence[Draft], keys: Mapping[Name, bytes]) -> list[Entry]:
        noise = os.urandom(NONCE_BYTES * len(drafts))
        rows, entries = [], []
        for n, draft in enumerate(drafts):
            self.head.seq += 1
            header = Header(
                draft.township, self.head.seq, draft.id, draft.kind.name, draft.subject,
                draft.purpose, draft.area, draft.author, draft.device, draft.happened_at,
                draft.offset_ms, self.now_ms,
            )  # fmt: skip
            associated = header.encoded()
            nonce = noise[n * NONCE_BYTES : (n + 1) * NONCE_BYTES]
            sealed = seal(keys[header.key()], nonce, draft.envelope, associated)
            self.head.hash = link(self.head.hash, associated, sealed)
            rows.append((*astuple(header), sealed, self.head.hash))
            entries.append(Entry(header, draft.body))
        self.gathered.insert(fact, rows)
        return entries

    def _judge(
        self, drafts: Sequence[Draft], entries: Sequence[Entry], stored: Mapping[str, str]
    ) -> None:
        new: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            new[entry.header.subject].append(entry)
        self._erase_forgotten(entries)
        streams = self._streams_with(new, stored)
        streams |= self._set_aside(drafts, streams, new, stored)
        self.recorder.judge(
            self.gathered, self.township, self.context, self.head, list(streams.values()), stored
        )

    def _set_aside(
        self,
        drafts: Sequence[Draft],
        streams: Mapping[str, Stream],
        new: dict[str, list[Entry]],
        stored: Mapping[str, str],
    ) -> dict[str, Stream]:
        """Note the marks that their authors may not tie by; the streams with these notes."""
        here = Vouching(self.connection, self.rulebook, self.context, self.township)
        unproven = here.unproven(drafts, streams, stored)
        if not unproven:
            return {}
        signer = self.keys.signer(self.township, from_ms(self.now_ms))
        notes = [note_of(signer, streams[name], facts, self.now_ms) for name, facts in unproven]
        keys = self.keys.keys_for({note.key() for note in notes}, self.now_ms, make=True)
        for entry in self._seal(notes, keys):
            new[entry.header.subject].append(entry)
        self.waits |= {fact for _, facts in unproven for fact in facts}
        return self._streams_with({name: new[name] for name, _ in unproven}, stored)

    def _streams_with(
        self, new: Mapping[str, list[Entry]], stored: Mapping[str, str]
    ) -> dict[str, Stream]:
        """Each subject's stream; what was there before is read, what is new need not be."""
        old = {name for name in new if name in stored}
        if old:
            self.gathered.flush()  # their streams are read with what has just come
        found = opening.streams(self.connection, self.keys, self.rulebook.kinds, self.township, old)
        fresh = {name: opening.fresh(new[name]) for name in new if name not in stored}
        return {**found, **fresh}

    def _erase_forgotten(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if isinstance(entry.body, Forgotten):
                holding.erase(
                    self.connection, self.township, entry.header.subject, entry.body.purposes
                )

    def _settle(self, drafts: Sequence[Draft]) -> None:
        """Mark in the inbox what has now been recorded, or decided by a person."""
        for draft in drafts:
            if isinstance(draft.body, HeldResolved):
                holding.settle(self.connection, self.township, {draft.body.held}, draft.id)
        waiting = set(
            self.connection.scalars(
                _HELD, {"township": self.township, "ids": [draft.id for draft in drafts]}
            )
        )
        mine = {inbox.digest_of(draft.signature) for draft in drafts} if waiting else set()
        holding.settle(self.connection, self.township, waiting & mine, inbox.RETRIED)

    def _context_changed(self, entries: Sequence[Entry]) -> None:
        before = self.context
        self.recorder.shaped = True
        self.head.context += 1
        self.context = self.recorder.contexts.of(
            self.connection, self.rulebook, self.township, self.head
        )
        touched = self.rulebook.touched(self.township, entries, before, self.context)
        for part in touched:
            rejudging.put(self.connection, self.township, part, self.head.seq)
        if touched and rejudging.note(self.connection, self.township, self.head.seq):
            self.recorder.listed.add(self.township)

    def _try_again(self, appeared: Collection[str]) -> None:
        drafts = holding.waiting(
            self.connection, self.keys, self.rulebook.kinds, self.township, appeared
        )
        if drafts:
            self.record(drafts)


def _cut(drafts: Sequence[Draft]) -> Iterator[list[Draft]]:
    """Runs in which only the last may change the context."""
    part: list[Draft] = []
    for draft in drafts:
        part.append(draft)
        if draft.kind.shapes_context:
            yield part
            part = []
    if part:
        yield part


def _placed(verdict: Verdict, seqs: Mapping[str, int]) -> Verdict:
    """A duplicate of what came in the same group, with the place that the group gave it."""
    if verdict.outcome is Outcome.DUPLICATE and verdict.seq is None:
        return msgspec.structs.replace(verdict, seq=seqs.get(verdict.id))
    return verdict
