"""The figures of the registry: what they are called, where each opens onto its records, and those
that are no sums.

“底数清、情况明、信息准” are three of them: how much is known of how many, how old it is, how much
of it proved right.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from tongxin.base.clock import day_of
from tongxin.base.remit import Remit
from tongxin.base.texts import Text
from tongxin.policy.pack import Pack
from tongxin.registry.grids import queries as grids
from tongxin.registry.households import derive
from tongxin.registry.households.queries import DOORS
from tongxin.registry.labels import FORCES, NEEDS
from tongxin.registry.staff import queries as staff
from tongxin.registry.staff.rules import team
from tongxin.registry.villages import queries as villages
from tongxin.registry.villages import rules

_HOMES: Final = {
    "registry.households": Text("登记住户（户）", "Households registered"),
    "registry.households_linked": Text("党员联户（户）", "Households linked to a member"),
    "registry.households_visited": Text(
        "见到过人的住户（户）", "Households where somebody was met"
    ),
    "registry.visits": Text("上门走访（户次）", "Visits at doors"),
}
_MEMBERS: Final = {
    "registry.members_linked": Text("参与联户党员（人）", "Members linked to households"),
}
_PEOPLE: Final = {
    "registry.residents": Text("居民（人）", "Residents"),
    "registry.away": Text("其中外出（人）", "of them away"),
    "registry.visitors": Text("外来人员（人）", "Visitors from elsewhere"),
    **{
        f"registry.needs.{need}": Text(f"其中{label.zh}（人）", f"of them {label.en}")
        for need, label in NEEDS.items()
    },
}
_FORCES: Final = {
    **{
        f"registry.served.{force}": Text(f"参与防控的{label.zh}（人）", f"Served: {label.en}")
        for force, label in FORCES.items()
    },
    "registry.services": Text("值守签到（人次）", "Signed in to serve"),
}
SUMS: Final = {**_MEMBERS, **_HOMES, **_PEOPLE, **_FORCES}
FORCES_FIGURES: Final = tuple(_FORCES)


def records_of(figure: str) -> tuple[str, str] | None:
    """Where the records of a sum are, and the capability that they take; None: not of here."""
    if figure in _HOMES:
        return "/households", DOORS
    if figure in _PEOPLE:
        return "/residents", "registry.read"
    if figure in _FORCES or figure in _MEMBERS:
        return "/staff", staff.READ
    return None


class Computed(Struct, frozen=True):
    """A figure that is no sum of parts, computed when asked.

    `amount` of `out_of`, where that is given; None where there is nothing to compute it from.
    `records` is where its records are, which takes the capability `may`. `good`: whether it is as
    the pack asks, or None where it asks nothing.
    """

    figure: str
    title: Text
    amount: int | None
    records: str
    may: str
    out_of: int | None = None
    good: bool | None = None


# Parts that are no figures by themselves: some are computed from them.
_SUMMED: Final = (
    derive.HOUSEHOLDS, derive.LINKED, derive.LAST_MET, derive.CHECKED, derive.RIGHT, derive.WRONG,
)  # fmt: skip
PARTS: Final = frozenset(_SUMMED) - SUMS.keys()


def computed(
    remit: Remit, connection: Connection, township: str, now: datetime, pack: Pack, area: str = ""
) -> list[Computed]:
    """The figures over an area, or over all that the remit may count."""
    where = area or township
    days = villages.by_day(remit, connection, township, _SUMMED, where)
    query = f"&village={area}" if area else ""
    return [
        *_known(days, day_of(now), pack, query),
        *_linked(days, query),
        _teams(remit, connection, township, pack, where),
    ]


Days = Mapping[str, Mapping[str, int]]


def _total(days: Days, figure: str) -> int:
    return sum(days[figure].values())


def _known(days: Days, today: date, pack: Pack, query: str) -> Iterator[Computed]:
    """How many were met lately (底数清), how old that is (情况明), how much is right (信息准)."""
    households, met = _total(days, derive.HOUSEHOLDS), days[derive.LAST_MET]
    age = rules.median_age(met, households, today)
    renew = pack.visits.renew_days if pack.visits else None
    if renew is not None:
        lately = rules.fresh(met, today - timedelta(days=renew))
        yield Computed(
            "registry.met_lately",
            Text(f"{renew} 天内见到过人的住户", f"Households met within {renew} days"),
            lately, f"/households?which=stale{query}", DOORS, out_of=households,
            good=lately == households,
        )  # fmt: skip
    yield Computed(
        "registry.age",
        Text("一半住户在几天内见过人（天）", "Half of the households were met within (days)"),
        age, f"/households?sort=longest{query}", DOORS,
        good=None if renew is None or not households else age is not None and age <= renew,
    )  # fmt: skip
    checked, right = _total(days, derive.CHECKED), _total(days, derive.RIGHT)
    share = rules.percent(right, right + _total(days, derive.WRONG))
    wanted = pack.visits.correct_percent if pack.visits else None
    yield Computed(
        "registry.right",
        Text(
            f"抽查 {checked} 户，属实（%）",
            f"Found right (%), of {checked} checked again",
        ),
        share, f"/households?which=checked{query}", DOORS,
        good=None if wanted is None or share is None else share >= wanted,
    )  # fmt: skip


def _linked(days: Days, query: str) -> Iterator[Computed]:
    unlinked = _total(days, derive.HOUSEHOLDS) - _total(days, derive.LINKED)
    yield Computed(
        "registry.unlinked", Text("没有联系到的住户（户）", "Households linked to no member"),
        unlinked, f"/households?which=unlinked{query}", DOORS, good=unlinked == 0,
    )  # fmt: skip


def _teams(remit: Remit, connection: Connection, township: str, pack: Pack, area: str) -> Computed:
    """Grids whose team is whole (配齐), of all that are to have one."""
    team_of = pack.grid_team
    label = team_of.label if team_of else Text("工作队伍", "team")
    roles = [role.id for role in team_of.roles] if team_of else []
    posts = staff.posts_by_grid(remit, connection, township, area)
    wanted = grids.with_team(remit, connection, township, area)
    whole = sum(team(roles, posts.get(code, {})).is_whole for code in wanted)
    return Computed(
        "registry.teams",
        Text(f"“{label.zh}”配齐的网格", f"Grids with a full team: {label.en}"),
        whole, "/registry#grids", DOORS, out_of=len(wanted), good=whole == len(wanted),
    )  # fmt: skip
