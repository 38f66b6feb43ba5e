"""What a row of a returnee ledger becomes: an arrival, what the list said of it, perhaps a test."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from tongxin.arrivals import facts
from tongxin.arrivals.doubts import rules as doubts
from tongxin.arrivals.imports import own, queries
from tongxin.arrivals.imports.columns import TOLD, Swab, Warmth
from tongxin.base.clock import ZONE, day_of, from_ms
from tongxin.base.ids import new_subject
from tongxin.base.pinyin import syllables
from tongxin.divisions.words import code_of
from tongxin.intake.kinds import Ground, Outcome, Planned, Told, returned
from tongxin.intake.people import People, Somebody
from tongxin.intake.queries import recorded
from tongxin.ledger.facts import EPISODE, OFFICE, Fact, Kind
from tongxin.registry.identity.facts import (
    PEOPLE_JOINED,
    PEOPLE_PARTED,
    PeopleJoined,
    PeopleParted,
    subject_of,
)
from tongxin.registry.residents import queries as residents
from tongxin.sheets.faults import FaultKind
from tongxin.sheets.rows import Row

IN_FUTURE = FaultKind(
    "arrival_in_future",
    "{day} 还没有到。请填写实际返回的日期；还没回来的，请用“返乡报备”。",
    "{day} has not come yet. Give the day of the return; who is still to come is declared instead.",
)
TOO_EARLY = FaultKind(
    "arrival_too_early",
    "{day} 太早了，请核对年份。",
    "{day} is too early. Check the year.",
)
_FIRST_YEAR: Final = 2000
# Of who came and whence, what a list that says otherwise does not correct.
_TOLD_OF: Final = ("name", "phone", "address", "from_name")
_LOOKED_AT: Final = "导入名单时核对 · decided while importing a list"


class Read(Struct, frozen=True):
    """A row that tells of an arrival: where, what, and the id of the fact that it becomes."""

    row: Row
    area: str
    body: facts.ArrivalRecorded
    fact: str

    @property
    def day(self) -> date:
        return day_of(self.body.arrived_at)

    def about(self, subject: str) -> Somebody:
        """Whom the row is about, as later rows are compared with it."""
        body = self.body
        return Somebody(
            subject, body.name, body.id_number, body.phone, self.area, body.address,
            f"{self.day.isoformat()} {body.from_name}", self.row.number,
        )  # fmt: skip


class Journey(Struct, frozen=True):
    """A journey that is known. `line` is its row; None for one of an earlier row of the list.

    `said` is what is known of who it is and whence, under the keys of columns.
    """

    subject: str
    episode: str
    line: queries.Row | None = None
    said: Mapping[str, str] = {}


class Ledgers:
    """Plans the rows of returnee ledgers."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._people = People(_may_be_one)
        # By person, or ID number, and civil day of the arrival.
        self._journeys: dict[tuple[str, date], Journey] = {}

    def plan(self, connection: Connection, rows: Sequence[Row]) -> list[Planned]:
        """What each of these rows is to become."""
        mine = self._own(connection, rows)
        read = {row.number: self._read(row) for row in rows if row.number not in mine}
        told = [each for each in read.values() if each is not None]
        self._learn(connection, told)
        ids = {each.fact for each in told}
        known = recorded(connection, self._ground.township, ids)
        return [
            own.planned(self._ground, row, line)
            if (line := mine.get(row.number)) is not None
            else self._planned(row, read[row.number], known)
            for row in rows
        ]

    def _own(self, connection: Connection, rows: Sequence[Row]) -> dict[int, queries.Row]:
        """The journeys that rows of our own export name, by the rows' numbers."""
        named = {row.number: self._ground.words(row, "record") for row in rows}
        records = {record for record in named.values() if record}
        if not records:
            return {}
        remit, township = self._ground.remit, self._ground.township
        lines = queries.of_episodes(remit, connection, township, records)
        by_record = {line["episode"]: line for line in lines}
        return {number: by_record[r] for number, r in named.items() if r in by_record}

    def _read(self, row: Row) -> Read | None:
        """What a row tells, or None, with the faults, where it cannot go in."""
        if not row.sound:
            return None
        area = self._ground.place(row, queries.RECORD, row.values.get("village") or "")
        at = self._arrived_at(row)
        if at is None or not row.sound:
            return None
        body = _arrival(row, at)
        # Without the code, which a newer list of divisions may know better.
        same = msgspec.json.encode(replace(body, from_area="")).decode()
        return Read(row, area, body, self._ground.id_of(facts.ARRIVAL_RECORDED.name, area, same))

    def _arrived_at(self, row: Row) -> datetime | None:
        told: datetime = row.values["arrived_at"]
        at = told.replace(tzinfo=ZONE)
        if at > self._ground.now:
            self._ground.fault(row, IN_FUTURE, "arrived_at", day=at.date())
        elif at.year < _FIRST_YEAR:
            self._ground.fault(row, TOO_EARLY, "arrived_at", day=at.date())
        else:
            return at
        return None

    def _learn(self, connection: Connection, read: Sequence[Read]) -> None:
        """Find whom these rows may speak of."""
        remit, township = self._ground.remit, self._ground.township
        numbers = {each.body.id_number for each in read if each.body.id_number}
        names = {each.body.name for each in read}
        lines = queries.numbered(remit, connection, township, numbers)
        lines += queries.named(remit, connection, township, names)
        known = residents.numbered(remit, connection, township, numbers)
        known += residents.named(remit, connection, township, names)
        self._people.add(_resident(row) for row in known if _may(self._ground, row["area"]))
        for line in lines:
            day = day_of(from_ms(line["arrived_at"]))
            self._people.add([_returnee(line, day)])
            said = {key: line[key] for key in _TOLD_OF}
            journey = Journey(line["subject"], line["episode"], line, said)
            self._travelled(line["id_number"], journey, day)

    def _travelled(self, id_number: str, journey: Journey, day: date) -> None:
        for who in filter(None, (journey.subject, id_number)):
            self._journeys.setdefault((who, day), journey)

    def _planned(self, row: Row, read: Read | None, known: Mapping[str, str]) -> Planned:
        if read is None:
            return returned(row)
        body, decided = read.body, self._ground.same.get(row.number)
        met = self._people.numbered(body.id_number)
        # Who was recorded under this fact's id stays the same. A new person's id is fresh, so
        # that rows of people recorded together lie together.
        subject = known.get(read.fact) or (met.subject if met else new_subject("person"))
        about = read.about(subject)
        alike = None
        if met is None and read.fact not in known:
            alike = self._people.like(about)
        journey = self._journeys.get((subject, read.day))
        if journey is None and met is not None and met.id_number:
            journey = self._journeys.get((met.id_number, read.day))
        told: list[Told] = []
        outcome = Outcome.ADDED
        differs: dict[str, str] = {}
        if read.fact not in known:  # else this very row was told, and corrected since
            said = journey.said if journey is not None else {"name": met.name} if met else {}
            differs = self._ground.differs(row, said)
        if journey is None or journey.episode == read.fact:
            journey = journey or Journey(subject, read.fact, None, _told_by(body))
            purpose = f"{EPISODE}:{read.fact}"
            told.append(Told(facts.ARRIVAL_RECORDED, body, read.fact, subject, purpose, read.area))
            outcome = Outcome.NEW
        self._people.add([about])
        self._travelled(body.id_number, journey, read.day)
        told += self._besides(row, differs, journey, read.area)
        if alike is not None and decided is not None:
            told.append(self._decision(about, alike, is_same=decided))
        if alike is not None and decided is None:
            outcome = Outcome.DOUBTFUL
        return Planned(
            row,
            outcome,
            tuple(told),
            alike.shown if alike else None,
            about.told,
            read.area,
            about=journey.subject,
        )

    def _decision(self, about: Somebody, alike: Somebody, *, is_same: bool) -> Told:
        """That somebody looked at both, and says whether they are one person."""
        said = PeopleJoined if is_same else PeopleParted
        body = said(one=about.subject, other=alike.subject, reason=_LOOKED_AT)
        return self._ground.told(
            PEOPLE_JOINED if is_same else PEOPLE_PARTED, body, subject=subject_of(body),
            purpose=OFFICE, area=about.area,
        )  # fmt: skip

    def _besides(
        self, row: Row, differs: Mapping[str, str], journey: Journey, area: str
    ) -> list[Told]:
        """What the list says besides the arrival, or otherwise than is known: its words."""
        said = _said(row)
        others = row.kept | {own.TITLES[key].zh: words for key, words in differs.items()}
        ledger = facts.LedgerTold(**said, others=others)
        told: list[tuple[Kind, Fact]] = []
        if said or others:
            told.append((facts.LEDGER_TOLD, ledger))
        swab = row.values.get("swab")
        if isinstance(swab, Swab) and (tested := own.test_of(swab, self._ground.now, journey.line)):
            told.append((facts.SWAB_RESULTED, tested))
        return [
            self._ground.told(
                kind, said_, subject=journey.subject, purpose=f"{EPISODE}:{journey.episode}",
                area=area, beside=journey.episode,
            )
            for kind, said_ in told
        ]  # fmt: skip


