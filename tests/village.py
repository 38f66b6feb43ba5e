"""The standing cast: one township, its neighbour, who works there, and who comes home.

Everybody here is made up; the region in their ID numbers (411599) does not exist. Tests say who
acts, so that a test reads like the manual: 吴强 at the checkpoint records 陈静's arrival.
"""

import base64
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from tongxin.access import facts as access
from tongxin.access.queries import DeviceBook, account_named
from tongxin.arrivals import facts as arrivals
from tongxin.base.clock import ZONE, from_ms, to_ms
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
from tongxin.ledger.sealing import Signer, signed_bytes
from tongxin.ledger.wire import WireFact, authored, read_fact
from tongxin.policy.shipped import shipped_bytes
from tongxin.registry import facts as registry

# The morning of the article: Thursday, 7 April 2022, six o'clock.
MORNING: Final = datetime(2022, 4, 7, 6, 0, tzinfo=ZONE)

TOWNSHIP: Final = "411526108"
TOWNSHIP_NAME: Final = "桃林铺镇"
NEIGHBOUR: Final = "411526109"
NEIGHBOUR_NAME: Final = "黄寺岗镇"
TAOLIN: Final = "411526108201"
QUANJI: Final = "411526108202"
SHIZHAI: Final = "411526109202"
VILLAGES: Final = dict(
    zip(
        (f"4115261082{n:02}" for n in range(1, 17)),
        (
            "桃林村", "全集村", "春河村", "黄集村", "周楼村", "雷胜村", "陈楼村", "苏营村",
            "周寨村", "付寨村", "李店村", "黄大楼村", "胡桥村", "连塘村", "香铺村", "杜寨村",
        ),
        strict=True,
    )
)  # fmt: skip

# Anybody's password is this one. Its hash is argon2's too, as cheap as argon2 allows: a hash
# carries its own cost, so signing in takes the same path and none of the time.
PASSWORD: Final = "peach-grove-2022"
PASSWORD_HASH: Final = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


class Worker(Struct, frozen=True):
    """Somebody with an account: a role in an area."""

    username: str
    name: str
    role: str
    area: str
    post: str = ""
    township: str = TOWNSHIP


LI: Final = Worker("li", "李建国", "command", TOWNSHIP, "党委书记")
"""李建国, secretary, leads the command post: proposes, approves, opens accounts."""
WANG: Final = Worker("wang", "王芳", "command", TOWNSHIP, "镇长")
"""王芳, command post: the second person that grave decisions need."""
ZHAO: Final = Worker("zhao", "赵磊", "grid_leader", TAOLIN, "网格长")
"""赵磊, grid leader of 桃林村 (201): sees and decides there, and nowhere else."""
SUN: Final = Worker("sun", "孙丽", "grid_worker", TAOLIN, "网格员")
"""孙丽, grid worker of 桃林村: goes from door to door."""
ZHOU: Final = Worker("zhou", "周敏", "grid_worker", QUANJI, "网格员")
"""周敏, grid worker of 全集村 (202): must see nothing of 201."""
WU: Final = Worker("wu", "吴强", "checkpoint", TOWNSHIP, "卡点")
"""吴强, at the checkpoint on the county road: writes down who comes."""
ZHENG: Final = Worker("zheng", "郑洁", "doctor", TAOLIN, "村医")
"""郑洁, village doctor of 桃林村: takes swabs and temperatures."""
QIAN: Final = Worker("qian", "钱多", "volunteer", TAOLIN, "志愿者")
"""钱多, volunteer: sees tasks, never ID numbers."""
XU: Final = Worker("xu", "徐正", "inspector", TOWNSHIP, "督查组")
"""徐正, inspector: reads figures, tasks and the record; no names."""
GAO: Final = Worker("gao", "高远", "county", "411526", "县指挥部")
"""高远, county official: sees figures only."""
FENG: Final = Worker("feng", "冯刚", "command", NEIGHBOUR, "党委书记", NEIGHBOUR)
"""冯刚, secretary of the neighbouring 黄寺岗镇: must be kept out of all of 桃林铺镇."""
HE: Final = Worker("he", "何敏", "command", NEIGHBOUR, "镇长", NEIGHBOUR)
"""何敏, 冯刚's second person."""

WORKERS: Final = (LI, WANG, ZHAO, SUN, ZHOU, WU, ZHENG, QIAN, XU, GAO, FENG, HE)
# Those who stand for a role in a table of roles, by role.
BY_ROLE: Final = {w.role: w for w in (LI, ZHAO, SUN, ZHENG, WU, QIAN, XU, GAO)}


def id_number(born: str, order: str) -> str:
    """An ID number (GB 11643) of nobody: region 411599 does not exist. `born` is YYYYMMDD."""
    digits = f"411599{born}{order}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
    return digits + "10X98765432"[rest]


