"""What is recorded about staff: who they are, which posts they hold, when they serve."""

from typing import Annotated, Final, Literal

from msgspec import Meta

from tongxin.base.areas import LEAF_PATTERN
from tongxin.base.texts import Text
from tongxin.ledger.facts import Fact, Instant, Kind, Purpose

Name = Annotated[str, Meta(min_length=1, max_length=60)]
Phone = Annotated[str, Meta(max_length=20, pattern=r"^\+?[0-9 -]*$")]
IdNumber = Annotated[str, Meta(max_length=18, pattern=r"^([0-9]{17}[0-9X])?$")]
Short = Annotated[str, Meta(max_length=120)]
RoleId = Annotated[str, Meta(max_length=60, pattern=r"^[a-z0-9-]+$")]
AccountId = Annotated[str, Meta(max_length=64, pattern=r"^(account(-[0-9a-z]+)+)?$")]
Grid = Annotated[str, Meta(pattern=rf"^{LEAF_PATTERN}$", min_length=15)]
# The three forces (三支队伍): members who report to their home community (双报到), volunteers,
# cadres sent by the county.
Force = Literal["double_report", "volunteer", "county_cadre"]


class StaffEnrolled(Fact, frozen=True, kw_only=True):
    """Somebody works for the people here. Told again, the later corrects the earlier.

    `unit` sends them, `post` is their office there, `wishes` what they would rather do.
    `member`: of the Party, and so may be linked to households. `account` is what they sign in as.
    """

    name: Name
    phone: Phone = ""
    id_number: IdNumber = ""
    unit: Short = ""
    post: Short = ""
    skills: Short = ""
    wishes: Short = ""
    member: bool = False
    force: Literal["", "double_report", "volunteer", "county_cadre"] = ""
    account: AccountId = ""


class StaffLeft(Fact, frozen=True, kw_only=True):
    """Somebody does not work here any more, or never did."""

    why: Literal["moved", "died", "ended", "in_error"]


class PostFilled(Fact, frozen=True, kw_only=True):
    """From now on this person holds a role of a grid's team, by the pack's id of the role."""

    grid: Grid
    role: RoleId


class PostVacated(Fact, frozen=True, kw_only=True):
    """This person does not hold that role any more."""

    grid: Grid
    role: RoleId


class ServiceSigned(Fact, frozen=True, kw_only=True):
    """Somebody signed in to serve, for one of the three forces; at which post, and until when."""

    force: Force
    place: Short = ""
    until: Instant | None = None


_STAFF: Final = frozenset({"staff"})


def _kind(
    name: str, body: type[Fact], may: str, title: Text, *, introduces: bool = False,
    where_told: bool = False,
) -> Kind:  # fmt: skip
    return Kind(
        name=name, body=body, about=_STAFF, purpose=Purpose.REGISTRATION, may=may, title=title,
        introduces=introduces, where_told=where_told,
    )  # fmt: skip


STAFF_ENROLLED: Final = _kind(
    "registry.staff_enrolled", StaffEnrolled, "registry.arrange",
    Text("登记工作人员", "Staff enrolled"), introduces=True,
)  # fmt: skip
STAFF_LEFT: Final = _kind(
    "registry.staff_left", StaffLeft, "registry.arrange", Text("不再任职", "Staff left")
)
POST_FILLED: Final = _kind(
    "registry.post_filled", PostFilled, "registry.arrange", Text("任命到岗", "Post filled"),
    where_told=True,
)  # fmt: skip
POST_VACATED: Final = _kind(
    "registry.post_vacated", PostVacated, "registry.arrange", Text("免去岗位", "Post vacated"),
    where_told=True,
)  # fmt: skip
SERVICE_SIGNED: Final = _kind(
    "registry.service_signed", ServiceSigned, "service.record",
    Text("值守签到", "Service signed in"), where_told=True,
)  # fmt: skip

KINDS: Final = (STAFF_ENROLLED, STAFF_LEFT, POST_FILLED, POST_VACATED, SERVICE_SIGNED)
