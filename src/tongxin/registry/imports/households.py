"""What a row of a list of households becomes: a household, somebody in it, who is away or in need.

A list adds what was not known. What it says otherwise of somebody who is known is remarked beside
its cell, and corrected on his page, never by a list.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from tongxin.base.areas import Level
from tongxin.base.ids import new_subject
from tongxin.divisions.words import code_of
from tongxin.intake.kinds import DIFFERS, Ground, Outcome, Planned, Told, returned
from tongxin.intake.people import People, Somebody, same_telephone
from tongxin.intake.queries import recorded
from tongxin.ledger.facts import REGISTRATION
from tongxin.registry.households import facts as homes
from tongxin.registry.households import queries as doors
from tongxin.registry.imports.columns import At
from tongxin.registry.imports.places import Grids
from tongxin.registry.labels import RELATIONS
from tongxin.registry.residents import facts, queries
from tongxin.sheets.faults import FaultKind
from tongxin.sheets.rows import Row

MAY = "registry.record"
# In whichever household: the id of the fact depends on what the household is known by.
_ANY = "household-0"
AWAY: Final = "外出 · away"
NO_HOUSEHOLD = FaultKind(
    "household_missing",
    "看不出是哪一户。请填写户号或户主，或在户主那一行的“与户主关系”里写“户主”。",
    "It does not say which household. Give its number or its head, or write “户主” as the relation "
    "in the head's row.",
)
AS_ABOVE = FaultKind(
    "household_as_above",
    "没写户号和户主，算作和上一行同一户。",
    "Neither number nor head of a household is given; it is taken to be that of the row above.",
    grave=False,
)
NO_ADDRESS = FaultKind(
    "household_address_missing",
    "这一户还没登记，请至少在一行里填写家庭住址。",
    "This household is not known yet: give its address in its first row.",
)
OTHER_HOUSEHOLD = FaultKind(
    "other_household",
    "这个身份证号的人已登记在另一户（{address}）。请在系统里迁户。",
    "Whoever has this ID number is registered in another household ({address}). Move him in the "
    "program.",
)


class Seat(Struct, frozen=True):
    """A row that tells of somebody in a household. `key` is what the household is known by, `home`
    and `fact` the ids of the facts that register it and whoever lives there.
    """

    row: Row
    area: str
    key: str
    address: str
    body: facts.ResidentRegistered
    home: str
    fact: str


class Home(Struct, frozen=True):
    """A household: its subject, where it is, and the fact that registers it, if it is to be."""

    subject: str
    area: str
    address: str
    told: Told | None = None


class Households:
    """Plans the rows of lists of households."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._people = People(same_telephone)
        self._homes: dict[str, Home] = {}
        self._above: Seat | None = None
        self._members: dict[str, dict[str, queries.Row]] = {}
        self._rows: dict[str, queries.Row] = {}

    def plan(self, connection: Connection, rows: Sequence[Row]) -> list[Planned]:
        """What each of these rows is to become."""
        grids = Grids(connection, self._ground.township)
        self._learn(connection, rows)
        seats = [self._seat(grids, row) for row in rows]
        ids = {i for seat in seats if seat is not None for i in (seat.home, seat.fact)}
        known = recorded(connection, self._ground.township, ids)
        return [
            returned(row) if seat is None else self._planned(seat, known)
            for row, seat in zip(rows, seats, strict=True)
        ]

    def _learn(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Find whom, and which households, these rows may speak of."""
        remit, township = self._ground.remit, self._ground.township
        numbers = {n for row in rows if (n := row.values.get("id_number"))}
        names = {n for row in rows if (n := row.values.get("name"))}
        known = queries.numbered(remit, connection, township, numbers)
        known += queries.named(remit, connection, township, names)
        known = [row for row in known if remit.allows(MAY, row["area"])]
        houses = doors.doors_of(remit, connection, township, {row["household"] for row in known})
        for row in known:
            self._rows[row["subject"]] = row
            self._members.setdefault(row["household"], {})[row["name"]] = row
            address = houses[row["household"]]["address"] if row["household"] in houses else ""
            self._people.add([_somebody(row, address)])
        registered = {n for row in rows if (n := row.values.get("number"))}
        for door in doors.numbered(remit, connection, township, registered):
            if remit.allows(MAY, door["area"]):
                key = _key(door["area"], door["number"], "", "")
                self._homes[key] = Home(door["subject"], door["area"], door["address"])

    def _seat(self, grids: Grids, row: Row) -> Seat | None:
        """Who lives in which household, by a row; None, with a fault, where it cannot be told."""
        if not row.sound:
            return None
        area = grids.place(self._ground, row, MAY)
        found = self._household(row, area) if area else None
        if found is None:
            return None
        key, area, address = found
        said = row.values
        body = facts.ResidentRegistered(
            household=_ANY, name=said["name"], relation=said.get("relation") or "other",
            id_number=said.get("id_number") or "", phone=said.get("phone") or "",
        )  # fmt: skip
        content = msgspec.json.encode(body).decode()
        self._above = Seat(
            row, area, key, address, body,
            self._ground.id_of(homes.HOUSEHOLD_REGISTERED.name, key),
            self._ground.id_of(facts.RESIDENT_REGISTERED.name, key, content),
        )  # fmt: skip
        return self._above

    def _household(self, row: Row, area: str) -> tuple[str, str, str] | None:
        """What a row's household is known by, where it is, and its address as far as told."""
        said, above = row.values, self._above
        head = said.get("head") or (said["name"] if said.get("relation") == "head" else "")
        number, address = said.get("number") or "", said.get("address") or ""
        if number or (head and address):
            return _key(area, number, head, address), area, address
        near = above is not None and above.area[: Level.VILLAGE] == area[: Level.VILLAGE]
        if above is not None and near and head and above.key.endswith(f"|{head}"):
            return above.key, above.area, above.address
        if head:
            self._ground.fault(row, NO_ADDRESS, "address")
            return None
        if above is not None and near and address in ("", above.address):
            self._ground.fault(row, AS_ABOVE, "head")
            return above.key, above.area, above.address
        self._ground.fault(row, NO_HOUSEHOLD, "head")
        return None

    def _planned(self, seat: Seat, known: Mapping[str, str]) -> Planned:
        """What a row becomes; `known` are the facts in the ledger, with whom they are about."""
        home = self._homes.get(seat.key)
        if home is None:
            if not seat.address and seat.home not in known:
                self._ground.fault(seat.row, NO_ADDRESS, "address")
                return returned(seat.row)
            home = self._homes[seat.key] = self._new_home(seat, known)
        return self._member(seat, home, known)

    def _new_home(self, seat: Seat, known: Mapping[str, str]) -> Home:
        subject = known.get(seat.home) or new_subject("household")
        if seat.home in known:
            return Home(subject, seat.area, seat.address)
        number = seat.row.values.get("number") or ""
        body = homes.HouseholdRegistered(grid=seat.area, address=seat.address, number=number)
        told = Told(homes.HOUSEHOLD_REGISTERED, body, seat.home, subject, REGISTRATION, seat.area)
        return Home(subject, seat.area, seat.address, told)

    def _member(self, seat: Seat, home: Home, known: Mapping[str, str]) -> Planned:
        row, body = seat.row, msgspec.structs.replace(seat.body, household=home.subject)
        met = self._people.numbered(body.id_number)
        member = self._rows.get(met.subject) if met else self._of_home(home, body)
        if member is not None and member["household"] != home.subject:
            self._ground.fault(row, OTHER_HOUSEHOLD, "id_number", address=met.told if met else "")
            return returned(row)
        subject = known.get(seat.fact, "") or (met.subject if met else "")
        if member is not None:
            subject = member["subject"]
        about = Somebody(
            subject or new_subject("person"), body.name, body.id_number, body.phone, home.area,
            told=home.address, row=row.number,
        )  # fmt: skip
        alike = None if subject else self._people.like(about)
        decided = self._ground.same.get(row.number)
        if alike is not None and decided is None:
            return Planned(row, Outcome.DOUBTFUL, (), alike.shown, home.address, home.area)
        if alike is not None and decided:
            self._ground.fault(row, OTHER_HOUSEHOLD, "name", address=alike.told)
            return returned(row)
        self._people.add([about])
        return self._told(seat, home, about.subject, body, member)

    def _of_home(self, home: Home, body: facts.ResidentRegistered) -> queries.Row | None:
        """Who of this name is in the household: nobody shares it with a namesake.

        Two different ID numbers are two people even so.
        """
        known = self._members.get(home.subject, {}).get(body.name)
        if known and known["id_number"] and body.id_number:
            return known if known["id_number"] == body.id_number else None
        return known

    def _told(
        self,
        seat: Seat,
        home: Home,
        subject: str,
        body: facts.ResidentRegistered,
        member: queries.Row | None,
    ) -> Planned:
        told: list[Told] = []
        if member is None:
            told += [home.told] if home.told is not None else []
            told.append(
                Told(facts.RESIDENT_REGISTERED, body, seat.fact, subject, REGISTRATION, home.area)
            )
        else:
            self._compare(seat.row, home, member)
            told += self._filled(body, member, subject, home.area)
        main = max(len(told) - 1, 0) if member is None else 0
        told += [
            self._ground.told(
                kind, more, subject=subject, purpose=REGISTRATION, area=home.area,
                beside=seat.fact,
            )
            for kind, more in _more(seat.row, member)
        ]  # fmt: skip
        outcome = Outcome.NEW if member is None else Outcome.ADDED if told else Outcome.KNOWN
        return Planned(seat.row, outcome, tuple(told), None, home.address, home.area, main, subject)

    def _compare(self, row: Row, home: Home, member: queries.Row) -> None:
        """Remark what a row says otherwise of somebody who is registered."""
        known = {key: member[key] for key in ("name", "phone", "id_number")}
        known["address"] = home.address
        if (
            row.values.get("relation") != "other"
        ):  # which also stands for words that are none we know
            known["relation"] = member["relation"]
        self._ground.differs(row, known, RELATIONS)
        if row.values.get("at_home") is True and member["away_at"] is not None:
            self._ground.fault(row, DIFFERS, "at_home", known=AWAY)

    def _filled(
        self, body: facts.ResidentRegistered, member: queries.Row, subject: str, area: str
    ) -> list[Told]:
        """The registration told again, with the number or telephone that it lacked."""
        lacked = {
            key: told
            for key in ("id_number", "phone")
            if (told := getattr(body, key)) and not member[key]
        }
        if not lacked or not member["relation"]:  # a visitor has no relation, and hosts of his own
            return []
        born_on = date.fromisoformat(member["born_on"]) if member["born_on"] else None
        whole = msgspec.structs.replace(
            body, name=member["name"], relation=member["relation"], sex=member["sex"],
            born_on=born_on, **{k: member[k] for k in ("id_number", "phone")} | lacked,
        )  # fmt: skip
        return [
            self._ground.told(
                facts.RESIDENT_REGISTERED, whole, subject=subject, purpose=REGISTRATION, area=area,
                beside=subject,
            )
        ]  # fmt: skip


def _key(area: str, number: str, head: str, address: str) -> str:
    """What a household is known by: its number in its village, else its head and address."""
    village = area[: Level.VILLAGE]
    return f"{village}|#{number}" if number else f"{village}|{address}|{head}"


def _somebody(row: queries.Row, address: str) -> Somebody:
    return Somebody(
        row["subject"], row["name"], row["id_number"], row["phone"], row["area"], told=address
    )


def _more(row: Row, known: Mapping[str, Any] | None) -> list[tuple[Any, Any]]:
    """That somebody is away, and what he needs, where that was not known."""
    told: list[tuple[Any, Any]] = []
    at, home = row.values.get("away_to"), row.values.get("at_home")
    place = at.place if isinstance(at, At) else ""
    away = home is False or (home is None and isinstance(at, At) and at.home is False)
    if away and (known is None or known["away_at"] is None):
        body = facts.ResidentAway(to_area=code_of(place), to_name=place)
        told.append((facts.RESIDENT_AWAY, body))
    needs = row.values.get("needs") or ()
    if needs and (known is None or set((known["needs"] or "").split()) != set(needs)):
        told.append((facts.NEEDS_NOTED, facts.NeedsNoted(needs=needs)))
    return told
