"""What a row of a list of staff becomes: somebody enrolled, and the post held in a grid."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.base.areas import Level
from tongxin.base.ids import new_subject
from tongxin.intake.kinds import Ground, Outcome, Planned, Told, returned
from tongxin.intake.people import People, Somebody, same_telephone
from tongxin.intake.queries import recorded
from tongxin.ledger.facts import REGISTRATION
from tongxin.registry.imports.places import Grids
from tongxin.registry.labels import FORCES
from tongxin.registry.queries import in_force_at, packs_in_force
from tongxin.registry.staff import facts, queries
from tongxin.sheets.faults import FaultKind
from tongxin.sheets.rows import Row

MAY = "registry.arrange"
NO_ROLE = FaultKind(
    "role_unknown",
    "现行规则的网格队伍里没有“{value}”，没有任命。可以写：{known}。",
    "The rules in force know no post “{value}” in a grid's team, so it was not filled. It may be: "
    "{known}.",
    grave=False,
)
NO_GRID = FaultKind(
    "post_without_grid",
    "“{value}”没写是哪个网格，没有任命。",
    "“{value}” without its grid: the post was not filled.",
    grave=False,
)


_COMPARED: Final = ("name", "phone", "id_number", "unit", "post", "skills", "wishes", "force")


class Read(Struct, frozen=True):
    """A row that tells of somebody: where, what, and the id of the fact that it becomes."""

    row: Row
    area: str
    body: facts.StaffEnrolled
    fact: str


class Staff:
    """Plans the rows of lists of staff."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._people = People(same_telephone)
        self._roles: dict[str, str] = {}
        self._rows: dict[str, queries.Row] = {}

    def plan(self, connection: Connection, rows: Sequence[Row]) -> list[Planned]:
        """What each of these rows is to become."""
        township = self._ground.township
        grids = Grids(connection, township)
        self._learn(connection, rows)
        self._roles = _roles(connection, township, self._ground.now)
        read = [self._read(grids, row) for row in rows]
        known = recorded(connection, township, {each.fact for each in read if each is not None})
        return [
            returned(row) if each is None else self._person(connection, each, known)
            for row, each in zip(rows, read, strict=True)
        ]

    def _learn(self, connection: Connection, rows: Sequence[Row]) -> None:
        numbers = {n for row in rows if (n := row.values.get("id_number"))}
        names = {n for row in rows if (n := row.values.get("name"))}
        known = queries.alike(self._ground.remit, connection, self._ground.township, names, numbers)
        self._rows |= {row["subject"]: row for row in known}
        self._people.add(
            Somebody(row["subject"], row["name"], row["id_number"], row["phone"], row["area"],
                     told=row["unit"])
            for row in known
        )  # fmt: skip

    def _read(self, grids: Grids, row: Row) -> Read | None:
        """What a row tells, or None, with the faults, where it cannot go in."""
        if not row.sound:
            return None
        said = row.values
        whole = self._ground.remit.allows(MAY, self._ground.township)
        if whole and not (said.get("village") or said.get("grid") or self._ground.area):
            area = self._ground.township  # whoever serves all of it
        else:
            area = grids.place(self._ground, row, MAY)
        if not area:
            return None
        body, village = _enrolled(row), area[: Level.VILLAGE]
        content = msgspec.json.encode(body).decode()
        fact = self._ground.id_of(facts.STAFF_ENROLLED.name, village, content)
        return Read(row, area, body, fact)

    def _person(self, connection: Connection, read: Read, known: Mapping[str, str]) -> Planned:
        row, body, area = read.row, read.body, read.area
        met = self._people.numbered(body.id_number)
        subject = met.subject if met else known.get(read.fact, "")
        about = Somebody(
            subject or new_subject("staff"), body.name, body.id_number, body.phone, area,
            told=body.unit, row=row.number,
        )  # fmt: skip
        alike = None if subject else self._people.like(about)
        decided = self._ground.same.get(row.number)
        if alike is not None and decided is None:
            return Planned(row, Outcome.DOUBTFUL, (), alike.shown, body.unit, area)
        if alike is not None and decided:
            met, subject = alike, alike.subject
        told: list[Told] = []
        if met is None:
            village = area[: Level.VILLAGE]
            told.append(
                Told(facts.STAFF_ENROLLED, body, read.fact, about.subject, REGISTRATION, village)
            )
            self._people.add([about])
        elif met.subject in self._rows:
            told += self._again(row, body, self._rows[met.subject])
        filled = self._post(connection, row, area, subject or about.subject)
        told += [filled] if filled else []
        outcome = Outcome.NEW if met is None else Outcome.ADDED if told else Outcome.KNOWN
        return Planned(row, outcome, tuple(told), None, body.unit, area, about=about.subject)

    def _again(self, row: Row, body: facts.StaffEnrolled, known: queries.Row) -> list[Told]:
        """The enrolment told again with what it lacked; what differs is remarked, not corrected."""
        self._ground.differs(row, {key: known[key] for key in _COMPARED}, FORCES)
        lacked = {key: told for key in _COMPARED if (told := getattr(body, key)) and not known[key]}
        if body.member and not known["member"]:
            lacked["member"] = True
        if not lacked:
            return []
        before = {key: known[key] for key in facts.StaffEnrolled.__struct_fields__}
        whole = facts.StaffEnrolled(**before | lacked)
        return [
            self._ground.told(
                facts.STAFF_ENROLLED, whole, subject=known["subject"], purpose=REGISTRATION,
                area=known["area"][: Level.VILLAGE], beside=known["subject"],
            )
        ]  # fmt: skip

    def _post(self, connection: Connection, row: Row, area: str, subject: str) -> Told | None:
        """The post in a grid, where the rules know it and he does not hold it already."""
        words = row.values.get("role") or ""
        if not words:
            return None
        role = self._roles.get(words)
        if role is None:
            known = "、".join(word for word in self._roles if not word.isascii())
            self._ground.fault(row, NO_ROLE, "role", value=words, known=known or "—")
            return None
        if len(area) < Level.GRID:
            self._ground.fault(row, NO_GRID, "role", value=words)
            return None
        remit, township = self._ground.remit, self._ground.township
        held = queries.posts_of(remit, connection, township, subject)
        grid = area[: Level.GRID]
        if any((post["grid"], post["role"]) == (grid, role) for post in held):
            return None
        return self._ground.told(
            facts.POST_FILLED, facts.PostFilled(grid=grid, role=role), subject=subject,
            purpose=REGISTRATION, area=grid, beside=subject,
        )  # fmt: skip


def _roles(connection: Connection, township: str, now: datetime) -> dict[str, str]:
    """The roles of a grid's team by their names and ids, as the pack in force has them."""
    pack = in_force_at(packs_in_force(connection, township), now).pack
    return {
        word: role.id
        for role in (pack.grid_team.roles if pack.grid_team else ())
        for word in (role.id, role.label.zh, role.label.en)
    }


def _enrolled(row: Row) -> facts.StaffEnrolled:
    said = row.values
    return facts.StaffEnrolled(
        name=said["name"], phone=said.get("phone") or "", id_number=said.get("id_number") or "",
        unit=said.get("unit") or "", post=said.get("post") or "", skills=said.get("skills") or "",
        wishes=said.get("wishes") or "", member=bool(said.get("member")),
        force=said.get("force") or "",
    )  # fmt: skip
