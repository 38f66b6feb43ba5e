"""The standing cast: one township, its neighbour, who works there, and who comes home.

Everybody here is made up; the region in their ID numbers (411599) does not exist. Tests say who
acts, so that a test reads like the manual: 吴强 at the checkpoint records 陈静's arrival.
"""

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Struct

from tongxin.arrivals import facts as arrivals
from tongxin.base.clock import ZONE, to_ms
from tongxin.base.ids import new_id
from tongxin.ledger.facts import Entry, Fact, Header, Kind
from tongxin.ledger.sealing import Signer, signed_bytes

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


def arrival(who: Returnee = CHEN, at: datetime = MORNING, **told: Any) -> arrivals.ArrivalRecorded:
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
    forged: Mapping[str, Any] | None = None,
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
        {**fields, "body": msgspec.Raw(raw), "signature": signature, **(forged or {})}
    )


def batch(facts: Iterable[bytes], sent_at: datetime = MORNING) -> bytes:
    """A batch as a device posts it."""
    listed = [msgspec.Raw(fact) for fact in facts]
    return msgspec.json.encode({"sent_at": sent_at.isoformat(), "facts": listed})


def entry(kind: Kind, body: Fact, **header: Any) -> Entry:
    """A recorded fact as rules are given it; `header` replaces single fields of its header."""
    fields: dict[str, Any] = {
        "township": TOWNSHIP, "seq": 1, "id": new_id(), "kind": kind.name, "subject": "person-1",
        "purpose": "episode:1", "area": TAOLIN, "author": "account-1", "device": "server",
        "happened_at": to_ms(MORNING), "offset_ms": 0, "recorded_at": to_ms(MORNING),
    }  # fmt: skip
    return Entry(Header(**(fields | header)), body)