class Returnee(Struct, frozen=True):
    """Somebody who comes home: what he tells at the checkpoint."""

    name: str
    id_number: str
    phone: str
    from_area: str
    from_name: str
    address: str = ""
    transport: str = ""
    emergency: bool = False
    village: str = TAOLIN


CHEN: Final = Returnee(
    "陈静", id_number("19880612", "024"), "19900000001", "310115", "上海市浦东新区",
    "桃林村东头三号", "自驾",
)  # fmt: skip
"""陈静, from Pudong in Shanghai with husband and child; Pudong is at risk when a test says so."""
CHEN_FAMILY: Final = (
    CHEN,
    Returnee("刘洋", id_number("19860203", "013"), "19900000002", "310115", "上海市浦东新区"),
    Returnee("刘小雨", id_number("20150901", "048"), "", "310115", "上海市浦东新区"),
)
"""陈静, her husband 刘洋 and their daughter 刘小雨, who has no telephone."""
MA: Final = Returnee(
    "马超", id_number("19790115", "037"), "19900000003", "320505", "苏州市虎丘区", "", "货车"
)
"""马超, lorry driver: passes often, stops seldom."""
HE_LI: Final = Returnee(
    "何丽", id_number("19951020", "066"), "19900000004", "410105", "郑州市金水区",
    emergency=True,
)  # fmt: skip
"""何丽, a woman in labour: passes first and is written down afterwards."""
LIN: Final = Returnee(
    "林小满", id_number("20030508", "021"), "19900000005", "430104", "长沙市岳麓区",
    transport="高铁", village=QUANJI,
)  # fmt: skip
"""林小满, student from a place without any case; her family lives in 全集村."""
RETURNEES: Final = (*CHEN_FAMILY, MA, HE_LI, LIN)


def arrival(
    who: Returnee = CHEN, at: datetime = MORNING, **told: Any
) -> arrivals.ArrivalRecorded:
    """What is written down when `who` arrives at `at`; `told` replaces single fields."""
    said: dict[str, Any] = {
        "name": who.name, "arrived_at": at, "from_area": who.from_area,
        "from_name": who.from_name, "id_number": who.id_number, "phone": who.phone,
        "address": who.address, "transport": who.transport, "emergency": who.emergency,
    }  # fmt: skip
    return arrivals.ArrivalRecorded(**(said | told))


class Device(Struct, frozen=True):
    """A telephone that signs for its owner; the key never leaves it."""

    owner: str
    name: str
    signer: Signer
    township: str = TOWNSHIP

    @property
    def public_key(self) -> str:
        return base64.b64encode(self.signer.verify_key).decode()


def device(owner: str, name: str | None = None, township: str = TOWNSHIP) -> Device:
    """A telephone of the account `owner` with a fresh Ed25519 key, not registered anywhere yet."""
    private = Ed25519PrivateKey.generate().private_bytes_raw()
    return Device(owner, name or f"device-{new_id()}", Signer(private), township)


def wire(
    phone: Device,
    kind: Kind,
    body: Fact | bytes,
    *,
    subject: str,
    purpose: str,
    area: str = TAOLIN,
    at: datetime = MORNING,
    id: str | None = None,
    **forged: Any,
) -> bytes:
    """One fact as `phone` sends it, signed. `forged` replaces fields after the signing."""
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    fields: dict[str, Any] = {
        "township": phone.township, "id": id or new_id(), "kind": kind.name, "subject": subject,
        "purpose": purpose, "area": area, "author": phone.owner, "device": phone.name,
        "happened_at": at.isoformat(),
    }  # fmt: skip
    message = signed_bytes(
        fields["township"], fields["id"], fields["kind"], subject, purpose, area, phone.owner,
        phone.name, to_ms(at), raw,
    )  # fmt: skip
    signature = base64.b64encode(phone.signer.sign(message)).decode()
    return msgspec.json.encode(
        {**fields, "body": msgspec.Raw(raw), "signature": signature, **forged}
    )


def batch(facts: Iterable[bytes], sent_at: datetime = MORNING) -> bytes:
    """A batch as a device posts it."""
    listed = [msgspec.Raw(fact) for fact in facts]
    return msgspec.json.encode({"sent_at": sent_at.isoformat(), "facts": listed})


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
                found = account_named(connection, who.township, who.username)
            assert found is not None, f"{who.name} has no account here"
            self._accounts[who] = found[0]
        return self._accounts[who]

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
            book = DeviceBook(connection)
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
            found = account_named(connection, township, who.username)
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


def moment(milliseconds: int) -> str:
    """An instant of a row, to read in a failure's message."""
    return from_ms(milliseconds).isoformat(timespec="minutes")