def _told_by(body: facts.ArrivalRecorded) -> dict[str, str]:
    return {key: getattr(body, key) for key in _TOLD_OF}


def _may(ground: Ground, area: str) -> bool:
    return ground.remit.allows(queries.RECORD, area)


def _resident(row: queries.Row) -> Somebody:
    return Somebody(row["subject"], row["name"], row["id_number"], row["phone"], row["area"])


def _returnee(line: queries.Row, day: date) -> Somebody:
    return Somebody(
        line["subject"], line["name"], line["id_number"], line["phone"], line["area"],
        line["address"], f"{day.isoformat()} {line['from_name']}",
    )  # fmt: skip


def _may_be_one(one: Somebody, other: Somebody) -> bool:
    """Whether two records would be shown side by side among the doubts."""
    found = doubts.likeness(_told(one), _told(other))
    return found is not None and found.score >= doubts.ENOUGH


def _told(who: Somebody) -> doubts.Told:
    return doubts.Told(
        who.subject, who.name, syllables(who.name), who.id_number, who.phone, who.area[:12],
        who.address,
    )  # fmt: skip


def _arrival(row: Row, at: datetime) -> facts.ArrivalRecorded:
    warmth = row.values.get("temperature")
    from_name = row.values.get("from_name") or ""
    return facts.ArrivalRecorded(
        name=row.values["name"], arrived_at=at, from_area=code_of(from_name),
        from_name=from_name, id_number=row.values.get("id_number") or "",
        phone=row.values.get("phone") or "", address=row.values.get("address") or "",
        celsius=warmth.celsius if isinstance(warmth, Warmth) else None,
    )  # fmt: skip


def _said(row: Row) -> dict[str, Any]:
    """The words of the list under the names that `arrivals.ledger_told` has."""
    found = {key: words for key in TOLD if (words := row.values.get(key))}
    warmth, swab = row.values.get("temperature"), row.values.get("swab")
    if isinstance(warmth, Warmth) and warmth.words:
        found["temperature"] = warmth.words
    if isinstance(swab, Swab) and swab.words and swab.on is None:
        found["swab"] = swab.words
    return found
