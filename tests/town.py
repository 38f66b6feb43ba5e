"""What goes on in the village: `town.arrive(CHEN)`, `town.device(ZHAO)`, `town.adopt()`.

Everything here goes the way that the program goes: facts through the one writer.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.village import (
    CHEN,
    LI,
    MORNING,
    NEIGHBOUR,
    NEIGHBOUR_NAME,
    PASSWORD,
    PASSWORD_HASH,
    SHIZHAI,
    TAOLIN,
    TOWNSHIP,
    TOWNSHIP_NAME,
    VILLAGES,
    WANG,
    WORKERS,
    WU,
    Device,
    Returnee,
    Worker,
    arrival,
    device,
)
from tongxin.access import facts as access
from tongxin.access.queries import DeviceBook, account_named, accounts
from tongxin.access.rules import Account
from tongxin.arrivals import facts as arrivals
from tongxin.base.clock import to_ms
from tongxin.base.ids import id_at, new_id
from tongxin.catalogue import KINDS
from tongxin.installation import FirstAccount, Installation
from tongxin.ledger.facts import (
    EPISODE,
    OFFICE,
    REGISTRATION,
    Door,
    Draft,
    Fact,
    Kind,
    Outcome,
    Stream,
    Verdict,
)
from tongxin.ledger.kinds import APPROVED, Approved
from tongxin.ledger.opening import streams
from tongxin.ledger.wire import authored, read_fact
from tongxin.policy.shipped import shipped_bytes
from tongxin.registry import facts as registry


class Clock:
    """A clock that stands still until it is set. Call it to read it."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> datetime:
        """Let time pass, as in `clock.advance(hours=2)`; the new instant."""
        self.now += timedelta(**span)
        return self.now


