"""Whether the record is what was recorded: chain, seals, signatures, daily heads, derived rows."""

import base64
from collections.abc import Collection, Iterator, Mapping

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.base.problems import Problem
from tongxin.base.texts import Text
from tongxin.ledger import heads, opening
from tongxin.ledger.facts import REGISTRATION, SERVER, Header
from tongxin.ledger.inbox import Notes
from tongxin.ledger.keys import Keys
from tongxin.ledger.kinds import Forgotten, HeadSigned
from tongxin.ledger.rebuilding import differences
from tongxin.ledger.rulebook import Rulebook
from tongxin.ledger.sealing import (
    GENESIS,
    SIGNATURE_BYTES,
    link,
    signed_bytes,
    unseal,
    verify,
)  # fmt: skip
from tongxin.ledger.tables import HEADER_COLUMNS, chain, fact

_CHUNK = 1_000


class Finding(Struct, frozen=True):
    """Something that is not as it was recorded; `seq` is the entry, where there is one."""

    township: str
    seq: int | None
    text: Text


class Count(Struct):
    """What was looked at: facts, and among them those forgotten, which only the chain vouches."""

    facts: int = 0
    forgotten: int = 0


def verified(
    connection: Connection, keys: Keys, rulebook: Rulebook, township: str, count: Count
) -> Iterator[Finding]:
    """What is wrong with a township's record, the first wrong entry first; `count` is filled."""
    chain_is_sound = True
    walker = Walker(keys, rulebook, township)
    for finding in _walk(connection, walker, count):
        chain_is_sound = False
        yield finding
        break  # what follows a broken link proves nothing
    if chain_is_sound:
        forgotten = {(subject, purpose) for _, subject, purpose in walker.certified}
        for text in walker.inbox.compared(connection, township, forgotten):
            yield Finding(township, None, text)
        for difference in differences(connection, keys, rulebook, township):
            yield Finding(
                township,
                None,
                Text(
                    "派生表 {table} 中 {subject} 的一行与记录推算的不同",
                    "a row of {table} about {subject} is not what the facts say",
                ).filled(table=difference.table, subject=difference.subject),
            )


def compared(connection: Connection, keys: Keys, printed: heads.Head) -> Iterator[Finding]:
    """Whether the chain still is the one whose head was printed."""
    township, seq = printed.township, printed.seq
    if not heads.is_authentic(printed, keys.verify_key(township)):
        text = Text("这个账本头不是本乡镇的密钥签的", "this township's key did not sign that head")
        yield Finding(township, seq, text)
        return
    if heads.hash_at(connection, township, seq) != printed.hash:
        text = Text(
            "第 {seq} 条处的账本与打印的账本头不同：账本被整体改写或截断过",
            "at entry {seq} the chain is not the printed one: it was rewritten or cut off",
        ).filled(seq=seq)
        yield Finding(township, seq, text)


