"""Declarations for programs: a family in one go; changed, or called off."""

from datetime import datetime
from typing import Annotated, Any

from litestar import get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct
from msgspec.structs import replace

from tongxin.arrivals.comings import queries
from tongxin.arrivals.declarations import facts
from tongxin.arrivals.declarations.rules import Bring, bring
from tongxin.arrivals.whence import by_todays_codes
from tongxin.base import masking
from tongxin.base.areas import area_code
from tongxin.base.clock import from_ms
from tongxin.base.ids import beside, fact_id, new_id, subject_id
from tongxin.base.problems import NOT_FOUND
from tongxin.base.texts import Text
from tongxin.desk import AtDesk, Desk, drafted, taken
from tongxin.divisions.id_regions import is_region_unknown
from tongxin.ledger.facts import EPISODE, Draft, Fact, Kind, Verdict
from tongxin.policy.engine import standing_at
from tongxin.policy.explain import Topic, explain
from tongxin.policy.judgement import Judgement
from tongxin.registry.rules import Judged

MOST_TOGETHER = 12


class NewParty(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Those who come together. `id` (UUIDv7) makes sending twice safe; `area` is the village."""

    area: str
    people: Annotated[list[facts.ReturnDeclared], Meta(min_length=1, max_length=MOST_TOGETHER)]
    id: str | None = None


class Change(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A declaration told again, or called off; exactly one of the two."""

    episode: str
    declared: facts.ReturnDeclared | None = None
    called_off: facts.ReturnCalledOff | None = None
    area: str | None = None
    id: str | None = None


class Expected(Struct, frozen=True):
    """What somebody who declared is told at once; personal fields masked.

    `in_time` None: the rules ask for no time. `is_region_unknown`: no list knows the region of the
    ID number; a hint to look at the card.
    """

    person: str
    episode: str
    name: str
    id_number: str
    phone: str
    planned_at: datetime
    is_region_unknown: bool
    in_time: bool | None
    bring: Bring
    label: Text
    asked: list[Text]
    owed: list[Text]
    questions: list[str]


class Party(Struct, frozen=True):
    """Those who come together, and what each was told."""

    party: str
    people: list[Expected]


@post("/api/v1/declarations", opt={"may": "arrivals.record"}, sync_to_thread=True)
def declare(desk: AtDesk, data: JSONBody[NewParty]) -> Party:
    """Record a family's declaration, each person's fact his own; tells what will be asked."""
    return declared(desk, data)


@post("/api/v1/declarations/{person:str}", opt={"may": "arrivals.record"}, sync_to_thread=True)
def change(desk: AtDesk, person: FromPath[str], data: JSONBody[Change]) -> Verdict:
    """Tell a declaration again, or call it off; what was told last counts."""
    return changed(desk, person, data)


@get("/api/v1/declarations/{party:str}", opt={"may": "arrivals.read"}, sync_to_thread=True)
def show_party(desk: AtDesk, party: FromPath[str]) -> Party:
    """What those of one party were told, as far as they are in the asker's remit."""
    return party_of(desk, fact_id(party, "party"))


def declared(desk: Desk, new: NewParty) -> Party:
    """Record a family; returns once all are durable and visible."""
    area, party = area_code(new.area, "area"), fact_id(new.id, "id") if new.id else new_id()
    drafts = [
        _drafted(desk, party, n, area, _joined(body, party)) for n, body in enumerate(new.people)
    ]
    for verdict in desk.store.record(drafts, desk.now):
        taken(verdict)
    desk.look_again()
    return party_of(desk, party)


def changed(desk: Desk, person: str, new: Change) -> Verdict:
    """Record that a plan changed, or that nothing comes of it."""
    row = found(desk, person, new.episode)
    area = area_code(new.area, "area") if new.area else row["area"]
    kind: Kind = facts.RETURN_CALLED_OFF
    body: Fact | None = new.called_off
    if new.declared is not None:
        kind, body = facts.RETURN_DECLARED, _joined(new.declared, row["party"])
    return desk.record(
        kind, body or facts.ReturnCalledOff(), subject=person,
        purpose=f"{EPISODE}:{new.episode}", area=area,
        id=fact_id(new.id, "id") if new.id else None,
    )  # fmt: skip


def found(desk: Desk, person: str, episode: str) -> queries.Row:
    """One coming in the remit, or `base.not_found`."""
    subject = subject_id(person, "person")
    row = queries.coming_of(desk.remit, desk.connection, desk.township, subject, episode)
    if row is None:
        raise NOT_FOUND()
    return row


def party_of(desk: Desk, party: str) -> Party:
    """Those of a party who are in the remit, with what each is told; `base.not_found` if none.

    They come in the order in which they were told, whoever came first.
    """
    rows = queries.together(desk.remit, desk.connection, desk.township, party)
    if not rows:
        raise NOT_FOUND()
    told = [f"person-{beside(party, str(n))}" for n in range(MOST_TOGETHER)]
    rows = sorted(rows, key=lambda row: (*told, row["subject"]).index(row["subject"]))
    return Party(party, [expected(desk, row) for row in rows if row["planned_at"]])


def expected(desk: Desk, row: queries.Row) -> Expected:
    """What somebody is told: what to bring, what will be asked, what he may count on."""
    judged = judged_of(desk, row)
    told = explain(Judgement(judged.plan, standing_at(judged.plan, desk.now)), judged.pack)
    situation = desk.context().situation
    return Expected(
        person=row["subject"], episode=row["episode"], name=masking.name(row["name"]),
        id_number=masking.id_number(row["id_number"]), phone=masking.phone(row["phone"]),
        planned_at=from_ms(row["planned_at"]),
        is_region_unknown=is_region_unknown(row["id_number"] or ""), in_time=row["in_time"],
        bring=bring(judged.entries, judged.pack, situation, row["area"]),
        label=judged.plan.label,
        asked=[line.text for line in told if line.topic is Topic.ASKED and not line.place]
        + _stages(judged),
        owed=[line.text for line in told if line.topic is Topic.OWED],
        questions=[question.place for question in judged.plan.questions],
    )  # fmt: skip


def judged_of(desk: Desk, row: queries.Row) -> Judged:
    """The journey of a row as the rules judge it now."""
    judged = desk.judged(desk.records(row["subject"])).get(row["episode"])
    if judged is None:
        raise NOT_FOUND()
    found: Judged = judged
    return found


def _stages(judged: Judged) -> list[Text]:
    """Each stage that the category holds, with its days: what will be asked after the arrival."""
    category = next((c for c in judged.pack.categories if c.id == judged.plan.category), None)
    return [
        Text(f"{stage.label.zh} {stage.days} 天", f"{stage.label.en}, {stage.days} days")
        for stage in (category.stages if category else ())
    ]


def _joined(body: facts.ReturnDeclared, party: str) -> facts.ReturnDeclared:
    return by_todays_codes(replace(body, party=party))


def _drafted(desk: Desk, party: str, n: int, area: str, body: facts.ReturnDeclared) -> Draft:
    fact = beside(party, str(n))
    return drafted(
        desk.who, desk.store, desk.now, facts.RETURN_DECLARED, body, subject=f"person-{fact}",
        purpose=f"{EPISODE}:{fact}", area=area, id=fact,
    )  # fmt: skip


HANDLERS: list[Any] = [declare, change, show_party]