class Town:
    """An installation with its people in it: short ways to say what happens there."""

    def __init__(self, installation: Installation, clock: Clock) -> None:
        self.installation, self.clock = installation, clock
        self._accounts: dict[Worker, str] = {}

    @property
    def now(self) -> datetime:
        return self.clock.now

    def account(self, who: Worker) -> str:
        """The account subject of somebody of the cast."""
        if who not in self._accounts:
            with self.installation.database.reading() as connection:
                known = accounts(self.installation.store, connection, who.township)
                found = account_named(known, who.username)
            assert found is not None, f"{who.name} has no account here"
            self._accounts[who] = found[0]
        return self._accounts[who]

    def believed(self, who: Worker) -> Account:
        """The account of somebody of the cast, as the program believes it."""
        with self.installation.database.reading() as connection:
            known = accounts(self.installation.store, connection, who.township)
        return known[self.account(who)]

    def draft(
        self,
        kind: Kind,
        body: Fact,
        *,
        by: Worker = LI,
        subject: str,
        purpose: str,
        area: str = TAOLIN,
        at: datetime | None = None,
        id: str | None = None,
    ) -> Draft:
        """A fact as a form makes it: signed by the server, in the name of `by`."""
        return authored(
            self.installation.signer(by.township), kind, body, township=by.township,
            id=id or new_id(), subject=subject, purpose=purpose, area=area,
            author=self.account(by), happened_at=at or self.now, door=Door.FORM,
        )  # fmt: skip

    def record(self, *drafts: Draft) -> list[Verdict]:
        """Hand these in together, now."""
        return self.installation.store.record(drafts, self.now)

    def arrival(
        self,
        who: Returnee = CHEN,
        *,
        by: Worker = WU,
        at: datetime | None = None,
        area: str | None = None,
        person: str | None = None,
        id: str | None = None,
        **told: Any,
    ) -> Draft:
        """The draft of an arrival; subject and episode carry the fact's own id."""
        fact = id or new_id()
        return self.draft(
            arrivals.ARRIVAL_RECORDED, arrival(who, at or self.now, **told), by=by,
            subject=person or f"person-{fact}", purpose=f"{EPISODE}:{fact}",
            area=area or who.village, at=at, id=fact,
        )  # fmt: skip

    def arrive(self, who: Returnee = CHEN, **more: Any) -> Draft:
        """`who` arrives and is recorded; what was recorded."""
        draft = self.arrival(who, **more)
        (verdict,) = self.record(draft)
        assert verdict.outcome is Outcome.RECORDED, verdict
        return draft

    def device(self, who: Worker) -> Device:
        """A telephone of somebody of the cast, registered to the account."""
        phone = device(self.account(who), township=who.township)
        body = access.DeviceRegistered(
            device=phone.name, public_key=phone.public_key, label="测试手机"
        )
        self._about_account(who, access.DEVICE_REGISTERED, body, who)
        return phone

    def withdraw_device(self, who: Worker, phone: Device) -> None:
        """`who` reports the telephone as lost."""
        body = access.DeviceWithdrawn(device=phone.name, reason="手机遗失")
        self._about_account(who, access.DEVICE_WITHDRAWN, body, who)

    def give(self, who: Worker, role: str, area: str, by: Worker = LI) -> None:
        """`by` gives `who` a role in an area."""
        self._about_account(who, access.ROLE_GIVEN, access.RoleGiven(role=role, area=area), by)

    def withdraw(self, who: Worker, role: str, area: str, by: Worker = LI) -> None:
        """`by` withdraws a role of `who` in an area."""
        body = access.RoleWithdrawn(role=role, area=area, reason="岗位调整")
        self._about_account(who, access.ROLE_WITHDRAWN, body, by)

    def close_account(self, who: Worker, by: Worker = LI) -> None:
        """`by` closes the account of `who`."""
        self._about_account(who, access.ACCOUNT_CLOSED, access.AccountClosed(reason="离职"), by)

    def _about_account(self, who: Worker, kind: Kind, body: Fact, by: Worker) -> None:
        (verdict,) = self.record(
            self.draft(
                kind, body, by=by, subject=self.account(who), purpose=REGISTRATION,
                area=who.township,
            )
        )  # fmt: skip
        assert verdict.outcome is Outcome.RECORDED, verdict

    def sent(self, facts: Sequence[bytes], sent_at: datetime | None = None) -> list[Verdict]:
        """The verdicts on these facts, as the sync door takes them from a device."""
        offset_ms = to_ms(self.now) - to_ms(sent_at or self.now)
        with self.installation.database.reading() as connection:
            book = DeviceBook(self.installation.store, connection)
            read = [read_fact(raw, KINDS, book, offset_ms) for raw in facts]
        drafts = [item for item in read if isinstance(item, Draft)]
        recorded = iter(self.record(*drafts) if drafts else [])
        return [item if isinstance(item, Verdict) else next(recorded) for item in read]

    def propose(self, kind: Kind, body: Fact, by: Worker = LI) -> Draft:
        """`by` proposes a pack or an area at risk; not in force yet."""
        proposal = new_id()
        draft = self.draft(
            kind, body, by=by, subject=f"proposal-{proposal}", purpose=OFFICE,
            area=by.township, id=proposal,
        )  # fmt: skip
        (verdict,) = self.record(draft)
        assert verdict.outcome is Outcome.RECORDED, verdict
        return draft

    def approve(self, proposed: Draft, by: Worker = WANG) -> None:
        """`by` approves; whom it touches has been judged again when this returns."""
        (verdict,) = self.record(
            self.draft(
                APPROVED, Approved(proposal=proposed.id), by=by, subject=proposed.subject,
                purpose=OFFICE, area=proposed.area,
            )
        )  # fmt: skip
        assert verdict.outcome is Outcome.RECORDED, verdict
        self.installation.store.settle()

    def adopt(self, pack: str = "henan-2022-04", by: Worker = LI, second: Worker = WANG) -> Draft:
        """A shipped pack comes into force from now on: proposed by one, approved by another."""
        text = shipped_bytes(pack).decode()
        body = registry.PackProposed(text=text, in_force_from=self.now, reason="疫情防控需要")
        proposed = self.propose(registry.PACK_PROPOSED, body, by)
        self.approve(proposed, second)
        return proposed

    def at_risk(
        self,
        code: str = "310115",
        name: str = "上海市浦东新区",
        level: str = "high",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Draft:
        """An area is at risk from `since` (a week ago): proposed by 李建国, approved by 王芳."""
        body = registry.AreaProposed(
            code=code, name=name, level=level, from_=since or self.now - timedelta(days=7),
            until=until, source="国务院客户端通报",
        )  # fmt: skip
        proposed = self.propose(registry.AREA_PROPOSED, body)
        self.approve(proposed)
        return proposed

    def listed(self, raw: bytes, at: datetime | None = None, by: Worker = LI) -> Draft:
        """`by` proposes the national list in these bytes, published at `at` (now)."""
        sha256, published_at = hashlib.sha256(raw).hexdigest(), at or self.now
        proposal = id_at(published_at, "risk-list", sha256)
        body = registry.RiskListProposed(
            text=raw.decode(), sha256=sha256, published_at=published_at, source="国务院客户端"
        )
        draft = self.draft(
            registry.RISK_LIST_PROPOSED, body, by=by, subject=f"proposal-{proposal}",
            purpose=OFFICE, area=by.township, id=proposal,
        )  # fmt: skip
        (verdict,) = self.record(draft)
        assert verdict.outcome is Outcome.RECORDED, verdict
        return draft

    def stream(self, subject: str, township: str = TOWNSHIP) -> Stream | None:
        """All that can still be read of one subject."""
        with self.installation.database.reading() as connection:
            found = streams(connection, self.installation.keys, KINDS, township, [subject])
        return found.get(subject)


def settle_in(installation: Installation, now: datetime = MORNING) -> None:
    """Begin both townships: their names, villages and the whole cast's accounts."""
    for township, name in ((TOWNSHIP, TOWNSHIP_NAME), (NEIGHBOUR, NEIGHBOUR_NAME)):
        mine = [who for who in WORKERS if who.township == township]
        first = [FirstAccount(w.username, w.name, PASSWORD, w.post, w.role) for w in mine[:2]]
        installation.begin(township, name, first, now)
        drafts = [*_cheap_passwords(installation, township, mine[:2], now)]
        for who in mine[2:]:
            drafts += _account(installation, who, now)
        places = VILLAGES if township == TOWNSHIP else {SHIZHAI: "史寨村"}
        for code, village in places.items():
            named = registry.PlaceNamed(code=code, name=village)
            drafts.append(
                installation.first_fact(
                    township, registry.PLACE_NAMED, f"place-{code}", OFFICE, named, now
                )
            )
        for verdict in installation.store.record(drafts, now):
            assert verdict.outcome is Outcome.RECORDED, verdict


def _cheap_passwords(
    installation: Installation, township: str, first: Sequence[Worker], now: datetime
) -> Iterable[Draft]:
    body = access.PasswordSet(password_hash=PASSWORD_HASH)
    for who in first:
        with installation.database.reading() as connection:
            known = accounts(installation.store, connection, township)
            found = account_named(known, who.username)
        assert found is not None
        yield installation.first_fact(
            township, access.PASSWORD_SET, found[0], REGISTRATION, body, now
        )


def _account(installation: Installation, who: Worker, now: datetime) -> list[Draft]:
    subject = f"account-{id_at(now, who.township, who.username)}"
    opened = access.AccountOpened(
        username=who.username, name=who.name, post=who.post, password_hash=PASSWORD_HASH
    )
    given = access.RoleGiven(role=who.role, area=who.area)
    return [
        installation.first_fact(who.township, kind, subject, REGISTRATION, body, now)
        for kind, body in ((access.ACCOUNT_OPENED, opened), (access.ROLE_GIVEN, given))
    ]