class Walker:
    """One walk along a chain, remembering the device keys met on the way."""

    def __init__(self, keys: Keys, rulebook: Rulebook, township: str) -> None:
        self.keys, self.rulebook, self.township = keys, rulebook, township
        self.server_key = keys.verify_key(township)
        self.devices: dict[tuple[str, str], bytes] = {}
        # Where each key that is gone was first missed, and which the certificates account for.
        self.missed: dict[tuple[str, str, str], int] = {}
        self.certified: set[tuple[str, str, str]] = set()
        self.hashes: dict[int, str] = {}
        self.inbox = Notes()
        self.previous = GENESIS
        self.seq = 0

    def step(
        self, header: Header, sealed: bytes, stored: bytes, key: bytes | None, count: Count
    ) -> Text | None:
        """What is wrong with this entry, or None."""
        self.seq += 1
        count.facts += 1
        if header.seq != self.seq:
            return Text("缺少第 {n} 条", "entry {n} is missing").filled(n=self.seq)
        self.previous = link(self.previous, header.encoded(), sealed)
        if self.previous != stored:
            return Text("哈希不符：这一条被改动过", "its hash does not fit: it was altered")
        self.hashes[header.seq] = stored.hex()
        if key is None:
            count.forgotten += 1
            if self.keys.destroyed(*header.key()) is None:
                return Text("密钥不在，也没有销毁记录", "its key is gone without a destruction")
            self.missed.setdefault(header.key(), header.seq)
            return None
        return self._open(header, sealed, key)

    def _open(self, header: Header, sealed: bytes, key: bytes) -> Text | None:
        try:
            envelope = unseal(key, sealed, header.encoded())
        except Problem:
            return Text("密文被改动过，打不开", "its seal does not open: it was altered")
        signature, raw = envelope[:SIGNATURE_BYTES], envelope[SIGNATURE_BYTES:]
        message = signed_bytes(
            header.township, header.id, header.kind, header.subject, header.purpose, header.area,
            header.author, header.device, header.happened_at, raw,
        )  # fmt: skip
        signer = (
            self.server_key
            if header.device == SERVER
            else self.devices.get((header.author, header.device))
        )
        # A device's key goes with its owner's account.
        gone = signer is None and self._is_forgotten(header.author, (REGISTRATION,))
        if not gone and (signer is None or not verify(signer, signature, message)):
            return Text("作者签名不符", "its author's signature does not fit")
        return self._noted(header, signature, raw)

    def _noted(self, header: Header, signature: bytes, raw: bytes) -> Text | None:
        body = opening.body_of(self.rulebook.kinds, header.kind, raw)
        self.inbox.take(header, body, signature)
        if header.kind == "access.device_registered":
            device, public_key = getattr(body, "device", ""), getattr(body, "public_key", "")
            self.devices[header.subject, device] = base64.b64decode(public_key)
        if isinstance(body, Forgotten):
            if not self._is_forgotten(header.subject, body.purposes):
                return Text(
                    "证明说已销毁，密钥却还在", "it says forgotten, but a key is still there"
                )
            self.certified |= {(self.township, header.subject, p) for p in body.purposes}
        if isinstance(body, HeadSigned):
            head = heads.Head(self.township, body.seq, body.hash, body.signature)
            if self.hashes.get(body.seq) != body.hash or not heads.is_authentic(
                head, self.server_key
            ):
                return Text("日终账本头与账本不符", "the daily head does not fit the chain")
        return None

    def _is_forgotten(self, subject: str, purposes: Collection[str]) -> bool:
        return all(
            self.keys.destroyed(self.township, subject, purpose) is not None for purpose in purposes
        )

    def uncertified(self) -> int | None:
        """The first entry whose key was destroyed though no certificate tells of it."""
        return min((n for key, n in self.missed.items() if key not in self.certified), default=None)


def _walk(connection: Connection, walker: Walker, count: Count) -> Iterator[Finding]:
    keys, township = walker.keys, walker.township
    while True:
        rows = connection.execute(
            sa.select(*HEADER_COLUMNS, fact.c.sealed, fact.c.hash)
            .where(fact.c.township == township, fact.c.seq > walker.seq)
            .order_by(fact.c.seq)
            .limit(_CHUNK)
        ).all()
        if not rows:
            break
        named = [(opening.header_of(tuple(row)), row.sealed, bytes(row.hash)) for row in rows]
        have: Mapping[tuple[str, str, str], bytes] = keys.keys_for({h.key() for h, _, _ in named})
        for header, sealed, stored in named:
            wrong = walker.step(header, sealed, stored, have.get(header.key()), count)
            if wrong is not None:
                yield Finding(township, walker.seq, wrong)
                return
    if (seq := walker.uncertified()) is not None:
        text = Text("密钥已销毁，却没有销毁证明", "its key was destroyed without a certificate")
        yield Finding(township, seq, text)
        return
    row = connection.execute(sa.select(chain).where(chain.c.township == township)).first()
    if row is None or (row.seq, bytes(row.hash)) != (walker.seq, walker.previous):
        yield Finding(
            township, walker.seq, Text("账本末尾被截断过", "the end of the chain is cut off")
        )
